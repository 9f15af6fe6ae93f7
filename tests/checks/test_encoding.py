import pytest

from scorer.checks.encoding import encoding
from scorer.types import Segment


def severities(hypothesis: str, source: str | None = "A source text.") -> list[str]:
    return [finding.severity for finding in encoding(Segment(0, source, hypothesis))]


def misread(text: str) -> str:
    """Return what a reader sees that takes UTF-8 for Windows-1252."""
    return "".join(
        chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([b]).decode("cp1252") for b in text.encode()
    )


@pytest.mark.parametrize(
    "text", ["Café", "Übergröße", "It’s", "“quoted”", "Привет, мир", "中文字", "नमस्ते", "5 €", "naïve – yes"]
)
def test_encoding_mojibake_is_found(text: str) -> None:
    assert "major" in severities(misread(text))
    assert severities(text) == []


@pytest.mark.parametrize(
    "text", ["MANHÃ”", "„Spaß“", "O CAFÉ”", "voilà»", "Ångström", "Ð and Þ", "3×“x”", "Ä“", "CAFÉ’S", "ÂGE"]
)
def test_encoding_capital_before_a_quote_is_no_mojibake(text: str) -> None:
    assert severities(text) == []


@pytest.mark.parametrize(
    ("hypothesis", "severity", "words"),
    [
        ("a lost \ufffd letter", "major", "replacement character"),
        ("a\x00b", "major", "control character"),
        ("a\x85b\x9f", "major", "control character"),
        ("user\u202etxt.exe", "major", "override"),
        ("half \ud83d pair", "major", "surrogate"),
        ("icon \ue001", "major", "private-use"),
        ("zero\u200bwidth", "minor", "zero-width space U+200B"),
        ("soft\xadhyphen", "minor", "soft hyphen U+00AD"),
        ("in\ufeffside", "minor", "byte order mark"),
        ("join\u200der", "minor", "U+200D"),
        ("left\u200eto right", "minor", "U+200E"),
        ("Rodgers &amp; Hart", "minor", "'&amp;'".replace("'", '"')),
        ("it&#39;s", "minor", "HTML entity"),
        ("p\u0430ypal", "minor", "Cyrillic"),
        ("cолнце", "minor", "Latin"),
        ("cafe\u0301", "minor", "NFC"),
    ],
)
def test_encoding_odd_character_is_named(hypothesis: str, severity: str, words: str) -> None:
    [finding] = encoding(Segment(0, "A source text.", hypothesis))
    assert finding.severity == severity
    assert words in finding.message
    assert finding.message.isprintable()


@pytest.mark.parametrize(
    "hypothesis",
    [
        "क्\u200dष and می\u200cخواهم",  # joiners in Hindi and Persian
        "👩\u200d👩\u200d👧 and 👍🏽 and ❤\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "ภาษา\u200bไทย",
        "שלום \u200fabc\u200e",
        "e\u0331 has no composed form",
        "क़लम",  # NFC decomposes U+0958
        "AT&T; R&D;",
        "a\tb\nc\r\n",
        "IT-компания и HTTP-запрос",
        "5 µm, 10 Ω",
        "",
    ],
)
def test_encoding_legitimate_character_is_excused(hypothesis: str) -> None:
    assert severities(hypothesis) == []


@pytest.mark.parametrize("text", ["a\u200bb", "&amp;", "\ufffd", "cafe\u0301", "Ã©", "soft\xadhyphen", "p\u0430ypal"])
def test_encoding_fault_of_the_original_is_excused(text: str) -> None:
    assert severities(text, source=text) == []
