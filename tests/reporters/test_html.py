from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from scorer.reporters.html import render

KNOWN = {"style", "div", "p", "strong", "small", "table", "thead", "tbody", "tr", "th", "td", "h4", "mark", "u"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text, self.marks = [], [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.attributes.update(attrs)
        if tag == "mark":
            self.marks.append((*dict(attrs).values(), ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] == "mark":
            self.marks[-1] = (*self.marks[-1][:-1], data)


def read(report) -> Reader:
    reader = Reader()
    reader.feed(render(report))
    reader.close()
    return reader


@pytest.fixture(scope="module")
def page(hostile):
    return read(hostile)


def test_html_hostile_text_opens_no_element_and_closes_none(page):
    assert page.open == []
    assert set(page.tags) <= KNOWN


def test_html_hostile_text_sets_no_attribute(page):
    ours = {("class", name) for name in ("scorer-report", "critical", "major")} | {("dir", "auto")}
    assert {(name, value) for name, value in page.attributes if name != "title"} == ours


def test_html_titles_hold_what_was_found_shortened(page, hostile):
    titles = {value for name, value in page.attributes if name == "title"}
    assert any(title.startswith("critical number: found <script>alert(1)</script>") for title in titles)
    assert max(map(len, titles)) < 3 * 201


def test_html_texts_can_be_read(page):
    shown = "".join(page.text)
    assert "<script>alert(1)</script>" in shown
    assert "&lt;script&gt;" in shown
    assert r"\x1b[31mred" in shown


def test_html_has_no_control_or_direction_characters(hostile):
    assert (
        re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\u2028\ud800-\udfff]", render(hostile))
        == []
    )


def test_report_in_a_notebook_shows_the_html(hostile):
    assert hostile._repr_html_() == render(hostile)


def test_html_marks_carry_severity_and_reason(one_segment):
    report = one_segment("Fifty of them came.", ("number", "major", (0, 5)), ("learned", "minor", (14, 18)))
    assert read(report).marks == [
        ("major", "major number: number (0, 5)", "Fifty"),
        ("minor", "minor learned: learned (14, 18)", "came"),
    ]


def test_html_nested_and_overlapping_marks_are_flat(one_segment):
    marks = ("learned", "minor", (0, 9)), ("number", "critical", (2, 4)), ("name", "major", (3, 6))
    found = read(one_segment("abcdefghijk", *marks)).marks
    assert [(kind, text) for kind, _, text in found] == [
        ("minor", "ab"),
        ("critical", "cd"),
        ("major", "ef"),
        ("minor", "ghi"),
    ]
    assert found[1][1].count("; ") == 2  # all three are told where they meet


def test_html_what_differs_is_underlined_where_nothing_was_found(one_segment):
    report = one_segment("one two", ("learned", "minor", (0, 3)), differs=(((0, 7),), ()), references=("x",))
    assert '<mark class="minor" title="minor learned: learned (0, 3)">one</mark><u> two</u>' in render(report)


def test_html_learned_findings_stand_apart_and_are_few(one_segment):
    suspected = [("learned", "critical", (i, i + 1)) for i in range(60)]
    page = render(one_segment("x" * 100, *suspected, ("case", "minor", (70, 71))))
    found, told = page.split("suspected by the learned metric (60 critical)")
    assert "<td>case</td>" in found
    assert "<td>learned</td>" not in found
    assert told.count("<td>learned</td>") == 10
