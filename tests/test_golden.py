"""Reports of known texts, held against recorded ones: `make golden` rewrites them, a person reads the diff.

A case is a folder of tests/golden with `case.json`: paths of A, B and references from the project's root, and settings.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scorer import Settings, compare

ROOT = Path(__file__).parents[1]
CASES = sorted((ROOT / "tests" / "golden").glob("*/case.json"))


def recorded(report) -> dict:
    """What a report is remembered by: few enough lines that a person reads their diff."""
    return {
        "role": report.role,
        "languages": dict(report.languages),
        "alignment": {"method": report.alignment.method, **report.alignment.counts()},
        "verdict": report.verdict,
        "dimensions": {
            name: [rounded(each.value), rounded(each.low), rounded(each.high), each.n]
            for name, each in report.dimensions.items()
        },
        "texts": {
            name: {"fluency": rounded(each.fluency.value), "kept": rounded(each.kept.value)}
            for name, each in report.texts.items()
        },
        "metrics": {metric.name: rounded(metric.value) for metric in report.metrics},
        "findings": [
            f"{finding.index} {finding.severity} {finding.check}: {finding.message}" for finding in report.findings
        ],
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def flat(node, path=""):
    """All values of a record by where they stand."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if items is None:
        yield path, node
    else:
        for key, value in items:
            yield from flat(value, f"{path}.{key}")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.parent.name)
def test_compare_golden_case_is_as_recorded(case, request):
    given = json.loads(case.read_text(encoding="utf-8"))
    report = compare(
        ROOT / given["a"],
        ROOT / given["b"],
        references=[ROOT / path for path in given.get("references", [])],
        settings=Settings(n_resamples=200, **given["settings"]),
    )
    path = case.with_name("expected.json")
    if request.config.getoption("--golden-update"):
        path.write_text(json.dumps(recorded(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    found, expected = (dict(flat(each)) for each in (recorded(report), json.loads(path.read_text(encoding="utf-8"))))
    assert {k: v for k, v in found.items() if not isinstance(v, float)} == {
        k: v for k, v in expected.items() if not isinstance(v, float)
    }
    numbers = {key: value for key, value in expected.items() if isinstance(value, float)}
    # Two roundings to three digits, and the last digits of another processor's vectors.
    assert {key: found[key] for key in numbers} == pytest.approx(numbers, abs=2e-3)


def test_golden_cases_cover_both_presets_and_all_roles():
    settings = [json.loads(case.read_text(encoding="utf-8"))["settings"]["preset"] for case in CASES]
    assert {"fast", "standard"} <= set(settings)
    roles = {json.loads(case.with_name("expected.json").read_text(encoding="utf-8"))["role"] for case in CASES}
    assert roles == {"source", "peers"}
