"""What stands in the translation alone is shown beside nothing, and not beside itself."""

from __future__ import annotations

from scorer.gate import parsing, run
from scorer.gate.outputs.sides import sides
from scorer.gate.task import Task

SOURCE = "Das Gerät kostet 25 Euro.\n\nEs ist für den Einsatz im Garten bestimmt.\n"
TRANSLATION = "The device costs 25 euros.\nThis text has no legal effect.\nIt is intended for use in the garden.\n"


def test_gate_addition_has_no_original(tmp_path):
    (tmp_path / "de.txt").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "en.txt").write_text(TRANSLATION, encoding="utf-8")
    content = {
        "preset": "fast",
        "languages": "de-en",
        "align": "lines",
        "minimum": {"quality": 1},
        "pair": [{"source": "de.txt", "hypothesis": "en.txt"}],
    }
    (pair,) = run.gate(Task(parsing.parse(content, name="scorer.toml", folder=tmp_path))).pairs
    assert [segment.is_addition for segment in pair.segments] == [False, True, False]
    assert sides(pair.segments[1])[0][:2] == ("source", "")
    assert sides(pair.segments[0])[0][1] == "Das Gerät kostet 25 Euro."
