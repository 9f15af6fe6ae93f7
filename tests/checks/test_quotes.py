import pytest

from scorer.checks.quotes import quotes
from scorer.types import Segment


@pytest.mark.parametrize(
    ("hypothesis", "message"),
    [
        ('He said "come here.', "'\"' has no partner"),
        ("Er sagte: „Komm her.", '"„" has no partner'),
        ("Il dit : « Viens ici.", '"«" has no partner'),
        ('Can they "create” a spark', 'two styles of quotation marks: \'"\' and "”"'),
    ],
)
def test_quotes_fault_is_found(hypothesis: str, message: str) -> None:
    [finding] = quotes(Segment(0, "Text ohne Zitat", hypothesis))
    assert finding.message == message
    assert finding.severity == "minor"


def test_quotes_closed_single_mark_of_the_source_excuses_nothing() -> None:
    [finding] = quotes(Segment(0, "'He is perfect,' she said.", "„Er ist perfekt, sagte sie."))
    assert finding.message == '"„" has no partner'


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ('Er sagte: „Komm."', 'He said "come."'),
        ("„Komm, sagte er.", '"Come, he said.'),
        ("Zoll", 'A 27" screen and a 5\'10" man, at 3 for $5'),
        ("Es ist nicht so", "It's the dogs' bone, rock ’n’ roll"),
        ("„A“ und „B“", "„A“ und „B“ sind »gut«"),
        ("他说", "他说：“好的。”"),
        ("'He is perfect.", "„Er ist perfekt."),
        ("leer", ""),
    ],
)
def test_quotes_paired_or_no_quote_is_excused(source: str, hypothesis: str) -> None:
    assert list(quotes(Segment(0, source, hypothesis))) == []
