from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from scorer.report import Report
from scorer.reporters.html import render
from scorer.reporters.places import differing, marked
from scorer.reporters.rows import names, rows

CONTROLS = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
VOID = {"meta", "br", "input", "rect", "line", "circle", "path"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text, self.marks = [], [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.update(attrs)
        if tag == "mark":
            self.marks.append((dict(attrs)["class"], dict(attrs).get("title", ""), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)
        if self.open and self.open[-1] == "mark":
            self.marks[-1] = (*self.marks[-1][:2], self.marks[-1][2] + data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def element(page: str, name: str) -> str:
    """Return what stands in the page's last element of a name."""
    return re.findall(rf"<{name}[^>]*>(.*?)</{name}>", page, re.DOTALL)[-1]


def data(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture(scope="module")
def page(hostile) -> str:
    return render(hostile)


@pytest.fixture(scope="module")
def fragment(hostile) -> str:
    return hostile._repr_html_()


@pytest.fixture(scope="module", params=["page", "fragment"])
def either(request) -> str:
    return request.getfixturevalue(request.param)


# Hostile texts ------------------------------------------------------------------------------------------------------


def test_html_hostile_text_opens_no_element_and_closes_none(either):
    tags = read(either).tags
    assert tags.count("script") == (2 if "<!doctype" in either else 0)
    assert tags.count("style") == 1
    assert not {"img", "iframe", "object", "embed", "base", "foreignobject"} & set(tags)


def test_html_hostile_text_sets_no_attribute_that_acts(either):
    found = read(either).attributes
    assert not [name for name, _ in found if name.startswith("on") or name in ("style", "src", "srcdoc", "action")]
    assert {value[0] for name, value in found if name == "href"} <= {"#"}


def test_html_has_no_control_or_direction_characters(either):
    assert re.findall(CONTROLS, either) == []


def test_html_texts_can_be_read(either):
    shown = "".join(read(either).text)
    assert "<script>alert(1)</script>" in shown
    assert "&lt;script&gt;" in shown
    assert r"\x1b[31mred" in shown


def test_html_titles_hold_what_was_found_shortened(either):
    titles = {title for _, title, _ in read(either).marks}
    assert any(title.startswith("critical number: found <script>alert(1)</script>") for title in titles)
    assert max(map(len, titles)) < 3 * 201


def test_html_data_cannot_end_its_script_and_is_what_the_report_says(page, hostile):
    content = data(page)
    texts = [made["h"] for row in content["rows"] for made in row["m"] if made]
    assert "<script>alert(1)</script>" in texts
    assert len(texts) == len(hostile.segments)
    assert not re.search("[<>&]", re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


# The page -----------------------------------------------------------------------------------------------------------


def test_page_allows_its_own_script_and_style_and_nothing_else(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(element(page, kind).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


@pytest.mark.parametrize("kind", ["style", "script"])
def test_page_names_no_address_outside_itself(page, kind):
    ours = element(page, kind)
    assert len(ours) > 1_000
    assert not re.search(r"https?:|@import|url\(|\bfetch\b|XMLHttp|(inner|outer|Adjacent)HTML|\beval\b", ours)


def test_page_without_its_texts_is_small(one_segment):
    assert len(render(one_segment("x")).encode()) < 100_000


def test_page_same_report_gives_the_same_bytes(hostile, page):
    assert render(hostile) == page


def test_page_says_verdict_signature_and_alignment_without_a_script(page, hostile):
    shown = " ".join("".join(read(page).text).split())
    for expected in (hostile.verdict, hostile.signature, "1 × 1-1", "chrf|nrefs:1", "skipped: bleu: needs a reference"):
        assert expected in shown


def test_page_of_an_empty_report_renders(hostile):
    import dataclasses

    bare = dataclasses.replace(
        hostile, findings=(), segments=(), worst=(), systems=(), comparisons=(), texts={}, metrics=(), notes=()
    )
    assert isinstance(bare, Report)
    assert data(render(bare))["rows"] == []
    read(bare._repr_html_())


def test_page_writes_no_marks_for_segments_without_any(one_segment):
    made = data(render(one_segment("plain")))["rows"][0]["m"][0]
    assert set(made) == {"h", "v"}


def test_page_keeps_a_score_of_zero_apart_from_none(hostile):
    content = data(render(hostile))
    at = {name: i for i, (name, _) in enumerate(content["scores"])}
    first = next(made for made in content["rows"][0]["m"] if made)
    assert first["v"][at["fluency"]] == 0
    assert first["v"][at["quality"]] is None


# Marks --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def marks(one_segment):
    return lambda *arguments, **options: read(one_segment(*arguments, **options)._repr_html_()).marks


def test_html_marks_carry_severity_and_reason(marks):
    assert marks("Fifty of them came.", ("number", "major", (0, 5)), ("learned", "minor", (14, 18))) == [
        ("major", "major number: number (0, 5)", "Fifty"),
        ("suspected", "minor learned: learned (14, 18)", "came"),
    ]


def test_html_nested_and_overlapping_marks_are_flat(marks):
    overlapping = ("case", "minor", (0, 9)), ("number", "critical", (2, 4)), ("name", "major", (3, 6))
    found = marks("abcdefghijk", *overlapping)
    assert [(kind, text) for kind, _, text in found] == [
        ("minor", "ab"),
        ("critical", "cd"),
        ("major", "ef"),
        ("minor", "ghi"),
    ]
    assert found[1][1].count("; ") == 2  # all three are told where they meet


def test_html_what_differs_is_underlined_where_nothing_was_found(one_segment):
    report = one_segment("one two", ("case", "minor", (0, 3)), differs=(((0, 7),), ()), references=("x",))
    assert '<mark class="minor" title="minor case: case (0, 3)">one</mark><u> two</u>' in report._repr_html_()


def test_html_learned_findings_stand_apart_and_are_few(one_segment):
    suspected = [("learned", "critical", (i, i + 1)) for i in range(60)]
    page = one_segment("x" * 100, *suspected, ("case", "minor", (70, 71)))._repr_html_()
    found, told = page.split("suspected by the learned metric (60 critical)")
    assert "case: case" in found
    assert "learned: learned" not in found.split("<ul")[-1]
    assert told.split("<table")[0].count("learned: learned") == 10


@pytest.mark.parametrize(
    ("text", "span", "place"),
    [
        ("plain", (1, 3), (1, 3)),
        ("😀 a", (2, 3), (3, 4)),  # JavaScript counts a pair of surrogates as two
        ("\u202e a", (2, 3), (7, 8)),  # shown as \u202e
        ("\ud800a", (1, 2), (6, 7)),
        ("cafe\u0301 ok", (3, 4), (3, 5)),  # the accent belongs to what is marked
        ("cafe\u0301 ok", (4, 5), (3, 5)),
        ("abc", (3, 3), (2, 3)),  # something is missing here
        ("abc", (0, 0), (0, 1)),
        ("abc", (1, 99), (1, 3)),
    ],
)
def test_marked_counts_as_javascript_does(text, span, place):
    assert marked(text, [None, span]) == [(*place, 1)]


def test_marked_of_an_empty_text_is_nothing():
    assert marked("", [(0, 0)]) == []
    assert differing("", [(0, 0)]) == []


def test_marked_thousand_spans_on_a_run_of_accents_are_quick():
    text = "e" + "\u0301" * 100_000
    assert marked(text, [(i, i + 7) for i in range(1, 90_000, 90)])[0][:2] == (0, 100_001)


# Rows ---------------------------------------------------------------------------------------------------------------


def build(hostile, *segments, texts=None):
    import dataclasses

    made = [
        dataclasses.replace(hostile.segments[0], index=index, system=system, source=source)
        for index, system, source in segments
    ]
    systems = tuple(
        dataclasses.replace(hostile.systems[0], name=name, dimensions={**hostile.dimensions, "quality": quality})
        for name, quality in (texts or {}).items()
    )
    return dataclasses.replace(hostile, segments=tuple(made), systems=systems, worst=())


def test_rows_put_the_best_system_first_and_pair_by_line(hostile):
    from scorer.report import Dimension

    qualities = {"poor": Dimension(10.0), "none": Dimension(None), "good": Dimension(90.0)}
    report = build(hostile, (0, "poor", "x"), (4, "poor", "y"), (0, "good", "x"), texts=qualities)
    assert names(report) == ["good", "poor", "none"]
    assert rows(report) == [(1, (2, 0, None)), (5, (None, 1, None))]


def test_rows_of_a_table_pair_by_text_and_which_time_it_occurs(hostile):
    from scorer.report import Dimension

    qualities = {"a": Dimension(90.0), "b": Dimension(10.0)}
    segments = [(0, "a", "x"), (1, "b", "x"), (2, "a", "y"), (3, "a", "x"), (4, "b", "x"), (5, "b", "z")]
    assert rows(build(hostile, *segments, texts=qualities)) == [
        (1, (0, 1)),
        (3, (2, None)),
        (4, (3, 4)),
        (6, (None, 5)),
    ]
