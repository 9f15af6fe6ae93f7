from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from scorer.reporters.markdown import escape, render

OURS = {"<b>", "</b>", "<sub>", "</sub>", "<code>", "</code>"}


@pytest.fixture(scope="module")
def tokens(hostile):
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parsed = parser.parse(render(hostile))
    return [*parsed, *(child for token in parsed for child in token.children or ())]


def test_markdown_hostile_text_makes_no_html_of_its_own(tokens):
    html = {token.content for token in tokens if token.type in ("html_inline", "html_block")}
    assert html <= OURS


def test_markdown_hostile_text_makes_no_links_images_or_code(tokens):
    kinds = {token.type for token in tokens}
    assert not kinds & {
        "link_open",
        "image",
        "code_inline",
        "fence",
        "code_block",
        "s_open",
        "hardbreak",
        "blockquote_open",
    }


def test_markdown_hostile_text_stays_in_its_cell(tokens, hostile):
    rows, cells = [], 0
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            cells += 1
        if token.type == "tr_close":
            rows.append(cells)
            cells = 0
    assert set(rows) == {2, 4, 5, 5 + len(hostile.metrics), 8}
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", *["h2"] * 5, *["h3"] * len(hostile.segments)]


def test_markdown_texts_can_be_read_after_rendering(tokens):
    shown = " ".join(token.content for token in tokens if token.type == "text")
    assert "alert(1)" in shown
    assert r"\x1b[31mred" in shown
    assert "*bold*" in shown
    assert "chrf|nrefs:1|case:mixed|version:2.6.0" in shown


def test_markdown_has_no_control_or_direction_characters(hostile):
    assert (
        re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\u2028\ud800-\udfff]", render(hostile))
        == []
    )


@pytest.mark.parametrize(
    "text", ["@someone", "#12", "http://a.example", "www.a.example", "a|b", "`x`", "<b>", "a\nb", "~~x~~", ":+1:"]
)
def test_escape_leaves_nothing_that_markdown_reads(text):
    escaped = re.sub(r"&#\d+;", "", escape(text))
    assert re.fullmatch(r"[\w\s/]*", escaped)
