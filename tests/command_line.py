"""Runs the command line as a user would: in this process for speed, or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from scorer import cli

ROOT = Path(__file__).parent.parent
QUICK = 10.0  # seconds that nothing here may take, however bad the input


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """Return what standard error says, in one line: usage errors are wrapped."""
        return " ".join(self.err.split())


def run(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
    """Run a command in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    argv = ["scorer", *map(str, arguments)]
    given = io.TextIOWrapper(io.BytesIO(stdin))
    with patch.object(sys, "argv", argv), patch.object(sys, "stdin", given), redirect_stdout(out), redirect_stderr(err):
        code = _code()
    return Outcome(code, _text(out), _text(err))


def _code() -> int:
    before = dict(os.environ)  # --threads sets variables for the libraries
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def command(*arguments: str | Path) -> list[str]:
    """Return a command for a process of its own."""
    return [sys.executable, "-m", "scorer", *map(str, arguments)]


def environment(**extra: str) -> Mapping[str, str]:
    """Return the environment of such a process."""
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | extra


def spawn(*arguments: str | Path, env: Mapping[str, str] | None = None, **options: Any) -> Outcome:
    """Run a command in a process of its own."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True} | options
    if "input" in options:
        del options["stdin"]
    if "stdout" in options:
        options |= {"capture_output": False, "stderr": subprocess.PIPE}
    done = subprocess.run(command(*arguments), env=env or environment(), timeout=60, check=False, **options)
    return Outcome(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())


SOURCE = """Das Gerät Tropfa 300 wiegt 4,5 kg und kostet 299 Euro.
Öffnen Sie das Gehäuse nicht, solange das Gerät unter Druck steht.
Frau Maria Schneider leitet die Abteilung in Hamburg seit 2019.
Der Zug nach Berlin fährt heute um 14:35 Uhr von Gleis 7 ab.
Die Batterie hält etwa 12 Stunden, bevor sie geladen werden muss.
Bitte rufen Sie uns unter der Nummer 040 555 123 an.
Das Museum hat im Mai 1998 zum ersten Mal geöffnet.
Unser Büro in München ist am 24. Dezember geschlossen.
Reinigen Sie das Gehäuse mit einem weichen, trockenen Tuch.
Die Garantie gilt 2 Jahre ab dem Tag des Kaufs.
Herr Paul Weber hat 3 Bücher über Afrika geschrieben.
Die Temperatur darf 40 °C nicht überschreiten.
"""
HYPOTHESIS = """The Tropfa 300 unit weighs 4.5 kg and costs 299 euros.
Do not open the housing while the unit is under pressure.
Ms Maria Schneider has headed the department in Hamburg since 2019.
The train to Berlin leaves today at 14:35 from platform 7.
The battery lasts about 12 hours before it has to be charged.
Please call us on the number 040 555 123.
The museum opened for the first time in May 1998.
Our office in Munich is closed on 24 December.
Clean the housing with a soft, dry cloth.
The warranty is valid for 2 years from the day of purchase.
Mr Paul Weber has written 3 books about Africa.
The temperature must not exceed 40 °C.
"""
REFERENCE = HYPOTHESIS.replace("housing", "case").replace("unit", "device").replace("leaves", "departs")
OTHER = HYPOTHESIS.replace("must not", "must").replace("24 December", "14 December").replace("has headed", "is head of")


def fill(folder: Path) -> None:
    """Write the texts above into a folder."""
    for name, text in (("src.de", SOURCE), ("hyp.en", HYPOTHESIS), ("ref.en", REFERENCE), ("other.en", OTHER)):
        (folder / name).write_text(text, encoding="utf-8")
