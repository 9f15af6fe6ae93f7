"""What the gate asks git, through git's own command: where histories parted, what differs, and what files held."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scorer.errors import UsageError
from scorer.printable import printable

# Paths are paths and no patterns; no question is asked, no lock taken, and messages are in one language.
_ENVIRONMENT = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# Paths of one command: Windows takes 32,000 characters.
_AT_ONCE = 100
# A file's mode in a tree; links (120000) and submodules (160000) have no text of their own.
_FILE = b"100"
# What git has in place of a file in Git LFS (its specification, "The pointer").
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")
_LONGEST_POINTER = 1024


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository: the folder that commands run in, its top, and the revision that they are about."""

    folder: Path
    top: Path
    revision: str

    def run(self, *arguments: str | bytes, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Return what became of a command."""
        return _run(self.folder, *arguments, stdin=stdin)

    def output(self, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
        """Return what a command prints.

        Raises:
            UsageError: It failed.
        """
        done = self.run(*arguments, stdin=stdin)
        if done.returncode:
            raise UsageError(f"{_asked(self.revision)}: git {os.fsdecode(arguments[0])} failed: {_first_line(done)}")
        return done.stdout


def _run(folder: Path, *arguments: str | bytes, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - arguments of ours, and a revision that cannot be an option
        ["git", *arguments],  # noqa: S607 - the user's own git
        cwd=folder,
        input=stdin,
        capture_output=True,
        env=os.environ | _ENVIRONMENT,
        check=False,
    )


def refuse_odd(revision: str) -> None:
    """Check that git could take it for a revision, and not for an option.

    Raises:
        UsageError: It is blank, begins with a dash or holds a control character.
    """
    if not revision.strip() or revision.startswith("-") or not revision.isprintable():
        raise UsageError(f"{_asked(revision)} names no revision; name a branch, tag or commit, as in origin/main")


def repository(revision: str, folders: Sequence[Path]) -> Repository:
    """Return the repository that the first of these folders is in that is in one.

    Raises:
        UsageError: There is none, no git, or git does not trust the folder.
    """
    if shutil.which("git") is None:
        raise UsageError(f"{_asked(revision)} needs git, and there is none on the PATH; install it, or leave it out")
    for folder in folders:
        if not folder.is_dir():
            continue
        done = _run(folder, "rev-parse", "--show-toplevel")
        if done.returncode == 0:
            return Repository(folder, Path(os.path.realpath(os.fsdecode(done.stdout.removesuffix(b"\n")))), revision)
        if b"dubious ownership" in done.stderr:
            raise UsageError(
                f"{_asked(revision)}: git does not trust this folder, as it belongs to another user; say so with: "
                f"git config --global --add safe.directory {shown(folder.absolute())}"
            )
        if b"not a git repository" not in done.stderr:
            raise UsageError(f"{_asked(revision)}: git cannot be used here: {_first_line(done)}")
    raise UsageError(
        f"{_asked(revision)} asks git, but {shown(folders[0].absolute())} is in no git repository; run it in the "
        "checkout, or leave it out"
    )


def base_commit(git: Repository) -> str:
    """Return the commit where HEAD and the revision parted.

    Raises:
        UsageError: The revision is not known, or the commit is not here.
    """
    commit, head = _commit(git, git.revision), _commit(git, "HEAD")
    if head is None:
        raise UsageError(f"{_asked(git.revision)}: there is no commit yet, so nothing can have changed since one")
    if commit is None:
        raise UsageError(f"{_asked(git.revision)}: git knows no such commit here; {_how_to_fetch(git.revision)}")
    done = git.run("merge-base", commit, head)
    if done.returncode == 0:
        return done.stdout.split()[0].decode()
    if git.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        raise UsageError(
            f"{_asked(git.revision)}: this is a shallow clone, without the commit where HEAD and it parted; fetch the "
            "whole history: fetch-depth: 0 in actions/checkout, GIT_DEPTH: 0 in GitLab, or git fetch --unshallow"
        )
    raise UsageError(f"{_asked(git.revision)}: it and HEAD have no commit in common; name one that HEAD comes from")


def _commit(git: Repository, revision: str) -> str | None:
    done = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return done.stdout.strip().decode() if done.returncode == 0 else None


def _how_to_fetch(revision: str) -> str:
    remote, slash, branch = revision.partition("/")
    fetch = f"git fetch {remote} {branch}" if slash and remote in ("origin", "upstream") else "git fetch --all --tags"
    return f"in CI, fetch it first: fetch-depth: 0 in actions/checkout, or {printable(fetch, 100)}"


def below(top: Path, path: Path) -> bytes | None:
    """Return a file's path below the top as git writes it; `None` where it lies outside."""
    real = Path(os.path.realpath(path))
    return os.fsencode(real.relative_to(top).as_posix()) if real.is_relative_to(top) else None


def differences(git: Repository, base: str) -> tuple[set[bytes], dict[bytes, bytes]]:
    """Return the paths that are not what they were, and the old names of those that had another."""
    arguments = ("--name-status", "-z", "-M", "--no-relative", "--no-ext-diff", "--ignore-submodules")
    # Of the whole repository: a rename is seen only beside the file that went.
    fields = iter(git.output("diff", *arguments, base, "--").split(b"\0"))
    touched: set[bytes] = set()
    old_names: dict[bytes, bytes] = {}
    for status in fields:
        if not status:
            break
        name = next(fields)
        if status[:1] in b"RC":
            old, name = name, next(fields)
            old_names[name] = old
        touched.add(name)
    return touched, old_names


def blobs_of(git: Repository, base: str, names: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the objects of those paths that are files in a commit."""
    blobs: dict[bytes, bytes] = {}
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        for entry in filter(None, git.output("ls-tree", "-z", "--full-tree", base, "--", *some).split(b"\0")):
            described, _, name = entry.partition(b"\t")
            mode, _, blob = described.split(b" ")
            if mode.startswith(_FILE):
                blobs[name] = blob
    return blobs


def contents_of(git: Repository, blobs: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the objects' bytes.

    Raises:
        UsageError: One is not here, as in a partial clone without a network.
    """
    listed = git.output("cat-file", "--batch", stdin=b"".join(blob + b"\n" for blob in blobs)) if blobs else b""
    contents: dict[bytes, bytes] = {}
    position = 0
    for blob in blobs:
        end = listed.index(b"\n", position)
        said = listed[position:end].split(b" ")
        if said[-1] == b"missing":
            raise UsageError(
                f"{_asked(git.revision)}: old contents are missing in this clone; fetch them: git fetch --refetch"
            )
        position = end + 1 + int(said[-1])
        contents[blob] = listed[end + 1 : position]
        position += 1  # a line feed follows
    return contents


def behind_pointer(git: Repository, content: bytes) -> bytes | None:
    """Return a content, or what its Git LFS pointer stands for; `None` where that was not fetched."""
    pointer = _POINTER.match(content) if len(content) <= _LONGEST_POINTER else None
    if pointer is None:
        return content
    digest = pointer[1].decode()
    shared = Path(os.fsdecode(git.output("rev-parse", "--git-common-dir").removesuffix(b"\n")))
    try:
        stored = (git.folder / shared / "lfs" / "objects" / digest[:2] / digest[2:4] / digest).read_bytes()
    except OSError:
        return None
    return stored if hashlib.sha256(stored).hexdigest() == digest else None


def _asked(revision: str) -> str:
    return (
        f"--changed {printable(revision, 100)!r}" if not revision.strip() else f"--changed {printable(revision, 100)}"
    )


def shown(path: Path) -> str:
    """Return a path as messages show it."""
    return printable(str(path))


def _first_line(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = os.fsdecode(done.stderr).strip().splitlines()
    return printable(lines[0] if lines else f"exit {done.returncode}", 300)
