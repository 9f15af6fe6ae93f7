import os

import pytest

from scorer.printable import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hyp.de", "hyp.de"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x9b", "\\x1b[31mred\\x9b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u2028b\ufeff", "a\\u2028b\\ufeff"),
        (os.fsdecode(b"caf\xe9.txt"), "caf\\xe9.txt"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("é 你 👩\u200d🚀 می\u200cخواهم", "é 你 👩\u200d🚀 می\u200cخواهم"),
        ('it\'s "C:\\dir"', 'it\'s "C:\\dir"'),
    ],
)
def test_printable_any_text_escapes_what_acts(text: str, expected: str) -> None:
    assert printable(text) == expected
    printable(text).encode("utf-8")


def test_printable_limit_cuts_before_escaping() -> None:
    assert printable("ab\n" * 10, limit=3) == "ab\\n…"
