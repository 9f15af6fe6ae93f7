"""The HTML report in a browser: what it shows, that everything works from the keyboard, and that nothing leaks."""

from __future__ import annotations

import dataclasses
import importlib.resources
import time

import pytest

from scorer.types import Finding

PHONE, LAPTOP = (360, 740), (1366, 768)


def numbers(page) -> list[int]:
    """Return the numbers of the segments that are shown."""
    return page.eval_on_selector_all("#rows > tr", "rows => rows.map(row => Number(row.id.slice(2)))")


def wait(page, condition: str) -> None:
    """Wait until a condition holds; Playwright's own way evaluates text in the page, which the page forbids."""
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def alone(report, **changes):
    """Return a report of one system with a single segment, changed."""
    segment = dataclasses.replace(report.segments[0], index=0, findings=(), differs=((), ()), **changes)
    return dataclasses.replace(report, segments=(segment,), worst=(0,), findings=segment.findings, systems=(),
                               comparisons=())  # fmt: skip


# What it shows ------------------------------------------------------------------------------------------------------


def test_page_opens_with_the_worst_segment_first(visit, news):
    page = visit(news)
    worst = [news.segments[i].index + 1 for i in news.worst]
    assert numbers(page)[: len(worst)] == worst
    assert len(numbers(page)) == len(news.segments)
    first = page.locator("#rows > tr").first
    assert first.bounding_box()["y"] + 80 < LAPTOP[1], "the worst segment has to be on the first screen"
    assert news.verdict in page.inner_text("h1")


@pytest.mark.parametrize(
    "values", [(0.548688, 84.49951, 79.99949), (6.25, 84.5, 0.5), (0.15, 6.75, 7.5), (2.5, 0.45, 99.5)]
)
def test_page_shows_the_numbers_of_the_other_reports(visit, news, values):
    points, adequacy, fluency = values
    metrics = dict(news.segments[0].metrics) | {"mqm": points, "mqm_low": points / 2, "mqm_high": points * 2}
    shown = alone(news, adequacy=adequacy, fluency=fluency, quality=min(adequacy, fluency), metrics=metrics)
    page = visit(shown)
    text = " ".join(page.inner_text("#rows > tr").split())
    assert f"adequacy {adequacy:.0f} " in text
    assert f"fluency {fluency:.0f} " in text
    assert f"mqm {points:.1f} (80%: {points / 2:.1f} to {points * 2:.1f})" in text
    badge = page.locator("#rows .badge")
    assert badge.inner_text() == f"{min(adequacy, fluency):.0f}"


def test_page_link_to_the_worst_leads_there_on_a_phone(visit, news):
    page = visit(news, size=PHONE)
    page.click(".go a")
    wait(page, "document.activeElement.classList.contains('segment')")
    assert focused(page) == f"s-{news.segments[news.worst[0]].index + 1}"
    assert 0 <= page.locator(".segment.here").bounding_box()["y"] < PHONE[1]


def test_page_with_scripts_off_shows_the_worst_segments(visit, news):
    page = visit(news, java_script_enabled=False)
    assert numbers(page) == [news.segments[i].index + 1 for i in news.worst]
    assert page.is_hidden("#tools")
    assert page.locator("#rows mark.critical").count() > 0


def test_page_marks_the_characters_that_were_found(visit, news):
    text = "😀 e\u0301\u0301 a\u202eb\tc 15% 会议 of it"
    start = text.index("15%")
    finding = Finding("number", "major", "adequacy", 0, "15% lost", (start, start + 3), (start, start + 3))
    report = alone(news, source=text, hypothesis=text)
    segment = dataclasses.replace(report.segments[0], findings=(finding,))
    page = visit(dataclasses.replace(report, segments=(segment,), findings=(finding,)))
    assert page.locator("#rows mark").all_inner_texts() == ["15%", "15%"]
    assert "a\\u202eb\\tc" in page.inner_text("#rows .text >> nth=0")
    assert page.get_attribute("#rows mark", "title") == "major number: 15% lost"


def test_page_nested_marks_show_the_worst_and_suspicions_give_way(visit, news):
    spans = [("number", "minor", (0, 9)), ("name", "critical", (2, 4)), ("learned", "critical", (6, 12))]
    found = tuple(Finding(c, s, "adequacy", 0, c, hypothesis_span=span) for c, s, span in spans)
    report = alone(news, source="x", hypothesis="abcdefghijklm")
    segment = dataclasses.replace(report.segments[0], findings=found)
    page = visit(dataclasses.replace(report, segments=(segment,), findings=found))
    shown = page.eval_on_selector_all("#rows mark", "marks => marks.map(mark => [mark.className, mark.textContent])")
    assert shown == [["minor", "ab"], ["critical", "cd"], ["minor", "efghi"], ["suspected", "jkl"]]


def test_page_right_to_left_and_languages_are_told_to_the_browser(visit, news):
    report = alone(news, source="שלום עולם 123", hypothesis="你好世界")
    page = visit(dataclasses.replace(report, languages={"a": "he", "b": "zh"}))
    style = "box => [getComputedStyle(box).direction, getComputedStyle(box).unicodeBidi, box.lang]"
    assert page.eval_on_selector("#rows .text >> nth=0", style) == ["rtl", "isolate", "he"]
    assert page.eval_on_selector("#rows .text >> nth=1", style) == ["ltr", "isolate", "zh"]


# Sort, filter, links ------------------------------------------------------------------------------------------------


def test_sort_by_place_and_score_orders_the_rows(visit, news):
    page = visit(news)
    page.select_option("#sort", "text")
    assert numbers(page) == list(range(1, len(news.segments) + 1))
    page.click("#order")
    assert numbers(page) == list(range(len(news.segments), 0, -1))
    page.select_option("#sort", "adequacy")
    values = {segment.index + 1: segment.adequacy for segment in news.segments}
    shown = [values[number] for number in numbers(page)]
    assert shown == sorted(shown)


def test_filter_by_check_severity_and_words_keeps_what_fits(visit, news):
    page = visit(news)
    page.select_option("#check", "number")
    wanted = {f.index + 1 for f in news.findings if f.check == "number"}
    assert set(numbers(page)) == wanted
    page.select_option("#severity", "critical")
    assert numbers(page) == []
    assert page.is_visible("#empty")
    page.click("#reset")
    assert len(numbers(page)) == len(news.segments)
    page.fill("#find", "PASSENGER")
    wait(page, "document.querySelectorAll('#rows > tr').length < 9")
    wanted = {s.index + 1 for s in news.segments if "passenger" in f"{s.source} {s.hypothesis}".lower()}
    assert set(numbers(page)) == wanted


def test_filter_unaligned_shows_omissions_and_additions(visit, news):
    page = visit(news)
    page.check("#unaligned")
    assert set(numbers(page)) == {s.index + 1 for s in news.segments if not s.source or not s.hypothesis}


def test_suspicions_off_hides_their_marks_and_findings(visit, news):
    page = visit(news, "#check=learned")
    assert numbers(page) == [2]
    assert page.locator("#rows mark.suspected").count() == 1
    page.uncheck("#suspected")
    assert numbers(page) == []
    page.select_option("#check", "")
    assert page.locator("#rows .suspected").count() == 0


def test_permalink_shows_its_segment_and_survives_a_reload(visit, news):
    page = visit(news, "#s-7&sort=text")
    assert focused(page) == "s-7"
    page.reload()
    assert focused(page) == "s-7"
    assert numbers(page) == list(range(1, len(news.segments) + 1))


def test_filters_are_in_the_address_and_come_back_from_it(visit, news):
    page = visit(news)
    page.select_option("#sort", "fluency")
    page.select_option("#severity", "major")
    page.fill("#find", "&x=#<é 会")
    wait(page, "location.hash.includes('find')")
    page.reload()
    assert page.input_value("#sort") == "fluency"
    assert page.input_value("#severity") == "major"
    assert page.input_value("#find") == "&x=#<é 会"


def test_address_of_nothing_shows_all_segments(visit, news):
    page = visit(news, "#s-99999999")
    odd = ["#sort=__proto__&check=constructor", "#page=0&quality=a-b&of=9", "#%E0%A4%A", "#s-&&&", "#find=%ud800"]
    for fragment in ["#s-99999999", *odd]:
        page.evaluate("fragment => { location.hash = '#sort=text&check=number'; location.hash = fragment; }", fragment)
        page.wait_for_timeout(30)
        assert len(numbers(page)) == (0 if "find" in fragment else len(news.segments)), fragment


def test_charts_lead_to_the_segments_behind_them(visit, news):
    page = visit(news)
    bar = page.locator('.chart a[href^="#quality="]').first
    low, high = map(float, bar.get_attribute("href").removeprefix("#quality=").split("-"))
    bar.click()
    wait(page, "location.hash.startsWith('#quality')")
    wanted = {s.index + 1 for s in news.segments if s.quality is not None and low <= s.quality < high}
    assert set(numbers(page)) == wanted
    page.click("#range")
    assert len(numbers(page)) == len(news.segments)
    page.locator('.chart a[href="#s-3"] .hit').click()
    wait(page, "document.activeElement.id === 's-3'")


def test_counts_of_findings_lead_to_them(visit, news):
    page = visit(news)
    page.locator(".counts a", has_text="number").click()
    wait(page, "location.hash === '#check=number'")
    assert set(numbers(page)) == {f.index + 1 for f in news.findings if f.check == "number"}


# Keyboard -----------------------------------------------------------------------------------------------------------


def test_keyboard_alone_reads_searches_and_gets_help(visit, news):
    page = visit(news, "#sort=text")
    for key, where in (
        ("j", "s-1"),
        ("j", "s-2"),
        ("ArrowDown", "s-3"),
        ("k", "s-2"),
        ("ArrowUp", "s-1"),
        ("k", "s-1"),
    ):
        page.keyboard.press(key)
        assert focused(page) == where, key
    page.keyboard.press("w")
    assert focused(page) == f"s-{news.segments[news.worst[0]].index + 1}"
    page.keyboard.press("/")
    page.keyboard.type("wjk?")
    wait(page, "location.hash.includes('find')")
    assert page.input_value("#find") == "wjk?"
    page.keyboard.press("Escape")
    assert focused(page) != "find"
    page.keyboard.press("Escape")
    wait(page, f"document.querySelectorAll('#rows > tr').length === {len(news.segments)}")
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert page.is_hidden("#help")


def test_keyboard_reaches_every_control_and_a_chart_is_one_stop(visit, news):
    page = visit(news)
    reached = []
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("[document.activeElement.id, document.activeElement.closest('svg') !== null]"))
        if reached[-1][0] == "keys":
            break
    assert {"sort", "order", "find", "check", "severity", "unaligned", "suspected", "keys"} <= {
        each[0] for each in reached
    }
    assert sum(in_chart for _, in_chart in reached) == 3


def test_keyboard_goes_on_over_the_end_of_a_page(visit, many):
    page = visit(many, "#sort=text&page=2")
    page.keyboard.press("j")
    assert focused(page) == "s-26"
    page.keyboard.press("k")
    assert focused(page) == "s-25"
    assert numbers(page)[0] == 1


# Screens, paper, people ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["news", "systems", "hostile"])
def test_page_on_a_phone_never_scrolls_sideways(visit, name, request):
    page = visit(request.getfixturevalue(name), size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("name", ["news", "systems", "hostile_alone"])
def test_axe_finds_nothing_to_complain_of(visit, name, request):
    axe = pytest.importorskip("axe_playwright_python")
    page = visit(request.getfixturevalue(name), "#lines=1-4")
    page.evaluate(importlib.resources.files(axe).joinpath("axe.min.js").read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == [], scheme


def test_print_shows_every_segment_and_no_controls(visit, many, news):
    page = visit(news, "#sort=text", color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.is_hidden("#tools")
    assert len(numbers(page)) == len(news.segments)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    large = visit(many)
    large.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(numbers(large)) == 1_000
    large.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert len(numbers(large)) == 25


# Systems ------------------------------------------------------------------------------------------------------------


def test_systems_stand_side_by_side_where_the_first_is_ahead_most(visit, systems):
    page = visit(systems)
    assert page.input_value("#sort") == "ahead"
    gaps = [float(text) for text in page.locator(".number > span:first-of-type").all_inner_texts()]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 0
    labels = page.locator("#rows > tr >> nth=0").locator(".label bdi").all_inner_texts()
    assert labels == ["source", "reference", "systems/good", "systems/mixed"]
    assert page.locator("#rows > tr >> nth=0").locator("td >> nth=3").locator("u").count() > 0


def test_systems_are_chosen_and_one_can_stand_alone(visit, systems):
    page = visit(systems)
    page.select_option("#of", "3")
    page.select_option("#vs", "1")
    page.select_option("#sort", "behind")
    assert page.locator(".number > span:first-of-type").first.inner_text().startswith("-")
    page.select_option("#vs", "")
    labels = page.locator("#rows > tr >> nth=0").locator(".label bdi").all_inner_texts()
    assert labels == ["source", "systems/poor", "reference"]
    page.reload()
    assert page.input_value("#of") == "3"
    assert page.input_value("#vs") == ""


# Hostile texts ------------------------------------------------------------------------------------------------------


def test_hostile_text_is_shown_and_never_obeyed(visit, hostile, hostile_alone):
    for report in (hostile, hostile_alone):
        page = visit(report, "#sort=text")
        assert page.locator("script").count() == 2
        assert page.locator("body img, iframe, object, embed, body style, [onerror], [onload], [style]").count() == 0
        links = page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
        assert {link[0] for link in links} == {"#"}
    shown = page.inner_text("#rows")
    for text in (
        "<script>alert(1)</script>",
        "</script><script>alert(2)",
        "{{7*7}} {% raw %} ${7*7}",
        "<svg onload=",
        "javascript:alert(3)",
        "__proto__",
        "\\u202eabc\\u2066def",
        "<img src=x onerror=alert(1)>",
    ):
        assert text in shown
    assert "49" not in page.inner_text("#s-22 .text >> nth=0")


def test_endless_word_is_cut_until_asked_for(visit, news):
    page = visit(alone(news, source="short", hypothesis="y" * 100_000), size=PHONE)
    box = page.locator("#rows .text").nth(1)
    assert len(box.inner_text()) < 3_100
    box.locator("button").click()
    assert len(box.inner_text()) == 100_000
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


# Size ---------------------------------------------------------------------------------------------------------------


def test_ten_thousand_segments_open_and_filter_at_once(visit, many):
    page = visit(many)
    opened = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert opened < 6_000  # 0.9 s on an idle laptop; the machine may be busy
    assert page.evaluate("document.querySelectorAll('*').length") < 3_000
    spent = page.evaluate(
        """() => { const begun = performance.now(); const find = document.getElementById('severity');
        find.value = 'major'; find.dispatchEvent(new Event('change')); return performance.now() - begun; }"""
    )
    assert spent < 2_000
    assert "of 10,000" in page.inner_text("#count")
