"""`scorer serve`: a local web page and a JSON API over `compare` and `score`.

Texts are held in memory only, and scored in processes of their own. How it is used, and what it refuses: docs/serve.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scorer.errors import InputError, MissingExtra
from scorer.plan import Settings
from scorer.printable import printable

HOST, PORT = "127.0.0.1", 8000


def run(
    host: str = HOST,
    port: int = PORT,
    *,
    token: str = "",
    max_bytes: int = 10 << 20,
    timeout: float = 120.0,
    workers: int = 2,
    queue: int = 16,
    per_client: int = 8,
    per_minute: int = 240,
    memory: int = 4 << 30,
    grace: float = 30.0,
    settings: Settings | None = None,
    threads: int = 0,
    device: str = "cpu",
    online: bool = False,
    allowed_hosts: Sequence[str] = (),
    quiet: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; jobs that run then may finish.

    Args:
        host: The address to listen on. Any but loopback's needs a token.
        port: The port; 0 for any that is free, which the first line on standard error names.
        token: What clients must show; "" for none.
        max_bytes: Of a request's body.
        timeout: Seconds that a job may run.
        workers: Processes that score.
        queue: Jobs that may wait for one of them.
        per_client: Jobs of one address that may run or wait at once.
        per_minute: Jobs that one address may ask for a minute.
        memory: Bytes that a worker may allocate (on Linux); 0 for no limit.
        grace: Seconds that running jobs get when the server is told to stop.
        settings: What holds where a client says nothing.
        threads: CPU threads of each worker; 0 shares the processors out.
        device: Where the encoder runs.
        online: Whether a hub may be asked for a model.
        allowed_hosts: Further names that the Host header may have, as behind a proxy.
        quiet: No line for each request.

    Raises:
        UsageError: A limit is impossible, the address cannot be used, or the token is missing or weak.
        MissingExtra: Starlette, uvicorn, Jinja2 or python-multipart is not installed.
    """
    try:
        from scorer.serve.limits import Limits
        from scorer.serve.running import serve
    except ImportError as error:
        raise MissingExtra("scorer serve", "serve") from error
    limits = Limits(
        max_bytes=max_bytes,
        timeout=timeout,
        workers=workers,
        queue=queue,
        per_client=per_client,
        per_minute=per_minute,
        memory=memory,
        grace=grace,
    )
    serve(
        host,
        port,
        token=token,
        limits=limits,
        settings=settings or Settings(),
        threads=threads,
        device=device,
        online=online,
        allowed_hosts=allowed_hosts,
        quiet=quiet,
    )


def token_from(path: str) -> str:
    """Return the token that a file holds: its first line without outer spaces. In an option it would be seen in `ps`.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.readline(4096).strip()
    except (OSError, ValueError) as error:
        raise InputError(f"{printable(path)}: the token cannot be read ({error})") from error
