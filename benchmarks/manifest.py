"""Write models/MANIFEST.json: the size and sha256 of every file that ships."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "models"


def main() -> None:
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.name != "MANIFEST.json")
    listed = {
        path.relative_to(FOLDER).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in files
    }
    (FOLDER / "MANIFEST.json").write_text(json.dumps({"files": listed}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
