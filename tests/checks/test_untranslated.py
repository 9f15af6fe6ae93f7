import pytest

from scorer.checks.untranslated import untranslated
from scorer.types import Finding, Languages, Segment

SOURCE = "The committee decided on Tuesday to postpone the decision about the budget."


def findings(source: str | None, hypothesis: str, languages: str = "en-de") -> list[Finding]:
    codes = (code if code != "?" else None for code in languages.split("-"))
    return list(untranslated(Segment(0, source, hypothesis, languages=Languages(*codes))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        (SOURCE, SOURCE, "en-de"),
        (SOURCE, SOURCE.upper(), "en-de"),
        (SOURCE, SOURCE.replace("e", "é").replace(".", "!"), "en-de"),
        (SOURCE, SOURCE.replace("Tuesday", "Dienstag"), "en-de"),
        (SOURCE, SOURCE, "?-?"),
        ("委员会星期二决定推迟关于明年预算的决定", "委员会星期二决定推迟关于明年预算的决定", "zh-en"),
        ("Комитет решил отложить решение", "Комитет решил отложить решение .", "ru-en"),
        ("Výbor v úterý rozhodl o rozpočtu", "Výbor v úterý rozhodl o rozpočtu", "cs-sk"),
    ],
)
def test_untranslated_whole_copy_critical(source: str, hypothesis: str, languages: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert finding.severity == "critical"


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "kept"),
    [
        (
            SOURCE,
            "Der Ausschuss beschloss to postpone the decision about the budget und ging.",
            "en-de",
            "to postpone the decision about the budget",
        ),
        (
            "他决定推迟关于明年预算的决定",
            "He chose 推迟关于明年预算的 last night at his hotel",
            "zh-en",
            "推迟关于明年预算的",
        ),
    ],
)
def test_untranslated_run_major(source: str, hypothesis: str, languages: str, kept: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert finding.severity == "major"
    assert finding.hypothesis_span is not None
    assert hypothesis[slice(*finding.hypothesis_span)] == kept


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("OK", "OK", "en-de"),
        ("Angela Merkel, Emmanuel Macron, Boris Johnson", "Angela Merkel, Emmanuel Macron, Boris Johnson", "en-de"),
        ("https://example.org/this-is-a-long-page", "https://example.org/this-is-a-long-page", "en-de"),
        ("12 345 678 90", "12 345 678 90", "en-de"),
        ("iPhone 12 Pro Max", "iPhone 12 Pro Max", "en-zh"),
        ("{user} {count} {total} {date}", "{user} {count} {total} {date}", "en-de"),
        (SOURCE, SOURCE, "en-en"),
        (SOURCE, "Der Ausschuss vertagte am Dienstag die Entscheidung über den Haushalt.", "en-de"),
        ("It is called The Lord of the Rings.", "Es heißt The Lord of the Rings.", "en-de"),
        ("长江很长", "The Yangtze (长江长江长江长江长江) is long", "zh-en"),
        ("", SOURCE, "en-de"),
        (SOURCE, "", "en-de"),
        (None, SOURCE, "en-de"),
    ],
)
def test_untranslated_names_or_translation_silent(source: str | None, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []
