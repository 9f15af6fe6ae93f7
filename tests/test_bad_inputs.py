"""What people feed a scorer by mistake, and what others feed it on purpose.

Every case goes through the command line: it exits with 0 or 2, never with a traceback, says what is wrong, and is done
within `QUICK` seconds.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import subprocess
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from command_line import HYPOTHESIS, QUICK, SOURCE, Outcome, fill, run

FAST = ("--preset", "fast")
LINES = HYPOTHESIS.splitlines()
OK = '{"source": "Der Hund schläft.", "hypothesis": "The dog sleeps."}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def timed(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
    begun = time.perf_counter()
    done = run(*arguments, *FAST, stdin=stdin)
    assert time.perf_counter() - begun < QUICK
    assert done.code in (0, 2), done
    assert "Traceback" not in done.err
    return done


def report(*arguments: str | Path, stdin: bytes = b"") -> dict[str, Any]:
    done = timed(*arguments, "-f", "json", stdin=stdin)
    assert (done.code, done.err) == (0, ""), done
    return json.loads(done.out)  # type: ignore[no-any-return]


def refused(*arguments: str | Path, stdin: bytes = b"") -> str:
    done = timed(*arguments, stdin=stdin)
    assert (done.code, done.out) == (2, ""), done
    assert done.err.startswith("scorer: ")
    return done.message


def found(content: dict[str, Any]) -> set[str]:
    return {finding["check"] for finding in content["findings"]}


def value(content: dict[str, Any], name: str) -> float:
    number = content["dimensions"][name]["value"]
    assert isinstance(number, float)
    assert 0 <= number <= 100
    return number


def metric(content: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in content["metrics"] if each["name"] == name)


def written(name: str, lines: Sequence[str]) -> str:
    Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return name


# Files

NEVER_READ = [
    (b"", "bad is empty: there is nothing to compare"),
    (b"\n\n\n", "bad is empty: there is nothing to compare"),
    (b"\xef\xbb\xbf", "bad is empty: there is nothing to compare"),
    (b" \t\n\xc2\xa0\n", "bad is empty: there is nothing to compare"),
    (HYPOTHESIS.replace("\n", "\r").encode(), "bad: lines end in carriage returns only; convert the file: tr"),
    (b"one\0two\n", "bad, line 1, byte 3: NUL byte; this is a binary file"),
    (HYPOTHESIS.encode("utf-16"), "bad is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"),
    (HYPOTHESIS.encode("utf-16-le"), "NUL byte; this is a binary file, or UTF-16 without a byte order mark"),
    (HYPOTHESIS.encode("utf-32"), "bad is UTF-32; convert it"),
    ("Grüße\n".encode("latin-1"), "bad, line 1, byte 2: not UTF-8 (0xfc); convert the file"),
    (HYPOTHESIS.encode().replace(b"museum", b"mus\xffum"), "bad, line 7, byte 351: not UTF-8 (0xff)"),
    (b"\xed\xa0\x80 half a pair\n", "bad, line 1, byte 0: not UTF-8 (0xed)"),
    (gzip.compress(b"word\n" * 100_000)[:-20], "bad: the gzip data is damaged or cut off"),
    (gzip.compress(b"\0" * 30_000_000, 9), "bad: unpacks to more than 200 times its size, which text does not"),
    (b"PK\x03\x04 and so on", "bad is a zip archive or office document; save its text as UTF-8 first"),
    (b"%PDF-1.7 and so on", "bad is a PDF document"),
    (b"\xd0\xcf\x11\xe0 and so on", "bad is an old office document"),
]


@pytest.mark.parametrize(("data", "message"), NEVER_READ)
def test_file_that_is_no_text_is_refused(data: bytes, message: str) -> None:
    Path("bad").write_bytes(data)
    assert message in refused("compare", "src.de", "bad")
    assert message in refused("compare", "bad", "hyp.en")
    if "is empty" not in message:
        assert message in refused("score", "-s", "src.de", "-t", "bad")
        assert message in refused("score", "-t", "hyp.en", "-r", "bad")


@pytest.mark.parametrize(
    ("data", "n_lines"), [(b"", 0), (b"\n\n\n", 3), (b"\xef\xbb\xbf", 0), (HYPOTHESIS.encode() + b"\n", 13)]
)
def test_score_counts_every_line_of_a_file(data: bytes, n_lines: int) -> None:
    Path("bad").write_bytes(data)
    first = min(n_lines, 12) + 1
    message = f"src.de has 12 lines, bad has {n_lines}; first unpaired line: {first}"
    assert message in refused("score", "-s", "src.de", "-t", "bad")


READ_WITH_A_NOTE = [
    (HYPOTHESIS.rstrip("\n").encode(), None),
    (HYPOTHESIS.replace("\n", "\r\n").encode(), "hyp: CRLF line ends"),
    (HYPOTHESIS.replace("\n", "\r\n", 3).encode(), "hyp: CRLF line ends on 3 of 12 lines"),
    (HYPOTHESIS.replace("soft, ", "soft,\r", 1).encode(), "hyp: kept 1 carriage returns inside lines"),
    (b"\xef\xbb\xbf" + HYPOTHESIS.encode(), "hyp: byte order mark removed"),
    (
        HYPOTHESIS.replace("a soft,", "a\u2028so\x0bf\x0ct\x85,\u2029").encode(),
        "hyp: kept 5 line separators other than the line feed inside lines",
    ),
    (gzip.compress(HYPOTHESIS.encode()), "hyp: unpacked: the file is gzip data"),
]


@pytest.mark.parametrize(("data", "note"), READ_WITH_A_NOTE)
def test_file_with_odd_line_ends_is_read_and_noted(data: bytes, note: str | None) -> None:
    Path("hyp").write_bytes(data)
    for arguments in (("compare", "src.de", "hyp"), ("score", "-s", "src.de", "-t", "hyp")):
        content = report(*arguments)
        assert [len(content["segments"]), content["inputs"][1]["lines"]] == [12, 12]
        assert content["notes"] == ([note] if note else [])


def test_byte_order_mark_costs_nothing() -> None:
    Path("bom").write_bytes(b"\xef\xbb\xbf" + HYPOTHESIS.encode())
    content = report("score", "-t", "bom", "-r", "hyp.en")
    assert metric(content, "bleu")["value"] == pytest.approx(100)
    assert metric(content, "chrf")["value"] == pytest.approx(100)


def test_blank_last_line_is_a_line() -> None:
    written("empty_end.en", [*LINES[:-1], ""])
    content = report("score", "-s", "src.de", "-t", "empty_end.en")
    assert len(content["segments"]) == 12
    assert [f["index"] for f in content["findings"] if f["check"] == "omission"] == [11]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nosuch", "nosuch: no such file"),
        ("./nosuch/x.en", "nosuch/x.en: no such file"),
        ("hyp.en/x", "hyp.en/x: cannot be opened"),
        (".", ". is a folder; name a file in it"),
        ("x" * 300, "cannot be opened (File name too long)"),
        ("odd\nname\x1b[31m", "odd\\nname\\x1b[31m: no such file"),
        ("\udcff.en", "\\xff.en: no such file"),
    ],
)
def test_path_that_is_no_file_is_refused(name: str, message: str) -> None:
    assert message in refused("compare", "src.de", name)
    assert message in refused("compare", name, "hyp.en")
    assert message in refused("compare", "src.de", "hyp.en", "-r", name)
    assert message in refused("score", "-s", "src.de", "-t", name)


def test_missing_table_is_refused() -> None:
    assert "nosuch.jsonl: no such file" in refused("score", "--input", "nosuch.jsonl")


def test_unreadable_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    assert "src.de: no permission to read it" in refused("compare", "src.de", "hyp.en")


@pytest.mark.parametrize(
    "name", ["new\nline.en", 'quo"te.en', "-dash.en", "tab\there.en", "\udcff.en", "ünï.en", "[bold].en"]
)
def test_odd_name_is_read_and_shown_safely(name: str) -> None:
    Path(name).write_text(HYPOTHESIS)
    content = json.loads(run("compare", *FAST, "-f", "json", "--", "src.de", name).out)
    assert content["inputs"][1]["name"].isprintable()
    for form in ("text", "markdown", "html"):
        done = run("compare", *FAST, "-f", form, "--", "src.de", name)
        assert done.code == 0
        assert "\t" not in done.out


def test_fifo_is_read() -> None:
    os.mkfifo("pipe.en")
    with subprocess.Popen(["sh", "-c", "cat hyp.en > pipe.en"]):
        assert report("compare", "src.de", "pipe.en")["inputs"][1]["lines"] == 12


def test_standard_input_empty_is_refused() -> None:
    assert "standard input is empty: there is nothing to compare" in refused("compare", "src.de", "-")
    assert "standard input: there are no rows to score" in refused("score", "--input", "-")


def test_many_short_lines_are_quick() -> None:
    Path("many.de").write_text("ja\n" * 3_000)
    Path("many.en").write_text("yes\n" * 3_000)
    content = report("score", "-s", "many.de", "-t", "many.en", "-l", "de-en", "-m", "length_ratio")
    assert content["n_rows"] == 3_000


# Pairing


def test_n_and_n_plus_1_name_the_first_unpaired_line() -> None:
    written("more.en", [*LINES, "All rights to this text are with the company."])
    message = "src.de has 12 lines, more.en has 13; first unpaired line: 13"
    assert message in refused("score", "-s", "src.de", "-t", "more.en")
    assert message in refused("compare", "src.de", "more.en", "--align", "lines")
    assert "first unpaired line: 13" in refused("score", "-s", "src.de", "-t", "hyp.en", "-r", "more.en")
    assert "first unpaired line: 13" in refused("score", "-s", "src.de", "-t", "hyp.en", "-t", "more.en")
    content = report("compare", "src.de", "more.en")
    assert content["alignment"]["method"] == "document"
    assert "addition" in found(content)


@pytest.mark.parametrize(("n_hypotheses", "n_references"), [(2, 1), (1, 2)])
def test_two_hypotheses_of_one_reference_are_an_error(n_hypotheses: int, n_references: int) -> None:
    written("h", ["The dog sleeps."] * n_hypotheses)
    written("r", ["The dog sleeps."] * n_references)
    message = refused("score", "-t", "h", "-r", "r")
    assert f"h has {n_hypotheses} lines, r has {n_references}; first unpaired line: 2" in message


def test_lines_that_only_seem_to_fit_are_not_joined() -> None:
    written("h", ["x", "hello there world"])
    written("r", ["hello there world", "y"])
    content = report("score", "-t", "h", "-r", "r", "-l", "en-en", "-m", "ter")
    assert metric(content, "ter")["value"] > 90


def test_headline_on_one_side_is_an_addition() -> None:
    written("headed.en", ["Press release of the Tropfa company", *LINES])
    content = report("compare", "src.de", "headed.en")
    assert [finding["index"] for finding in content["findings"] if finding["check"] == "addition"] == [0]
    assert [pair["a"] for pair in content["alignment"]["pairs"]] == [[], *([i] for i in range(12))]


def test_disclaimer_appended_is_an_addition() -> None:
    written("long.en", [*LINES, "This translation was made by a machine; nobody has read it."])
    content = report("compare", "src.de", "long.en")
    assert [finding["index"] for finding in content["findings"] if finding["check"] == "addition"] == [12]


def test_sentences_merged_are_found_again() -> None:
    written("merged.en", [f"{LINES[0]} {LINES[1]}", *LINES[2:]])
    content = report("compare", "src.de", "merged.en")
    assert content["alignment"]["method"] == "document"
    assert not found(content) & {"omission", "addition"}


def test_second_half_missing_is_an_omission() -> None:
    written("half.en", LINES[:6])
    content = report("compare", "src.de", "half.en")
    assert "omission" in found(content)
    assert value(content, "adequacy") < value(report("compare", "src.de", "hyp.en"), "adequacy") - 15


def test_every_second_line_blank_is_an_omission() -> None:
    written("gaps.en", ["" if i % 2 else line for i, line in enumerate(LINES)])
    for arguments in (("compare", "src.de", "gaps.en"), ("score", "-s", "src.de", "-t", "gaps.en")):
        content = report(*arguments)
        assert "omission" in found(content)
        assert value(content, "adequacy") < 30


@pytest.mark.parametrize("order", [sorted(LINES), LINES[::-1]])
def test_lines_out_of_order_are_noticed(order: list[str]) -> None:
    written("order.en", order)
    right = {
        command: report(*command, "hyp.en") for command in (("compare", "src.de"), ("score", "-s", "src.de", "-t"))
    }
    for command, good in right.items():
        content = report(*command, "order.en")
        assert found(content) & {"number", "name", "date", "omission", "addition"}
        assert value(content, "adequacy") < value(good, "adequacy") - 15


def test_swapped_columns_are_told() -> None:
    content = report("compare", "hyp.en", "src.de", "-l", "de-en")
    assert content["notes"] == ["hyp.en looks like en, not de", "src.de looks like de, not en"]
    assert report("score", "-s", "hyp.en", "-t", "src.de", "-l", "de-en")["notes"] == content["notes"]
    assert report("compare", "hyp.en", "src.de")["languages"] == {"a": "en", "b": "de"}


def test_wrong_target_language_is_told() -> None:
    french = [
        "L'appareil Tropfa 300 pèse 4,5 kg et coûte 299 euros.",
        "Veuillez ne jamais ouvrir le boîtier tant que l'appareil est encore sous pression.",
        "Madame Maria Schneider dirige le service à Hambourg depuis 2019.",
        *LINES[3:],
    ]
    written("partly.en", french)
    content = report("compare", "src.de", "partly.en", "-l", "de-en")
    assert {f["index"] for f in content["findings"] if f["check"] == "wrong_language"} == {
        1
    }  # the others are too short to be sure
    written("wholly.en", french[:3] * 4)
    content = report("score", "-s", "src.de", "-t", "wholly.en", "-r", "ref.en")
    assert "wholly.en looks like fr, not en" in content["notes"]
    assert "wrong_language" in found(content)


def test_source_passed_as_the_translation_is_told() -> None:
    Path("copy.en").write_text(SOURCE)
    for arguments in (
        ("compare", "src.de", "copy.en", "-l", "de-en"),
        ("score", "-s", "src.de", "-t", "copy.en", "-r", "ref.en"),
    ):
        content = report(*arguments)
        assert "src.de and copy.en are the same text" in content["notes"]
        assert "copy.en looks like de, not en" in content["notes"]
        critical = [f for f in content["findings"] if f["check"] == "untranslated" and f["severity"] == "critical"]
        assert len(critical) >= 10
        assert value(content, "adequacy") < 10


def test_source_copied_with_accents_added_is_untranslated() -> None:
    accented = [line.replace("e", "é").replace("a", "à") for line in SOURCE.splitlines()]
    content = report("score", "-s", "src.de", "-t", written("x.en", accented), "-l", "de-en")
    assert "untranslated" in found(content)
    assert value(content, "adequacy") < 30


def test_text_compared_with_itself_is_told() -> None:
    same = report("compare", "hyp.en", "hyp.en")
    assert same["role"] == "peers"
    assert same["notes"] == ["hyp.en and hyp.en are the same text"]
    assert not same["findings"]
    assert metric(same, "chrf")["value"] == pytest.approx(100)
    Path("copy.en").write_text(HYPOTHESIS)
    assert "hyp.en and copy.en are the same text" in report("compare", "hyp.en", "copy.en")["notes"]


def test_reference_passed_as_both_is_told() -> None:
    content = report("score", "-s", "src.de", "-t", "ref.en", "-r", "ref.en")
    assert "ref.en and ref.en are the same text" in content["notes"]


def test_duplicate_lines_are_scored() -> None:
    content = report("score", "-s", "src.de", "-t", written("same.en", [LINES[0]] * 12))
    assert value(content, "adequacy") < value(report("score", "-s", "src.de", "-t", "hyp.en"), "adequacy")


def test_one_document_of_two_reports_the_rest_as_omitted() -> None:
    Path("two.de").write_text(SOURCE + "\n" + SOURCE.replace("Tropfa", "Wasser").replace("2019", "2003"))
    content = report("compare", "two.de", "hyp.en")
    assert "omission" in found(content)


# Text

HOSTILE = {
    "blank": "",
    "punctuation": "... !!! ???",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
    "combining": "a" + "\u0301" * 2000,
    "full-width": "Ｔｈｅ ｄｏｇ ｓｌｅｅｐｓ",
    "right-to-left": "الكلب نائم في الحديقة خلف المنزل اليوم",
    "thai": "สุนัขนอนหลับอยู่ในสวนหลังบ้าน",
    "one character": "x",
    "doubled": f"{LINES[0]} {LINES[0]}",
    "capitals": LINES[0].upper(),
    "script": "<script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "annotation": "::error::x %0A",
    "escape": "\x1b[31mred\x1b[0m\x07",
    "controls": "a\x01\x02\x7fb",
    "markdown": "a|b `c` **d** [e](f) # g",
    "entities": "&lt;b&gt; &amp; &#x41;",
    "placeholders": "{0} %(n)s %1$s {n, plural, one {# item} other {# items}} http://x.y/?a=b&c=d",
    "unbalanced tags": "<b><i>The unit</b> weighs </",
    "repeated n-grams": "the device of " * 300,
    "emoji run": "\U0001f600" * 1000,
    "long": "word " * 10_000,
    "long word": "x" * 60_000,
    "long unspaced": "語" * 20_000,
    "brackets": "([{" * 10_000,
    "digits": "1" * 50_000,
    "digits apart": "1.1," * 4_000,
    "quotes": "\"'«»" * 12_000,
    "spaces": " \u00a0\u3000\t" * 12_000 + "x",
}


@functools.cache
def good_quality() -> float:
    """Return what the texts get before anything is done to them."""
    return value(report("score", "-s", "src.de", "-t", "hyp.en", "-l", "de-en"), "quality")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_scored(text: str) -> None:
    written("bad.en", [text, *LINES[1:]])
    with_source = report("score", "-s", "src.de", "-t", "bad.en", "-l", "de-en")
    with_reference = report("score", "-t", "bad.en", "-r", "ref.en", "-l", "de-en")
    aligned = report("compare", "src.de", "bad.en", "-l", "de-en")
    for content in (with_source, with_reference, aligned):
        for finding in content["findings"]:
            sides = {segment["index"]: segment for segment in content["segments"]}[finding["index"]]
            assert finding["message"].isprintable()
            if finding["hypothesis_span"]:
                start, end = finding["hypothesis_span"]
                assert 0 <= start <= end <= len(sides["hypothesis"])
    if text not in (LINES[0].upper(),):
        assert value(with_source, "quality") < good_quality()
        assert with_source["findings"]


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_hostile_text_is_harmless_in_reports(form: str) -> None:
    texts = ["script", "formula", "annotation", "escape", "controls", "markdown", "entities", "unbalanced tags"]
    written("bad.en", [*(HOSTILE[name] for name in texts), *LINES[8:]])
    shown = run("compare", "src.de", "bad.en", "-l", "de-en", *FAST, "-f", form, "--align", "lines").out
    assert not {c for c in shown if unicodedata.category(c) == "Cc"} - {"\n"}
    assert "red" in shown
    if form == "html":
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    ("spoilt", "check"),
    [
        (LINES[0].replace("unit", "un\u200bit"), "encoding"),
        (unicodedata.normalize("NFD", "Café Müller opened in Zürich and Köln."), "encoding"),
        (LINES[0].replace("unit", "un\u00adit"), "encoding"),
        (LINES[0].replace("unit", "\u202eunit\u202c"), "encoding"),
        (LINES[0].replace("unit", "unіt"), "encoding"),
        (LINES[0].replace("unit", "unit\ufffd"), "encoding"),
        (LINES[0].replace("weighs", "weighs weighs"), "doubled_word"),
        (LINES[0].replace("4.5", "5.4"), "number"),
        (LINES[0].replace("299 euros", "299 dollars"), "currency"),
    ],
)
def test_damage_that_looks_alike_is_found(spoilt: str, check: str) -> None:
    content = report("score", "-s", "src.de", "-t", written("bad.en", [spoilt, *LINES[1:]]))
    assert check in {f["check"] for f in content["findings"] if f["index"] == 0}


@pytest.mark.parametrize(("place", "old", "new"), [(1, "Do not open", "Open"), (11, "must not", "must")])
def test_negation_dropped_is_found(place: int, old: str, new: str) -> None:
    lines = [*LINES[:place], LINES[place].replace(old, new), *LINES[place + 1 :]]
    for arguments in (("-s", "src.de"), ("-r", "ref.en")):
        content = report("score", *arguments, "-t", written("bad.en", lines))
        negations = [f for f in content["findings"] if f["check"] == "negation"]
        assert [(f["index"], f["severity"]) for f in negations] == [(place, "major")]


def test_1000_and_its_other_spellings_are_one_number() -> None:
    written("n.de", ["Das Gerät kostet 1.000 Euro und wiegt 2,5 kg."] * 3)
    content = report(
        "score", "-s", "n.de", "-t", written("n.en", ["The device costs 1,000 euros and weighs 2.5 kg."] * 3)
    )
    assert "number" not in found(content)
    content = report(
        "score", "-s", "n.de", "-t", written("n.en", ["The device costs 1.000 euros and weighs 25 kg."] * 3)
    )
    assert "number" in found(content)


def test_blank_against_blank_is_undefined() -> None:
    row = {"hypothesis": "", "reference": " ", "source": ""}
    done = timed("score", "--input", "-", "-o", "-", stdin=(json.dumps(row) + "\n" + OK).encode())
    first = json.loads(done.out.splitlines()[0])
    assert (first["quality"], first["adequacy"], first["fluency"]) == (None, None, None)
    assert first["skipped"] == "all texts are blank"
    assert "none of 1 rows could be scored" in refused("score", "--input", "-", stdin=json.dumps(row).encode())
    written("blank", [" ", "\t"])
    assert "nothing but blank lines to score" in refused("score", "-t", "blank", "-r", "blank")


def test_blank_pairs_in_files_are_left_out_and_keep_the_numbering() -> None:
    written("s", ["Der Hund schläft.", "", "Die Katze trinkt Milch."])
    written("h", ["The dog sleeps.", "", "The cat drinks milk."])
    content = report("score", "-s", "s", "-t", "h", "-l", "de-en")
    assert [segment["index"] for segment in content["segments"]] == [0, 2]


def test_chinese_gets_its_tokenizer_unasked() -> None:
    written("h.zh", ["我们明天坐火车去北京，天气很好。"] * 3)
    written("r.zh", ["我们明天乘火车去北京，天气很好。"] * 3)
    for arguments in (("-s", written("s.en", ["Tomorrow we take the train to Beijing."] * 3)), ()):
        content = report("score", *arguments, "-t", "h.zh", "-r", "r.zh", "-m", "bleu")
        assert "tok:zh" in metric(content, "bleu")["signature"]
        assert metric(content, "bleu")["value"] > 50


def test_differences_have_no_minus_zero() -> None:
    Path("copy.en").write_text(HYPOTHESIS)
    done = timed("score", "-t", "hyp.en", "-t", "copy.en", "-t", "other.en", "-r", "ref.en", "-f", "json")
    assert "-0.0" not in {word.strip(",") for word in done.out.split()}


def test_language_that_cannot_be_told_is_asked_for() -> None:
    written("a", ["?"])
    written("b", ["!"])
    assert "cannot tell the language of a: too little text, or too mixed; name both with -l" in refused(
        "compare", "a", "b"
    )
    assert report("compare", "a", "b", "-l", "de-en")["role"] == "source"


def test_peers_said_to_be_in_two_languages_are_told() -> None:
    content = report("compare", "src.de", "hyp.en", "--role", "peers")
    assert [note for note in content["notes"] if "looks like" in note]


# Tables


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OK * 6 + '{"source": "x", \n' + OK, "line 7: not JSON: "),
        (OK * 6 + '{"source": "x", "hypothesis": NaN}\n', "line 7: not JSON: NaN is no JSON value; write null"),
        (
            OK + '{"source": "x", "hypothesis": "y", "score": -Infinity}\n',
            "line 2: not JSON: -Infinity is no JSON value",
        ),
        (
            OK + '{"source": "x", "hypothesis": "y", "score": 1e999}\n',
            "line 2: not JSON: the number 1e999 is out of range",
        ),
        (OK + '{"source": "x"}\n', "line 2: no key 'hypothesis' (or 'mt'); keys: source"),
        (OK + '{"hypothesis": "x"}\n', "line 2: needs 'source' or 'reference' beside 'hypothesis'"),
        (OK + '{"source": "x", "hypothesis": 3}\n', "line 2: 'hypothesis' is a number, not a string"),
        (OK + '{"source": ["x"], "hypothesis": "y"}\n', "line 2: 'source' is a list, not a string"),
        (OK + '{"references": ["a", 3], "hypothesis": "a"}\n', "line 2: 'references' is or holds a number"),
        (OK + '{"source": "x", "hypothesis": "\\ud800"}\n', "line 2: half a surrogate pair"),
        (OK + '["x", "y"]\n', "line 2: expected an object {...}, found "),
        (OK + '"x"\n', "line 2: expected an object {...}, found "),
        (
            OK + '{"source": "a", "hypothesis": "b", "hypothesis": "c"}\n',
            "line 2: not JSON: the key 'hypothesis' stands twice",
        ),
        (OK + '{"source": "a", "hypothesis": "b", "mt": "c"}\n', "line 2: two keys mean 'hypothesis'"),
        (OK + '{"source": "a", "hypothesis": "b", "languages": "xx-yy"}\n', "line 2: unknown language 'yy'"),
        ('{"source": "", "hypothesis": ""}\n', "none of 1 rows could be scored; each row's reason is in its `skipped`"),
        ("[" * 100_000 + "\n", "line 1: not JSON: maximum recursion depth exceeded"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000 + "\n", "line 1: not JSON: maximum recursion depth exceeded"),
        ('{"source": "a", "hypothesis": "b", "n": ' + "9" * 5000 + "}\n", "line 1: not JSON: "),
        ("", "there are no rows to score"),
        ("\n \n", "there are no rows to score"),
    ],
)
def test_jsonl_broken_is_refused_and_writes_nothing(text: str, message: str) -> None:
    Path("rows.jsonl").write_text(text, encoding="utf-8")
    before = sorted(os.listdir())
    assert message in refused("score", "--input", "rows.jsonl", "-o", "out.jsonl")
    assert sorted(os.listdir()) == before
    assert message in refused("score", "--input", "-", "-o", "out.jsonl", stdin=text.encode())
    assert sorted(os.listdir()) == before


def test_jsonl_broken_far_down_leaves_no_partial_file() -> None:
    Path("rows.jsonl").write_text(OK * 1100 + "{\n", encoding="utf-8")
    before = sorted(os.listdir())
    message = refused("score", "--input", "rows.jsonl", "-o", "out.jsonl", "-m", "length_ratio", "--batch-size", "64")
    assert "line 1101: not JSON" in message
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.tsv", "source\thypothesis\na\tb\nc\n", "line 3: 1 cell, but line 1 has 2"),
        ("t.tsv", "source\thypothesis\na\tb\tc\n", "line 2: 3 cells, but line 1 has 2"),
        ("t.tsv", "a\tb\tc\n", "line 1: no header; the first line must name the columns: source, hypothesis,"),
        ("t.tsv", "source\tsource\thypothesis\na\tb\tc\n", "line 1: the header names 'source' twice"),
        ("t.tsv", "hypothesis\tscore\nx\t1\n", "line 2: needs 'source' or 'reference' beside 'hypothesis'"),
        ("t.tsv", "source\thypothesis\n", "there are no rows to score"),
        ("t.csv", "source,hypothesis\na,b\nc\n", "line 3: 1 cell, but line 1 has 2"),
        ("t.csv", 'source,hypothesis\n"Der,The\n', "line 2: broken CSV in the record that begins here"),
        ("t.csv", "", "there are no rows to score"),
        ("t.parquet", "not parquet", "not a sound Parquet file"),
    ],
)
def test_table_broken_is_refused(name: str, text: str, message: str) -> None:
    if name == "t.parquet":
        pytest.importorskip("pyarrow")
    Path(name).write_text(text, encoding="utf-8")
    assert message in refused("score", "--input", name, "-o", "out.jsonl")
    assert not Path("out.jsonl").exists()


def rows_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def test_jsonl_rows_keep_their_order_and_their_keys() -> None:
    keys = {"id": 3.5, "tags": ["a", {"b": None}], "reference_score": -0.0}
    rows = [
        {"src": "Der Hund", "mt": "The dog"} | keys,
        {"source": "x", "hypothesis": None},
        {"ref": "a b", "hyp": "a b"},
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert timed("score", "--input", "rows.jsonl", "-o", "out.jsonl").code == 0
    out = rows_of("out.jsonl")
    assert [row["index"] for row in out] == [0, 1, 2]
    assert out[0] | keys == out[0]
    assert [row["skipped"] for row in out] == [None, "the hypothesis is null", None]
    assert (out[1]["quality"], out[1]["metrics"], out[1]["findings"]) == (None, {}, [])
    assert all("NaN" not in line for line in Path("out.jsonl").read_text().splitlines())


def test_csv_cells_with_line_ends_and_formulas_survive() -> None:
    Path("t.csv").write_text('source,hypothesis,note\n"Der\nHund, der","The\n""dog""",=cmd\nKatze,=1+1,"a\tb"\n')
    assert timed("score", "--input", "t.csv", "-o", "out.csv", "-o", "out.tsv", "-o", "out.jsonl").code == 0
    assert [row["hypothesis"] for row in rows_of("out.jsonl")] == ['The\n"dog"', "=1+1"]
    import csv

    with open("out.csv", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [(row["hypothesis"], row["note"]) for row in cells] == [('The\n"dog"', "'=cmd"), ("'=1+1", "a\tb")]
    widths = {len(line.split("\t")) for line in Path("out.tsv").read_text().splitlines()}
    assert len(widths) == 1


def test_parquet_nulls_are_skipped_with_a_reason() -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = arrow.table(
        {"source": ["Der Hund", None, None], "hypothesis": ["The dog", "The cat", None], "score": [1.0, None, 3.0]}
    )
    parquet.write_table(table, "t.parquet")
    assert timed("score", "--input", "t.parquet", "-o", "out.jsonl").code == 0
    skipped = [row["skipped"] for row in rows_of("out.jsonl")]
    assert skipped == [None, "there is neither a source nor a reference", "the hypothesis is null"]


def test_table_of_texts_without_a_text_column_is_refused() -> None:
    Path("t.csv").write_text("source,comment,reference\na,b,c\n")
    Path("u.csv").write_text("words,comment,reference\na,b,c\n")
    assert "u.csv has columns 'words', 'comment', 'reference'; compare needs one text" in refused(
        "compare", "u.csv", "hyp.en"
    )


# Numbers


@pytest.mark.parametrize("n", [1, 2])
def test_few_segments_have_no_p_value(n: int) -> None:
    for name, text in (("a", "The dog sleeps here."), ("b", "The dog slept there."), ("r", "The dog sleeps there.")):
        written(name, [text] * n)
    content = report("score", "-t", "a", "-t", "b", "-r", "r", "-l", "en-en")
    assert {(each["p_bootstrap"], each["p_randomization"]) for each in content["comparisons"]} == {(None, None)}
    assert all("too few segments" in each["note"] for each in content["comparisons"])
    assert all((each["low"], each["high"]) == (None, None) for each in content["metrics"])


def test_equal_systems_differ_by_nothing() -> None:
    Path("copy.en").write_text(HYPOTHESIS)
    content = report("score", "-t", "hyp.en", "-t", "copy.en", "-r", "ref.en")
    assert {each["difference"] for each in content["comparisons"]} == {0}
    assert all(each["p_bootstrap"] is None or each["p_bootstrap"] > 0.5 for each in content["comparisons"])


def test_paired_tests_are_json_without_nan() -> None:
    done = timed("score", "-t", "hyp.en", "-t", "other.en", "-r", "ref.en", "-f", "json")

    def refuse(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    content = json.loads(done.out, parse_constant=refuse)
    assert all(isinstance(each["p_bootstrap"], float) for each in content["comparisons"] if not each["note"])


@pytest.mark.parametrize("seed", [str(2**31), str(2**64), str(10**30)])
def test_large_seed_is_taken(seed: str) -> None:
    assert report("score", "-t", "hyp.en", "-r", "ref.en", "--seed", seed)["metrics"]


def test_ter_of_200000_equal_tokens_is_quick() -> None:
    from scorer import metrics
    from scorer.types import Segment

    text, ter = "a " * 200_000, metrics.registry.create("ter")
    begun = time.perf_counter()
    (row,) = ter.measure([Segment(0, None, text, (text,))])
    assert time.perf_counter() - begun < 3
    assert ter.finish(row) == 0
    written("same", ["a " * 50_000])  # with all the checks, which take longer
    content = report("score", "-t", "same", "-r", "same", "-l", "en-en", "-m", "ter")
    assert metric(content, "ter")["value"] == 0


def test_ter_says_what_it_leaves_out() -> None:
    written("long.en", ["word " * 6_000, *LINES[1:]])
    content = report("score", "-t", "long.en", "-r", "hyp.en", "-m", "ter")
    assert (metric(content, "ter")["n_scored"], metric(content, "ter")["n_skipped"]) == (11, 1)
    assert "ter leaves out 1 segment: too long for TER: 6,000 words, at most 5,000" in content["notes"]


def test_metric_without_its_need_is_undefined() -> None:
    content = report("score", "-s", "src.de", "-t", "hyp.en", "-m", "bleu,length_ratio")
    bleu = metric(content, "bleu")
    assert (bleu["value"], bleu["low"], bleu["n_scored"], bleu["n_skipped"]) == (None, None, 0, 12)


# Models


@pytest.mark.parametrize("damage", ["missing", "changed", "unlisted"])
def test_model_damaged_is_refused(models: Path, damage: str) -> None:
    file = models / "recipes.json"
    if damage == "missing":
        file.unlink()
        message = "recipes.json cannot be read (No such file or directory); reinstall mt-scorer"
    elif damage == "changed":
        file.write_bytes(file.read_bytes() + b" ")
        message = "recipes.json is damaged: its sha256 is not the manifest's; reinstall mt-scorer"
    else:
        (models / "MANIFEST.json").write_text('{"files": {}}')
        message = "does not list recipes.json; reinstall mt-scorer"
    from scorer import combine

    for cached in (each for each in vars(combine).values() if hasattr(each, "cache_clear")):
        cached.cache_clear()
    assert message in refused("compare", "src.de", "hyp.en")
    for cached in (each for each in vars(combine).values() if hasattr(each, "cache_clear")):
        cached.cache_clear()


def test_models_folder_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORER_MODELS", "/no/such/folder")
    done = run("list", "models")
    assert (done.code, done.out) == (2, "")
    assert "no MANIFEST.json in /no/such/folder; reinstall mt-scorer, or mend SCORER_MODELS" in done.err
