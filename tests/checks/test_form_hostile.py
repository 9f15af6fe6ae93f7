"""Every check of form answers on hostile text in time that grows with its length, and says little.

The limit is on processor time and generous, for a busy machine; a quadratic pattern takes minutes here.
"""

import time

import pytest

from scorer.checks import Check
from scorer.checks.alignment_gap import addition, omission
from scorer.checks.bracket import bracket
from scorer.checks.case import case
from scorer.checks.doubled_word import doubled_word
from scorer.checks.encoding import encoding
from scorer.checks.length import length_ratio
from scorer.checks.punctuation import punctuation
from scorer.checks.quotes import quotes
from scorer.checks.repetition import repetition
from scorer.checks.spacing import spacing
from scorer.checks.truncation import truncation
from scorer.types import Languages, Segment

CHECKS: list[Check] = [addition, bracket, case, doubled_word, encoding, length_ratio]
CHECKS += [omission, punctuation, quotes, repetition, spacing, truncation]
TEXTS = {
    "one word of 100,000 characters": "a" * 100_000,
    "200,000 identical tokens": "the " * 200_000,
    "100,000 Chinese characters": "的" * 100_000,
    "50,000 open brackets": "(" * 50_000,
    "50,000 closed brackets and a letter": ")" * 50_000 + "z",
    "bidi overrides": "\u202e\u202d" * 25_000,
    "combining marks": "a" + "\u0301\u0316" * 50_000,
    "spaces": "$" + " " * 100_000 + "x",
    "marks": ",.;!?" * 20_000,
    "quotation marks": "\"'" * 50_000,
    "two scripts in one word": "aа" * 50_000,
    "half an encoding": "â€" * 50_000,
    "entities": "&am" * 30_000,
    "Fibonacci words": " ".join("ab"[bin(i).count("1") % 2] for i in range(100_000)),
    "controls": "\x00\x1b" * 50_000,
    "lone surrogates": "\ud800" * 20_000,
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_form_check_hostile_text_is_answered_in_time(check: Check, name: str) -> None:
    text = TEXTS[name]
    start = time.process_time()
    findings = list(check(Segment(0, "Ein Satz.", text, languages=Languages("de", "en"))))
    findings += check(Segment(0, text, "A sentence.", languages=Languages("de", "en")))
    assert time.process_time() - start < 2.0
    assert len(findings) <= 50
    for finding in findings:
        assert finding.message.isprintable()
        assert len(finding.message) < 250
        assert finding.hypothesis_span is None or 0 <= finding.hypothesis_span[0] <= finding.hypothesis_span[1] <= len(
            text
        )
