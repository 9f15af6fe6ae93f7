"""Numbers in the gate's sentences: one decimal, and more where one would hide on which side of a limit a value lies."""

from __future__ import annotations

# Past this many, two numbers are shown with all digits that they have.
_MOST_DECIMALS = 9


def apart(value: float, limit: float) -> tuple[str, str]:
    """Return a value and its limit with as few decimals as tell them apart: `79.96` and `80.00`.

    A limit keeps the decimals that the policy gives it, up to six; equal numbers look equal.
    """
    decimals = max(1, len(f"{limit:.6f}".rstrip("0").partition(".")[2]))
    for places in range(decimals, _MOST_DECIMALS + 1):
        texts = decimal(value, places), decimal(limit, places)
        if texts[0] != texts[1] or value == limit:
            return texts
    return repr(value), repr(limit)


def decimal(value: float, places: int = 1) -> str:
    """Return a number with so many decimals; never `-0.0`."""
    return f"{round(value, places) + 0.0:.{places}f}"


def signed(value: float) -> str:
    """Return a change with its sign and one decimal: `+0.1`, `-2.0`, `0.0`."""
    text = decimal(value)
    return text if text.startswith("-") or text == "0.0" else f"+{text}"


def counted(n: int, noun: str) -> str:
    """Return `1 segment`, `3 segments`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def whole(value: float) -> str:
    """Return a limit on a count as the policy writes it: `5`, `2.5`."""
    return f"{value:,.0f}" if float(value).is_integer() else repr(value)
