"""Findings counted by check and severity, and the keys with which a policy names some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from scorer.types import SEVERITIES, SUSPICIONS, Finding

# How many of each kind; a kind is a check and a severity, as in `negation major`.
Tally = Mapping[str, int]


def tally(findings: Iterable[Finding]) -> Counter[str]:
    """Return how many findings there are of each kind."""
    return Counter(f"{finding.check} {finding.severity}" for finding in findings)


def matches(kind: str, key: str) -> bool:
    """Return whether a policy's key names a kind of finding.

    Args:
        kind: Check and severity: `number major`.
        key: A severity, a check or both, in either order. Suspicions are meant only where their check is named.
    """
    named = set(key.split())
    return named <= set(kind.split()) and (SUSPICIONS in named or not kind.startswith(f"{SUSPICIONS} "))


def count(kinds: Tally, key: str) -> int:
    """Return how many findings a policy's key names."""
    return sum(n for kind, n in kinds.items() if matches(kind, key))


def rank(kinds: Tally, key: str) -> int:
    """Return how severe the most severe finding is that a key names: 0 for critical, 3 where there is none."""
    named = [SEVERITIES.index(severity(kind)) for kind, n in kinds.items() if n and matches(kind, key)]
    return min(named, default=len(SEVERITIES))


def severity(kind: str) -> str:
    """Return the severity in a kind."""
    return kind.rpartition(" ")[2]


def named(key: str, n: int, which: str = "") -> str:
    """Return what a key counts, for a sentence: `2 critical findings`, `3 new major number findings`."""
    words = sorted(key.split(), key=lambda word: word not in SEVERITIES)
    return f"{n:,} {which}{' '.join(words)} finding{'s' * (n > 1)}" if n else f"no {which}{' '.join(words)} finding"


def by_check(kinds: Tally, key: str) -> str:
    """Return how many findings each check has of those that a key names, most first: `negation 2, number 1`."""
    checks: Counter[str] = Counter()
    for kind, n in kinds.items():
        if matches(kind, key):
            checks[kind.rpartition(" ")[0]] += n
    return ", ".join(f"{check} {n}" for check, n in sorted(checks.items(), key=lambda item: (-item[1], item[0])) if n)
