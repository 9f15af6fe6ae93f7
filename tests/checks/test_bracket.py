import pytest

from scorer.checks.bracket import bracket
from scorer.types import Segment


@pytest.mark.parametrize(
    ("hypothesis", "messages"),
    [
        ("He came (late.", ['"(" is never closed']),
        ("He came late).", ['")" is never opened']),
        ("伊朗（IAEA））发布", ['"）" is never opened']),
        ("He (came [late.", ['"(" is never closed', '"[" is never closed']),
        ("「他说。", ['"「" is never closed']),
        ("((((((((((", ['"(" is never closed']),
        (")(", ['")" is never opened', '"(" is never closed']),
    ],
)
def test_bracket_unbalanced_is_found_once_a_family(hypothesis: str, messages: list[str]) -> None:
    found = list(bracket(Segment(0, "Er kam spät.", hypothesis)))
    assert [finding.message for finding in found] == messages
    assert {finding.severity for finding in found} == {"minor"}


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("Er kam (spät).", "He came (late)."),
        ("Er kam (spät.", "He came (late."),
        ("Liste", "a) milk b) eggs 3) bread"),
        ("Liste", "2.1) milk"),
        ("Schön!", "Nice! :-) ;) :( (: =("),
        ("Красиво", "Как красиво))"),
        ("Intervall", "The interval [0, 1) is half open."),
        ("他说", "他说(真的）很好"),
        ("leer", ""),
    ],
)
def test_bracket_balanced_or_no_bracket_is_excused(source: str, hypothesis: str) -> None:
    assert list(bracket(Segment(0, source, hypothesis))) == []


def test_bracket_span_points_at_the_opener() -> None:
    [finding] = bracket(Segment(0, None, "one (two) three (four"))
    assert finding.hypothesis_span == (16, 17)
