"""A browser without a network, and reports to open in it."""

from __future__ import annotations

import dataclasses
import importlib.util
import random
from pathlib import Path

import pytest

from scorer import Settings, compare, score
from scorer.report import Report
from scorer.reporters.html import render
from scorer.types import Finding

FAST = Settings(preset="fast")


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Write a report's page, once for all tests that open it."""
    folder, known = tmp_path_factory.mktemp("reports"), {}

    def write(report: Report) -> Path:
        if id(report) not in known:
            path = folder / f"report-{len(known)}.html"
            path.write_text(render(report), encoding="utf-8")
            known[id(report)] = path, report  # kept, or another report could get its id
        return known[id(report)][0]

    return write


@pytest.fixture(scope="session")
def context(chromium):
    """Return a browser's profile with some options; the same one for the same options."""
    known = {}

    def of(size, **options):
        key = (size, *sorted(options.items()))
        if key not in known:
            known[key] = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
            known[key].set_default_timeout(20_000)
        return known[key]

    yield of
    for each in known.values():
        each.close()


@pytest.fixture
def visit(context, written):
    """Open a report; at the end, it must have asked for nothing but itself and complained of nothing."""
    pages, requests, complaints, own = [], [], [], set()

    def open_report(report: Report, fragment: str = "", *, size=(1366, 768), **options):
        address = written(report).as_uri()
        own.add(address)
        page = context(size, **options).new_page()
        pages.append(page)
        page.on("request", lambda request: requests.append(request.url.split("#")[0]))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(address + fragment)
        return page

    yield open_report
    for page in pages:
        page.close()
    assert complaints == []
    assert set(requests) == own


@pytest.fixture(scope="session")
def news(seeds) -> Report:
    """A short report; the learned metric, which it lacks, suspects something in its second segment."""
    report = compare(seeds / "news/source.de.txt", seeds / "news/wrong.en.txt", settings=FAST)
    suspicion = Finding("learned", "critical", "adequacy", 1, "suspected", hypothesis_span=(0, 3), certainty=0.5)
    second = dataclasses.replace(report.segments[1], findings=(*report.segments[1].findings, suspicion))
    segments = (report.segments[0], second, *report.segments[2:])
    return dataclasses.replace(report, segments=segments, findings=(*report.findings, suspicion))


@pytest.fixture(scope="session")
def systems(seeds) -> Report:
    """Three systems: one like the reference, two with more and more of its sentences damaged."""
    reference = (seeds / "news/good.en.txt").read_text(encoding="utf-8").splitlines()
    source = (seeds / "news/source.de.txt").read_text(encoding="utf-8").splitlines()
    poor = [line.replace("2", "7").replace("not ", "") for line in reference]
    mixed = [line if i % 2 else worse for i, (line, worse) in enumerate(zip(reference, poor, strict=True))]
    hypotheses = {"systems/good": reference, "systems/mixed": mixed, "systems/poor": poor}
    return score(hypotheses, source=source, references=[reference], settings=FAST)


@pytest.fixture(scope="session")
def many(news) -> Report:
    """Ten thousand segments."""
    chance = random.Random(0)

    def shaken(value):
        return None if value is None else min(100.0, max(0.0, value + chance.gauss(0, 12)))

    segments = tuple(
        dataclasses.replace(
            segment,
            index=i,
            quality=shaken(segment.quality),
            adequacy=shaken(segment.adequacy),
            fluency=shaken(segment.fluency),
            metrics={name: value and abs(value + chance.gauss(0, 1)) for name, value in segment.metrics.items()},
            findings=tuple(dataclasses.replace(finding, index=i) for finding in segment.findings),
        )
        for i, segment in enumerate(chance.choices(news.segments, k=10_000))
    )
    found = tuple(finding for segment in segments for finding in segment.findings)
    worst = sorted(range(10_000), key=lambda i: -(segments[i].metrics["mqm"] or 0))[:10]
    return dataclasses.replace(news, segments=segments, findings=found, worst=tuple(worst))


@pytest.fixture(scope="session")
def hostile() -> Report:
    """The hostile report of the other reporters' tests, with what only a browser would obey."""
    return hostile_report([*MORE_HOSTILE, "y" * 100_000])


@pytest.fixture(scope="session")
def hostile_alone() -> Report:
    """The hostile report as one of a single system, without the endless word."""
    report = hostile_report(MORE_HOSTILE)
    return dataclasses.replace(report, systems=(), comparisons=(), worst=tuple(range(10)))


def hostile_report(more: list[str]) -> Report:
    spec = importlib.util.spec_from_file_location(
        "hostile_reports", Path(__file__).parents[1] / "reporters/conftest.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.HOSTILE.extend(more)
    return module.hostile_report()


MORE_HOSTILE = [
    "</script><script>alert(2)</script><!--<script>",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "javascript:alert(3)",
    "<svg onload=alert(4)><style>*{display:none}</style></svg>",
    "__proto__",
    "constructor",
    "\u0643\u062a\u0627\u0628 \u05e9\u05dc\u05d5\u05dd abc 123",
]
