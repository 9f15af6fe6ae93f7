"""The report's three charts: how good the segments are, where the text goes wrong, what is kept and how it reads."""

from __future__ import annotations

from scorer.charts import segments, systems
from scorer.charts.parts import Bands, Chart
from scorer.report import BANDS, Dimension, Report
from scorer.reporters.rows import names, ranking, rows

WORDS = Bands(tuple((floor, word) for floor, word, _ in BANDS))


def drawn(report: Report, *, linked: bool = True) -> list[Chart]:
    """Return the charts of one text, or of several systems; none where there are no segments."""
    if not report.segments:
        return []
    return _of_systems(report, linked) if len(report.systems) > 1 else _of_text(report, linked)


def _of_text(report: Report, linked: bool) -> list[Chart]:
    quality = [segment.quality for segment in report.segments]
    numbers = [segment.index + 1 for segment in report.segments]
    points = [
        segments.Point(segment.adequacy, segment.fluency, segment.index + 1)
        for segment in report.segments
        if segment.adequacy is not None and segment.fluency is not None
    ]
    return [
        segments.along(quality, numbers, WORDS, linked=linked),
        segments.histogram(quality, WORDS, linked=linked),
        segments.scatter(points, linked=linked),
    ]


def _of_systems(report: Report, linked: bool) -> list[Chart]:
    table = rows(report)
    columns = [
        (name, [None if (at := row.members[i]) is None else report.segments[at].quality for row in table])
        for i, name in enumerate(names(report))
    ]
    spots = [
        systems.Spot(system.name, adequacy.value, fluency.value, _ends(adequacy), _ends(fluency))
        for system in ranking(report)
        for adequacy, fluency in [(system.dimensions["adequacy"], system.dimensions["fluency"])]
        if adequacy.value is not None and fluency.value is not None
    ]
    return [
        systems.strips(columns, [row.number for row in table], WORDS, linked=linked),
        systems.distributions(columns, linked=linked),
        systems.spots(spots),
    ]


def _ends(dimension: Dimension) -> tuple[float, float] | None:
    return None if dimension.low is None or dimension.high is None else (dimension.low, dimension.high)
