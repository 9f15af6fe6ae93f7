import pytest

from scorer.checks.placeholder import placeholder
from scorer.types import Finding, Languages, Segment

MARKS = ["{0}", "%s", "%(n)s", "%1$s", "{{x}}", "<b>", "https://example.org/a", "a@b.org"]


def findings(source: str, hypothesis: str, references: tuple[str, ...] = ()) -> list[Finding]:
    return list(placeholder(Segment(0, source, hypothesis, references, Languages("en", "de"))))


@pytest.mark.parametrize(
    "mark", ["{0}", "%s", "%(n)s", "%1$s", "{{x}}", "<b>", "${total}", "https://example.org/a", "a@b.org"]
)
def test_placeholder_dropped_major(mark: str) -> None:
    source = f"Hello {mark} there"
    (finding,) = findings(source, "Hallo dort")
    assert (finding.severity, finding.message) == ("major", f"{mark} is missing")
    assert finding.source_span is not None
    assert source[slice(*finding.source_span)] == mark


@pytest.mark.parametrize(
    "mark", ["{0}", "%s", "%(n)s", "%1$s", "{{x}}", "<b>", "&amp;", "https://example.org/a", "a@b.org"]
)
def test_placeholder_kept_silent(mark: str) -> None:
    assert findings(f"Hello {mark} there", f"Dort {mark} hallo") == []


def test_placeholder_renamed_one_missing_one_added() -> None:
    found = findings("Hello {name}", "Hallo {Name}")
    assert [(finding.severity, finding.message) for finding in found] == [
        ("major", "{name} is missing"),
        ("minor", "{Name} was added"),
    ]


def test_placeholder_one_of_two_dropped_major() -> None:
    assert [finding.severity for finding in findings("%s of %s", "%s davon")] == ["major"]


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("AT&amp;T", "AT&T"),
        ('<a href="x" title="Hello">y</a>', '<a href="x" title="Hallo">y</a>'),
        ("http://www.example.org/", "https://example.org"),
        ("See https://example.org.", "Siehe https://example.org"),
        ("100% sure", "zu 100% sicher"),
        ("", "{0}"),
        ("{0}", ""),
    ],
)
def test_placeholder_equal_in_effect_silent(source: str, hypothesis: str) -> None:
    assert findings(source, hypothesis) == []


def test_placeholder_tag_broken_by_spaces_minor() -> None:
    assert [finding.severity for finding in findings("<u>Hello</u>", "< u >Hallo</u>")] == ["minor"]
