"""Planted damage: it changes what it says it changes, marks where, and gives up gracefully."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.training.damage import KINDS, MOST, damage
from benchmarks.training.pieces import names, words

TEXTS = {
    "en": "The commission did not approve the plan that Angela Merkel and her friend Tony presented in 2015.",
    "de": "Die Kommission hat den Plan, den Angela Merkel 2015 vorstellte, nicht gebilligt, weil er teuer ist.",
    "cs": "Komise v roce 2015 neschválila plán, který představila Angela Merkelová, protože je příliš drahý.",
    "ru": "Комиссия не одобрила план, который Ангела Меркель представила в 2015 году, потому что он дорогой.",
    "zh": "中国国家主席习近平在2015年的会议上表示，这项计划不能解决所有问题。",
    "ja": "アンゲラ・メルケル首相は2015年にこの計画を発表しましたが、委員会は承認しました。",
    "hi": "आयोग ने 2015 में पेश की गई योजना को मंजूरी नहीं दी क्योंकि यह बहुत महंगी है।",
    "km": "គណៈកម្មាធិការមិនបានអនុម័តផែនការដែលបានបង្ហាញក្នុងឆ្នាំ២០១៥ទេ។",
    "th": "คณะกรรมการไม่อนุมัติแผนที่นำเสนอในปี 2558 เพราะราคาแพงเกินไป",
    "ar": "لم توافق اللجنة على الخطة التي قدمتها ميركل في عام 2015 لأنها باهظة الثمن.",
}
OTHERS = {
    "en": "The weather in London was especially nice when Maria visited the museum.",
    "de": "Das Wetter in London war besonders schön, als Maria das Museum besuchte.",
    "cs": "Včera jsme šli do dobré restaurace v Praze, kde hrála Marie.",
    "ru": "Вчера мы ходили в хороший ресторан в Лондоне, где была Мария.",
    "zh": "昨天晚上我们去了一家很好的餐厅吃饭。",
    "ja": "昨日の夜、私たちはロンドンの良いレストランで食事をしました。",
    "hi": "कल शाम हम एक अच्छे रेस्तरां में खाना खाने गए थे।",
    "km": "យើងបានទៅញ៉ាំបាយនៅភោជនីយដ្ឋាន។",
    "th": "เมื่อวานนี้เราไปกินข้าวที่ร้านอาหาร",
    "ar": "ذهبنا أمس إلى مطعم جيد في وسط المدينة.",
}
EVERYWHERE = (
    "unrelated", "extra_sentence", "doubled", "repeated_words", "truncated", "half_omitted", "word_dropped",
    "word_replaced", "words_shuffled", "word_swapped", "number_changed", "gibberish", "typo", "mark_added",
)  # fmt: skip
PLACED = {"unrelated", "extra_sentence", "doubled", "repeated_words", "number_changed", "name_swapped", "mark_added"}


def made(kind: str, language: str, seed: int = 1, text: str | None = None, other: str | None = None):
    text = TEXTS[language] if text is None else text
    return damage(
        text, kind, random.Random(seed), language=language, other=OTHERS[language] if other is None else other
    )


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("kind", EVERYWHERE)
def test_damage_kind_of_every_script_applies(kind, language):
    assert any(made(kind, language, seed) for seed in range(5))


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("kind", KINDS)
def test_damage_spans_and_points_hold_together(kind, language):
    for seed in range(15):
        out = made(kind, language, seed)
        if out is None:
            continue
        assert out.text != TEXTS[language]
        assert out.kind == kind
        assert out.accuracy >= 0
        assert out.fluency >= 0
        assert 0 < out.accuracy + out.fluency <= MOST + 1e-9
        assert list(out.spans) == sorted(out.spans)
        assert all(0 <= start < end <= len(out.text) and level in ("minor", "major") for start, end, level in out.spans)
        if kind in PLACED:
            # What was put in is marked whole: nothing but the spans and what the original holds.
            left = "".join(sign for i, sign in enumerate(out.text) if not any(s <= i < e for s, e, _ in out.spans))
            assert len(left) <= len(TEXTS[language]) + 1


@pytest.mark.parametrize("kind", KINDS)
def test_damage_same_state_gives_the_same(kind):
    assert [made(kind, "de", seed) for seed in range(5)] == [made(kind, "de", seed) for seed in range(5)]


def test_damage_unknown_kind_raises():
    with pytest.raises(ValueError, match="no damage is called 'nonsense'; there are unrelated"):
        made("nonsense", "en")


@pytest.mark.parametrize(
    ("kind", "text", "other"),
    [
        ("number_changed", "No digits here.", ""),
        ("name_swapped", "The name of nobody is in this.", "Neither is one here."),
        ("negation", "Green leaves in spring.", ""),
        ("truncated", "Two words.", ""),
        ("half_omitted", "Only three words.", ""),
        ("words_shuffled", "same same same same same", ""),
        ("word_swapped", "Alone", ""),
        ("unrelated", "A text.", ""),
        ("unrelated", "A text.", "A text."),
        ("extra_sentence", "A text.", " "),
        ("gibberish", "12 + 3 = 15", ""),
        ("punctuation_odd", "word", ""),
        ("word_dropped", "Yes", ""),
        *((kind, text, "") for kind in KINDS for text in ("", " ", "\n")),
    ],
)
def test_damage_nothing_to_damage_is_none(kind, text, other):
    assert all(made(kind, "en", seed, text, other) is None for seed in range(5))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "It is not true.", "It is true."),
        ("en", "They can't come.", "They can come."),
        ("en", "He won't and didn't.", {"He will and didn't.", "He won't and did."}),
        ("en", "Not all of them came.", "all of them came."),
        ("en", "The plan was good.", "The plan was not good."),
        ("de", "Er hat keine Zeit.", "Er hat eine Zeit."),
        ("de", "Das ist wahr.", "Das ist nicht wahr."),
        ("fr", "Il ne vient pas demain.", "Il vient demain."),
        ("es", "El plan es bueno.", "El plan no es bueno."),
        ("ru", "Он не пришёл.", "Он пришёл."),
        ("ru", "Он был дома.", "Он не был дома."),
        ("cs", "Plán není dobrý.", "Plán je dobrý."),
        ("pl", "To jest dobre.", "To nie jest dobre."),
        ("zh", "他不会来。", "他会来。"),
        ("zh", "这是真的。", "这不是真的。"),
        ("ja", "行きません。", "行きます。"),
        ("ja", "会議が開かれました。", "会議が開かれませんでした。"),
        ("hi", "वह नहीं आया।", "वह आया।"),
        ("et", "See on hea.", "See ei ole hea."),
        ("xx", "Whatever this is not.", None),
        ("en", "Nor is hardly anything.", None),  # a negation that cannot be taken out, and a second would affirm
    ],
)
def test_damage_negation_flips_the_statement(language, text, expected):
    for seed in range(6):
        out = made("negation", language, seed, text, "")
        got = out and out.text
        assert got in expected if isinstance(expected, set) else got == expected
        assert out is None or (out.accuracy, out.fluency) == (5.0, 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_damage_number_changed_keeps_its_form(seed):
    out = made("number_changed", "en", seed, "It cost 1,500.25 euros.", "")
    assert out is not None
    ((start, end, severity),) = out.spans
    assert severity == "major"
    assert out.text[start:end] != "1,500.25"
    assert (out.text[:start], out.text[end:]) == ("It cost ", " euros.")
    assert [sign for sign in out.text[start:end] if not sign.isdigit()] == [",", "."]
    assert made("number_changed", "hi", seed, "२०१५ में", "").text.strip(" में").isdigit()


def test_damage_truncated_points_grow_with_what_is_lost():
    outs = [made("truncated", "en", seed) for seed in range(60)]
    by_length = sorted((len(out.text), -out.accuracy) for out in outs)
    assert [points for _, points in by_length] == sorted(points for _, points in by_length)
    assert max(out.accuracy for out in outs) > 2 * min(out.accuracy for out in outs)


def test_damage_words_dropped_in_the_middle_leave_the_ends():
    for seed in range(30):
        out = made("half_omitted", "en", seed)
        assert out.text.startswith("The ")
        assert out.text.endswith("2015.")
        assert "  " not in out.text


def test_damage_punctuation_odd_touches_no_word():
    for language, text in TEXTS.items():
        for seed in range(30):
            out = made("punctuation_odd", language, seed)
            if out is not None:
                assert out.accuracy + out.fluency <= 0.1
                assert not out.spans
                assert [s for s in out.text if s.isalnum()] == [s for s in text if s.isalnum()]


def test_words_scripts_without_spaces_are_cut_into_pieces():
    text = TEXTS["ja"]
    assert [text[slice(*span)] for span in words(text)][:6] == ["アンゲラ", "メルケル", "首相", "は", "2015", "年に"]
    assert [text[slice(*span)] for text in ["他说，“NATO”（北约）。"] for span in words(text)] == [
        "他说",
        "NATO",
        "北约",
    ]
    khmer = TEXTS["km"]
    assert all(
        ord(khmer[start]) not in range(0x17B4, 0x17D4) for start, _ in words(khmer)
    )  # no piece begins with a sign


def test_names_sentence_starts_are_no_names():
    text = 'When Angela came. "They saw Tony Blair!" (Nobody knew Maria.)'
    assert [text[slice(*span)] for span in names(text)] == ["Angela", "Tony", "Blair", "Maria"]
    assert names("") == []


ODD = st.text(alphabet=st.characters(codec=None), max_size=60) | st.text(
    alphabet="aB .,'’-0123\n\u00a0\u200d\u0301é中のンกក្त्नहीं።؟ßİǅ🙂\ud800", max_size=60
)


@settings(max_examples=150, deadline=None)
@given(ODD, ODD, st.sampled_from(KINDS), st.sampled_from([*TEXTS, "fr", "xx", ""]), st.integers(0, 50))
def test_damage_odd_text_never_raises(text, other, kind, language, seed):
    out = damage(text, kind, random.Random(seed), language=language, other=other)
    if out is not None:
        assert out.text.strip()
        assert out.text != text
        assert all(0 <= start < end <= len(out.text) for start, end, _ in out.spans)
        assert all(end <= start for (_, end, _), (start, _, _) in zip(out.spans, out.spans[1:], strict=False))


@pytest.mark.parametrize("unit", ["the ", "x", "n't", "中", "ne ", "1,", "ក្", "A b. "])
def test_damage_long_text_is_linear(unit):
    text = unit * (15_000 // len(unit))
    started = time.process_time()
    for kind in KINDS:
        made(kind, "fr", 1, text, text[:2000] + "z")
    assert time.process_time() - started < 10
