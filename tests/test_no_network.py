"""Nothing opens a connection, and a first run needs nothing but the package: no home, no cache, no environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Python imports this before anything else; whoever tries to speak to the network fails, and says so for good.
FORBID = """
import os, socket

def refuse(*arguments, **options):
    with open(os.environ["TRIED"], "a") as file:
        file.write(repr(arguments) + "\\n")
    raise OSError("no network here")

for name in ("connect", "connect_ex", "sendto", "bind"):
    setattr(socket.socket, name, refuse)
for name in ("getaddrinfo", "create_connection", "gethostbyname"):
    setattr(socket, name, refuse)
"""


def test_compare_without_network_home_or_cache_scores(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(FORBID)
    (tmp_path / "a.txt").write_text("Das Gerät ist nicht wasserdicht. Es hat 230 Euro gekostet.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The device is not waterproof. It cost 320 euros.\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "SCORER_MODELS", "OMP_NUM_THREADS")
        if name in os.environ
    }
    done = subprocess.run(
        [sys.executable, "-m", "scorer", "compare", "a.txt", "b.txt", "-f", "json"],
        cwd=tmp_path,
        env=kept
        | {
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
            "HOME": str(tmp_path / "home"),
            "TRIED": str(tmp_path / "tried"),
            "SCORER_CACHE": str(tmp_path / "a.txt" / "below"),  # cannot be made: all happens in memory
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert not (tmp_path / "tried").exists(), (tmp_path / "tried").read_text()
    report = json.loads(done.stdout)
    assert report["dimensions"]["adequacy"]["value"] is not None
    assert "number" in {finding["check"] for finding in report["findings"]}
    assert list((tmp_path / "home").iterdir()) == []
