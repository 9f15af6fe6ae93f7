"""`scorer selftest`: shipped texts with recorded values, to tell an installation that scores otherwise.

The record is `models/selftest.json`; values must agree to `TOLERANCE`, which leaves room for another CPU's last digits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scorer import assets
from scorer.assets import SHIPPED_NAME
from scorer.errors import ModelError
from scorer.plan import Settings
from scorer.systems import score
from scorer.types import Languages

TOLERANCE = 1e-3
FILE = "selftest.json"


@dataclass(frozen=True, slots=True)
class Drift:
    """A value that is not the recorded one."""

    case: str
    name: str
    recorded: float | None
    found: float | None

    def __str__(self) -> str:
        return f"{self.case}: {self.name} is {self.found}, recorded is {self.recorded}"


def drifts(preset: str) -> list[Drift]:
    """Return the values that differ from the record; none if all is well."""
    found = []
    for case in _record()["cases"]:
        if case["preset"] == preset:
            recorded, now = case["values"], values(case)
            for name in sorted(recorded.keys() | now.keys()):
                if not agree(recorded.get(name), now.get(name)):
                    found.append(Drift(case["name"], name, recorded.get(name), now.get(name)))
    return found


def agree(recorded: float | None, found: float | None) -> bool:
    """Return whether two values are the same to the tolerance; undefined agrees with undefined only."""
    if recorded is None or found is None:
        return recorded is found
    return abs(recorded - found) <= TOLERANCE


def count(preset: str) -> int:
    """Return how many values are recorded for a preset."""
    return sum(len(case["values"]) for case in _record()["cases"] if case["preset"] == preset)


def values(case: dict[str, Any]) -> dict[str, float | None]:
    """Return all scores of a case: the corpus' and each segment's."""
    spoken = Languages(*case["languages"])
    settings = Settings(preset=case["preset"], languages=spoken, n_resamples=1, model=SHIPPED_NAME)
    report = score(
        {"system": case["hypothesis"]},
        source=case.get("source"),
        references=[case["reference"]] if "reference" in case else [],
        settings=settings,
    )
    found = {name: dimension.value for name, dimension in report.dimensions.items()}
    found |= {each.name: each.value for each in report.metrics}  # type: ignore[misc]
    for segment in report.segments:
        found |= {f"{segment.index}.{name}": value for name, value in _of_segment(segment)}  # type: ignore[misc]
    return found  # type: ignore[return-value]


def _of_segment(segment: Any) -> Iterator[tuple[str, float | None]]:
    yield from segment.metrics.items()
    for name in ("quality", "adequacy", "fluency"):
        yield name, getattr(segment, name)


def _record() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(assets.read(FILE))
    for case in loaded["cases"]:
        if not case.get("values"):
            raise ModelError(f"{FILE} holds no values for {case['name']!r}; write them with: scorer selftest --record")
    return loaded


def record() -> None:
    """Write the values anew; for whoever changes a score on purpose (then `python benchmarks/manifest.py`)."""
    path = assets.models_folder() / FILE
    content = json.loads(path.read_text(encoding="utf-8"))
    for case in content["cases"]:
        case["values"] = {name: None if v is None else round(v, 6) for name, v in values(case).items()}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
