"""Turns a pickled checkpoint into safetensors; run as a process of its own, `python -P unpickle.py PICKLE TARGET`.

A pickle is a program. It is opened by `torch.load(weights_only=True)` and nothing else, in a process that may start
no other and open no connection, by a torch without the known holes in that mode. Whatever asks for more than tensors
is refused. Exit code: 0 written, 3 refused, with the reason on standard error.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

REFUSED = 3
# CVE-2025-32434 (before 2.6) and CVE-2026-24747 (before 2.10) ran code in spite of `weights_only=True`.
SAFE_TORCH = (2, 10)
_FORBIDDEN = (
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "pty.spawn",
)
_FORBIDDEN_KINDS = ("socket.", "subprocess.", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.")


class Refused(Exception):  # noqa: N818 - says what happened
    """The pickle asks for more than weights, or holds none."""


def convert(pickled: str, target: str) -> None:
    """Write the tensors of a checkpoint to a safetensors file.

    Args:
        pickled: A Lightning checkpoint (`state_dict` inside) or a dictionary of tensors.
        target: Where to write; names that share one tensor are listed in its metadata, as `aliases`.

    Raises:
        Refused: Whatever else it is.
    """
    import torch
    from safetensors.torch import save_file

    if _version(torch.__version__) < SAFE_TORCH:
        needed = ".".join(map(str, SAFE_TORCH))
        raise Refused(f"torch {torch.__version__} does not open pickles safely; pip install 'torch>={needed}'")
    try:
        content = torch.load(pickled, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(pickled))
    except Exception as error:  # the unpickler raises whatever the pickle provokes
        raise Refused(_reason(error)) from error
    kept, aliases = distinct(tensors(content))
    if not kept:
        raise Refused("it holds no tensors")
    save_file(kept, target, metadata={"format": "pt", "aliases": json.dumps(aliases)})


def tensors(content: object) -> dict[str, torch.Tensor]:
    """Return the tensors of a checkpoint by name; those under `state_dict` where there is one."""
    import torch

    found = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {name: value for name, value in found.items() if isinstance(name, str) and isinstance(value, torch.Tensor)}


def distinct(named: Mapping[str, torch.Tensor]) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Return tensors that share no memory, as safetensors wants them, and the names of those that were the same."""
    kept: dict[str, torch.Tensor] = {}
    aliases: dict[str, str] = {}
    seen: dict[tuple[object, ...], str] = {}
    storages: set[int] = set()
    for name, tensor in named.items():
        storage = tensor.untyped_storage().data_ptr()
        place = (storage, tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype)
        if place in seen and tensor.numel():
            aliases[name] = seen[place]
            continue
        kept[name] = tensor.detach().clone().contiguous() if storage in storages else tensor.detach().contiguous()
        storages.add(storage)
        seen[place] = name
    return kept, aliases


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def forbid(event: str, arguments: object) -> None:
    """Refuse an event of Python's audit that starts a process or opens a connection."""
    if event in _FORBIDDEN or event.startswith(_FORBIDDEN_KINDS):
        raise Refused(f"it tried {event}")


def _reason(error: BaseException) -> str:
    """Return the one line of torch's long message that names the fault."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "unpickler error" in line.lower() or "unsupported" in line.lower()]
    return (telling or lines or [type(error).__name__])[0][:300]


def main() -> None:
    """Convert as the command line says; from the first byte of the pickle on, nothing outside is touched."""
    import torch  # noqa: F401 - importing it may start processes, reading a pickle must not

    sys.addaudithook(forbid)
    try:
        convert(sys.argv[1], sys.argv[2])
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
