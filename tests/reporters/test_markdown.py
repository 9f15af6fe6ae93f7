from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from scorer.reporters.markdown import escape, render

OURS = {f"<{end}{tag}>" for end in ("", "/") for tag in ("b", "ins", "sub", "sup", "code")}


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


def test_markdown_marks_carry_their_severity(one_segment):
    report = one_segment("Fifty of *them*.", ("number", "major", (0, 5)), ("learned", "minor", (9, 15)))
    assert (
        "| B | <b>Fifty</b><sup>major</sup> of <b>&#42;them&#42;</b><sup>minor</sup>&#46; |\n"
        "| *major* | number: number &#40;0, 5&#41; |\n| *minor* | learned: learned &#40;9, 15&#41; |"
    ) in render(report)


def test_markdown_overlapping_marks_are_flat(one_segment):
    marks = ("learned", "minor", (0, 6)), ("number", "critical", (2, 4))
    assert "<b>ab</b><sup>minor</sup><b>cd</b><sup>critical</sup><b>ef</b><sup>minor</sup>gh" in render(
        one_segment("abcdefgh", *marks)
    )


def test_markdown_learned_findings_stand_apart_and_are_few(one_segment):
    suspected = [("learned", "critical", (i, i + 1)) for i in range(60)]
    page = render(one_segment("x" * 100, *suspected, ("case", "minor", (70, 71))))
    found, told = page.split("Suspected by the learned metric (60 critical):")
    assert "| case |" in found
    assert "| learned |" not in found
    assert told.split("## Worst")[0].count("| learned |") == 10
    assert "… and 50 more." in told
