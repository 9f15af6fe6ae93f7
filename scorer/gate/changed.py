"""What git says changed since a revision, and the files as they were there.

Held against each other are the work tree as it is, uncommitted changes included, and the commit where the revision and
HEAD parted: what `git diff REVISION...HEAD` shows, and what a pull request changes, whatever was merged into the
revision in the meantime. Only git itself is asked, through its own command.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scorer.gate import git
from scorer.gate.git import Repository, shown

State = Literal["same", "touched", "new"]


@dataclass(frozen=True, slots=True)
class Before:
    """A file as it was.

    Attributes:
        state: "same" as now; "touched" since; or "new", which it also is where git did not have it, or has it not here.
        content: Its bytes, where it was touched.
        was: Its path below the top of the repository, where it had another name.
    """

    state: State
    content: bytes | None = None
    was: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed since a revision.

    Attributes:
        revision: As the user named it.
        base: The commit where it and HEAD parted, in full.
        files: The files that were asked for, by the paths that were given.
        notes: What a user should know of them.
    """

    revision: str
    base: str
    files: Mapping[Path, Before]
    notes: tuple[str, ...] = ()

    def is_touched(self, paths: Iterable[Path]) -> bool:
        """Return whether any of these files is not what it was."""
        return any(self.files[path].state != "same" for path in paths)

    @contextmanager
    def as_it_was(self, paths: Iterable[Path]) -> Iterator[dict[Path, Path]]:
        """Give the place where each file can be read as it was, while the block lasts; new files are left out.

        A file that is the same is its own place. The others lie in a private folder under the names that they had,
        since a reader goes by the suffix.
        """
        with tempfile.TemporaryDirectory(prefix="scorer-") as folder:
            places: dict[Path, Path] = {}
            for number, path in enumerate(paths):
                before = self.files[path]
                if before.state == "same":
                    places[path] = path
                elif before.content is not None:
                    places[path] = Path(folder, str(number), Path(before.was).name or path.name)
                    places[path].parent.mkdir()
                    places[path].write_bytes(before.content)
            yield places


def since(revision: str, paths: Sequence[Path], folder: Path = Path()) -> Changed:
    """Return what became of files since HEAD parted from a revision.

    A file counts as renamed where git sees it: both names are in the index or in commits, and the contents alike.

    Args:
        revision: A branch, tag or commit.
        paths: Of files, as a user writes them: from the current folder, or absolute. A link stands for its target.
        folder: In the repository whose revision it is; where that is in none, the first path's folder is tried.

    Raises:
        UsageError: git or a repository is missing, the revision is not known, or its common history with HEAD is not
            here, as in a shallow clone; the message says what to do.
    """
    git.refuse_odd(revision)
    where = git.repository(revision, [folder, *(path.parent for path in paths[:1])])
    base = git.base_commit(where)
    names = {path: git.below(where.top, path) for path in paths}
    touched, old_names = git.differences(where, base)
    olds = {name: old_names.get(name, name) for name in names.values() if name is not None}
    blobs = git.blobs_of(where, base, sorted(set(olds.values())))
    contents = git.contents_of(
        where, sorted({blobs[old] for name, old in olds.items() if name in touched and old in blobs})
    )
    files: dict[Path, Before] = {}
    notes: list[str] = []
    for path, name in names.items():
        blob = blobs.get(olds[name]) if name is not None else None
        if name is None or blob is None:
            files[path] = Before("new")
            notes += _why_new(where, path, name)
        elif name not in touched:
            files[path] = Before("same")
        elif (content := git.behind_pointer(where, contents[blob])) is None:
            files[path] = Before("new")
            notes.append(f"{shown(path)}: Git LFS has not fetched it as it was, so all of it counts as changed")
        else:
            files[path] = Before("touched", content, os.fsdecode(olds[name]) if olds[name] != name else "")
    return Changed(revision, base, files, tuple(notes))


def _why_new(where: Repository, path: Path, name: bytes | None) -> list[str]:
    """Return a note on a file that is new only because this repository has no history of it."""
    if name is None:
        return [f"{shown(path)} lies outside the repository {shown(where.top)}, so all of it counts as changed"]
    folders = [where.top / folder for folder in Path(os.fsdecode(name)).parents if folder.name]
    if any((folder / ".git").exists() for folder in folders):
        return [f"{shown(path)} is in a submodule, so all of it counts as changed"]
    return []
