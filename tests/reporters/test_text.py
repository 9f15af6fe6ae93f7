from __future__ import annotations

import dataclasses
import re

import pytest
from rich.cells import cell_len

from scorer.report import Report
from scorer.reporters.text import render

# What acts on a terminal, hides, or reorders; a line feed ends our own lines.
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_hostile_report_never_exceeds_its_width(hostile, width):
    lines = render(hostile, width=width).split("\n")
    assert max(map(cell_len, lines)) <= width


def test_text_hostile_report_holds_no_character_that_acts(hostile):
    assert UNSAFE.findall(render(hostile)) == []


def test_text_without_colour_has_no_colour_codes(hostile):
    assert "\x1b" not in render(hostile)
    assert "\x1b[" in render(hostile, color=True)


def test_text_with_colour_sends_only_its_own_codes(hostile):
    plain = re.sub(r"\x1b\[[0-9;]*m", "", render(hostile, color=True))
    assert UNSAFE.findall(plain) == []
    assert "evil.example" in plain  # shown, not linked


def test_text_markup_of_rich_is_shown_as_it_is(hostile):
    assert "[bold]markup[/bold]" in render(hostile).replace("\n", "")


def test_text_marks_what_differs(hostile):
    segment = dataclasses.replace(
        hostile.segments[0], hypothesis="a cat", references=("a dog",), differs=(((2, 5),), ((2, 5),)), findings=()
    )
    shown = render(dataclasses.replace(hostile, segments=(segment,), worst=(0,), findings=()))
    assert "a ⟨cat⟩" in shown
    assert "a ⟨dog⟩" in shown


def test_text_undefined_is_a_dash_and_a_word(hostile):
    line = next(line for line in render(hostile).split("\n") if line.startswith("fluency "))
    assert "–" in line
    assert "undefined" in line


def test_text_counts_what_it_does_not_show(hostile):
    many = dataclasses.replace(hostile, findings=hostile.findings * 3)
    assert re.search(r"… and \d+ more; -f json lists all", render(many))


def test_text_report_without_findings_or_segments_renders(hostile):
    bare = dataclasses.replace(
        hostile, findings=(), segments=(), worst=(), systems=(), comparisons=(), texts={}, metrics=()
    )
    assert isinstance(bare, Report)
    assert "Findings" not in render(bare)


def shown_lines(report: Report, label: str, **options) -> list[str]:
    """Return what stands in a text's cell, up to the next label, without colours and without the indent."""
    shown = re.sub(r"\x1b\[[0-9;]*m", "", render(report, **options))
    lines = shown[shown.index("Worst segments") :].split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith(f"  {label}"))
    indent = len("  source  ")
    rest = [line for line in lines[first + 1 :] if not line.strip() or line.startswith(" " * indent)]
    return [lines[first][indent:], *(line[indent:] for line in rest)]


def test_text_found_stretch_has_letter_and_carets_below(one_segment):
    report = one_segment("Fifty of them came home.", ("number", "major", (0, 5)), ("learned", "minor", (14, 18)))
    text, below = shown_lines(report, "B")[:2]
    assert text == "Fifty of them came home."
    assert below == "M^^^^         m^^^"


def test_text_overlapping_marks_show_the_worst(one_segment):
    marks = ("learned", "minor", (0, 10)), ("number", "critical", (3, 5)), ("name", "major", (4, 7))
    assert shown_lines(one_segment("abcdefghijklm", *marks), "B")[1] == "m^^C^M^m^^"


@pytest.mark.parametrize(
    ("text", "span", "below"),
    [
        ("他昨天回家了", (1, 3), "  M^^^"),  # wide characters take two columns
        ("nai\u0308ve cafe\u0301 ok", (7, 12), "      M^^^"),  # accents take none
        ("cafe\u0301 ok", (3, 4), "   M"),  # the accent belongs to what is marked
        ("cafe\u0301 ok", (4, 5), "   M"),
        ("a \x1b[31m b", (8, 9), "           M"),  # a control character is shown as four
        ("no full stop", (12, 12), "           M"),  # where something is missing
        ("end", (1, 99), " M^"),
    ],
)
def test_text_letters_stand_under_their_stretch(one_segment, text, span, below):
    lines = shown_lines(one_segment(text, ("learned", "major", span)), "B")
    assert lines[1] == below


def test_text_wrapped_line_has_its_letters_below_itself(one_segment):
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omikron pi rho sigma tau"
    start = words.index("lambda")
    lines = shown_lines(one_segment(words, ("learned", "major", (start, len(words)))), "B")
    assert " ".join((lines[0], lines[2])) == words
    assert lines[1].strip() == "M" + "^" * (len(lines[1].strip()) - 1)
    assert lines[0][lines[1].index("M") :].startswith("lambda")
    assert lines[3] == "M" + "^" * (len(lines[2]) - 1)


def test_text_right_to_left_line_is_marked_in_place(one_segment):
    shown = render(one_segment("שלום עולם", ("learned", "major", (5, 9))))
    assert "שלום ⟨M עולם⟩" in shown


def test_text_learned_findings_come_after_those_of_checks_and_are_few(one_segment):
    suspected = [("learned", "critical", (i, i + 1)) for i in range(60)]
    report = one_segment("x" * 100, *suspected, ("case", "minor", (70, 71)))
    findings = render(report).split("Findings")[1].split("Worst segments")[0]
    assert findings.index("case") < findings.index("suspected by the learned metric (60 critical)")
    assert len(re.findall("#1 .*learned", findings)) == 10
    assert "… and 50 more; -f json lists all" in findings


def test_text_in_colour_gives_each_severity_its_style(one_segment):
    shown = render(one_segment("one two", ("learned", "major", (0, 3)), ("case", "minor", (4, 7))), color=True)
    assert "\x1b[1;31mone\x1b[0m \x1b[33mtwo\x1b[0m" in shown


def test_text_marks_without_number_are_bounded(one_segment):
    marks = [("learned", "minor", (i * 7 % 100_000, i * 7 % 100_000 + 40)) for i in range(1_000)]
    for text in ("a" * 100_000, "word " * 20_000, "e" + "\u0301" * 100_000, "会" * 100_000):
        shown = render(one_segment(text, *marks))
        assert max(map(cell_len, shown.split("\n"))) <= 80
        assert len(shown) < 15_000
