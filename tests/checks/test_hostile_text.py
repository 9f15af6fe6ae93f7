"""Every check of meaning on text made to break it: quick, without an exception, spans inside the texts."""

import importlib
import random
import time

import pytest

from scorer.types import Languages, Segment

CHECKS = ["number", "date", "currency", "negation", "name", "placeholder", "untranslated", "wrong_language"]
LENGTH = 20_000
PATTERNS = {
    "one letter": "a",
    "digits": "9",
    "groups": "1,",
    "spaced digits": "1 000 ",
    "identical tokens": "the ",
    "dates": "May 3 2020 ",
    "prices": "$5 ",
    "han numerals": "一百",
    "open tags": "<a ",
    "open braces": "{",
    "percent signs": "%",
    "addresses": "http://a",
    "at signs": "a@",
    "capitals": "NATO Ab1 ",
    "negations": "not n't ",
    "brackets": "(",
    "combining": "e\u0301",
    "odd": "\u202e\u200b\ufeff\x00\ud800\U0001f468\u200d",
    "roman": "I",
    "ampersands": "&",
    "no spaces": "没",
    "words": "ne x",
}
# Generous: a busy machine is no reason to fail, a quadratic pattern takes minutes.
SECONDS = 8.0


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("text", [(pattern * LENGTH)[:LENGTH] for pattern in PATTERNS.values()], ids=PATTERNS)
def test_check_hostile_text_quick_with_valid_spans(name: str, text: str) -> None:
    check = getattr(importlib.import_module(f"scorer.checks.{name}"), name)
    started = time.perf_counter()
    for source, hypothesis, languages in [(text, "x" + text[:-1], ("fr", "en")), (text, "short", ("zh", "de"))]:
        for finding in check(Segment(0, source, hypothesis, languages=Languages(*languages))):
            for span, side in ((finding.source_span, source), (finding.hypothesis_span, hypothesis)):
                assert span is None or 0 <= span[0] < span[1] <= len(side)
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize("name", CHECKS)
def test_check_random_text_twice_the_same(name: str) -> None:
    check = getattr(importlib.import_module(f"scorer.checks.{name}"), name)
    rng = random.Random(7)
    signs = "aB1. ,5%{}<>&$€不没十万年月日éßЖनا\u0301\n'’-@/:İǅﬁ"
    for index in range(200):
        source, hypothesis = ("".join(rng.choices(signs, k=rng.randint(0, 60))) for _ in range(2))
        for languages in [("en", "de"), ("zh", "en"), ("en", "en"), (None, None), ("ru", "hi")]:
            segment = Segment(index, source, hypothesis, (hypothesis[::-1],), Languages(*languages))
            assert list(check(segment)) == list(check(segment))
