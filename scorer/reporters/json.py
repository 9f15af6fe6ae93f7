"""The report as JSON; `scorer/schemas/report.json` is its schema."""

from __future__ import annotations

import json

from scorer import reporters
from scorer.report import Report


@reporters.register("json", ".json")
def render(report: Report) -> str:
    """Return the report as one JSON object, indented."""
    # NaN would be no JSON; there is none, and if there were, better an error than a file nobody can read.
    text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    # Half a surrogate pair cannot be written to a file; as an escape it can.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
