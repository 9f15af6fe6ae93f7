import pytest

from scorer.checks.alignment_gap import addition, omission
from scorer.checks.key import key
from scorer.types import Segment


@pytest.mark.parametrize(
    ("text", "severity"),
    [("Your changes could not be saved.", "critical"), ("Settings", "major"), ("—", "minor")],
)
def test_key_missing_in_the_translation_weighs_what_is_lost(text: str, severity: str) -> None:
    segment = Segment(4, text, "", key="home.title", absent="hypothesis")
    [finding] = key(segment)
    assert (finding.check, finding.severity, finding.dimension, finding.index) == ("key", severity, "adequacy", 4)
    assert finding.message == f"the key 'home.title' is missing: \"{text}\""
    assert finding.source_span == (0, len(text))
    assert [*omission(segment), *addition(segment)] == []


def test_key_that_the_source_has_not_is_minor() -> None:
    segment = Segment(0, "", "Alter Text, den niemand mehr zeigt.", key="old.hint", absent="source")
    [finding] = key(segment)
    assert (finding.severity, finding.hypothesis_span) == ("minor", (0, 35))
    assert finding.message.startswith("the key 'old.hint' is not in the source: ")
    assert [*omission(segment), *addition(segment)] == []


def test_key_beside_a_peer_names_the_other_text() -> None:
    [finding] = key(Segment(0, None, "Text", ("",), key="k", absent="source"))
    assert "the key 'k' is not in the other text" in finding.message
    [finding] = key(Segment(0, None, "", ("Text",), key="k", absent="hypothesis"))
    assert finding.reference_span == (0, 4)


def test_key_on_both_sides_is_silent_and_an_empty_value_stays_an_omission() -> None:
    segment = Segment(0, "Save all changes now", "", key="save")
    assert list(key(segment)) == []
    assert [finding.check for finding in omission(segment)] == ["omission"]
    assert list(key(Segment(0, "Save", "Sichern", key="save"))) == []


def test_key_hostile_name_and_text_stay_short_and_printable() -> None:
    segment = Segment(0, "\x1b[2J" * 50_000, "", key="a\n\u202e" * 50_000, absent="hypothesis")
    [finding] = key(segment)
    assert len(finding.message) < 700
    assert finding.message.isprintable()
