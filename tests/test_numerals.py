from decimal import Decimal

import pytest

from scorer.numerals import numbers


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("160 million people", "en", [160_000_000]),
        ("1.6亿人", "zh", [160_000_000]),
        ("160.000.000 Menschen", "de", [160_000_000]),
        ("160 Mio. Euro", "de", [160_000_000]),
        ("3亿5000万", "zh", [350_000_000]),
        ("3만 5천", "ko", [35_000]),
        ("1,00,000 rupees", "en", [100_000]),
        ("5 crore", "en", [50_000_000]),
        ("१५ लाख", "hi", [1_500_000]),
        ("miljoona ja 2,5 miljoonaan", "fi", [2_500_000]),
        ("1 000 000 км", "ru", [1_000_000]),
        ("1 000 km", None, [1000]),
        ("1'234.5", "en", ["1234.5"]),
        ("1.234,56 €", "de", ["1234.56"]),
        ("3,5 %", "de", ["3.5"]),
        ("٣٫٥", "ar", ["3.5"]),
        ("１５％", "ja", [15]),
        ("24.12.2020", "de", [24, 12, 2020]),
        ("192.168.0.1", "en", [192, 168, 0, 1]),
        ("3-2", "en", [3, 2]),
        ("in 2019 300 people", "en", [2019, 300]),
        ("5 millionaires", "en", [5]),
        ("15 miles", "en", [15]),
    ],
)
def test_numbers_notation_likeliest_value(text: str, language: str | None, expected: list[int | str]) -> None:
    assert [number.value for number in numbers(text, language)] == [Decimal(value) for value in expected]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1,000", "1.000"),
        ("the 1990s", "die 90er Jahre"),
        ("14:30 Uhr", "2:30 pm"),
        ("10 to 20 million", "10 000 000"),
        ("2019-20", "2020"),
        ("19th century", "the 1800s"),
        ("98年", "1998"),
        ("500 000 people", "500.000"),
    ],
)
def test_numbers_ambiguous_notation_share_a_value(left: str, right: str) -> None:
    first = frozenset[Decimal]().union(*(number.values for number in numbers(left, "en")))
    assert any(not first.isdisjoint(number.values) for number in numbers(right, "de"))


@pytest.mark.parametrize(
    "text", ["15%", "15 %", "15 percent", "15 Prozent", "百分之15", "15 процентов", "१५ प्रतिशत", "10-15%"]
)
def test_numbers_per_cent_is_marked(text: str) -> None:
    assert all(number.percent for number in numbers(text, None))


@pytest.mark.parametrize(
    ("text", "firm"), [("G20", False), ("COVID-19", False), ("20世纪90年代", False), ("20 men", True)]
)
def test_numbers_part_of_a_code_is_not_firm(text: str, firm: bool) -> None:
    assert numbers(text, None)[0].firm is firm


def test_numbers_span_covers_number_and_magnitude() -> None:
    text = "Über ２０ Mio. Euro"
    (number,) = numbers(text, "de")
    assert text[slice(*number.span)] == "２０ Mio"


def test_numbers_any_value_in_its_own_values() -> None:
    for number in numbers("1.000 und 2,5 Mio. von 90er bis 14:30 Uhr, 3亿", "de"):
        assert number.value in number.values
