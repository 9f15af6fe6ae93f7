from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from scorer.errors import UsageError
from scorer.gate import changed
from scorer.gate.changed import since

WHO = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
LONG = "".join(f"line {i} of a text that is long enough to be known again\n" for i in range(20))


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Run git in a new repository, which is the current folder."""
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    repository = tmp_path / "repository"
    repository.mkdir()
    monkeypatch.chdir(repository)

    def run(*arguments: str, folder: Path = repository) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def commit(git, **files: str) -> str:
    for name, text in files.items():
        Path(f"{name}.txt").write_text(text, encoding="utf-8")
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "x")
    return git("rev-parse", "HEAD")


def one(revision: str, name: str, **options: Path) -> changed.Before:
    return since(revision, [Path(name)], **options).files[Path(name)]


def test_since_counts_commits_and_the_work_tree_from_where_the_branches_parted(git):
    base = commit(git, same="s\n", committed="old\n", uncommitted="old\n", staged="old\n", theirs="old\n")
    git("checkout", "-q", "-b", "feature")
    commit(git, committed="new\n")
    Path("uncommitted.txt").write_text("new\n")
    Path("staged.txt").write_text("new\n")
    git("add", "staged.txt")
    Path("untracked.txt").write_text("new\n")
    git("stash", "-q", "-u")
    git("checkout", "-q", "main")
    commit(git, theirs="changed on main only\n")
    git("checkout", "-q", "feature")
    git("stash", "pop", "-q", "--index")
    names = ("same", "committed", "uncommitted", "staged", "theirs", "untracked")
    found = since("main", [Path(f"{name}.txt") for name in names])
    assert found.base == base
    states = [found.files[Path(f"{name}.txt")].state for name in names]
    assert states == ["same", "touched", "touched", "touched", "same", "new"]
    assert found.files[Path("uncommitted.txt")].content == b"old\n"
    assert found.is_touched([Path("same.txt"), Path("theirs.txt")]) is False
    assert found.is_touched([Path("same.txt"), Path("untracked.txt")]) is True
    assert found.notes == ()


def test_since_a_detached_head_and_a_tag_are_revisions_like_others(git):
    commit(git, a="one\n")
    git("tag", "-a", "v1", "-m", "an annotated tag")
    commit(git, a="two\n")
    git("checkout", "-q", "--detach")
    assert one("v1", "a.txt").content == b"one\n"
    assert one("HEAD", "a.txt").state == "same"
    assert one("HEAD~1", "a.txt").content == b"one\n"


def test_since_a_file_with_a_new_time_only_is_the_same(git):
    commit(git, a="one\n")
    os.utime("a.txt", (1, 1))
    assert one("HEAD", "a.txt").state == "same"


@pytest.mark.parametrize("committed", [True, False])
def test_since_a_renamed_file_is_read_under_its_old_name(git, committed):
    commit(git, old=LONG)
    git("mv", "old.txt", "new.txt")
    Path("new.txt").write_text(LONG + "one more\n")
    if committed:
        git("commit", "-q", "-a", "-m", "x")
    found = one("HEAD~1" if committed else "HEAD", "new.txt")
    assert (found.state, found.was, found.content) == ("touched", "old.txt", LONG.encode())


def test_since_the_users_settings_change_nothing(git):
    commit(git, old=LONG, a="one\n")
    for setting in ("diff.renames=false", "diff.relative=true", "color.ui=always", "core.quotePath=true"):
        git("config", *setting.split("="))
    git("config", "diff.external", "false")
    git("mv", "old.txt", "new.txt")
    Path("sub").mkdir()
    Path("a.txt").write_text("two\n")
    assert one("HEAD", "new.txt").was == "old.txt"
    assert one("HEAD", "a.txt", folder=Path("sub")).content == b"one\n"


@pytest.mark.parametrize("name", ["a b.txt", "ä\n\t\"'.txt", "-x.txt", ":(top)a.txt", "*.txt", "[a].txt", "\udcff.txt"])
def test_since_takes_odd_names_for_names(git, name):
    path = Path("deep", name)
    path.parent.mkdir()
    Path("deep", "a.txt").write_text("another\n")
    path.write_text("one\n")
    commit(git)
    path.write_text("two\n")
    assert one("HEAD", str(path)) == changed.Before("touched", b"one\n")


def test_since_works_from_a_subfolder_with_relative_absolute_and_linked_paths(git, monkeypatch):
    Path("sub").mkdir()
    Path("link.txt").symlink_to("a.txt")
    commit(git, a="one\n")
    Path("a.txt").write_text("two\n")
    top = Path.cwd()
    monkeypatch.chdir("sub")
    paths = [Path("../a.txt"), top / "a.txt", Path("../link.txt")]
    assert [each.content for each in since("HEAD", paths).files.values()] == [b"one\n"] * 3


def test_since_outside_of_a_repository_asks_the_first_paths_own(git, monkeypatch, tmp_path):
    commit(git, a="one\n")
    path = Path.cwd() / "a.txt"
    monkeypatch.chdir(tmp_path)
    assert since("HEAD", [path]).files[path].state == "same"


def test_since_a_path_outside_counts_as_changed_and_is_told(git, tmp_path):
    commit(git, a="one\n")
    outside = tmp_path / "outside.txt"
    outside.write_text("x\n")
    found = since("HEAD", [outside, Path("a.txt")])
    assert found.files[outside].state == "new"
    assert "outside the repository" in found.notes[0]


def test_since_a_file_in_a_submodule_counts_as_changed_and_is_told(git, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    git("init", "-q", folder=other)
    (other / "a.txt").write_text("x\n")
    git("add", "-A", folder=other)
    git("commit", "-q", "-m", "x", folder=other)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.as_uri(), "sub")
    commit(git)
    found = since("HEAD", [Path("sub/a.txt")])
    assert found.files[Path("sub/a.txt")].state == "new"
    assert "submodule" in found.notes[0]


def test_since_a_link_or_folder_that_became_a_file_is_new(git):
    Path("a.txt").symlink_to("nowhere")
    Path("b.txt").mkdir()
    Path("b.txt/c").write_text("x")
    commit(git)
    Path("a.txt").unlink()
    Path("b.txt/c").unlink()
    Path("b.txt").rmdir()
    Path("a.txt").write_text("x\n")
    Path("b.txt").write_text("x\n")
    assert [each.state for each in since("HEAD", [Path("a.txt"), Path("b.txt")]).files.values()] == ["new", "new"]


def test_since_git_lfs_gives_what_was_fetched_and_tells_what_was_not(git):
    old = b"the old text\n"
    digest = hashlib.sha256(old).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(old)}\n"
    commit(git, a=pointer)
    Path("a.txt").write_text("the new text\n")
    found = since("HEAD", [Path("a.txt")])
    assert found.files[Path("a.txt")].state == "new"
    assert "Git LFS" in found.notes[0]
    stored = Path(".git/lfs/objects", digest[:2], digest[2:4], digest)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(old)
    assert one("HEAD", "a.txt").content == old
    stored.write_bytes(b"damaged")
    assert one("HEAD", "a.txt").state == "new"


def test_since_many_and_large_files_are_read_whole(git):
    texts = {f"f{i:03}": f"{i}\n" * (i * 50) for i in range(250)}
    commit(git, **texts)
    for name in texts:
        Path(f"{name}.txt").write_text("changed\n")
    found = since("HEAD", [Path(f"{name}.txt") for name in texts])
    assert {path.stem: before.content for path, before in found.files.items()} == {
        name: text.encode() for name, text in texts.items()
    }


def test_as_it_was_gives_old_files_under_their_names_and_removes_them(git):
    commit(git, same="s\n", a="one\n")
    Path("a.txt").write_text("two\n")
    Path("new.txt").write_text("x\n")
    paths = [Path("same.txt"), Path("a.txt"), Path("new.txt")]
    with since("HEAD", paths).as_it_was(paths) as places:
        assert list(places) == paths[:2]
        assert places[paths[0]] == paths[0]
        old = places[paths[1]]
        assert (old.name, old.read_bytes()) == ("a.txt", b"one\n")
    assert not old.exists()


def test_as_it_was_a_renamed_file_keeps_the_suffix_that_it_had(git):
    commit(git, old=LONG)
    git("mv", "old.txt", "new.tsv")
    paths = [Path("new.tsv")]
    Path("new.tsv").write_text(LONG + "one more\n")
    with since("HEAD", paths).as_it_was(paths) as places:
        assert places[paths[0]].name == "old.txt"


@pytest.mark.parametrize("revision", ["--output=stolen", "-p", "", "  ", "a\0b", "a\nb"])
def test_since_what_is_no_revision_is_refused_before_git_sees_it(git, revision):
    commit(git, a="one\n")
    with pytest.raises(UsageError, match="names no revision"):
        since(revision, [Path("a.txt")])
    assert not Path("stolen").exists()


@pytest.mark.parametrize("revision", ["origin/main", "nothing", "HEAD..HEAD", "HEAD:a.txt", "ünbekannt"])
def test_since_an_unknown_revision_says_how_to_fetch_it(git, revision):
    commit(git, a="one\n")
    with pytest.raises(UsageError, match=r"git knows no such commit here; .*fetch-depth: 0.*git fetch"):
        since(revision, [Path("a.txt")])


def test_since_a_shallow_clone_says_to_fetch_the_whole_history(git, tmp_path):
    commit(git, a="one\n")
    git("checkout", "-q", "-b", "feature")
    commit(git, a="two\n")
    git("checkout", "-q", "main")
    commit(git, b="three\n")
    clone = tmp_path / "clone"
    url = Path.cwd().as_uri()
    git("clone", "-q", "--depth", "1", "--no-single-branch", "-b", "feature", url, str(clone))
    with pytest.raises(UsageError, match=r"shallow clone.*fetch-depth: 0"):
        since("origin/main", [clone / "a.txt"], folder=clone)
    git("fetch", "-q", "--unshallow", folder=clone)
    assert since("origin/main", [clone / "a.txt"], folder=clone).files[clone / "a.txt"].content == b"one\n"


def test_since_unrelated_histories_are_refused(git):
    commit(git, a="one\n")
    git("checkout", "-q", "--orphan", "other")
    commit(git, a="two\n")
    with pytest.raises(UsageError, match="no commit in common"):
        since("main", [Path("a.txt")])


def test_since_a_repository_without_a_commit_is_refused(git):
    with pytest.raises(UsageError, match="no commit yet"):
        since("HEAD", [Path("a.txt")])


def test_since_no_repository_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="in no git repository"):
        since("main", [Path("a.txt")])


def test_since_without_git_says_to_install_it(git, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="needs git"):
        since("main", [Path("a.txt")])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a folder away")
def test_since_a_folder_of_another_user_says_how_to_trust_it(git, monkeypatch):
    commit(git, a="one\n")
    os.chown(".", 12345, 12345)
    os.chown(".git", 12345, 12345)
    monkeypatch.delenv("SUDO_UID", raising=False)
    with pytest.raises(UsageError, match=r"safe\.directory"):
        since("HEAD", [Path("a.txt")])


def test_since_in_a_hook_follows_the_repository_that_git_names(git, monkeypatch):
    commit(git, a="one\n")
    Path("a.txt").write_text("two\n")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert one("HEAD", "a.txt").content == b"one\n"
