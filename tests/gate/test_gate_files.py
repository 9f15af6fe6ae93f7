"""From patterns to files: what matches, what is filled in, which language, and names of any kind."""

import os
import sys
import time
from pathlib import Path

import pytest

from scorer.errors import InputError, UsageError
from scorer.gate import patterns
from scorer.gate.files import FilePair, expand, literal, refuse_twice
from scorer.gate.policy import PairSpec

posix = pytest.mark.skipif(os.name == "nt", reason="names that Windows does not allow")


@pytest.fixture
def tree(tmp_path: Path):
    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8", errors="surrogateescape")
        return tmp_path

    return make


def names(pairs: list[FilePair]) -> list[str]:
    return [pair.name for pair in pairs]


def test_expand_star_matches_all_but_its_own_source(tree) -> None:
    folder = tree("locales/en/app.json", "locales/de/app.json", "locales/pt-BR/app.json", "locales/de/other.json")
    pairs = expand(PairSpec("locales/*/app.json", "locales/en/app.json"), folder)
    source = folder / "locales/en/app.json"
    assert pairs == [
        FilePair("locales/de/app.json", folder / "locales/de/app.json", source, (), "en-de"),
        FilePair("locales/pt-BR/app.json", folder / "locales/pt-BR/app.json", source, (), "en-pt"),
    ]


@pytest.mark.parametrize("source", ["en/app.json", "./en/app.json", "en/../en/app.json", "../{folder}/en/app.json"])
def test_expand_source_is_left_out_however_it_is_written(tree, source: str) -> None:
    folder = tree("en/app.json", "de/app.json")
    spec = PairSpec("./*/app.json", source.replace("{folder}", folder.name))
    assert names(expand(spec, folder)) == ["de/app.json"]


def test_expand_references_are_left_out_too(tree) -> None:
    folder = tree("en/a.txt", "de/a.txt", "de/a.human.txt", "de/b.txt")
    spec = PairSpec("de/*.txt", "en/a.txt", ("de/a.human.txt",))
    assert names(expand(spec, folder)) == ["de/a.txt", "de/b.txt"]
    spec = PairSpec("de/*.txt", "en/a.txt", ("de/*.human.txt",))
    assert names(expand(spec, folder)) == ["de/a.txt", "de/b.txt"]


def test_expand_only_the_source_matches_returns_nothing(tree) -> None:
    folder = tree("en/app.json")
    assert expand(PairSpec("*/app.json", "en/app.json"), folder) == []
    assert expand(PairSpec("none/*/app.json", "en/app.json"), folder) == []
    assert expand(PairSpec("**/*.txt", "en/app.json"), folder) == []


@posix
def test_expand_translation_that_links_to_its_source_is_judged(tree) -> None:
    folder = tree("en/app.json", "de/x")
    (folder / "de/app.json").symlink_to("../en/app.json")
    assert names(expand(PairSpec("*/app.json", "en/app.json"), folder)) == ["de/app.json"]


@posix
def test_expand_dangling_link_is_not_passed_over(tree) -> None:
    folder = tree("en/app.json", "de/x")
    (folder / "de/app.json").symlink_to("nowhere")
    assert names(expand(PairSpec("*/app.json", "en/app.json"), folder)) == ["de/app.json"]


def test_expand_placeholders_fill_source_and_references(tree) -> None:
    folder = tree("src/a.md", "src/b.md", "out/de/a.md", "out/fr/b.md", "ref/a.de.md", "ref/b.fr.md", "ref/b.de.md")
    pairs = expand(PairSpec("out/{language}/{name}.md", "src/{name}.md", ("ref/{name}.{language}.md",)), folder)
    assert [(pair.name, pair.source, pair.references, pair.languages) for pair in pairs] == [
        ("out/de/a.md", folder / "src/a.md", (folder / "ref/a.de.md",), "?-de"),
        ("out/fr/b.md", folder / "src/b.md", (folder / "ref/b.fr.md",), "?-fr"),
    ]


def test_expand_name_and_language_in_one_part(tree) -> None:
    folder = tree("my_app_en.properties", "my_app_de.properties", "my_app_pt_BR.properties", "my_app_old1.properties")
    pairs = expand(PairSpec("{name}_{language}.properties", "{name}_en.properties"), folder)
    assert [(pair.name, pair.languages) for pair in pairs] == [
        ("my_app_de.properties", "en-de"),
        ("my_app_pt_BR.properties", "en-pt"),
    ]


def test_expand_placeholder_that_stands_twice_is_the_same_text(tree) -> None:
    folder = tree("en.txt", "de/app.de.txt", "fr/app.de.txt")
    assert names(expand(PairSpec("{language}/app.{language}.txt", "en.txt"), folder)) == ["de/app.de.txt"]


def test_expand_reference_patterns_give_all_that_match_but_the_translation(tree) -> None:
    folder = tree("de/mt.txt", "de/b.txt", "de/a.txt", "de/other.md", "en.txt")
    (pair,) = expand(PairSpec("de/mt.txt", "", ("de/*.txt", "de/a.txt")), folder)
    assert pair.references == (folder / "de/a.txt", folder / "de/b.txt")
    with pytest.raises(InputError, match=r"no file matches the reference 'ref/\*\.txt'"):
        expand(PairSpec("de/mt.txt", "", ("ref/*.txt",)), folder)
    with pytest.raises(InputError, match=r"no file matches the reference 'ref/de-\*\.txt'"):
        expand(PairSpec("{language}/mt.txt", "en.txt", ("ref/{language}-*.txt",)), folder)


def test_expand_missing_files_are_told_with_what_they_are(tree) -> None:
    folder = tree("de.txt", "out/de/a.md")
    with pytest.raises(InputError, match=r"no\.txt: no such file; it is the translation$"):
        expand(PairSpec("no.txt", "de.txt"), folder)
    with pytest.raises(InputError, match=r"no\.txt: no such file; it is the source of de\.txt$"):
        expand(PairSpec("de.txt", "no.txt"), folder)
    with pytest.raises(InputError, match=r"no\.txt: no such file; it is the reference of de\.txt$"):
        expand(PairSpec("de.txt", "", ("no.txt",)), folder)
    with pytest.raises(InputError, match=r"src/a\.md: no such file; it is the source of out/de/a\.md$"):
        expand(PairSpec("out/*/{name}.md", "src/{name}.md"), folder)
    with pytest.raises(InputError, match=r"out is a folder; name a file as the translation"):
        expand(PairSpec("out", "de.txt"), folder)
    with pytest.raises(InputError, match=r"it is the translation; did you mean '\{language\}'"):
        expand(PairSpec("{lang}/a.md", "de.txt"), folder)
    with pytest.raises(InputError, match=r"a\\x00b: no such file"):
        expand(PairSpec("a\0b", "de.txt"), folder)


def test_expand_unfillable_source_is_refused(tree) -> None:
    folder = tree("de.txt")
    with pytest.raises(UsageError, match=r"source has \{language\}, which hypothesis 'de.txt' has not"):
        expand(PairSpec("de.txt", "{language}.txt"), folder)
    with pytest.raises(UsageError, match=r"reference has \{name\}, which hypothesis '\*\.txt' has not"):
        expand(PairSpec("*.txt", "de.txt", ("{name}",)), folder)
    with pytest.raises(UsageError, match=r"write \{name\} in both source and hypothesis"):
        expand(PairSpec("*.txt", "en/*.txt"), folder)


@pytest.mark.parametrize(
    ("part", "languages"),
    [
        ("de", "?-de"),
        ("de-DE", "?-de"),
        ("de_DE", "?-de"),
        ("zh-Hans", "?-zh"),
        ("zh-Hant-TW", "?-zh"),
        ("pt-BR", "?-pt"),
        ("pt-rBR", "?-pt"),
        ("es-419", "?-es"),
        ("sr@latin", "?-sr"),
        ("DE", "?-de"),
        ("nb", "?-no"),
        ("locale", ""),
        ("may", ""),  # a month far more often than Malay
        ("xq", ""),
        ("de-x", ""),
        ("und", ""),
    ],
)
def test_expand_star_that_is_a_language_tells_it(tree, part: str, languages: str) -> None:
    folder = tree("source", f"locales/{part}/app.json", f"app.{part}.json")
    assert [pair.languages for pair in expand(PairSpec("locales/*/app.json", "source"), folder)] == [languages]
    assert [pair.languages for pair in expand(PairSpec("app.*.json", "source"), folder)] == [languages]
    if languages:
        assert [pair.languages for pair in expand(PairSpec("app.{language}.json", "source"), folder)] == [languages]


@pytest.mark.parametrize(
    ("pattern", "path", "language"),
    [
        ("*/*.md", "fr/it.md", "fr"),  # a folder's name before a part of a name
        ("*/*/x", "en/de/x", None),  # two languages
        ("*/*/x", "de/de-AT/x", "de"),
        ("*/*/x", "de/app/x", "de"),
        ("{language}/*/x", "fr/de/x", "fr"),
        ("**/x", "de/x", None),
        ("{language}/x", "deu/x", "de"),
        ("{language}/x", "zh_Hans_CN/x", "zh"),
        ("{name}/x", "de/x", None),
    ],
)
def test_language_of_a_path(pattern: str, path: str, language: str | None) -> None:
    match = patterns.whole(pattern).fullmatch(path)
    assert match is not None
    assert patterns.language_of(match) == language


def test_expand_languages_that_are_given_win(tree) -> None:
    folder = tree("en/app.json", "de/app.json")
    for given, languages in [("en-fr", "en-fr"), ("es-?", "es-de"), ("?-?", "en-de"), ("", "en-de")]:
        (pair,) = expand(PairSpec("*/app.json", "en/app.json", (), given), folder)
        assert pair.languages == languages
    (pair,) = expand(PairSpec("de/app.json", "en/app.json", (), "en-pt-BR"), folder)
    assert pair.languages == "en-pt"
    (pair,) = expand(PairSpec("de/app.json", "en/app.json"), folder)
    assert pair.languages == ""


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.json", "a.json", True),
        ("*.json", "a/b.json", False),
        ("*.json", ".a.json", False),
        (".*.json", ".a.json", True),
        ("?.json", "a.json", True),
        ("?.json", "ab.json", False),
        ("?.json", ".json", False),
        ("**/*.json", "a.json", True),
        ("**/*.json", "a/b/c.json", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "ax/b", False),
        ("a/**/**/b", "a/x/b", True),
        ("a/**", "a/b/c", True),
        ("a/**", "a", False),
        ("a/", "a/b/c", True),
        ("./a//*", "a/b", True),
        ("[ab].json", "a.json", False),
        ("[ab]*.json", "[ab]c.json", True),
        ("a{b}*", "a{b}c", True),
        ("a.b*", "axb", False),
        ("*", "a\nb", True),
        ("{name}", "", False),
        ("{language}", "zz", False),
        ("{language}.txt", "de.txt", True),
    ],
)
def test_whole_pattern_matches(pattern: str, path: str, *, matches: bool) -> None:
    assert (patterns.whole(pattern).fullmatch(path) is not None) is matches


def test_expand_any_folders_enters_neither_hidden_nor_foreign_ones(tree) -> None:
    folder = tree(
        "en.md", "a.md", "docs/b.md", "docs/x/y/c.md", ".git/d.md", "docs/.hidden/e.md", "node_modules/f.md",
        "docs/node_modules/g.md", "docs/.h.md",
    )  # fmt: skip
    assert names(expand(PairSpec("**/*.md", "en.md"), folder)) == ["a.md", "docs/b.md", "docs/x/y/c.md"]
    assert names(expand(PairSpec("docs/**", "en.md"), folder)) == ["docs/b.md", "docs/x/y/c.md"]
    assert names(expand(PairSpec("docs/**/c.md", "en.md"), folder)) == ["docs/x/y/c.md"]
    assert names(expand(PairSpec(".git/*.md", "en.md"), folder)) == [".git/d.md"]


@posix
def test_expand_links_in_circles_end(tree) -> None:
    folder = tree("en.md", "a/b/c.md")
    (folder / "a/b/up").symlink_to("..")
    (folder / "self").symlink_to("self")
    assert names(expand(PairSpec("**/*.md", "en.md"), folder)) == ["a/b/c.md"]
    assert names(expand(PairSpec("*/*/*/*/c.md", "en.md"), folder)) == ["a/b/up/b/c.md"]
    assert names(expand(PairSpec("*/x", "en.md"), folder)) == []


def test_expand_out_of_the_folder_is_named_relative_to_it(tree) -> None:
    folder = tree("other/de.txt", "own/en.txt")
    pairs = expand(PairSpec("../other/*.txt", "en.txt"), folder / "own")
    assert names(pairs) == ["../other/de.txt"]
    assert pairs[0].hypothesis.samefile(folder / "other/de.txt")
    assert names(expand(PairSpec("../other/./de.txt", "en.txt"), folder / "own")) == ["../other/de.txt"]


def test_expand_absolute_names_from_the_command_line_work(tree) -> None:
    folder = tree("en.txt", "de/a.txt")
    for hypothesis in (str(folder / "de/a.txt"), str(folder / "de" / "*.txt")):
        (pair,) = expand(PairSpec(hypothesis, str(folder / "en.txt")), folder)
        assert pair.name == "de/a.txt"
        assert pair.hypothesis.samefile(folder / "de/a.txt")


ODD = ["a [1].json", "it's.json", 'say "hi".json', "line\nend.json", "-dash.json", "{x}.json", "ü.json", "$HOME.json"]


@posix
@pytest.mark.parametrize("name", ODD)
def test_expand_odd_names_work_as_plain_names_and_as_matches(tree, name: str) -> None:
    folder = tree("en.txt", f"de/{name}", f"en/{name}")
    (pair,) = expand(PairSpec(f"de/{name}", f"en/{name}", (f"en/{name}",)), folder)
    assert pair == FilePair(f"de/{name}", folder / "de" / name, folder / "en" / name, (folder / "en" / name,))
    (matched,) = expand(PairSpec("de/{name}", "en/{name}"), folder)
    assert matched.source == folder / "en" / name


@posix
@pytest.mark.parametrize("name", [*ODD, "a*b.json", "what?.json", "{name}.json", "{language}"])
def test_literal_takes_all_signs_as_letters(tree, name: str) -> None:
    folder = tree(f"de/{name}", f"en/{name}", f"ref/{name}")
    pair = literal(PairSpec(f"de/{name}", f"en/{name}", (f"ref/{name}",), "en-de"), folder)
    assert pair == FilePair(f"de/{name}", folder / "de" / name, folder / "en" / name, (folder / "ref" / name,), "en-de")


@posix
def test_expand_hostile_name_does_not_become_a_pattern(tree) -> None:
    folder = tree("de/*.txt", "en/*.txt", "en/a.txt", "ref/a.txt", "ref/*.txt")
    (pair,) = expand(PairSpec("de/{name}", "en/{name}", ("ref/{name}",)), folder)
    assert (pair.source, pair.references) == (folder / "en/*.txt", (folder / "ref/*.txt",))
    with pytest.raises(InputError, match="a matched name holds"):
        expand(PairSpec("de/{name}", "en/{name}", ("*/{name}",)), folder)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_expand_name_that_is_not_utf8_is_escaped_in_its_name_alone(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    for each in (name, "en.txt"):
        (tmp_path / each).write_text("x")
    for spec in (PairSpec(name, "en.txt"), PairSpec("*.txt", "en.txt")):
        (pair,) = expand(spec, tmp_path)
        assert pair.name == "caf\\xe9.txt"
        assert pair.hypothesis == tmp_path / name
        assert pair.hypothesis.read_text() == "x"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads all folders")
def test_expand_folder_that_cannot_be_read_is_an_error(tree) -> None:
    folder = tree("en.txt", "de/a.txt")
    (folder / "de").chmod(0)
    try:
        with pytest.raises(InputError, match=r"the folder .* cannot be read"):
            expand(PairSpec("**/*.txt", "en.txt"), folder)
    finally:
        (folder / "de").chmod(0o755)


def test_expand_is_sorted_by_name(tree) -> None:
    folder = tree("en.txt", "b/x.txt", "a/z.txt", "a/b/x.txt", "B/x.txt")
    assert names(expand(PairSpec("**/*.txt", "en.txt"), folder)) == ["B/x.txt", "a/b/x.txt", "a/z.txt", "b/x.txt"]


def test_refuse_twice_names_the_file(tree) -> None:
    folder = tree("en.txt", "de.txt", "fr.txt")
    once = expand(PairSpec("*.txt", "en.txt"), folder)
    refuse_twice(once)
    with pytest.raises(UsageError, match=r"two pairs of the policy name de\.txt; leave one out"):
        refuse_twice([*once, *expand(PairSpec("./de.txt", "en.txt"), folder)])


def test_whole_hostile_names_are_matched_soon() -> None:
    begun = time.perf_counter()
    for pattern in ("*a*a*.x", "{name}a{name}.x", "{language}*{language}*x", "**/a/**/b", "?*?*?*x"):
        for path in ("a" * 255, "a/" * 1000 + "a", "de" * 127):
            assert patterns.whole(pattern).fullmatch(path) is None
    assert time.perf_counter() - begun < 2


def test_expand_many_files_is_quick(tree) -> None:
    folder = tree("en.txt", *(f"d{i}/{j}.txt" for i in range(20) for j in range(25)), "ref/r.txt")
    begun = time.perf_counter()
    assert len(expand(PairSpec("*/*.txt", "en.txt", ("ref/*.txt",)), folder)) == 500
    assert time.perf_counter() - begun < 2
