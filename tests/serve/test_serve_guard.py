"""Names, origins, the token, sessions and the headers of every answer. No worker runs here."""

from __future__ import annotations

import logging

import pytest
from serve_applications import TOKEN, client_of, served

from scorer.errors import MissingExtra, UsageError
from scorer.serve import run, token_from
from scorer.serve.guard import host_of
from scorer.serve.sessions import Keyring, refuse_weak

BODY = {"a": "x", "b": "y"}


def ask(host: str, **options) -> int:
    client = client_of(served(**options))
    return client.get("/", headers={"host": host}).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "localhost.:80"])
def test_guard_loopback_name_is_let_in(host):
    assert ask(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "10.0.0.1",
        "",
        "[::1",
        "a@localhost@b",
        "%",
    ],
)
def test_guard_other_name_is_refused_in_case_it_was_rebound(host):
    assert ask(host) == 421


def test_guard_named_hosts_and_addresses_are_let_in_when_open_to_a_network():
    options = {"hosts": ["scorer.example"], "is_local": False, "token": TOKEN}
    assert [ask(host, **options) for host in ("scorer.example:443", "10.0.0.7:8000", "evil.example")] == [200, 200, 421]


def test_host_of_reads_names_addresses_and_nonsense():
    assert [host_of(each) for each in ("A.b:1", "[::1]:2", "[", "")] == ["a.b", "::1", "", ""]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/compare", "/v1/score", "/v1/session", "/v1/jobs/x"])
def test_guard_another_sites_page_may_change_nothing(headers, path):
    client = client_of(served())
    method = "DELETE" if "jobs" in path else "POST"
    assert client.request(method, path, json=BODY, headers=headers).status_code == 403


def test_guard_own_page_may_ask():
    client = client_of(served())
    headers = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    assert (
        client.post("/v1/compare", content=b"{", headers={**headers, "content-type": "text/plain"}).status_code == 415
    )


@pytest.mark.parametrize("path", ["/v1/compare", "/v1/metrics", "/v1/jobs/x", "/v1/jobs/x/report", "/v1/jobs/x/events"])
@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", "Basic " + TOKEN, "Bearer " + TOKEN[:-1], "Bearer \xe9"]
)
def test_guard_without_the_token_nothing_is_given(path, given):
    client = client_of(served(token=TOKEN))
    headers = {"authorization": given.encode("latin-1")} if given else {}
    method = "POST" if path == "/v1/compare" else "GET"
    response = client.request(method, path, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["detail"]


def test_guard_token_in_header_or_session_opens():
    client = client_of(served(token=TOKEN))
    assert client.get("/v1/metrics", headers={"authorization": f"bearer {TOKEN}"}).status_code == 200
    assert client.post("/v1/session", json={"token": "wrong"}).status_code == 401
    assert client.get("/v1/metrics").status_code == 401
    response = client.post("/v1/session", json={"token": TOKEN})
    assert response.status_code == 204
    assert "HttpOnly" in response.headers["set-cookie"]
    assert "samesite=strict" in response.headers["set-cookie"].lower()
    assert TOKEN not in response.headers["set-cookie"]
    assert client.get("/v1/metrics").status_code == 200


def test_guard_health_and_page_ask_for_no_token():
    client = client_of(served(token=TOKEN))
    assert client.get("/v1/health").status_code == 503  # nothing runs here, and that much anyone may know
    page = client.get("/")
    assert "data-locked" in page.text
    assert TOKEN not in page.text


def test_guard_guessing_is_slowed_down():
    client = client_of(served(token=TOKEN))
    statuses = [client.post("/v1/session", json={"token": f"guess {i}"}).status_code for i in range(30)]
    assert statuses[:5] == [401] * 5
    assert statuses[-1] == 429
    assert client.get("/v1/metrics").headers["retry-after"]


@pytest.mark.parametrize(
    "change",
    [lambda v: v[:-1] + "0", lambda v: v.replace(".0.", ".1."), lambda v: "x" + v, lambda v: "", lambda v: "é.1.é"],
)
def test_session_forged_cookie_is_none(change):
    keyring = Keyring(TOKEN, "scorer")
    client = client_of(served(token=TOKEN))
    client.get("/")
    value = client.cookies["scorer"]
    client.cookies.clear()
    assert client.get("/v1/metrics", headers={"cookie": f"scorer={change(value)}".encode()}).status_code == 401
    assert keyring.key != Keyring(TOKEN).key


@pytest.mark.parametrize("token", ["short", "x" * 15, "with a space in it", "é" * 20])
def test_token_weak_or_unsendable_raises(token):
    with pytest.raises(UsageError):
        refuse_weak(token)


@pytest.mark.parametrize("path", ["/", "/assets/page.js", "/openapi.json", "/v1/health", "/nowhere", "/v1/jobs/x"])
def test_guard_every_answer_has_the_security_headers(path):
    headers = client_of(served()).get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_page_holds_no_script_or_style_of_its_own():
    page = client_of(served()).get("/").text
    assert page.count("<script") == 1
    assert '<script src="/assets/page.js" type="module"></script>' in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page


def test_guard_fault_of_ours_is_told_without_its_message(caplog):
    caplog.set_level(logging.INFO, "scorer.serve")
    application = served()

    def fault(*_):
        raise RuntimeError("a secret text")

    application.door.enter = fault
    response = client_of(application).post("/v1/compare", json=BODY)
    assert response.status_code == 500
    assert response.json()["detail"] == "a fault of ours; the server's log says where"
    assert "secret" not in response.text + caplog.text
    assert "RuntimeError at test_serve_guard.py" in caplog.text


def test_guard_log_names_routes_and_never_what_was_asked(caplog):
    caplog.set_level(logging.INFO, "scorer.serve")
    client = client_of(served())
    client.get("/v1/jobs/secret-id?format=secret-text")
    client.get("/secret-path")
    client.request("SECRET", "/v1/health")
    said = [record.getMessage() for record in caplog.records if record.name.startswith("scorer")]
    assert len(said) == 3
    assert "secret" not in "".join(said).lower()
    assert "GET /v1/jobs/{id} 404" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_run_open_to_a_network_without_a_token_raises(host):
    with pytest.raises(UsageError, match="token is needed"):
        run(host, 0)


def test_run_weak_token_raises():
    with pytest.raises(UsageError, match="at least 16"):
        run("127.0.0.1", 0, token="guess")


@pytest.mark.parametrize("port", [-1, 70000])
def test_run_impossible_port_raises(port):
    with pytest.raises(UsageError, match="there is no port"):
        run("127.0.0.1", port)


def test_run_port_in_use_raises():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match=r"cannot listen on 127\.0\.0\.1"):
            run("127.0.0.1", taken.getsockname()[1])


def test_run_without_the_extra_names_it(monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith("scorer.serve.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtra, match=r"mt-scorer\[serve\]"):
        run("127.0.0.1", 0)


def test_token_from_first_line_of_a_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(f" {TOKEN} \nmore\n")
    assert token_from(str(path)) == TOKEN
    with pytest.raises(Exception, match="token cannot be read"):
        token_from(str(tmp_path / "nowhere"))
