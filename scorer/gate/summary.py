"""The verdict in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from scorer.gate.verdict import Outcome, PairVerdict, Ruling
from scorer.printable import printable


def sentence(outcome: Outcome, pairs: Sequence[PairVerdict], rulings: Sequence[Ruling], changed_since: str) -> str:
    """Return what was judged and what came of it: `fail: 2 of 14 rules are broken, in de/app.json and fr/app.json`."""
    all_rulings = [*rulings, *(ruling for pair in pairs for ruling in pair.rulings)]
    since = f" changed since {printable(changed_since, 60)}" if changed_since else ""
    if not all_rulings:
        return f"{outcome}: none of the files{since}, so there was nothing to judge" if since else f"{outcome}: no file"
    n_segments = sum(pair.counts.get("segments", 0) for pair in pairs)
    judged = f"{_counted(len(pairs), 'file')}{since}, {_counted(n_segments, 'segment')}"
    broken = [ruling for ruling in all_rulings if ruling.outcome == "fail"]
    unclear = [ruling for ruling in all_rulings if ruling.outcome == "undecided"]
    if outcome == "pass":
        return f"pass: all {_counted(len(all_rulings), 'rule')} hold; {judged}"
    parts = []
    if broken:
        are = "is" if len(broken) == 1 else "are"
        parts.append(f"{len(broken)} of {_counted(len(all_rulings), 'rule')} {are} broken")
    if unclear:
        parts.append(f"{_counted(len(unclear), 'drop')} may be chance")
    return f"{outcome}: {', '.join(parts)}; {judged}"


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
