"""What the gate is asked, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scorer.gate.policy import Policy


@dataclass(frozen=True, slots=True)
class Task:
    """What the gate is asked.

    Attributes:
        policy: The rules and the files.
        changed: A git revision: only what changed since then is scored; "" for everything.
        write_baseline: Whether to write the baseline from this run.
        accept: Ids of segments, names of files, or `all`: what they are now becomes the baseline's.
        cache: The folder of results of earlier runs; `None` for none.
        batch_size: Segments a batch; changes speed, never a score.
        literal: Whether the names of files are taken as they are, and not for patterns.
    """

    policy: Policy
    changed: str = ""
    write_baseline: bool = False
    accept: tuple[str, ...] = ()
    cache: Path | None = None
    batch_size: int = 256
    literal: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether all that the policy's baseline knows is looked at."""
        return not self.changed and not self.literal
