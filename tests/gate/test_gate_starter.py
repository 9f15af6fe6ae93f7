"""The policy that --init writes: TOML that the policy's own reader takes, and that the current state passes."""

import math
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.errors import UsageError
from scorer.gate import keys
from scorer.gate.parsing import parse
from scorer.gate.policy import PairSpec, Policy
from scorer.gate.starter import least, quoted, starter

PAIRS = (
    PairSpec("locales/{language}/app.json", "locales/en/app.json", (), "en-?"),
    PairSpec("de.txt", "", ("ref 1.txt", 'ref"2".txt')),
)


def written(*, header: bool, **changes: object) -> tuple[str, Policy]:
    given = {"pairs": PAIRS, "dimensions": {"quality": 83.9}, "worst": 31.5, "counts": {}} | changes
    text = starter(header=header, **given)
    content = tomllib.loads(text)
    inner = content["tool"]["scorer"]["gate"] if header else content
    return text, parse(inner, name="pyproject.toml" if header else "scorer.toml", folder=Path())


@pytest.mark.parametrize("header", [True, False])
def test_starter_is_read_back_as_it_was_meant(*, header: bool) -> None:
    _, policy = written(
        header=header,
        dimensions={"fluency": 75.0, "chrf++": 40.2, "quality": 83.99, "adequacy": 1.4},
        counts={"minor": 7, "critical": 1, "number major": 2},
        languages="en-de",
    )
    assert policy.rules["minimum"] == {"quality": 81, "adequacy": 0, "fluency": 73, "chrf++": 38}
    assert policy.rules["worst_segment"] == {"quality": 26}
    assert policy.rules["findings"] == {"critical": 1, "major": 0, "minor": 7, "number major": 2}
    assert policy.rules["new_findings"] == {"critical": 0, "major": 0}
    assert policy.baseline == "scorer-baseline.json"
    assert not policy.ratchet
    assert policy.settings["languages"] == "en-de"
    assert [(pair.hypothesis, pair.source, pair.references) for pair in policy.pairs] == [
        (pair.hypothesis, pair.source, pair.references) for pair in PAIRS
    ]
    assert [pair.languages for pair in policy.pairs] == ["en-?", "en-de"]


@pytest.mark.parametrize("header", [True, False])
def test_starter_has_a_comment_for_every_key(*, header: bool) -> None:
    text, _ = written(header=header)
    lines = text.splitlines()
    for key in [*keys.RULES, *keys.SETTINGS, *keys.BASELINE]:
        numbers = [number for number, line in enumerate(lines) if re.match(rf"(# )?{key} = ", line)]
        assert numbers, key
        assert lines[numbers[0] - 1].startswith("# "), key
    for table in ("pair", "override"):
        assert f"[[{'tool.scorer.gate.' if header else ''}{table}]]" in text
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("header", [True, False])
def test_starter_commented_lines_are_valid_too(*, header: bool) -> None:
    text, _ = written(header=header, pairs=(), dimensions={}, worst=None)
    live = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    assert live != text
    content = tomllib.loads(live)
    inner = content["tool"]["scorer"]["gate"] if header else content
    policy = parse(inner, name="scorer.toml", folder=Path())
    assert policy.rules["maximum"] == {"ter": 60}
    assert policy.rules["minimum"] == {"quality": 80}
    assert policy.overrides[0].path == "legal/**"
    assert policy.pairs[0].hypothesis == "locales/{language}/app.json"


def test_starter_without_values_leaves_their_limits_as_comments() -> None:
    text, policy = written(header=False, pairs=(), dimensions={"quality": math.nan}, worst=math.nan)
    assert "minimum" not in policy.rules
    assert "worst_segment" not in policy.rules
    assert policy.pairs == ()
    assert '# hypothesis = "locales/{language}/app.json"' in text


def test_starter_languages_of_all_stand_once() -> None:
    text, policy = written(header=False, pairs=[PairSpec("de", "en", (), "en-de")], languages="en-de")
    assert text.count('"en-de"\n') == 1
    assert policy.pairs[0].languages == "en-de"


def test_starter_says_that_critical_findings_should_go() -> None:
    assert "Get critical to 0." in written(header=False, counts={"critical": 3})[0]
    assert "Get critical" not in written(header=False, counts={"major": 3})[0]


@pytest.mark.parametrize(
    ("value", "room", "limit"),
    [(83.99, 2, 81), (84.0, 2, 82), (2.0, 2, 0), (1.99, 2, 0), (0.0, 2, 0), (-3.5, 2, 0), (100.0, 5, 95), (5.99, 5, 0)],
)
def test_least_is_rounded_down_and_not_below_zero(value: float, room: int, limit: int) -> None:
    assert least(value, room) == limit


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_quoted_any_text_is_read_back(text: str) -> None:
    line = f"a = {quoted(text)}"
    assert tomllib.loads(line) == {"a": text}
    assert line.isprintable()


@pytest.mark.parametrize("header", [True, False])
def test_starter_hostile_names_stay_inside_their_quotes(*, header: bool) -> None:
    name = "a\"\n[[pair]]\n\\u0041 \x1b[31m \u202e ::error:: \x7f \u2028 \U000e0041 #'.json"
    text, policy = written(header=header, pairs=[PairSpec(name, name + "s", (name + "r",))])
    assert policy.pairs == (PairSpec(name, name + "s", (name + "r",)),)
    assert text.replace("\n", "").isprintable()


def test_starter_name_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the name a\\xff is not UTF-8, which a policy cannot hold; rename the file"):
        written(header=False, pairs=[PairSpec("a\udcff", "b")])
