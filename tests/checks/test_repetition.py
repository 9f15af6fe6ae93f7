import pytest

from scorer.checks.repetition import repetition
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str) -> list[Finding]:
    return list(repetition(Segment(0, source, hypothesis, languages=Languages("de", None))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "severity"),
    [
        ("Ein Haus am See.", "A house by the lake by the lake by the lake by the lake by the lake.", "critical"),
        ("Ein Haus am See steht dort.", "There is a house in the middle of in the middle of the lake.", "major"),
        ("Ein Hund.", "No no no no no no no no no no no no.", "critical"),
        (
            "Das Dorf liegt 12 km nördlich der Stadt.",
            "The village village village village lies 12 km north of the town.",
            "major",
        ),
        ("The patio allowed for prime viewing.", "邦斯家后院的露天露天露天露天露天露天观看。", "critical"),
        ("The country team plays there.", "国家足球队代表国家足球队代表在那里比赛而且非常受欢迎。", "major"),
        ("The king came.", "พระราชาเสด็จมาพระราชาเสด็จมาพระราชาเสด็จมา", "critical"),
        ("Sie lachte.", "She laughed hahahahahahahahahahahahahahahahaha.", "critical"),
        ("Der Streit wurde gelöst.", "The dispute was resolved. " + "?" * 60, "critical"),
        (
            "Der Rat tagt heute.",
            "The council meets again today. Nobody came to it. The council meets again today.",
            "major",
        ),
        (None, "one two three one two three one two three", "critical"),
    ],
)
def test_repetition_loop_is_found(source: str | None, hypothesis: str, severity: str) -> None:
    [finding] = findings(source, hypothesis)
    assert finding.severity == severity
    assert finding.dimension == "fluency"
    assert finding.hypothesis_span is not None


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("Immer wieder kam er zurück.", "Again and again and again he came back."),
        ("Es war sehr, sehr kalt.", "It was very, very, very cold."),
        ("Hilfe! Hilfe! Hilfe! Hilfe!", "Help! Help! Help! Help!"),
        ("哈哈哈哈哈哈", "Ha ha ha ha ha ha"),
        ("Er lachte: hahahahahaha!", "He laughed: ha ha ha ha ha ha!"),
        ("Eine Rose ist eine Rose ist eine Rose.", "A rose is a rose is a rose."),
        ("Das Licht daran war an; Herr Li staunte.", "The light on it was on; it was to his surprise."),
        ("Tabelle: 1 1 1 1 1 1 1 1 1 1 1 1", "Table: 1 1 1 1 1 1 1 1 1 1 1 1"),
        ("Es kostet 1000000000000000 Euro.", "It costs 1000000000000000 euros."),
        ("我妈妈常常慢慢地走一步一步", "My mother often walks slowly, step by step by step."),
        ("Text", ""),
        ("", "A plain sentence without any loop."),
    ],
)
def test_repetition_plain_text_is_excused(source: str, hypothesis: str) -> None:
    assert findings(source, hypothesis) == []


def test_repetition_phrase_is_named_and_its_span_covers_all_copies() -> None:
    hypothesis = "It began in the middle of in the middle of the night."
    [finding] = findings("Es begann mitten in der Nacht.", hypothesis)
    assert finding.message == '"in the middle of" is said twice in a row'
    assert finding.hypothesis_span is not None
    start, end = finding.hypothesis_span
    # The match runs on into the third "the", as far as the text repeats itself.
    assert hypothesis[start:end].startswith("in the middle of in the middle of")
