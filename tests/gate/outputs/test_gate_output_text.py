from __future__ import annotations

import dataclasses
import re

import verdicts
from rich.cells import cell_len

from scorer.gate.outputs.commands import disarmed
from scorer.gate.outputs.text import render


def test_text_begins_with_the_sentence(rendered, judged):
    assert rendered("text", "real").split("\n")[0] == judged["real"].sentence
    assert rendered("text", "empty").startswith(judged["empty"].sentence)


def test_text_shows_deltas_only_beside_a_baseline(rendered):
    german, french = re.findall(r"(?:FAIL|pass) +locales/\S+ .*\n +(.+)\n", rendered("text", "real"))
    assert german.startswith("adequacy 80.1 ▼2.6 · fluency 88.0 ▲0.1 · quality 78.2 ▼2.1")
    assert french == "adequacy 80.1 · fluency 88.0 · quality 78.2 · chrf 61.2 · ter –"


def test_text_marks_stand_under_their_characters(rendered):
    lines = rendered("text", "real").split("\n")
    at = next(i for i, line in enumerate(lines) if "Das Gerät ist wasserdicht." in line)
    assert lines[at + 1].index("C^") == lines[at].index("wasserdicht")
    assert lines[at + 1].count("^") == len("wasserdicht") - 1
    assert "baseline   │ Das Gerät ist nicht wasserdicht." in lines[at + 2]


def test_text_segment_behind_two_rules_is_shown_once(rendered):
    page = rendered("text", "real")
    assert page.count("│ The device is not waterproof.") == 1
    assert "quality 95.5 → 20.0, shown above" in page


def test_text_counts_the_causes_that_it_does_not_show():
    causes = tuple(dataclasses.replace(verdicts.RULINGS[0].causes[0], segment=i) for i in range(4))
    ruling = dataclasses.replace(verdicts.RULINGS[0], causes=causes)
    page = render(verdicts.verdict(verdicts.pair(rulings=(ruling,), segments=verdicts.SEGMENTS)))
    assert "… and 1 more segment; -f json lists all" in page
    assert "Öffnen" not in page


def test_text_advice_is_one_line_that_a_shell_reads_back(rendered):
    assert rendered("text", "real").endswith(
        "accept them into the baseline:\n  scorer gate --accept device.water --accept bill.total\n"
    )


def test_text_advice_quotes_ids_and_leaves_out_those_that_cannot_be_shown():
    segments = [dataclasses.replace(verdicts.SEGMENTS[0], id=key) for key in ("a b; rm -rf ~", "x\ny", "$(id)")]
    ruling = dataclasses.replace(
        verdicts.RULINGS[1],
        causes=tuple(dataclasses.replace(verdicts.RULINGS[1].causes[0], segment=i) for i in range(3)),
    )
    page = render(verdicts.verdict(verdicts.pair(rulings=(ruling,), segments=tuple(segments))))
    assert page.endswith(
        "(here 2 of 3 segments), accept them into the\nbaseline:\n"
        "  scorer gate --accept 'a b; rm -rf ~' --accept '$(id)'\n"
    )


def test_text_passed_run_gives_no_advice(rendered):
    assert "--accept" not in rendered("text", "passed")
    assert "FAIL" not in rendered("text", "passed")


def test_text_fits_its_width(rendered, judged):
    assert all(cell_len(line) <= 80 for line in rendered("text", "real").split("\n"))
    narrow = render(judged["real"], width=50).split("\n")
    assert all(cell_len(line) <= 50 for line in narrow if "scorer gate --accept" not in line)


def test_text_color_only_adds_escapes(rendered, judged):
    colored = render(judged["real"], color=True)
    plain = re.sub(r"\x1b\[[\d;]*m", "", colored)
    assert [line.rstrip() for line in plain.split("\n")] == rendered("text", "real").split("\n")
    assert "\x1b[" in colored


def test_text_of_hostile_run_gives_no_command_to_a_build_service(rendered):
    for line in rendered("text", "hostile").split("\n"):
        assert not line.strip().startswith("::")
        assert not re.search(r"##\w*\[", line)


def test_disarmed_leaves_other_text_alone():
    assert disarmed("std::vector ## heading\n  :: \n::x") == "std::vector ## heading\n  \\x3a: \n\\x3a:x"
