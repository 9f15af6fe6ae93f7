"""A repository's life with the gate: what happens to its texts, and the exit code, rule and sentence that follow."""

from __future__ import annotations

import json

import pytest
from repository import BASELINE, DE, EN, ES, NEWS, NEWS_DE, POLICY, SEEDS, all_broken, behind, broken, made, pair_of

NOT = "do not use pliers"


@pytest.fixture
def repository(tmp_path):
    return made(tmp_path / "repository")


def changed_policy(old, new):
    assert POLICY.count(old) == 1
    return POLICY.replace(old, new)


# The baseline.


def test_story_first_run_writes_the_baseline_and_fails_once(repository):
    repository.path(BASELINE).unlink()
    code, first = repository.verdict()
    assert (code, first["outcome"], first["baseline_state"]) == (1, "fail", "first")
    assert broken(first)["baseline"] == (
        "there was no baseline: scorer-baseline.json was written with 41 segments of 3 files; commit it, and the next "
        "run is held against it. A first run fails once, unless --write-baseline is given"
    )
    code, second = repository.verdict()
    assert (code, second["outcome"], second["baseline_state"]) == (0, "pass", "read")
    assert all(pair["counts"]["unchanged"] == pair["counts"]["segments"] for pair in second["pairs"])


def test_story_first_run_with_write_baseline_passes(repository):
    repository.path(BASELINE).unlink()
    code, verdict = repository.verdict("--write-baseline")
    assert (code, verdict["outcome"], verdict["baseline_state"]) == (0, "pass", "written")
    assert repository.git("status", "--porcelain") == ""  # the same baseline as the committed one, to the byte


@pytest.mark.parametrize("arguments", [(), ("--write-baseline",)])
def test_story_baseline_is_not_written_from_half_of_the_files(repository, arguments):
    if arguments:
        before = repository.read(BASELINE)
    else:
        repository.path(BASELINE).unlink()
        before = None
    repository.write(NEWS, "")
    code, verdict = repository.verdict(*arguments)
    assert (code, verdict["baseline_state"]) == (1, "")
    assert "scorer-baseline.json was not written, since not all files could be scored" in broken(verdict)["baseline"]
    assert (repository.read(BASELINE) if repository.path(BASELINE).exists() else None) == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-300], "it is not JSON, line "),
        (lambda text: "<<<<<<< HEAD\n" + text, "line 1 marks a merge conflict; resolve it, or "),
        (lambda text: "", "it is not JSON, line 1"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "a newer scorer wrote it (format 2"),
        (lambda text: text.replace('"points": [', '"points": [NaN, ', 1), "NaN is no number that counts"),
    ],
    ids=["cut", "conflict", "empty", "newer", "nan"],
)
def test_story_unusable_baseline_exits_2_and_can_be_made_again(repository, damage, message):
    sound = repository.read(BASELINE)
    repository.write(BASELINE, damage(sound))
    done = repository.gate()
    assert done.code == 2
    assert message in done.message
    assert "make it again with `scorer gate --write-baseline`" in done.message
    assert repository.read(BASELINE) == damage(sound)
    assert repository.gate("--write-baseline").code == 0
    assert repository.read(BASELINE) == sound


def test_story_baseline_of_another_signature_is_refused_with_the_command(repository):
    repository.write(BASELINE, repository.read(BASELINE).replace("preset:fast", "preset:standard"))
    code, verdict = repository.verdict()
    assert code == 1
    assert all_broken(verdict) == {(name, "baseline") for name in (EN, ES, NEWS)}
    assert broken(verdict, EN)["baseline"] == (
        "scorer-baseline.json was made with preset:standard, this run has preset:fast: their scores cannot be "
        "compared; make it again with `scorer gate --write-baseline`"
    )


# What people do to texts.


def test_story_good_change_passes_and_scores_only_it(repository):
    repository.edit(EN, "Open the faucet slowly and check", "Slowly open the faucet, then check")
    code, verdict = repository.verdict()
    assert (code, verdict["outcome"]) == (0, "pass")
    counts = pair_of(verdict, EN)["counts"]
    assert (counts["changed"], counts["unchanged"], counts["cached"]) == (1, 13, 13)


def test_story_dropped_not_is_critical_and_seen_beside_the_source(repository):
    repository.edit(EN, "must not exceed 8 bar", "must exceed 8 bar")
    code, verdict = repository.verdict()
    assert code == 1
    failed = broken(verdict, EN)
    assert {"findings.critical", "new_findings.critical", "max_segment_drop.quality"} <= failed.keys()
    assert failed["new_findings.critical"] == "1 new critical finding; none is allowed: negation 1, in 1 segment"
    assert behind(verdict, EN, "findings.critical") == ["manual.warning.s2"]
    (message,) = [each["finding"]["message"] for each in _found(verdict, EN, "negation")]
    assert message == 'negation lost: "nicht"'  # told once, and by the check that sees both languages


def _found(verdict, name, check):
    segments = pair_of(verdict, name)["segments"]
    return [each for segment in segments for each in segment["findings"] if each["finding"]["check"] == check]


def test_story_dropped_not_that_the_source_says_in_one_word_is_seen_beside_the_baseline(repository):
    repository.edit(EN, NOT, "use pliers")
    code, verdict = repository.verdict()
    assert code == 1
    assert behind(verdict, EN, "new_findings.critical") == ["manual.mounting.s1"]
    (placed,) = _found(verdict, EN, "negation")
    assert placed["finding"]["message"].startswith("beside the translation in the baseline: ")
    line = repository.read(EN).split("\n")[placed["start"][0] - 1]
    assert "use pliers" in line
    # Without a baseline, this "ohne" is beyond what a cautious check across languages can tell.
    assert repository.gate("--no-cache", DE, EN, "--policy", _bare(repository)).code == 0


def _bare(repository):
    repository.write("bare.toml", 'preset = "fast"\nfindings = {critical = 0}\n')
    return "bare.toml"


def test_story_dropped_not_in_running_text_fails_by_its_segment(repository):
    repository.edit(NEWS, "will not be laying", "will be laying")
    code, verdict = repository.verdict()
    assert code == 1
    failed = broken(verdict, NEWS)
    assert "quality of 1 segment fell by more than 15.0" in failed["max_segment_drop.quality"]
    (segment,) = [each for each in pair_of(verdict, NEWS)["segments"] if each["state"] == "changed"]
    assert behind(verdict, NEWS, "max_segment_drop.quality") == [segment["id"]]
    assert "will be laying" in segment["hypothesis"]
    assert "will not be laying" in segment["hypothesis_then"]
    assert any(each["finding"]["check"] == "negation" and each["is_gained"] for each in segment["findings"])


def test_story_deleted_paragraph_is_told_as_omissions(repository):
    paragraphs = repository.read(NEWS).split("\n\n")
    repository.write(NEWS, "\n\n".join([*paragraphs[:2], *paragraphs[3:]]))
    code, verdict = repository.verdict()
    assert code == 1
    assert {"findings.critical", "new_findings.critical", "max_segment_drop.quality"} <= broken(verdict, NEWS).keys()
    assert "omission" in broken(verdict, NEWS)["new_findings.critical"]
    texts = {each["id"]: each["text"] for each in pair_of(verdict, NEWS)["segments"]}
    lost = [texts[each] for each in behind(verdict, NEWS, "new_findings.critical")]
    assert any("37 Beschäftigten" in text for text in lost)


def test_story_headline_on_top_of_both_files_moves_nothing_else(repository):
    repository.write(NEWS_DE, f"Fährreederei berichtet\n\n{repository.read(NEWS_DE)}")
    repository.write(NEWS, f"Ferry Company Reports\n\n{repository.read(NEWS)}")
    code, verdict = repository.verdict()
    assert (code, verdict["outcome"]) == (0, "pass")
    counts = pair_of(verdict, NEWS)["counts"]
    assert {name: counts[name] for name in ("new", "changed", "unchanged", "removed", "cached")} == {
        "new": 1, "changed": 0, "unchanged": 13, "removed": 0, "cached": 13,
    }  # fmt: skip
    assert repository.gate("--accept", "all").code == 0
    added, removed, _ = repository.git("diff", "--numstat", BASELINE).split("\t")
    assert (int(added), int(removed)) == (2, 1)  # its line, and the file's summary


def test_story_clumsy_mass_rewrite_fails(repository):
    repository.write(NEWS, (SEEDS / "news" / "clumsy.en.txt").read_text(encoding="utf-8"))
    code, verdict = repository.verdict()
    assert code == 1
    assert "max_segment_drop.quality" in broken(verdict, NEWS)


def test_story_wrong_mass_rewrite_fails_by_every_guard(repository):
    repository.write(NEWS, (SEEDS / "news" / "wrong.en.txt").read_text(encoding="utf-8"))
    code, verdict = repository.verdict()
    assert code == 1
    ruling = next(each for each in pair_of(verdict, NEWS)["rulings"] if each["rule"] == "max_drop.quality")
    assert ruling["outcome"] == "fail"  # more than chance
    assert {"max_segment_drop.quality", "minimum.quality"} <= broken(verdict, NEWS).keys()


def test_story_good_mass_rewrite_does_not_fail(repository):
    rewritten = (
        ("making sure the polarity is correct", "and make sure the polarity is correct"),
        ("Then hold down the SET button", "Now keep the SET button pressed"),
        (
            "Open the faucet slowly and check the connection for leaks.",
            "Slowly open the faucet and check the joint for leaks.",
        ),
        ("Only then reset the unit using the RESET button.", "Only after that, press RESET to reset the unit."),
        ("and store the unit in a dry place", "and keep the unit somewhere dry"),
    )
    for old, new in rewritten:
        repository.edit(EN, old, new)
    code, verdict = repository.verdict()
    assert code == 0
    assert pair_of(verdict, EN)["counts"]["changed"] == 5
    assert verdict["outcome"] in ("pass", "undecided")


# Files that prove nothing.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "docs/news.en.txt is empty, so there is nothing to judge"),
        (" \n\n\t\n", "docs/news.en.txt has no text: all of it is blank, so there is nothing to judge"),
        ("\ufeff", "docs/news.en.txt is empty, so there is nothing to judge"),
    ],
    ids=["empty", "blank", "mark"],
)
def test_story_file_without_text_fails_with_its_sentence(repository, content, message):
    repository.write(NEWS, content)
    code, verdict = repository.verdict()
    assert code == 1
    assert all_broken(verdict) == {(NEWS, "input")}
    assert broken(verdict, NEWS)["input"] == message
    assert pair_of(verdict, EN)["outcome"] == "pass"


def test_story_deleted_file_is_missed_twice(repository):
    repository.path(NEWS).unlink()
    code, verdict = repository.verdict()
    assert code == 1
    assert broken(verdict) == {
        "files": "no file matches docs/{name}.en.txt, so nothing of it was judged",
        "baseline": "docs/news.en.txt is in the baseline and was not found; if it was meant to go, write the baseline "
        "anew with `scorer gate --write-baseline`",
    }


def test_story_one_of_several_files_deleted_is_missed_beside_the_baseline(repository):
    repository.path(ES).unlink()
    code, verdict = repository.verdict()
    assert code == 1
    assert all_broken(verdict) == {("", "baseline")}
    repository.gate("--write-baseline")
    assert repository.verdict()[0] == 0


def test_story_new_language_is_not_in_the_baseline_until_accepted(repository):
    repository.write("locales/fr/app.json", repository.read(ES))
    code, verdict = repository.verdict("--findings", "critical=99", "--minimum", "quality=0")
    assert code == 1
    assert "it is not in the baseline" in broken(verdict, "locales/fr/app.json")["baseline"]
    repository.gate("--accept", "locales/fr/app.json")
    _, verdict = repository.verdict()
    assert "baseline" not in broken(verdict, "locales/fr/app.json")


def test_story_pattern_without_a_file_fails_though_the_rest_passes(repository):
    repository.write(
        "scorer.toml",
        f'{POLICY}\n[[pair]]\nsource = "legal/{{name}}.de.txt"\nhypothesis = "legal/{{name}}.{{language}}.txt"\n',
    )
    code, verdict = repository.verdict()
    assert code == 1
    assert broken(verdict) == {"files": "no file matches legal/{name}.{language}.txt, so nothing of it was judged"}


@pytest.mark.parametrize(
    ("more", "message"),
    [("", "has the same text as docs/news.de.txt, its source"), ("\nHans.\n", "is in de, the language of its source")],
)
def test_story_source_passed_as_translation_fails(repository, more, message):
    repository.write(NEWS, repository.read(NEWS_DE) + more)
    code, verdict = repository.verdict()
    assert code == 1
    assert all_broken(verdict) == {(NEWS, "input")}
    assert message in broken(verdict, NEWS)["input"]


@pytest.mark.parametrize("is_copy", [False, True])
def test_story_hypothesis_equal_to_its_reference_fails(repository, is_copy):
    reference = NEWS
    if is_copy:
        reference = "docs/reference.txt"
        repository.write(reference, repository.read(NEWS))
    code, verdict = repository.verdict(NEWS_DE, NEWS, "-r", reference)
    assert code == 1
    told = "has the same text as docs/reference.txt, its reference" if is_copy else "one file twice"
    assert told in broken(verdict, NEWS)["input"]


def test_story_missing_and_extra_keys_are_findings(repository):
    repository.edit(EN, '"s2": "The operating pressure', '"s9": "The operating pressure')
    code, verdict = repository.verdict()
    assert code == 1
    assert behind(verdict, EN, "findings.critical") == ["manual.warning.s2"]
    found = {
        (each["key"], placed["finding"]["check"], placed["finding"]["severity"])
        for each in pair_of(verdict, EN)["segments"]
        for placed in each["findings"]
    }
    assert ("manual.warning.s2", "key", "critical") in found
    assert any(key == "manual.warning.s9" and check == "key" for key, check, _ in found)


def test_story_nested_text_beyond_all_bounds_is_refused(repository):
    repository.write(EN, '{"a":' * 100_000)
    done = repository.gate()
    assert done.code == 2
    assert "locales/en/app.json" in done.message


# What changed only.


def test_story_changed_judges_the_files_that_changed(repository):
    repository.edit(NEWS, "will not be laying", "will be laying")
    repository.commit("Edit the news")
    code, verdict = repository.verdict("--changed", "HEAD~1")
    assert code == 1
    assert [pair["name"] for pair in verdict["pairs"]] == [NEWS]
    pair = pair_of(verdict, NEWS)
    assert (pair["counts"]["scored"], pair["counts"]["segments"]) == (1, 13)
    assert "max_segment_drop.quality" in broken(verdict, NEWS)
    assert pair["notes"][-1].startswith("1 of 13 segments changed and were scored; in the whole file that moves ")
    assert verdict["notes"] == ["2 of 3 files did not change since HEAD~1 and were not judged"]


def test_story_changed_says_the_same_of_the_whole_file_as_a_whole_run(repository):
    repository.edit(EN, "8 bar", "9 bar")
    _, whole = repository.verdict("--no-cache")
    _, part = repository.verdict("--no-cache", "--changed", "HEAD")
    assert pair_of(part, EN)["counts"]["scored"] == 1
    for rule in ("max_drop.quality", "minimum.quality", "max_segment_drop.quality"):
        (one,), (other,) = (
            [each for each in pair_of(verdict, EN)["rulings"] if each["rule"] == rule] for verdict in (whole, part)
        )
        assert one["outcome"] == other["outcome"]
        assert one["value"] == pytest.approx(other["value"], abs=1e-3)  # the baseline rounds what it keeps


def test_story_changed_with_nothing_changed_passes_and_says_so(repository):
    code, verdict = repository.verdict("--changed", "HEAD")
    assert (code, verdict["sentence"]) == (
        0,
        "pass: none of the files changed since HEAD, so there was nothing to judge",
    )


@pytest.mark.parametrize("revision", ["nowhere", "--output=/tmp/x", "HEAD~99", ""])
def test_story_changed_since_an_unknown_revision_exits_2(repository, revision):
    done = repository.gate(f"--changed={revision}") if revision else repository.gate("--changed", " ")
    assert done.code == 2
    assert "--changed" in done.message


def test_story_changed_does_not_hide_an_older_finding(repository):
    repository.edit(EN, "must not exceed 8 bar", "must exceed 8 bar")
    repository.gate("--accept", "all")  # even if the baseline has taken it in
    repository.write("scorer.toml", POLICY.replace("critical = 0", "critical = 0, negation = 0"))
    repository.commit("Lose a word")
    repository.edit(EN, "Open the faucet slowly and check", "Slowly open the faucet, then check")
    code, verdict = repository.verdict("--changed", "HEAD")
    assert code == 1
    assert behind(verdict, EN, "findings.negation") == ["manual.warning.s2"]
    assert [each["is_old"] for each in _found(verdict, EN, "negation")] == [True]


def test_story_changed_does_not_hide_an_older_reversal_that_the_baseline_has_not_agreed_to(repository):
    repository.edit(EN, NOT, "use pliers")
    repository.commit("Lose a word")
    repository.edit(EN, "Open the faucet slowly and check", "Slowly open the faucet, then check")
    code, verdict = repository.verdict("--changed", "HEAD")
    assert code == 1
    assert behind(verdict, EN, "findings.critical") == ["manual.mounting.s1"]
    repository.gate("--accept", "manual.mounting.s1")
    assert repository.verdict("--changed", "HEAD")[0] == 0


# What is agreed to.


def test_story_accepted_segment_passes_and_no_other_does(repository):
    repository.edit(NEWS, "will not be laying", "will be laying")
    repository.edit(
        EN, "The operating pressure must not exceed 8 bar.", "The operating pressure must not be above 8 bar."
    )
    _, verdict = repository.verdict()
    (id_,) = [each["id"] for each in pair_of(verdict, NEWS)["segments"] if each["state"] == "changed"]
    code, verdict = repository.verdict("--accept", id_)
    assert (code, verdict["baseline_state"]) == (0, "accepted")
    counts = {pair["name"]: pair["counts"]["changed"] for pair in verdict["pairs"]}
    assert counts == {EN: 1, ES: 0, NEWS: 0}
    assert repository.git("diff", "--numstat", BASELINE).startswith("2\t2\t")


@pytest.mark.parametrize("accepted", [NEWS, "all"])
def test_story_accepted_file_passes_from_then_on(repository, accepted):
    repository.edit(NEWS, "will not be laying", "will be laying")
    assert repository.verdict()[0] == 1
    assert repository.verdict("--accept", accepted)[0] == 0
    assert repository.verdict()[0] == 0


def test_story_accepting_an_unknown_id_exits_2_and_names_the_nearest(repository):
    before = repository.read(BASELINE)
    done = repository.gate("--accept", "manual.warning.s7")
    assert done.code == 2
    assert "no segment and no file is called 'manual.warning.s7'; did you mean 'manual.warning.s" in done.message
    assert repository.read(BASELINE) == before


def test_story_accepting_an_id_that_changed_in_two_files_asks_which(repository):
    repository.edit(EN, "Never open", "Do not open")
    repository.edit(ES, "Advertencia", "Aviso")
    done = repository.gate("--accept", "manual.warning.s1")
    assert done.code == 2
    assert "changed in 2 files; say which: --accept locales/en/app.json:manual.warning.s1 or " in done.message
    _, verdict = repository.verdict("--accept", f"{EN}:manual.warning.s1")
    assert {pair["name"]: pair["counts"]["changed"] for pair in verdict["pairs"]} == {EN: 0, ES: 1, NEWS: 0}


def test_story_accepting_does_not_open_an_absolute_rule(repository):
    repository.edit(EN, '"s2": "The operating pressure', '"s9": "The operating pressure')
    code, verdict = repository.verdict("--accept", "all")
    assert code == 1
    assert "findings.critical" in broken(verdict, EN)
    assert "new_findings.critical" not in broken(verdict, EN)


def test_story_ratchet_takes_what_got_better_and_holds_it(tmp_path):
    repository = made(
        tmp_path / "repository",
        policy=changed_policy('[[pair]]\nsource = "locales', 'ratchet = true\n\n[[pair]]\nsource = "locales'),
    )
    repository.edit(NEWS, "will not be laying", "will be laying")
    assert repository.verdict("--write-baseline")[0] == 0
    worse = repository.read(BASELINE)
    repository.edit(NEWS, "will be laying", "will not be laying")
    code, verdict = repository.verdict()
    assert (code, verdict["baseline_state"]) == (0, "tightened")
    assert repository.read(BASELINE) != worse
    tight = repository.read(BASELINE)
    repository.edit(NEWS, "will not be laying", "will be laying")
    assert repository.verdict()[0] == 1
    assert repository.read(BASELINE) == tight
    assert repository.verdict("--no-ratchet")[0] == 1


# Drops that may be chance, and limits that are met exactly.


@pytest.mark.parametrize(("said", "code"), [("pass", 0), ("fail", 1)])
def test_story_undecided_drop_does_what_the_policy_says(tmp_path, said, code):
    policy = changed_policy("max_segment_drop = {quality = 15}", f'on_undecided = "{said}"')
    repository = made(tmp_path / "repository", policy=policy)
    repository.edit(NEWS, "37 employees", "73 employees")
    found, verdict = repository.verdict()
    assert (found, verdict["outcome"], verdict["passes"]) == (code, "undecided", code == 0)
    (ruling,) = [each for each in pair_of(verdict, NEWS)["rulings"] if each["outcome"] == "undecided"]
    assert ruling["rule"] == "max_drop.quality"
    assert ruling["detectable"] > ruling["value"] > ruling["limit"]
    assert "this set can show drops from" in ruling["message"]


@pytest.mark.parametrize("is_where_it_fell", [True, False])
def test_story_undecided_drop_asks_the_rules_of_its_own_file(tmp_path, is_where_it_fell):
    policy = POLICY.replace("max_segment_drop = {quality = 15}\n", "")
    strict = f'\n[[override]]\npath = "{"docs" if is_where_it_fell else "locales"}/**"\non_undecided = "fail"\n'
    repository = made(tmp_path / "repository", policy=policy + strict)
    repository.edit(NEWS, "37 employees", "73 employees")
    code, verdict = repository.verdict()
    assert (code, verdict["outcome"]) == (int(is_where_it_fell), "undecided")
    assert verdict["on_undecided"] == ("fail" if is_where_it_fell else "pass")


def test_story_exactly_at_a_limit_passes_and_the_next_number_does_not(repository):
    _, verdict = repository.verdict()
    value = pair_of(verdict, EN)["dimensions"]["quality"]["value"]
    assert repository.verdict(DE, EN, "--minimum", f"quality={value!r}")[0] == 0
    code, verdict = repository.verdict(DE, EN, "--minimum", f"quality={value + 1e-9!r}")
    assert code == 1
    assert "under" in broken(verdict, EN)["minimum.quality"]


def test_story_no_output_holds_a_number_that_json_has_not(repository):
    for content in ("x", "!", "\u200b.", "1"):
        repository.write(NEWS, f"{content}\n")
        done = repository.gate("-f", "json")
        json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} in the verdict"))
        assert done.code == 1
