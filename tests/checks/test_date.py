import pytest

from scorer.checks.date import date
from scorer.types import Finding, Languages, Segment


def findings(source: str, hypothesis: str, references: tuple[str, ...] = ()) -> list[Finding]:
    return list(date(Segment(0, source, hypothesis, references, Languages("en", "de"))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "message"),
    [
        ("on 3 May 2020 in Rome", "am 5. Mai 2020 in Rom", "3 May 2020 became 5. Mai 2020"),
        ("until October 9.", "bis zum 9. November.", "October 9 became 9. November"),
        ("2020年5月3日", "May 3, 2021", "2020年5月3日 became May 3, 2021"),
    ],
)
def test_date_changed_major(source: str, hypothesis: str, message: str) -> None:
    (finding,) = findings(source, hypothesis)
    assert (finding.severity, finding.message) == ("major", message)


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("on 3 May 2020", "am 3.5.2020"),
        ("on 03/05/2020", "am 5. März 2020"),
        ("on 3 May 2020", "am 3. Mai"),
        ("on 3 May 2020", "vor langer Zeit"),
        ("from 12 to 27 January", "vom 12. bis 27. Januar"),
        ("they may 3 times", "sie dürfen dreimal"),
        ("", "3. Mai 2020"),
        ("3 May 2020", ""),
    ],
)
def test_date_same_or_absent_silent(source: str, hypothesis: str) -> None:
    assert findings(source, hypothesis) == []


def test_date_reference_agrees_with_hypothesis_silent() -> None:
    assert findings("on 3 May 2020", "am 4. Mai 2020", ("am 4. Mai 2020",)) == []
