from __future__ import annotations

import dataclasses
import re
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from scorer.charts import segments, systems
from scorer.charts.parts import Bands, meter
from scorer.errors import MissingExtra
from scorer.report import Report
from scorer.reporters import png, svg
from scorer.reporters.drawn import WORDS, drawn

NAMESPACE = "{http://www.w3.org/2000/svg}"
BANDS = Bands(((50, "very good"), (0, "bad")))


def test_svg_hostile_report_is_well_formed_and_does_nothing(hostile):
    root = ElementTree.fromstring(svg.render(hostile))
    tags = {element.tag.removeprefix(NAMESPACE) for element in root.iter()}
    assert tags <= {"svg", "style", "rect", "g", "text", "title", "desc", "line", "circle", "path"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}


def test_svg_same_report_gives_the_same_bytes(hostile):
    assert svg.render(hostile) == svg.render(hostile)


def test_svg_report_without_segments_says_its_verdict(hostile):
    bare = dataclasses.replace(hostile, segments=(), worst=(), systems=())
    assert hostile.verdict in svg.render(bare)


def test_charts_of_any_number_of_segments_are_bounded(hostile):
    one = dataclasses.replace(hostile.segments[0], quality=50.0, adequacy=40.0, fluency=30.0)
    many = tuple(
        dataclasses.replace(one, index=i, quality=i % 101, adequacy=float(i * 7 % 101), fluency=float(i * 13 % 101))
        for i in range(20_000)
    )
    report = dataclasses.replace(hostile, segments=many, systems=(), worst=())
    assert isinstance(report, Report)
    assert sum(chart.svg().count("<") for chart in drawn(report)) < 2 * 5 * (20 + 120 + 625)


def bars(chart) -> list[tuple[str, float, float]]:
    """Return each bar's class, where it begins and how tall it is."""
    found = re.findall(r'<rect class="([\w-]+)" x="([\d.]+)"[^>]*height="([\d.]+)"', chart.body)
    return [(name, float(x), float(height)) for name, x, height in found]


def test_histogram_counts_the_ends_and_leaves_out_the_undefined():
    chart = segments.histogram([0.0, 4.99, 5.0, 100.0, None], BANDS)
    assert [(name, round(height)) for name, _, height in bars(chart)] == [("bad", 132), ("bad", 66), ("very-good", 66)]
    assert chart.summary == "Segments by quality: 2 from 0 to 5, 1 from 5 to 10, 1 from 95 to 100"
    assert 'href="#quality=95-100"' in chart.body


def test_histogram_one_among_thousands_is_seen():
    assert min(height for *_, height in bars(segments.histogram([100.0] * 9_999 + [1.0], BANDS))) == 2


def test_along_links_each_segment_or_each_run():
    short = segments.along([90.0, None, 10.0], [1, 2, 4], BANDS)
    assert re.findall(r'href="#([^"]*)"', short.body) == ["s-1", "s-4"]
    assert short.summary == "Quality along the text, 3 segments; lowest is segment 4 with 10"
    long = segments.along([float(i % 100) for i in range(1_200)], range(1, 1_201), BANDS)
    links = re.findall(r'href="#([^"]*)"', long.body)
    assert (links[0], links[-1], len(links)) == ("lines=1-10", "lines=1191-1200", 120)


def test_scatter_neighbours_share_a_dot():
    points = [segments.Point(10, 10, 1), segments.Point(11, 11, 2), segments.Point(100, 100, 3)]
    chart = segments.scatter(points)
    assert re.findall(r'href="#([^"]*)"', chart.body) == ["adequacy=8-12&amp;fluency=8-12", "s-3"]
    assert chart.body.count("<circle") == 2


@pytest.mark.parametrize("value", [None, 0.0, 100.0])
def test_charts_of_one_value_or_none_draw(value):
    assert segments.histogram([value], BANDS).svg()
    assert segments.along([value], [1], BANDS).svg()
    assert segments.scatter([]).svg()
    assert systems.strips([("a", [value]), ("b", [None])], [1], BANDS).svg()
    assert systems.distributions([("a", [value]), ("b", [])]).svg()
    assert systems.spots([]).svg()
    assert meter(value, None, None, BANDS)


def test_spots_stay_inside_their_frame():
    chart = systems.spots([systems.Spot("a", 0, 100, (0, 100), (0, 100)), systems.Spot("b", 50, 50)])
    numbers = [float(number) for number in re.findall(r'\b(?:c?x|x1|x2)="([-\d.]+)"', chart.body)]
    assert min(numbers) >= 0
    assert max(numbers) <= 366


def test_names_of_systems_are_cut_and_escaped():
    chart = systems.distributions([("<b>" * 100, [50.0]), ("b", [])])
    assert "<b>" not in chart.body
    assert "…" in chart.body


def test_bands_are_those_of_the_report():
    assert [WORDS.name(value) for value in (None, 0, 29.9, 30, 50, 65, 80, 100)] == [
        "undefined",
        "bad",
        "bad",
        "poor",
        "fair",
        "good",
        "very-good",
        "very-good",
    ]


def test_png_is_an_image(hostile):
    pytest.importorskip("resvg_py")
    image = png.render(hostile)
    assert image.startswith(b"\x89PNG\r\n")
    assert len(image) > 5_000


def test_png_without_its_package_names_the_extra(hostile, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtra, match=r"mt-scorer\[plots\]"):
        png.render(hostile)
