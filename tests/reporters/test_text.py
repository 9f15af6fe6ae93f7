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
        hostile.segments[0], hypothesis="a cat", references=("a dog",), differs=(((2, 5),), ((2, 5),))
    )
    shown = render(dataclasses.replace(hostile, segments=(segment,), worst=(0,), findings=segment.findings))
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
