"""Runs the application with uvicorn until a signal ends it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import uvicorn

from scorer.errors import UsageError
from scorer.plan import Settings
from scorer.printable import printable
from scorer.serve.app import Served, build
from scorer.serve.guard import LOOPBACK, is_address
from scorer.serve.limits import Limits
from scorer.serve.sessions import Keyring, refuse_weak
from scorer.serve.worker import Setup

# Connections that may be open at once; one more is refused by uvicorn itself with 503.
MAX_CONNECTIONS = 1000
KEEP_ALIVE = 15
BACKLOG = 1024


class Server(uvicorn.Server):
    """A server that turns new jobs away from the moment it is told to stop."""

    def __init__(self, config: uvicorn.Config, served: Served) -> None:
        super().__init__(config)
        self.served = served

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the door; what is inside may finish. The same signal from a terminal once more ends it all.

        uvicorn would raise the signal anew at the end; but a server that stops when it is told to has not failed.
        """
        self.served.door.close()
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def serve(
    host: str,
    port: int,
    *,
    token: str,
    limits: Limits,
    settings: Settings,
    threads: int,
    device: str,
    online: bool,
    allowed_hosts: Sequence[str],
    quiet: bool,
) -> None:
    """Serve until SIGINT or SIGTERM; see `scorer.serve.run`."""
    is_local = _is_loopback(host)
    if not is_local and not token:
        raise UsageError(
            f"{printable(host)} can be reached from other machines, so a token is needed: put one into the variable "
            "SCORER_TOKEN, or leave out --host"
        )
    refuse_weak(token)
    listening = _listening(host, port)
    port = listening.getsockname()[1]
    setup = Setup(
        threads or max(1, (os.cpu_count() or 1) // limits.workers),
        device,
        online,
        settings if settings.preset == "standard" else None,
        limits.memory,
    )
    hosts = [*allowed_hosts, *([] if is_local else [host, socket.gethostname(), socket.getfqdn()])]
    keyring = Keyring(token, f"scorer_{port}")
    served = build(settings, limits, keyring, setup=setup, hosts=hosts, is_local=is_local)
    _log(quiet)
    _leave_no_core()
    config = uvicorn.Config(
        served.app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        lifespan="on",
        http="h11",
        limit_concurrency=MAX_CONNECTIONS,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(limits.grace) + 1,
    )
    shown = f"[{host}]" if ":" in host else host
    logging.getLogger("scorer.serve").info("listening on http://%s:%d/", shown, port)
    Server(config, served).run(sockets=[listening])
    logging.getLogger("scorer.serve").info("stopped")


def _is_loopback(host: str) -> bool:
    return host.lower() in LOOPBACK or (is_address(host) and host.startswith("127."))


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address.

    Raises:
        UsageError: It cannot be bound; the message says why.
    """
    if not 0 <= port <= 65535:  # the system would take a larger one for another
        raise UsageError(f"there is no port {port}; ports are from 0 (any that is free) to 65535")
    listening = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":  # elsewhere the option lets two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)  # from the moment that we say so
    except (OSError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot listen on {printable(host)}, port {port}: {reason}; see --host and --port") from error
    return listening


def _log(quiet: bool) -> None:
    """Write our own lines to standard error: none of them holds a text, an id or a token."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    ours = logging.getLogger("scorer.serve")
    ours.handlers = [handler]
    ours.setLevel(logging.ERROR if quiet else logging.INFO)
    ours.propagate = False
    # uvicorn's own lines name no paths with the access log off; its tracebacks might quote, and ours say where.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)


def _leave_no_core() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
