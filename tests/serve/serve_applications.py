"""Applications for tests, and clients of them in this process."""

from __future__ import annotations

from starlette.testclient import TestClient

from scorer.plan import Settings
from scorer.serve.app import Served, build
from scorer.serve.limits import Limits
from scorer.serve.sessions import Keyring

TOKEN = "a-token-of-some-length"


def served(*, token: str = "", target=None, hosts=(), is_local=True, **limits) -> Served:
    options = {} if target is None else {"target": target}
    chosen = Limits(**({"workers": 1, "memory": 0, "grace": 2, "per_minute": 10**6} | limits))
    return build(Settings(preset="fast"), chosen, Keyring(token), hosts=hosts, is_local=is_local, **options)


def client_of(application: Served, host: str = "127.0.0.1:8000") -> TestClient:
    return TestClient(
        application.app, base_url=f"http://{host}", client=("127.0.0.1", 5000), raise_server_exceptions=False
    )
