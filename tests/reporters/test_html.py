from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from scorer.reporters.html import render

KNOWN = {"div", "p", "strong", "small", "table", "thead", "tbody", "tr", "th", "td", "h4", "mark"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], set(), []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page(hostile):
    reader = Reader()
    reader.feed(render(hostile))
    reader.close()
    return reader


def test_html_hostile_text_opens_no_element_and_closes_none(page):
    assert page.open == []
    assert set(page.tags) <= KNOWN


def test_html_hostile_text_sets_no_attribute(page):
    assert page.attributes == {("class", "scorer-report"), ("dir", "auto")}


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
