import pytest
from sacrebleu.metrics.bleu import _get_tokenizer

from scorer import tokenizers
from scorer.errors import MissingExtra

NAMES = [name for name in tokenizers.NAMES if tokenizers.is_installed(name)]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "13a"),
        ("de", "13a"),
        ("zh", "zh"),
        ("zh-TW", "zh"),
        ("zh_Hant", "zh"),
        ("yue", "zh"),
        ("th", "char"),
        ("lo", "char"),
        ("km", "char"),
        ("my", "char"),
        ("hi", "13a"),
        (None, "13a"),
        ("", "13a"),
    ],
)
def test_for_language_names_tokenizer_and_reason(language, name):
    found, reason = tokenizers.for_language(language)
    assert found == name
    assert reason


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_for_language_without_a_dictionary_falls_back_to_characters(monkeypatch, language):
    monkeypatch.setattr(tokenizers, "is_installed", lambda name: False)
    name, reason = tokenizers.for_language(language)
    assert name == "char"
    assert f"mt-scorer[{language}] is not installed" in reason


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_for_language_with_a_dictionary_uses_it(monkeypatch, language):
    monkeypatch.setattr(tokenizers, "is_installed", lambda name: True)
    assert tokenizers.for_language(language)[0] == f"{language}-mecab"


def test_require_unknown_name_raises():
    with pytest.raises(ValueError, match="13a, char"):
        tokenizers.require("flores200")


def test_require_missing_dictionary_raises(monkeypatch):
    monkeypatch.setattr(tokenizers, "is_installed", lambda name: False)
    with pytest.raises(MissingExtra, match="ko"):
        tokenizers.require("ko-mecab")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "line",
    [
        "",
        "  ",
        "Hello, world!",
        "3,000.5-x &amp; &lt;b&gt; ",
        "我喜欢 MT。",
        "<skipped>\n-x",
        "\ud800 e\u0301",
        "x. " * 900,
    ],
)
def test_tokenizer_cuts_as_sacrebleu_does(name, line):
    assert tokenizers.tokenizer(name)(line) == _get_tokenizer(name)()(line.rstrip()).split()


def test_tokenizer_leaves_sacrebleus_own_memory_empty():
    theirs = type(_get_tokenizer("13a")()).__call__
    before = theirs.cache_info().currsize
    tokenizers.tokenizer("13a")("a line that nobody has seen before")
    assert theirs.cache_info().currsize == before
