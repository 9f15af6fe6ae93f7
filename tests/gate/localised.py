"""A small repository with localised files: a policy, English texts by key and their German translation."""

from __future__ import annotations

import json
from pathlib import Path

ENGLISH = {
    "update": {"warning": "Never unplug the device while it is being updated.", "time": "The update takes 15 minutes."},
    "cart": {"total": "Your order costs 25 euros.", "sent": "Your order was sent on 3 May."},
    "menu": {"open": "Open the file in a new window.", "save": "Save your changes before you leave this page."},
}
GERMAN = {
    "update": {
        "warning": "Ziehen Sie nie den Stecker, während das Gerät aktualisiert wird.",
        "time": "Die Aktualisierung dauert 15 Minuten.",
    },
    "cart": {"total": "Ihre Bestellung kostet 25 Euro.", "sent": "Ihre Bestellung wurde am 3. Mai versandt."},
    "menu": {
        "open": "Öffnen Sie die Datei in einem neuen Fenster.",
        "save": "Speichern Sie Ihre Änderungen, bevor Sie diese Seite verlassen.",
    },
}
POLICY = """\
preset = "fast"
minimum = {quality = 40}
findings = {critical = 0, major = 0}

[[pair]]
source = "locales/en/app.json"
hypothesis = "locales/{language}/app.json"
"""


def fill(folder: Path, *, policy: str = POLICY) -> Path:
    """Write the policy and the texts into a folder, and return it."""
    (folder / "scorer.toml").write_text(policy, encoding="utf-8")
    for language, texts in (("en", ENGLISH), ("de", GERMAN)):
        path = folder / "locales" / language / "app.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(texts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder


def spoil(folder: Path) -> None:
    """Change a price in the translation."""
    path = folder / "locales" / "de" / "app.json"
    path.write_text(path.read_text(encoding="utf-8").replace("25 Euro", "52 Euro"), encoding="utf-8")
