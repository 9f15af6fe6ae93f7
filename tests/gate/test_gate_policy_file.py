"""Where the policy is found, and every bad file refused with a reason."""

from pathlib import Path

import pytest

from scorer.errors import InputError, ScorerError, UsageError
from scorer.gate.policy_file import MAX_BYTES, find

GATE = "[tool.scorer.gate]\nminimum = {quality = 1}\n"
OWN = "minimum = {quality = 2}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository's root, so that nothing above it is searched."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_find_nothing_returns_none(root: Path) -> None:
    assert find(root, None) is None


def test_find_either_file_in_the_folder(root: Path) -> None:
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n" + GATE)
    assert find(root, None) == (root / "pyproject.toml", {"minimum": {"quality": 1}})
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find(root, None) is None
    (root / "scorer.toml").write_text(OWN)
    assert find(root, None) == (root / "scorer.toml", {"minimum": {"quality": 2}})


def test_find_nearest_folder_wins_whichever_file_it_has(root: Path) -> None:
    inner = root / "a" / "b"
    inner.mkdir(parents=True)
    (root / "scorer.toml").write_text(OWN)
    assert find(inner, None) == (root / "scorer.toml", {"minimum": {"quality": 2}})
    (inner.parent / "pyproject.toml").write_text(GATE)
    assert find(inner, None) == (inner.parent / "pyproject.toml", {"minimum": {"quality": 1}})
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find(inner, None) == (inner.parent / "pyproject.toml", {"minimum": {"quality": 1}})


@pytest.mark.parametrize("as_file", [True, False])
def test_find_stops_at_the_root_of_a_repository(tmp_path: Path, *, as_file: bool) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "scorer.toml").write_text(OWN)
    (tmp_path / ".git").mkdir()
    assert find(inner, None) is not None
    if as_file:
        (inner / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    else:
        (inner / ".git").mkdir()
    assert find(inner, None) is None


def test_find_relative_start_gives_a_relative_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "scorer.toml").write_text(OWN)
    (root / "a").mkdir()
    monkeypatch.chdir(root)
    assert find(Path(), None) == (Path("scorer.toml"), {"minimum": {"quality": 2}})
    monkeypatch.chdir(root / "a")
    assert find(Path(), None) == (Path("../scorer.toml"), {"minimum": {"quality": 2}})


def test_find_two_policies_side_by_side_are_refused(root: Path) -> None:
    (root / "pyproject.toml").write_text(GATE)
    (root / "scorer.toml").write_text(OWN)
    with pytest.raises(InputError, match=r"scorer\.toml and .*pyproject\.toml both hold a policy; keep one of them"):
        find(root, None)


def test_find_named_file_is_read_in_either_form(root: Path) -> None:
    (root / "scorer.toml").write_text("nonsense")
    own, project = root / "ci.toml", root / "other.toml"
    own.write_text(OWN)
    project.write_text(GATE)
    assert find(root, str(own)) == (own, {"minimum": {"quality": 2}})
    assert find(root, str(project)) == (project, {"minimum": {"quality": 1}})


def test_find_own_file_with_the_project_files_table_is_understood(root: Path) -> None:
    (root / "scorer.toml").write_text(GATE)
    assert find(root, None) == (root / "scorer.toml", {"minimum": {"quality": 1}})
    (root / "scorer.toml").write_text("coverage = 1\n" + GATE)
    with pytest.raises(InputError, match=r"has both \[tool\.scorer\.gate\] and coverage outside of it"):
        find(root, None)


def test_find_empty_own_file_is_a_policy_without_rules(root: Path) -> None:
    (root / "scorer.toml").write_bytes(b"")
    assert find(root, None) == (root / "scorer.toml", {})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"minimum = {quality = 1}\n\nminimum = 2", "scorer.toml, line 3: not valid TOML (a key stands twice)"),
        (b"a = 1\na = 2\nb = 3\n", "scorer.toml, line 2: not valid TOML (a key stands twice)"),
        (b"[minimum]\nquality = 1\n[minimum]\n", "line 3: not valid TOML (a table stands twice)"),
        (b"minimum = {quality = 1, quality = 2}", "line 1: not valid TOML"),
        (b"minimum = {chrf++ = 1}", "a key such as chrf++ or number major needs quotes"),
        (b"\nfindings = {number major = 1}", "line 2: not valid TOML (expected '=' after a key; a key such as"),
        (b"a = \n", "line 1: not valid TOML (Invalid value)"),
        (b"a = 1\n[b", "scorer.toml, line 2: not valid TOML (Expected"),
        (b"a = 1\rb = 2", "line 1: not valid TOML"),
        (b"a = \"\0\"", "line 1: not valid TOML"),
        (b"\xef\xbb\xbfa = 1", "scorer.toml, line 1: begins with a byte order mark (UTF-8)"),
        (b"\xff\xfea\x00", "scorer.toml, line 1: begins with a byte order mark (UTF-16)"),
        (b"a = 1\nb = '\xe9'", "scorer.toml, line 2: not UTF-8 (0xe9); TOML is always UTF-8"),
        (b"a = 1" + b"0" * 5000, "scorer.toml: not valid TOML (ValueError"),
        (b"a = " + b"[" * 50_000, "scorer.toml: not valid TOML (RecursionError"),
        (b"#" * (MAX_BYTES + 1), "scorer.toml: larger than 4 MiB; that is no policy"),
    ],
)  # fmt: skip
def test_find_bad_file_is_refused_with_its_line(root: Path, data: bytes, sentence: str) -> None:
    (root / "scorer.toml").write_bytes(data)
    for named in (None, str(root / "scorer.toml")):
        with pytest.raises(InputError) as caught:
            find(root, named)
        assert sentence in str(caught.value)
        assert "\n" not in str(caught.value)


def test_find_broken_project_file_is_refused_as_it_may_hold_a_policy(root: Path) -> None:
    (root / "pyproject.toml").write_text("[project")
    with pytest.raises(InputError, match=r"pyproject\.toml.*not valid TOML"):
        find(root, None)


def test_find_missing_folder_or_dangling_link_is_refused(root: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: no such file; scorer gate --init writes a policy"):
        find(root, str(root / "none.toml"))
    with pytest.raises(InputError, match=r"is a folder; name the policy file"):
        find(root, str(root))
    with pytest.raises(UsageError, match="the name of the policy file is empty"):
        find(root, "")
    with pytest.raises(InputError, match="cannot be read"):
        find(root, "a\0b")
    (root / "scorer.toml").symlink_to("nowhere")
    with pytest.raises(InputError, match=r"scorer\.toml: no such file"):
        find(root, None)
    (root / "scorer.toml").unlink()
    (root / "scorer.toml").mkdir()
    with pytest.raises(InputError, match=r"scorer\.toml is a folder"):
        find(root, None)


def test_find_named_project_file_without_a_policy_is_refused(root: Path) -> None:
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match=r"has no table \[tool\.scorer\.gate\]"):
        find(root, str(root / "pyproject.toml"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[tool.scorer.gates]", "[tool.scorer.gates]: no such table; did you mean 'gate'?"),
        ("[[tool.scorer.pair]]", "[tool.scorer.pair]: no such table; there is gate"),
        ("[tool.scorer]\nquality = 1", "[tool.scorer.quality]: no such table; there is gate"),
        (GATE + "[tool.scorer.gat]", "[tool.scorer.gat]: no such table; did you mean 'gate'?"),
        ("[tool]\nscorer = 1", "[tool] scorer must be a table; write [tool.scorer.gate]"),
        ("[tool.scorer]\ngate = 1", "[tool.scorer] gate must be a table; write [tool.scorer.gate]"),
        ("[[tool.scorer.gate]]", "[tool.scorer] gate must be a table; write [tool.scorer.gate]"),
    ],
)
def test_find_unknown_table_of_ours_is_refused(root: Path, text: str, sentence: str) -> None:
    (root / "pyproject.toml").write_text(text)
    with pytest.raises(ScorerError) as caught:
        find(root, None)
    assert str(caught.value).endswith(f"pyproject.toml: {sentence}")


def test_find_project_file_without_our_table_is_passed_over(root: Path) -> None:
    for text in ("tool = 5", "[tool.scorer]", "", "[tool.other]"):
        (root / "pyproject.toml").write_text(text)
        assert find(root, None) is None
