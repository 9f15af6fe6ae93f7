"""The page in a browser: paste, drop, follow, read, save; by keyboard, on a phone, with hostile text."""

from __future__ import annotations

import json
import re
import time

import pytest

GERMAN = "Das Gerät ist nicht wasserdicht, und es wiegt 4,5 kg.\nDie Garantie gilt zwei Jahre ab dem Tag des Kaufs.\n"
ENGLISH = (
    "The device is waterproof, and it weighs 4.5 kg.\nThe warranty is valid for two years from the day of purchase.\n"
)
PHONE, LAPTOP = (360, 740), (1366, 768)
HOSTILE = [
    "<script>parent.document.title='owned';alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "{{7*7}} {% raw %} ${7*7}",
    "</textarea></template><svg onload=alert(3)>",
    "\u202eabc \u0643\u062a\u0627\u0628 \u05e9\u05dc\u05d5\u05dd",
    "y" * 30_000,
]


@pytest.fixture
def visit(chromium, server):
    """Open the page; at the end, it must have asked nobody but the server, and complained of nothing."""
    contexts, requests, complaints = [], [], []

    def open_page(path="/", *, size=LAPTOP, **options):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url for url in requests if not url.startswith((server.url, "data:"))} == set()


def report_of(page):
    """Wait for the report and return its frame."""
    page.wait_for_selector("#result:not([hidden])")
    frame = next(frame for frame in page.frames if frame != page.main_frame)
    frame.wait_for_load_state()
    return frame


def wait(page, condition: str) -> None:
    """Wait until a condition holds; Playwright's own way evaluates text in the page, which the page forbids."""
    deadline = time.monotonic() + 15
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def drop(page, selector: str, *files: tuple[str, str]) -> None:
    """Drop files onto an element, as a user's hand would."""
    carried = page.evaluate_handle(
        """files => {
            const carried = new DataTransfer();
            for (const [name, text] of files) carried.items.add(new File([text], name));
            return carried;
        }""",
        list(map(list, files)),
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": carried})


def test_page_pasted_texts_become_a_report_that_can_be_saved(visit, chromium, tmp_path):
    page = visit()
    page.fill("#a", GERMAN)
    page.fill("#b", ENGLISH)
    page.click("#submit")
    frame = report_of(page)
    assert "nicht" in frame.content()
    assert page.inner_text("#verdict").startswith("Adequacy")
    assert page.is_enabled("#submit")
    assert page.is_hidden("#progress")
    assert page.evaluate("document.activeElement.id") == "result-title"
    assert "allow-same-origin" not in page.get_attribute("#report", "sandbox")
    assert page.evaluate("document.getElementById('report').contentDocument") is None, "it must not reach the page"
    with page.expect_download() as saved:
        page.click("#save-html")
    assert saved.value.suggested_filename == "report.html"
    path = tmp_path / "report.html"
    saved.value.save_as(path)
    assert not re.search(r"""(src|href)=["']?(https?:|/)""", path.read_text(encoding="utf-8"))
    alone = chromium.new_page()
    alone.goto(path.as_uri())
    assert "nicht" in alone.content()
    alone.close()


def test_page_two_files_dropped_anywhere_are_a_and_b(visit):
    page = visit()
    drop(
        page,
        "h1",
        ("quelle.de.txt", GERMAN),
        ("target.jsonl", "".join(json.dumps({"text": line}) + "\n" for line in ENGLISH.splitlines())),
    )
    assert "quelle.de.txt" in page.inner_text('[data-chosen="a"]')
    assert "target.jsonl" in page.inner_text('[data-chosen="b"]')
    page.click("#submit")
    assert "target.jsonl" in report_of(page).content()


def test_page_file_dropped_onto_a_box_is_taken_there_and_can_be_removed(visit):
    page = visit()
    drop(page, "#b", ("x.txt", "x"))
    assert "x.txt" in page.inner_text('[data-chosen="b"]')
    assert page.is_disabled("#b")
    page.click('[data-clear="b"]')
    assert page.inner_text('[data-chosen="b"]') == ""
    assert page.is_enabled("#b")


def test_page_progress_is_shown_and_can_be_cancelled(visit):
    page = visit()
    page.fill("#a", GERMAN * 150)
    page.fill("#b", ENGLISH * 150)
    page.click("#submit")
    page.wait_for_selector("#progress:not([hidden])")
    assert page.is_visible("#cancel")
    assert page.is_disabled("#submit")
    assert page.inner_text("#stage")
    page.click("#cancel")
    assert page.is_hidden("#progress")
    assert page.is_enabled("#submit")
    assert page.is_hidden("#result")


def test_page_keyboard_alone_is_enough(visit):
    page = visit()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-example]')"):
            break
    page.keyboard.press("Enter")
    wait(page, "document.activeElement.id === 'submit'")
    page.keyboard.press("Enter")
    report_of(page)
    assert page.evaluate("document.activeElement.id") == "result-title"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "save-html"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "where the focus is must be seen"


def test_page_hostile_text_is_text(visit):
    hostile = "\n".join(HOSTILE)
    page = visit()
    title = page.title()
    page.fill("#a", f"{hostile}\n{GERMAN}")
    page.fill("#b", f"{hostile}\n{ENGLISH}")
    page.click("#more summary")
    page.fill("#languages", "de-en")
    page.click("#submit")
    report_of(page)
    assert page.title() == title
    assert page.evaluate("document.querySelectorAll('img, svg, main script').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_page_history_is_this_tabs_and_leads_back_to_the_report(visit):
    page = visit()
    assert page.is_visible("#history-empty")
    page.click("text=A good translation")
    wait(page, "document.getElementById('a').value !== ''")
    page.click("#submit")
    report_of(page)
    page.reload()
    assert page.is_hidden("#result")
    page.click("#history button")
    report_of(page)
    other = visit()
    assert other.locator("#history li").count() == 0
    page.click("#forget")
    assert page.locator("#history li").count() == 0


def test_page_what_is_wrong_is_said_and_focused(visit):
    page = visit()
    page.click("#submit")
    assert "Text A is missing" in page.inner_text("#error")
    page.fill("#a", "x")
    page.fill("#b", "y")
    page.click("#submit")
    wait(page, "document.getElementById('error').textContent.includes('cannot tell the language')")
    assert page.evaluate("document.activeElement.id") == "error"
    assert page.is_enabled("#submit")


@pytest.mark.parametrize("dark", ["light", "dark"])
def test_page_fits_a_phone(visit, dark):
    page = visit(size=PHONE, color_scheme=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    small = page.evaluate(
        "[...document.querySelectorAll('button')].filter(b => b.offsetHeight && b.offsetHeight < 40).map(b => b.id)"
    )
    assert small == [], "buttons must be large enough for a thumb"
    back, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert contrast(back, ink) > 7


def contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


def test_page_every_field_has_a_label(visit):
    page = visit()
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, textarea, select')].filter(e => !e.labels.length).map(e => e.id)"
    )
    assert unlabelled == []


def test_page_works_without_scripts(visit):
    page = visit(java_script_enabled=False)
    page.fill("#a", GERMAN)
    page.fill("#b", ENGLISH)
    page.click("#submit")
    page.wait_for_load_state()
    assert page.url.endswith("/v1/compare?format=html")
    assert "nicht" in page.content()
