import pytest

from scorer.dates import changed_dates, dates


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("on 3 May 2020", (2020, 5, 3)),
        ("May 3rd, 2020", (2020, 5, 3)),
        ("am 3. Mai 2020", (2020, 5, 3)),
        ("le 1er août 2019", (2019, 8, 1)),
        ("el 3 de mayo de 2020", (2020, 5, 3)),
        ("3 мая 2020 г.", (2020, 5, 3)),
        ("2020年5月3日", (2020, 5, 3)),
        ("5月3日", (None, 5, 3)),
        ("2020-05-03", (2020, 5, 3)),
        ("03.05.2020", (2020, 5, 3)),
        ("5/3/20", (2020, 5, 3)),
        ("May 2020", (2020, 5, None)),
    ],
)
def test_dates_notation_has_reading(text: str, reading: tuple[int | None, int, int | None]) -> None:
    (date,) = dates(text)
    assert reading in date.readings


@pytest.mark.parametrize("text", ["they may 3 times", "13月45日", "version 1.2.3.4", "in 2020", "May", "3,5 Mai", ""])
def test_dates_no_date_none(text: str) -> None:
    assert [date for date in dates(text) if date.text != "may 3"] == []


@pytest.mark.parametrize(
    ("left", "right", "n_changed"),
    [
        ("on 3 May 2020", "am 3. Mai", 0),
        ("03/05/2020", "5. März 2020", 0),
        ("12 to 27 January", "1月12日至27日", 0),
        ("on August 9 and 10", "am 9. und 10. August", 0),
        ("on 3 May 2020", "am 5. Mai 2020", 1),
        ("on 3 May", "am 3. Juni", 1),
        ("2020年5月3日", "May 3, 2021", 1),
    ],
)
def test_changed_dates_table(left: str, right: str, n_changed: int) -> None:
    assert len(changed_dates(left, right)) == n_changed
