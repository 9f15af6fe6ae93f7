from decimal import Decimal

import pytest

from scorer.spelled import spelled


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("eight dogs", "en", 8),
        ("twenty-five", "en", 25),
        ("two hundred and six", "en", 206),
        ("three thousand", "en", 3000),
        ("fünfundzwanzig", "de", 25),
        ("die Hälfte", "de", "0.5"),
        ("quatre-vingt-dix-sept", "fr", 97),
        ("treinta y uno", "es", 31),
        ("ventuno", "it", 21),
        ("vinte e três", "pt", 23),
        ("vijfentwintig", "nl", 25),
        ("двадцать пять", "ru", 25),
        ("一百五十", "zh", 150),
        ("百分之十五", "zh", 15),
        ("二〇二〇年", "zh", 2020),
        ("三点五", "zh", "3.5"),
        ("两万", "zh", 20_000),
        ("Henry VIII", "en", 8),
        ("MCMXCIX", "en", 1999),
        ("½ cup", "en", "0.5"),
        ("in March", "en", 3),
        ("в мае", "ru", 5),
    ],
)
def test_spelled_words_contain_value(text: str, language: str, expected: int | str) -> None:
    assert Decimal(expected) in spelled(text, language)


def test_spelled_list_of_units_is_not_summed() -> None:
    assert Decimal(5) not in spelled("two, three", "en")


def test_spelled_language_without_list_only_signs() -> None:
    assert spelled("osm psů", "cs") == set()
