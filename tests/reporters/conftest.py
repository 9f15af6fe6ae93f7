"""Reports whose texts, names and messages try to break out of what shows them."""

from __future__ import annotations

import dataclasses

import pytest

from scorer.report import (
    Alignment,
    Comparison,
    Dimension,
    Input,
    Pair,
    Report,
    Score,
    SegmentReport,
    Skipped,
    System,
    Text,
)
from scorer.types import Finding

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "&lt;script&gt; &amp; \" ' `",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "| a | b |\n|---|---|\n# head\n- item\n> quote\n```\ncode",
    "[link](javascript:alert(1)) ![img](http://evil.example/x.png) <http://evil.example>",
    "http://evil.example www.evil.example",
    "*bold* _it_ ~~gone~~ `code` $math$ @someone #1 :smile: \\*",
    "\u202eabc\u2066def\u2069 \u200b\u200f\u061c",
    "line\u2028sep\u2029par\x85nel\x0bvt\x0cff\rcr\ttab",
    "\x00\x07\x08\x7f\x9b31m",
    "\ud800 lone",
    "[bold]markup[/bold] [/] [link=http://evil.example]x[/link]",
    "::error::x %0A",
    "=cmd|' /C calc'!A0",
    "会" * 300,
    "x" * 600,
    "👩\u200d👩\u200d👧 " * 40,
    "ａｂｃ e\u0301",
    "",
]


def _findings(index: int, text: str) -> tuple[Finding, ...]:
    end = len(text)
    return (
        Finding("number", "critical", "adequacy", index, f"found {text}", None, (0, end), (0, min(1, end))),
        Finding("wording", "minor", "fluency", index, text or "empty", None, (end // 2, end), None, certainty=0.5),
        Finding("name", "major", "adequacy", index, text or "empty", (0, end), None, None),
    )


def _segment(index: int, text: str) -> SegmentReport:
    half = len(text) // 2
    return SegmentReport(
        index,
        text,
        text,
        (text, text[::-1]),
        f"{text}:{index}",
        text,
        50.0 if index % 2 else None,
        100.0,
        0.0,
        {"mqm": 1.0 + index, "mqm_accuracy": None, "mqm_fluency": 0.0, "chrf": 12.345},
        _findings(index, text),
        None,
        (((0, half),), ((half, len(text)),)),
    )


def hostile_report(role: str = "peers") -> Report:
    """A report with every text that a user or a file can choose being hostile."""
    everything = " ".join(HOSTILE)
    dimension, none = Dimension(81.234, 70.0, 90.0, 12), Dimension(None)
    dimensions = {"adequacy": dimension, "fluency": none, "quality": Dimension(0.0, 0.0, 100.0, 1)}
    score = Score("chrf", 61.2, 50.0, 70.0, 12, 3, True, "chrf|nrefs:1|case:mixed|version:2.6.0")
    undefined = Score("ter", None, None, None, 0, 15, False, "ter|" + "x" * 300)
    segments = tuple(_segment(i, text) for i, text in enumerate(HOSTILE))
    systems = tuple(System(text or "empty", dimensions, (score, undefined), "1") for text in HOSTILE)
    comparison = Comparison("chrf", everything, HOSTILE[0], -1.5, -3.0, 0.5, 0.049, 0.051, 1.75, everything)
    return Report(
        command="compare",
        version="0.1.0",
        signature="scorer|command:compare|" + "y" * 200,
        role=role,
        role_reason=everything,
        languages={"a": "en", "b": None},
        inputs=tuple(Input(everything, "0" * 64, 3, 4, "en", (everything,)) for _ in range(3)),
        alignment=Alignment("document", everything, (Pair((0,), (0,)), Pair((1, 2), (1,)), Pair((), (2,)))),
        dimensions=dimensions,
        metrics=(score, undefined),
        skipped=(Skipped("bleu", "needs a reference"),),
        findings=tuple(finding for segment in segments for finding in segment.findings),
        segments=segments,
        worst=tuple(range(len(segments))),
        verdict="Adequacy good, fluency undefined, quality bad; findings: 17 critical",
        texts={"a": Text(dimension, none), "b": Text(none, dimension)} if role == "peers" else {},
        systems=systems,
        comparisons=(
            comparison,
            dataclasses.replace(comparison, difference=None, low=None, high=None, p_bootstrap=None),
        ),
        notes=(everything,),
        n_rows=0,
    )


@pytest.fixture(scope="session")
def hostile() -> Report:
    return hostile_report()


@pytest.fixture(scope="session")
def hostile_texts() -> list[str]:
    return HOSTILE


@pytest.fixture(scope="session")
def one_segment(hostile):
    """Build a report of one segment with findings as (check, severity, span in the hypothesis)."""

    def build(hypothesis, *found, differs=((), ()), references=()):
        findings = tuple(
            Finding(check, severity, "adequacy", 0, f"{check} {span}", hypothesis_span=span, certainty=0.6)
            for check, severity, span in found
        )
        segment = dataclasses.replace(
            hostile.segments[0],
            source="the source",
            hypothesis=hypothesis,
            references=references,
            place="",
            system="",
            differs=differs,
            findings=findings,
        )
        inputs = tuple(dataclasses.replace(each, name=name) for each, name in zip(hostile.inputs, "ab", strict=False))
        return dataclasses.replace(
            hostile, segments=(segment,), worst=(0,), findings=findings, inputs=inputs, systems=(), comparisons=()
        )

    return build
