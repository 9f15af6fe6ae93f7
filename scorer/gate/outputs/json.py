"""The verdict as JSON; `scorer/schemas/verdict.json` is its schema."""

from __future__ import annotations

import json

from scorer.gate import outputs
from scorer.gate.verdict import Verdict


@outputs.register("json", ".json")
def render(verdict: Verdict) -> str:
    """Return the verdict as one JSON object, indented.

    Raises:
        ValueError: A value is not a number, which JSON cannot say; undefined values are `None`.
    """
    text = json.dumps(verdict.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    # Half a surrogate pair cannot be written to a file; as an escape it can.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
