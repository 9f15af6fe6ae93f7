"""The policy: what each key may hold, the sentence for what it may not, and which layer wins."""

import math
import time
import tomllib
from pathlib import Path

import pytest

from scorer.errors import UsageError
from scorer.gate.parsing import parse
from scorer.gate.policy import NO_RULE, Override, PairSpec, Policy, Rules

PAIR = '[[pair]]\nsource = "en"\nhypothesis = "de"\n'
RULE = "minimum = {quality = 1}\n"


def policy(text: str, name: str = "scorer.toml", **flags: object) -> Policy:
    return parse(tomllib.loads(text), name=name, folder=Path("folder"), flags=flags)


def refusal(text: str, name: str = "scorer.toml", **flags: object) -> str:
    with pytest.raises(UsageError) as caught:
        policy(text, name, **flags)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("minimum = {quality = 0}", "minimum", {"quality": 0}),
        ("minimum = {adequacy = 100}", "minimum", {"adequacy": 100}),
        ("minimum = {fluency = 79.96}", "minimum", {"fluency": 79.96}),
        ('minimum = {"chrf++" = 45, bleu = 130}', "minimum", {"chrf++": 45, "bleu": 130}),
        ("minimum.quality = 3", "minimum", {"quality": 3}),
        ("maximum = {ter = 160.5}", "maximum", {"ter": 160.5}),
        ("maximum = {oddity = 1}", "maximum", {"oddity": 1}),
        ("worst_segment = {quality = 30, chrf = 2}", "worst_segment", {"quality": 30, "chrf": 2}),
        ("findings = {critical = 0, major = 5.0}", "findings", {"critical": 0, "major": 5}),
        ('findings = {number = 1, "number major" = 0}', "findings", {"number": 1, "number major": 0}),
        ("findings = {learned = 9}", "findings", {"learned": 9}),
        ("coverage = 1", "coverage", 1),
        ("coverage = 0.001", "coverage", 0.001),
        ("minimum = {quality = 1}\nconfidence = 0.999", "confidence", 0.999),
        ('minimum = {quality = 1}\non_undecided = "fail"', "on_undecided", "fail"),
        ('baseline = "b"\nmax_drop = {quality = 0, ter = 3}', "max_drop", {"quality": 0, "ter": 3}),
        ('baseline = "b"\nmax_segment_drop = {quality = 100}', "max_segment_drop", {"quality": 100}),
        ('baseline = "b"\nnew_findings = {major = 1}', "new_findings", {"major": 1}),
    ],
)  # fmt: skip
def test_parse_possible_value_is_kept_as_given(text: str, rule: str, value: object) -> None:
    assert policy(text).rules[rule] == value


def test_parse_minus_zero_becomes_zero() -> None:
    assert math.copysign(1, policy("minimum = {quality = -0.0}").rules["minimum"]["quality"]) == 1


NUMBER = "must be a number such as 80, not "


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # Limits of scores.
        ('minimum = {adequacy = "80%"}', f"minimum.adequacy: {NUMBER}the text '80%'"),
        ("minimum = {adequacy = true}", f"minimum.adequacy: {NUMBER}true"),
        ("minimum = {adequacy = [80]}", f"minimum.adequacy: {NUMBER}a list"),
        ("minimum = {adequacy = {quality = 80}}", f"minimum.adequacy: {NUMBER}a table"),
        ("minimum = {adequacy = 2024-01-01}", f"minimum.adequacy: {NUMBER}a date or time"),
        ("minimum = {adequacy = nan}", "minimum.adequacy: must be a finite number, not nan"),
        ("minimum = {adequacy = inf}", "minimum.adequacy: must be a finite number, not inf"),
        ("minimum = {adequacy = -inf}", "minimum.adequacy: must be a finite number, not -inf"),
        ("minimum = {adequacy = 1e999}", "minimum.adequacy: must be a finite number, not inf"),
        (f"minimum = {{adequacy = 1{'0' * 400}}}", "must be a finite number, not a number of more than 20 digits"),
        ("minimum = {adequacy = -1}", "minimum.adequacy: must be from 0 to 100, not -1"),
        ("minimum = {adequacy = -0.001}", "minimum.adequacy: must be from 0 to 100, not -0.001"),
        ("minimum = {adequacy = 101}", "minimum.adequacy: must be from 0 to 100, not 101"),
        ("minimum = {adequacy = 100.001}", "minimum.adequacy: must be from 0 to 100, not 100.001"),
        ("minimum = {chrf = -1}", "minimum.chrf: must be 0 or more, not -1"),
        ("minimum = {chrf = nan}", "minimum.chrf: must be a finite number, not nan"),
        ("minimum = 80", "minimum: must be a table such as {quality = 80}, not 80"),
        ("maximum = 60", "maximum: must be a table such as {ter = 60}, not 60"),
        ("minimum = {}", "minimum: is empty and limits nothing; write {quality = 80} or leave it out"),
        ("minimum = {adeqacy = 80}", "minimum.adeqacy: no such score; did you mean 'adequacy'?"),
        ("minimum = {mqm = 80}", "minimum.mqm: no such score; scorer list metrics names them"),
        ('minimum = {"chrf(word_order=2)" = 80}', 'minimum."chrf(word_order=2)": no such score'),
        # Direction.
        ("minimum = {ter = 60}", "minimum.ter: lower is better for ter; use maximum"),
        ("maximum = {chrf = 60}", "maximum.chrf: higher is better for chrf; use minimum"),
        ("maximum = {quality = 60}", "maximum.quality: higher is better for quality; use minimum"),
        (
            "worst_segment = {ter = 60}",
            "worst_segment.ter: lower is better for ter, and worst_segment is a least value; use maximum, over all "
            "segments",
        ),
        # Findings.
        ("findings = {crit = 0}", "findings.crit: no such severity or check; did you mean 'critical'?"),
        ("findings = {xyz = 0}", "they are critical, major, minor and what scorer list checks names"),
        ('findings = {"number huge" = 0}', 'findings."number huge": no such severity or check'),
        ('findings = {"major number" = 0}', "did you mean 'number major'?"),
        ("findings = {critical = 0.5}", "findings.critical: must be a whole number, not 0.5"),
        ("findings = {critical = -1}", "findings.critical: must be 0 or more, not -1"),
        ("findings = {critical = false}", f"findings.critical: {NUMBER}false"),
        ("findings = {critical = nan}", "findings.critical: must be a finite number, not nan"),
        ("findings = 0", "findings: must be a table such as {critical = 0}, not 0"),
        ("findings = {}", "findings: is empty"),
        ('baseline = "b"\nnew_findings = {majr = 0}', "new_findings.majr: no such severity or check; did you mean"),
        # Shares.
        ("coverage = 0", "coverage: must be over 0 and at most 1, not 0"),
        ("coverage = 1.001", "coverage: must be over 0 and at most 1, not 1.001"),
        ("coverage = 95", "coverage: must be over 0 and at most 1, not 95; 95 percent is 0.95"),
        ("coverage = -0.5", "coverage: must be 0 or more, not -0.5"),
        ("coverage = true", f"coverage: {NUMBER}true"),
        ("confidence = 0", "confidence: must be between 0 and 1, not 0"),
        ("confidence = 1", "confidence: must be between 0 and 1, not 1"),
        ("confidence = 95", "confidence: must be between 0 and 1, not 95; 95 percent is 0.95"),
        ("confidence = nan", "confidence: must be a finite number, not nan"),
        # Drops.
        ('baseline = "b"\nmax_drop = {quality = 101}', "max_drop.quality: must be from 0 to 100, not 101"),
        ('baseline = "b"\nmax_drop = {qualty = 1}', "max_drop.qualty: no such score; did you mean 'quality'?"),
        ('baseline = "b"\nmax_segment_drop = {}', "max_segment_drop: is empty"),
        # Settings.
        ('preset = "quick"', "preset: must be one of standard, fast, not the text 'quick'"),
        ('preset = "standart"', "not the text 'standart'; did you mean 'standard'?"),
        ("preset = 1", "preset: must be one of standard, fast, not 1"),
        ('role = "peers"', "role: must be one of auto, source, reference, not the text 'peers'"),
        ('align = "words"', "align: must be one of auto, lines, document"),
        ('on_undecided = "ignore"', "on_undecided: must be one of pass, fail, not the text 'ignore'"),
        ("on_undecided = true", "on_undecided: must be one of pass, fail, not true"),
        ('languages = "en"', "languages: cannot read the language pair 'en'"),
        ('languages = "en-xq"', "languages: unknown language 'xq'"),
        ("languages = 5", "languages: must be a text in quotes, not 5"),
        ("seed = -1", "seed: must be a whole number, 0 or more, not -1"),
        ("seed = 1.0", "seed: must be a whole number, 0 or more, not 1"),
        ("seed = true", "seed: must be a whole number, 0 or more, not true"),
        ('model = ""', "model: is empty; leave it out or name something"),
        ("encoder = 3", "encoder: must be a text in quotes, not 3"),
        ('ratchet = "yes"', "ratchet: must be true or false, not the text 'yes'"),
        ("ratchet = 1", "ratchet: must be true or false, not 1"),
        ('baseline = ""', "baseline: is empty"),
        ('baseline = "-"', "baseline: a policy cannot name standard input; name a file"),
        ("baseline = true", "baseline: must be a text in quotes, not true"),
        ('baseline = "/var/b"', "baseline: '/var/b' is there on one machine only; name it relative to the policy's"),
        ("baseline = 'C:\\b'", "is there on one machine only"),
        # Unknown keys.
        ("minimun = {quality = 1}", "minimun: no such key; did you mean 'minimum'?"),
        ("worst-segment = {quality = 1}", "worst-segment: no such key; did you mean 'worst_segment'?"),
        (RULE + '[[pairs]]\nsource = "a"', "pairs: no such key; did you mean 'pair'?"),
        (f'"{"x" * 70}" = 1', f'"{"x" * 60}…": no such key'),
        # Without a baseline.
        ("max_drop = {quality = 1}", 'max_drop: needs baseline = "FILE", the file to compare with'),
        ("max_segment_drop = {quality = 1}", 'max_segment_drop: needs baseline = "FILE"'),
        ("new_findings = {critical = 0}", 'new_findings: needs baseline = "FILE"'),
        (RULE + "ratchet = true", 'ratchet: needs baseline = "FILE"'),
        (RULE + PAIR + "max_drop = {quality = 1}", '[[pair]] 1: max_drop: needs baseline = "FILE"'),
        (RULE + '[[override]]\npath = "a"\nmax_drop = {quality = 1}', '[[override]] 1: max_drop: needs baseline'),
    ],
)  # fmt: skip
def test_parse_impossible_value_is_refused_with_file_and_key(text: str, sentence: str) -> None:
    message = refusal(text)
    assert message.startswith("scorer.toml: ")
    assert sentence in message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[pair]]\nsource = "a"', '[[pair]] 1: names no hypothesis; write hypothesis = "FILE"'),
        ('[[pair]]\nhypothesis = "a"', "[[pair]] 1: names neither source nor reference; there is nothing to hold"),
        ('[[pair]]\nhypothesis = "a"\nreference = []', "[[pair]] 1: names neither source nor reference"),
        ("[[pair]]", "[[pair]] 1: names no hypothesis"),
        ('[pair]\nhypothesis = "a"', "pair: must be headed [[pair]], with two brackets on each side"),
        ("pair = 5", "pair: must be headed [[pair]]"),
        ("pair = [5]", "pair: must be headed [[pair]]"),
        (PAIR + 'references = "b"', "[[pair]] 1: references: no such key; did you mean 'reference'?"),
        (PAIR + "reference = 5", "[[pair]] 1: reference: must be a text in quotes, not 5"),
        (PAIR + 'reference = ["a", true]', "[[pair]] 1: reference: must be a text in quotes, not true"),
        (PAIR + 'reference = [""]', "[[pair]] 1: reference: is empty"),
        (PAIR + 'preset = "fast"', "[[pair]] 1: preset: no such key"),
        (PAIR + 'languages = "xq-de"', "[[pair]] 1: languages: unknown language 'xq'"),
        (PAIR + "minimum = {qualty = 3}", "[[pair]] 1: minimum.qualty: no such score; did you mean 'quality'?"),
        (PAIR + '[[pair]]\nsource = "fr"\nhypothesis = "./de"', "[[pair]] 2: names the same hypothesis as pair 1"),
        ('[[pair]]\nsource = "/en"\nhypothesis = "de"', "[[pair]] 1: source: '/en' is there on one machine only"),
        ('[[pair]]\nsource = "~/en"\nhypothesis = "de"', "[[pair]] 1: source: '~/en' is there on one machine only"),
        ('[[pair]]\nsource = "en"\nhypothesis = "-"', "[[pair]] 1: hypothesis: a policy cannot name standard input"),
        ('[[pair]]\nsource = "e\\u0000n"\nhypothesis = "de"', "[[pair]] 1: source: holds a NUL character"),
        ('[[pair]]\nsource = "{name}"\nhypothesis = "*"', "[[pair]] 1: source has {name}, which hypothesis"),
        ('[[pair]]\nsource = "en/*"\nhypothesis = "de/*"', "write {name} in both source and hypothesis"),
        ('[[pair]]\nsource = "en"\nhypothesis = "{lang}/*"', "'{lang}/*' has {lang}; did you mean '{language}'?"),
        ('[[pair]]\nsource = "en"\nhypothesis = "a*b*c*d*"', "'a*b*c*d*' has more than 3 wildcards"),
        ('[[pair]]\nsource = "en"\nhypothesis = "**/a/**/b/**/c"', "has more than 2 times '**'"),
        ("[[override]]\nminimum = {quality = 1}", '[[override]] 1: names neither language nor path'),
        ('[[override]]\nlanguage = "ja"', "[[override]] 1: sets no rule; write one or leave the table out"),
        ('[[override]]\nlanguage = "jq"\ncoverage = 1', "[[override]] 1: language: unknown language 'jq'"),
        ('[[override]]\nlanguage = "?"\ncoverage = 1', "[[override]] 1: language: names no language"),
        ('[[override]]\nlanguage = "pt-BR"\ncoverage = 1', 'write language = "pt", or tell files by path'),
        ('[[override]]\npath = "a*b*c*d*"\ncoverage = 1', "[[override]] 1: path: 'a*b*c*d*' has more than 3 wildcards"),
        ('[[override]]\nlang = "ja"\ncoverage = 1', "[[override]] 1: lang: no such key; did you mean 'language'?"),
    ],
)  # fmt: skip
def test_parse_impossible_table_is_refused_with_its_number(text: str, sentence: str) -> None:
    assert sentence in refusal(RULE + text)


def test_parse_project_file_names_its_section() -> None:
    name = "sub/pyproject.toml"
    assert refusal("minimum = {adeqacy = 80}", name) == (
        "sub/pyproject.toml: [tool.scorer.gate] minimum.adeqacy: no such score; did you mean 'adequacy'?"
    )
    assert refusal(RULE + PAIR + "minimum = {adeqacy = 80}", name) == (
        "sub/pyproject.toml: [[tool.scorer.gate.pair]] 1: minimum.adeqacy: no such score; did you mean 'adequacy'?"
    )
    assert "[[tool.scorer.gate.pair]], with two" in refusal("pair = 5", name)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"minimum": {"adeqacy": 80}}, "--minimum adeqacy: no such score; did you mean 'adequacy'?"),
        ({"worst_segment": {"quality": 101}}, "--worst-segment quality: must be from 0 to 100, not 101"),
        ({"minimum": {"quality": math.nan}}, "--minimum quality: must be a finite number, not nan"),
        ({"coverage": 95}, "--coverage: must be over 0 and at most 1, not 95; 95 percent is 0.95"),
        ({"max_drop": {"quality": 1}}, "--max-drop: needs --baseline FILE, the file to compare with"),
        ({"minimum": {"quality": 1}, "ratchet": True}, "--ratchet: needs --baseline FILE, the file to compare with"),
        ({"pair": []}, "--pair: no such key"),
        ({}, f"the gate has no rule: {NO_RULE}"),
    ],
)
def test_parse_flags_alone_are_refused_by_their_option(flags: dict[str, object], sentence: str) -> None:
    assert refusal("", name="", **flags) == sentence


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "scorer.toml has no rule: "),
        (PAIR, "scorer.toml has no rule for de: "),
        ('confidence = 0.9\non_undecided = "fail"\npreset = "fast"\n' + PAIR, "scorer.toml has no rule for de: "),
        (PAIR + "minimum = {quality = 1}\n" + PAIR.replace("de", "fr"), "scorer.toml has no rule for fr: "),
    ],
)
def test_parse_without_any_rule_is_refused(text: str, where: str) -> None:
    assert refusal(text) == where + NO_RULE


def test_parse_a_flag_is_rule_enough() -> None:
    assert policy(PAIR, coverage=0.5).rules_for(None, "de", None).coverage == 0.5
    assert policy(PAIR, baseline="b").rules_for(None, "de", None).new_findings == {"critical": 0}


def test_rules_for_file_that_no_rule_reaches_is_refused() -> None:
    made = policy('[[override]]\nlanguage = "ja"\nminimum = {quality = 70}\n' + PAIR)
    assert made.rules_for(made.pairs[0], "ja", "ja").minimum == {"quality": 70}
    with pytest.raises(UsageError, match=r"scorer.toml: no rule applies to de; a gate without a rule"):
        made.rules_for(made.pairs[0], "de", "de")
    with pytest.raises(UsageError, match="no rule applies"):
        made.rules_for(made.pairs[0], "ja", None)


LAYERS = """
minimum = {adequacy = 80, fluency = 75}
coverage = 0.9
[[pair]]
source = "en"
hypothesis = "de"
minimum = {fluency = 60, chrf = 45}
[[override]]
language = "ja"
minimum = {adequacy = 70}
[[override]]
path = "legal/**"
coverage = 1
minimum = {adequacy = 90}
[[override]]
language = "ja"
path = "legal/old/*"
minimum = {adequacy = 50}
"""


@pytest.mark.parametrize(
    ("path", "language", "adequacy", "coverage"),
    [
        ("app.json", "de", 80, 0.9),
        ("app.json", None, 80, 0.9),
        ("app.json", "ja", 70, 0.9),
        ("app.json", "ja-JP", 70, 0.9),
        ("legal/a.json", "de", 90, 1),
        ("legal/a/b/c.json", "de", 90, 1),
        ("legal/old/a.json", "ja", 50, 1),
        ("legal/old/a.json", "de", 90, 1),
        ("legal/old/a/b.json", "ja", 90, 1),
        ("illegal/a.json", "de", 80, 0.9),
        ("legal", "de", 80, 0.9),
    ],
)
def test_rules_for_last_override_that_matches_wins(
    path: str, language: str | None, adequacy: float, coverage: float
) -> None:
    made = policy(LAYERS)
    rules = made.rules_for(made.pairs[0], path, language)
    assert rules.minimum == {"adequacy": adequacy, "fluency": 60, "chrf": 45}
    assert rules.coverage == coverage


def test_rules_for_no_pair_has_policy_and_flags_alone() -> None:
    made = policy(LAYERS, minimum={"fluency": 5}, coverage=0.1)
    assert made.rules_for(None, "x", "de").minimum == {"adequacy": 80, "fluency": 5}
    assert made.rules_for(made.pairs[0], "legal/x", "ja").minimum == {"adequacy": 90, "fluency": 5, "chrf": 45}
    assert made.rules_for(made.pairs[0], "legal/x", "ja").coverage == 0.1


def test_rules_for_new_findings_keeps_critical_unless_named() -> None:
    made = policy('baseline = "b"\nnew_findings = {major = 2}')
    assert made.rules_for(None, "x", None).new_findings == {"critical": 0, "major": 2}
    made = policy('baseline = "b"\nnew_findings = {critical = 1}')
    assert made.rules_for(None, "x", None).new_findings == {"critical": 1}
    assert Rules().new_findings == {"critical": 0}


def test_override_path_with_slash_at_its_end_is_all_below() -> None:
    override = Override("", "legal/", {"coverage": 1})
    assert override.matches("legal/a.json", None)
    assert override.matches("legal/a/b.json", None)
    assert not override.matches("legal.json", None)


def test_on_undecided_flag_wins_over_policy() -> None:
    assert policy(RULE).on_undecided == "pass"
    assert policy(RULE + 'on_undecided = "fail"').on_undecided == "fail"
    assert policy(RULE + 'on_undecided = "fail"', on_undecided="pass").on_undecided == "pass"


def test_parse_settings_holds_what_was_given_and_flags_win() -> None:
    assert policy(RULE).settings == {}
    made = policy(RULE + 'preset = "standard"\nseed = 0\nmodel = "m"', preset="fast", encoder=None, align="")
    assert made.settings == {"preset": "fast", "seed": 0, "model": "m"}


def test_parse_languages_of_the_flag_then_the_pair_then_the_policy() -> None:
    text = RULE + 'languages = "en-?"\n' + PAIR + PAIR.replace('"de"', '"fr"') + 'languages = "en-fr"'
    assert [pair.languages for pair in policy(text).pairs] == ["en-?", "en-fr"]
    assert [pair.languages for pair in policy(text, languages="de-it").pairs] == ["de-it", "de-it"]


def test_parse_baseline_of_a_flag_is_relative_to_where_it_runs(tmp_path, monkeypatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert policy(RULE + 'baseline = "b.json"').baseline == "b.json"
    assert policy(RULE + 'baseline = "b.json"', baseline="c.json").baseline == "../c.json"
    assert policy(RULE, baseline="folder/c.json").baseline == "c.json"
    assert policy(RULE, baseline="/c.json").baseline == "/c.json"


def test_parse_whole_policy_is_read() -> None:
    made = policy(
        """
        minimum = {adequacy = 80}
        baseline = "scorer-baseline.json"
        ratchet = true
        [[pair]]
        source = "locales/en/app.json"
        hypothesis = "locales/{language}/app.json"
        reference = ["../human/{language}.json", "more/*.json"]
        [[pair]]
        hypothesis = "x"
        reference = "y"
        """
    )
    assert made.ratchet
    assert made.baseline == "scorer-baseline.json"
    assert made.folder == Path("folder")
    assert made.pairs == (
        PairSpec("locales/{language}/app.json", "locales/en/app.json", ("../human/{language}.json", "more/*.json")),
        PairSpec("x", "", ("y",)),
    )


def test_parse_ratchet_false_needs_no_baseline() -> None:
    assert not policy(RULE + "ratchet = false").ratchet


def test_parse_hostile_keys_are_told_safely_and_soon() -> None:
    begun = time.perf_counter()
    message = refusal('minimum = {"\\u001b[31m\\n::error::" = 1}')
    assert "\x1b" not in message
    for key in ("x" * 100_000, "minimum" * 20_000, "\u202e" * 100_000):
        assert len(refusal(f'"{key}" = 1'.replace("\u202e", "\\u202e"))) < 700
        assert len(refusal(f'findings = {{"{key}" = 1}}'.replace("\u202e", "\\u202e"))) < 700
        assert len(refusal(f'preset = "{key}"'.replace("\u202e", "\\u202e"))) < 700
    assert time.perf_counter() - begun < 5
