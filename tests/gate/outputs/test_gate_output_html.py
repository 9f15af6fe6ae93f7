from __future__ import annotations

import base64
import hashlib
import re

import html5lib
import pytest
import verdicts

from scorer.gate.outputs.html import POLICY, STYLE

KNOWN = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "strong", "small", "br", "ul", "li",
    "table", "thead", "tbody", "tr", "th", "td", "section", "details", "summary", "mark", "code",
}  # fmt: skip


def tree(page):
    # Strict: whatever the standard calls a parse error is one here.
    return html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(page)


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_gate_html_has_no_parse_errors_and_only_our_elements(kind, rendered):
    tags = [node.tag for node in tree(rendered("html", kind)).iter()]
    assert set(tags) <= KNOWN
    assert tags.count("style") == 1


def test_gate_html_hostile_text_sets_no_attribute(rendered):
    attributes = {
        (node.tag, key, value)
        for node in tree(rendered("html", "hostile")).find("body").iter()
        for key, value in node.attrib.items()
        if (node.tag, key) != ("mark", "title")
    }
    assert attributes <= {
        *((tag, "class", outcome) for tag in ("h1", "span", "td") for outcome in ("pass", "fail", "undecided")),
        *(("mark", "class", severity) for severity in ("critical", "major", "minor")),
        ("td", "dir", "auto"),
        ("details", "open", ""),
    }


def test_gate_html_asks_for_nothing_and_allows_only_its_style(rendered):
    page = rendered("html", "real")
    policy = tree(page).find("head/meta[@http-equiv]").get("content")
    assert policy == POLICY
    style = tree(page).find("head/style").text
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    assert not re.search(r"url\(|@import|src=|href=|<script", page)
    assert "prefers-color-scheme:dark" in STYLE


def test_gate_html_texts_can_be_read_and_marks_told(rendered):
    whole = tree(rendered("html", "real"))
    german = next(whole.iter("section"))
    marks = [(mark.get("class"), mark.text) for mark in german.iter("mark")]
    assert marks[:2] == [("critical", "not"), ("critical", "wasserdicht")]
    shown = "".join(tree(rendered("html", "hostile")).itertext())
    assert "</td></table></details><img src=x onerror=alert(1)><!-- -->" in shown
    assert r"\x1b[31mred" in shown


def test_gate_html_worst_segments_are_open(rendered):
    opened = ["open" in node.attrib for node in next(tree(rendered("html", "hostile")).iter("section")).iter("details")]
    assert opened == [True] * 3 + [False] * (len(verdicts.HOSTILE) - 2)
