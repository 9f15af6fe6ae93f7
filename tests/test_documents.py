"""Paragraphs and sentences: nothing lost, places right, time bounded."""

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.documents import WINDOW, Unit, cut, paragraphs, sentences, wrap_width

PROSE = (
    "State-owned automaker SAIC Motor, a major player in China, this week unveiled a new electric vehicle arm. "
    "The tie-up comes as startups and their predecessor Tesla see their shares soaring in recent months. "
    "The partners went on to form a joint venture, and Alibaba has since developed a slew of solutions for the "
    "platform to enable everything from voice navigation to ordering coffee."
)


def texts(text: str, language: str | None = "en") -> list[str]:
    return [unit.text for unit in cut(text, language)]


def assert_whole(text: str, units: list[Unit]) -> None:
    """Every unit is where it says, and all characters but white space are in one, in order."""
    end = 0
    for unit in units:
        assert unit.start >= end
        assert text[unit.start : unit.end].replace("\n", " ") == unit.text
        assert unit.text.strip() == unit.text != ""
        assert unit.line == text.count("\n", 0, unit.start) + 1
        assert not text[end : unit.start].strip()
        end = unit.end
    assert not text[end:].strip()


def test_cut_document_numbers_paragraphs_sentences_lines() -> None:
    text = "A title\n\n\n  First one. Second one!\r\nThird?\n"
    assert cut(text, "en") == [
        Unit("A title", 0, 0, 1, 0),
        Unit("First one.", 1, 0, 4, 12),
        Unit("Second one!", 1, 1, 4, 23),
        Unit("Third?", 2, 0, 5, 36),
    ]


@pytest.mark.parametrize("text", ["", "\n", " \t\n\u3000\n", "\u2028"])
def test_cut_blank_text_has_no_units(text: str) -> None:
    assert cut(text, "en") == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["He paid $3.5 m. to Mr. Smith of the U.S. government.", '"Really?" she asked.', "So?"]),
        ("en", ["1. First item.", "2. Second item...", "And then?!"]),
        ("en", ["Read e.g. this one.", "At 5 p.m. we left.", "Fig. 3 shows J. K. Rowling."]),
        ("de", ["Am 3. Oktober kam Dr. Müller z.B. nach Berlin.", "„Wirklich?“, fragte er.", "Die 2. Auflage ist da."]),
        ("da", ["Han kom kl. 5.", "Den 2. maj gik han, f.eks. i dag."]),
        ("fr", ["M. Dupont est là.", "« Vraiment ? » demanda-t-elle.", "Oui !"]),
        ("es", ["¿Qué pasa?", "¡Nada!", "El Sr. López vino."]),
        ("ru", ["Он пришёл в 2015 г. в Москву.", "«Да», – сказал он.", "Конец."]),
        ("hi", ["यह एक परीक्षण है।", "दूसरा वाक्य।", "क्या यह सही है?"]),
        ("ar", ["هذا اختبار.", "هل تعمل؟", "نعم، تعمل."]),
        ("th", ["สวัสดีครับ ผมชื่อสมชาย คุณสบายดีไหม?", "ฉันสบายดี."]),
        ("my", ["ကျွန်တော်သွားမယ်။", "မင်းလာမလား။"]),
        ("am", ["ሰላም ነህ።", "እንዴት ነህ።"]),
        ("ka", ["გამარჯობა.", "როგორ ხარ?"]),
        (None, ["No language.", "Two sentences."]),
        ("xx", ["No such language.", "Two sentences."]),
    ],
)
def test_cut_language_gives_sentences(language: str | None, expected: list[str]) -> None:
    text = " ".join(expected)
    units = cut(text, language)
    assert [unit.text for unit in units] == expected
    assert_whole(text, units)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["阿里巴巴正在争夺市场。", "“他说:‘好。’”然后走了!", "真的吗?", "是的。"]),
        ("ja", ["彼は「行く。」と言った。", "本当?", "はい。"]),
    ],
)
def test_cut_unspaced_language_gives_sentences(language: str, expected: list[str]) -> None:
    assert texts("".join(expected), language) == expected


def test_cut_wrapped_text_joins_lines() -> None:
    wrapped = textwrap.fill(PROSE, 72)
    text = f"{wrapped}\n\n{wrapped}\n\n- a point that stands alone\n- another point\n"
    units = cut(text, "en")
    assert wrap_width(text) is not None
    assert [unit.text for unit in units[:3]] == texts(PROSE)
    assert [unit.line for unit in units[:3]] == [1, 2, 3]
    assert [unit.paragraph for unit in units] == [0, 0, 0, 1, 1, 1, 2, 3]
    assert_whole(text, units)


@pytest.mark.parametrize("width", [45, 60, 72, 79, 99])
def test_wrap_width_filled_prose_is_seen(width: int) -> None:
    found = wrap_width(textwrap.fill(PROSE * 2, width))
    assert found is not None
    assert width - 8 <= found <= width


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        textwrap.fill(PROSE, 72).replace("\n", "\n\n"),
        textwrap.fill(PROSE * 3, 140),
        "Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you\n" * 3,
        "\n".join(
            ["A short headline", "Another headline, somewhat longer than that", "Third", "The fourth is here"] * 4
        ),
        "\n".join(texts(PROSE * 5)),
        "\n".join(
            [
                "中国经济增长放缓",
                "北京举行国际会议讨论气候变化问题",
                "上海股市收盘上涨",
                "科技公司公布季度业绩超出市场预期",
            ]
            * 3
        ),
        "x\n" * 50,
    ],
)
def test_wrap_width_lines_that_are_paragraphs_is_none(text: str) -> None:
    assert wrap_width(text) is None
    assert [text[slice(*span)] for span in paragraphs(text)] == [line for line in text.split("\n") if line.strip()]


def test_cut_wrapped_chinese_joins_lines() -> None:
    sentence = (
        "阿里巴巴与上汽集团的关系可以追溯到二零一五年当时双方共同宣布投资一亿六千万美元用于互联网汽车的研发工作。"
    )
    text = "\n".join(textwrap.wrap(sentence * 4, 40))
    assert len(cut(text, "zh")) == 4


def test_sentences_long_paragraph_is_cut_as_its_parts() -> None:
    parts = [f"This is sentence number {i}, and it ends here." for i in range(WINDOW // 10)]
    assert texts(" ".join(parts)) == parts


def test_sentences_unending_sentence_stays_whole() -> None:
    text = "word " * WINDOW + "end. Next one."
    assert [text[slice(*span)][-9:] for span in sentences(text)] == ["word end.", "Next one."]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "the " * 200_000,
        "." * 100_000,
        ". " * 100_000,
        '" ' * 100_000,
        "(" * 50_000,
        "Dr. " * 50_000,
        "5. " * 50_000,
        "?!" * 50_000,
        "你好。" * 20_000,
        "“你好。" * 15_000,
        "「好。」と" * 15_000,
        "“Hello. " * 15_000,
        "a.b@c.d " * 20_000,
        " " * 100_000 + "a" + " " * 100_000,
        ("word " * 14 + "\n") * 10_000,
        "字" * 35 + "\n" * 10_000,
        "a\n" * 30_000,
    ],
    ids=lambda text: repr(text[:9]),
)
def test_cut_hostile_text_is_quick(text: str) -> None:
    started = time.perf_counter()
    units = cut(text, "ja")
    assert time.perf_counter() - started < 2.0  # all under 0.7 s measured
    assert sum(len("".join(unit.text.split())) for unit in units) == len("".join(text.split()))


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.sampled_from(
            ".!?…。！？।؟\"'“”«»「」()[] \t\n\r\x0b\x0c\x85\0\u2028\xa0\u3000\u200b\ufeff\ud800abA1é你あ한ก😀\u0301"
        ),
        max_size=60,
    )
    | st.text(max_size=60),
    st.sampled_from([None, "en", "de", "zh", "ja", "th", "ar", "hi", "ru", "my", "hy"]),
)
def test_cut_any_text_loses_nothing(text: str, language: str | None) -> None:
    assert_whole(text, cut(text, language))
