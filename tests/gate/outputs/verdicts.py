"""Verdicts for the outputs' tests: one that could be real, one whose every text is hostile, one without a file."""

from __future__ import annotations

import dataclasses

from scorer.gate.verdict import Cause, JudgedSegment, PairVerdict, Placed, Position, Ruling, Verdict
from scorer.report import Dimension
from scorer.types import Finding

HOSTILE = [
    "::error::x",
    "  ::stop-commands::token",
    "##[add-mask]a ##vso[task.setvariable variable=PATH]x",
    "a%0A::error::b %25 %0D",
    "line\n::error file=a::b\r\n::warning::c",
    "<script>alert(1)</script>",
    "</td></table></details><img src=x onerror=alert(1)><!-- --> <!-- scorer gate -->",
    "&lt;script&gt; &amp; \" ' ` &#64;everyone",
    "]]> <![CDATA[x]]>",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link",
    "| a | b |\n|---|---|\n# head\n- item\n> quote\n```\ncode",
    "[link](javascript:alert(1)) ![img](http://evil.example/x.png) <http://evil.example> {0} {1}",
    "http://evil.example www.evil.example someone@evil.example ftp://evil.example",
    "*bold* _it_ ~~gone~~ `code` $math$ :smile: :+1: \\*",
    "@everyone @org/team user/repo#12 #123 GH-12 !45 &7 ~bug %1",
    "=cmd|' /C calc'!A0",
    "\u202eabc\u2066def\u2069 \u200b\u200f\u061c",
    "line\u2028sep\u2029par\x85nel\x0bvt\x0cff\rcr\ttab",
    "\x00\x07\x08\x7f\x9b31m \ufffe\uffff",
    "\ud800 lone \udcff byte",
    "[bold]markup[/bold] [/] [link=http://evil.example]x[/link]",
    "שלום ::error::x עולם",
    "会" * 300,
    "👩\u200d👩\u200d👧 " * 40,
    "e\u0301" * 3,
    "",
]
LONG = "long <b> ::error::\n" * 5_300


def finding(check, severity, message, hypothesis=None, source=None, index=0, **more):
    return Finding(check, severity, "adequacy", index, message, source_span=source, hypothesis_span=hypothesis, **more)


def segment(key, source, hypothesis, line, *placed, quality=90.0, **more):
    return JudgedSegment(
        key, key, source, "source", hypothesis, Position(line, 14), {"quality": quality, "chrf": None}, placed, **more
    )


def pair(name="locales/de/app.json", outcome="fail", rulings=(), segments=(), **more):
    given = {
        "source": "locales/en/app.json",
        "references": (),
        "languages": "en-de",
        "signature": "scorer|recipe:standard/source|v:1",
        "dimensions": {
            "quality": Dimension(78.21, 74.0, 82.5, 412),
            "adequacy": Dimension(80.14, 75.1, 84.0, 412),
            "fluency": Dimension(88.0, 85.0, 91.0, 412),
        },
        "values": {"quality": 78.21, "chrf": 61.25, "ter": None},
        "values_then": {"quality": 80.3, "adequacy": 82.7, "fluency": 87.9, "chrf": 61.25},
        "values_since": {"quality": 78.2, "adequacy": 80.1, "fluency": 87.99, "chrf": 61.25},
        "counts": {
            "segments": 412,
            "scored": 412,
            "cached": 407,
            "new": 3,
            "changed": 2,
            "unchanged": 407,
            "removed": 1,
        },
    }
    return PairVerdict(name=name, outcome=outcome, rulings=rulings, segments=segments, **(given | more))


def verdict(*pairs, outcome="fail", rulings=(), **more):
    given = {
        "passes": outcome == "pass",
        "sentence": f"The gate's outcome is {outcome}: see the rules below.",
        "version": "0.1.0",
        "policy": "scorer.toml",
        "baseline": "scorer-baseline.json",
        "baseline_state": "read",
    }
    return Verdict(outcome=outcome, rulings=rulings, pairs=pairs, **(given | more))


TEXTS = (
    ("The device is not waterproof.", "Das Gerät ist wasserdicht."),
    (
        "The invoice amounts to 1,250.50 euros and has to be paid by the end of the month, as agreed in the contract.",
        "Die die Rechnung über 1.250,05 Euro ist bis zum Ende des Monats zu bezahlen, wie es im Vertrag steht.",
    ),
)
# Texts begin in column 14 of their lines.
COLUMN = 14


def span(text, part):
    return text.index(part), text.index(part) + len(part)


def placed(check, severity, message, texts, line, hypothesis, source=None, **more):
    start, end = span(texts[1], hypothesis)
    found = finding(check, severity, message, (start, end), span(texts[0], source) if source else None)
    return Placed(found, Position(line, COLUMN + start), Position(line, COLUMN + end), **more)


NEGATION = placed(
    "negation", "critical", 'the "not" of the source was lost', TEXTS[0], 12, "wasserdicht", "not", is_gained=True
)
NUMBER = placed("number", "major", "1,250.50 became 1.250,05", TEXTS[1], 31, "1.250,05", "1,250.50")
DOUBLED = placed("doubled_word", "minor", '"die" is written twice', TEXTS[1], 31, "die")
SUSPECTED = placed("learned", "major", "may be an error", TEXTS[1], 31, "Ende")
SEGMENTS = (
    segment(
        "device.water",
        *TEXTS[0],
        12,
        NEGATION,
        quality=20.04,
        state="changed",
        hypothesis_then="Das Gerät ist nicht wasserdicht.",
        values_then={"quality": 95.5, "chrf": None},
    ),
    segment(
        "bill.total",
        *TEXTS[1],
        31,
        NUMBER,
        DOUBLED,
        SUSPECTED,
        quality=55.0,
    ),
    segment("menu.save", "Save", "Speichern", 40),
    segment("menu.open", "Open", "Öffnen", 41, state="unchanged", values_then={"quality": 90.0, "chrf": None}),
)
RULINGS = (
    Ruling(
        "max_drop.quality",
        "fail",
        "Quality fell by 2.1, more than the 1.0 allowed; the drop comes from 2 of 412 segments, without them +0.1.",
        2.1,
        1.0,
        (Cause(0, 1.4), Cause(1, 0.8)),
    ),
    Ruling("new_findings.critical", "fail", "1 critical finding is new, 0 are allowed.", 1, 0, (Cause(0),)),
    Ruling(
        "max_drop.chrf",
        "undecided",
        "chrf fell by 0.4; this set can show drops of 2.5 and more.",
        0.4,
        0.3,
        detectable=2.5,
    ),
    Ruling("minimum.adequacy", "pass", "Adequacy is 80.1, at least 80 is asked for.", 80.14, 80.0),
    Ruling("coverage", "pass", "All of 412 segments were scored.", 1.0, 0.95),
)


def real() -> Verdict:
    """A failed run of three files."""
    failed = pair(rulings=RULINGS, segments=SEGMENTS, notes=("2 keys of the source are not in the translation.",))
    passed = pair(
        "locales/fr/app.json", "pass", (dataclasses.replace(RULINGS[3]),), (SEGMENTS[2],), languages="en-fr",
        values_then={}, values_since={}, counts={"segments": 412, "scored": 410},
    )  # fmt: skip
    undecided = pair("locales/ja/app.json", "undecided", (RULINGS[2], RULINGS[4]), (SEGMENTS[3],), languages="en-ja")
    ruling = Ruling("files", "fail", 'The pattern "docs/*.md" matches no file.')
    return verdict(failed, passed, undecided, rulings=(ruling,), notes=("The cache was used for 1,220 segments.",))


def _hostile_segment(i, text):
    end = len(text)
    whole = Placed(
        finding("number", "critical", f"found {text}", (0, end), (0, min(1, end)), i), Position(i + 1, 1),
        Position(i + 1, max(2, end)), is_gained=True,
    )  # fmt: skip
    there = Placed(
        finding("name", "major", text or "empty", None, (end // 2, end), i), Position(i + 1, 1), Position(i + 2, 1)
    )
    small = Placed(
        finding("case", "minor", text, (0, end), None, i), Position(i + 1, 1), Position(i + 1, 1), is_old=True
    )
    return JudgedSegment(
        text, text, text, "reference" if i % 2 else "source", text, Position(i + 1, 1),
        {"quality": None, "chrf": 12.345},
        (whole, there, small, dataclasses.replace(small, finding=finding("learned", "major", text, (0, end), None, i))),
        "changed", text[::-1], {"quality": 50.0},
    )  # fmt: skip


def hostile() -> Verdict:
    """A run in which every text that a user or a file can choose is hostile."""
    segments = tuple(_hostile_segment(i, text) for i, text in enumerate([*HOSTILE, LONG]))
    causes = tuple(Cause(i, 0.01 * i) for i in range(len(segments)))
    pairs = tuple(
        pair(
            text,
            "fail",
            (
                Ruling("findings.critical", "fail", f"found {text}", 27, 0, causes),
                Ruling("max_segment_drop.quality", "fail", text, None, 3.0, causes[i:]),
                Ruling("new_findings.name major", "undecided", text, causes=causes[:1]),
                Ruling("minimum.quality", "pass", text, 80.0, 80.0),
            ),
            segments[i : i + 1] if i % 8 else segments,
            source=text,
            references=(text, text),
            languages=text[:20],
            signature=text,
            notes=(text,),
        )
        for i, text in enumerate(HOSTILE)
    )
    # Causes name positions of the pair's own segments.
    pairs = tuple(
        each
        if len(each.segments) > 1
        else dataclasses.replace(
            each,
            rulings=tuple(
                dataclasses.replace(r, causes=tuple(c for c in r.causes if c.segment < 1)) for r in each.rulings
            ),
        )
        for each in pairs
    )
    everything = " ".join(HOSTILE)
    rulings = tuple(Ruling("files", "fail" if i % 2 else "undecided", text) for i, text in enumerate(HOSTILE))
    return verdict(
        *pairs, rulings=rulings, sentence=everything, policy=HOSTILE[5], baseline=everything,
        baseline_state="tightened", changed_since=everything, notes=(everything, LONG),
    )  # fmt: skip


def empty() -> Verdict:
    """A run without a file."""
    ruling = Ruling("input", "fail", "The policy names no file: there is nothing to judge.")
    return verdict(rulings=(ruling,), policy="", baseline="", baseline_state="")


def passed() -> Verdict:
    """A run in which all is well."""
    return verdict(pair("a.de.txt", "pass", RULINGS[3:], SEGMENTS[2:]), outcome="pass")


VERDICTS = {"real": real, "hostile": hostile, "empty": empty, "passed": passed}
