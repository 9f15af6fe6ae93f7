from __future__ import annotations

import re

import html5lib
import pytest
import verdicts
from markdown_it import MarkdownIt

from scorer.gate.outputs.markdown import MARKER, page, quiet, render

# With addresses made links wherever they stand in what was made of entities: at least as eager as GitHub and GitLab.
PARSER = MarkdownIt("gfm-like", {"html": True})
# What GitHub and GitLab look for in text outside code: mentions, references, emoji.
CALLS = re.compile(r"@\w|[#!$&]\d|[~%^][\w\"]|(?i:gh-\d)|:[\w+-]+:")
OURS = {"h3", "h4", "p", "b", "sup", "sub", "br", "code", "em", "details", "summary", "ul", "li"} | {
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def tree(text):
    return html5lib.parseFragment(PARSER.render(text), treebuilder="etree", namespaceHTMLElements=False)


def texts(node):
    """Yield the text that is looked at for references: all but what stands in <code>."""
    if isinstance(node.tag, str) and node.tag != "code":
        yield node.text or ""
        for child in node:
            yield from texts(child)
    if node.tail:
        yield node.tail


def test_markdown_begins_with_the_marker_and_has_no_other(rendered):
    for kind in verdicts.VERDICTS:
        assert rendered("markdown", kind).startswith(f"{MARKER}\n")
        assert rendered("markdown", kind).count("<!--") == 1


def test_markdown_hostile_text_makes_no_elements_and_no_attributes(rendered):
    elements = [node for node in tree(rendered("markdown", "hostile")).iter() if isinstance(node.tag, str)]
    assert {node.tag for node in elements} - {"DOCUMENT_FRAGMENT"} <= OURS
    assert {(key, value) for node in elements for key, value in node.attrib.items()} == set()


def test_markdown_hostile_text_calls_nobody_and_links_nothing(rendered):
    found = [match for text in texts(tree(rendered("markdown", "hostile"))) for match in CALLS.findall(text)]
    assert found == []


def test_markdown_hostile_text_stays_in_its_cell(rendered):
    for table in tree(rendered("markdown", "hostile")).iter("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1


def test_markdown_details_are_closed_and_hold_their_tables(rendered):
    whole = tree(rendered("markdown", "real"))
    assert [len(list(node.iter("table"))) for node in whole.iter("details")] == [2, 1]
    assert [node.tag for node in whole][-1] == "p"  # what follows stands outside again


def test_markdown_texts_can_be_read_after_rendering(rendered):
    shown = "".join(tree(rendered("markdown", "hostile")).itertext()).replace("\u200b", "")
    for text in ("<script>alert(1)</script>", "@everyone @org/team user/repo#12", "]]> <![CDATA[x]]>", r"\x1b[31mred"):
        assert text in shown


def test_markdown_shows_values_with_their_changes(rendered):
    row = next(line for line in rendered("markdown", "real").split("\n") if "locales/de" in line)
    assert row.endswith("| 80.1 ▼2.6 | 88.0 ▲0.1 | 78.2 ▼2.1 | 61.2 ±0 | – |")


def test_markdown_marks_carry_their_severity(rendered):
    assert "ist <b>wasserdicht</b><sup>critical</sup>&#46; |" in rendered("markdown", "real")


def test_markdown_fits_a_comment_and_says_what_is_left_out(rendered):
    assert len(rendered("markdown", "hostile")) <= 60_000
    assert rendered("markdown", "hostile").endswith("the JSON and HTML outputs have all.*\n")
    assert "left out" not in rendered("markdown", "real")


@pytest.mark.parametrize("limit", [1_000, 2_000, 5_000, 20_000])
def test_page_is_never_larger_than_its_limit_nor_left_open(limit, judged):
    text = page(judged["hostile"], limit=limit, n_causes=3, size=len)
    assert len(text) <= limit
    assert text.count("<details>") == text.count("</details>")


def test_markdown_of_a_thousand_files_counts_those_left_out():
    pairs = [verdicts.pair(f"locales/{i}/app.json", "pass") for i in range(1_000)]
    failed = verdicts.pair("locales/last/app.json", rulings=verdicts.RULINGS[1:2], segments=verdicts.SEGMENTS)
    text = render(verdicts.verdict(*pairs, failed))
    assert len(text) <= 60_000
    assert re.search(r"… and \d{3} more files\.", text)
    assert "❌ fail | <code>locales/last/app&#46;json" in text  # what failed comes first
    assert "<details>" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@all", "&#64;&#8203;all"),
        ("a @ b", "a &#64; b"),
        ("#12", "&#35;&#8203;12"),
        ("# 12", "&#35; 12"),
        ("GH-7", "GH&#8203;&#45;7"),
        ("https://a", "https&#58;&#8203;//a"),
        ("www.a", "www&#8203;&#46;a"),
        ("12:30", "12&#58;30"),
        (":+1:", "&#58;&#8203;&#43;1&#58;"),
        ("50% of 7", "50% of 7"),
    ],
)
def test_quiet_parts_only_what_would_be_read_as_a_sign(text, shown):
    assert quiet(text) == shown
