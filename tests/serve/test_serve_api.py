"""The API with a real worker: what comes back, in every format, and that one client's is not another's."""

from __future__ import annotations

import gzip
import json
import re
import tempfile

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families
from serve_applications import TOKEN, client_of, served
from serve_orders import answering

from scorer import Settings, compare
from scorer.types import Languages

GERMAN = "Das Gerät ist nicht wasserdicht.\nDie Garantie gilt zwei Jahre ab dem Tag des Kaufs.\n"
ENGLISH = "The device is waterproof.\nThe warranty is valid for two years from the day of purchase.\n"
PAIR = {"a": GERMAN, "b": ENGLISH, "languages": "de-en"}
HOSTILE = "<script>alert(1)</script> {{7*7}} \u202e \x1b[31m"


@pytest.fixture(scope="session")
def described(client) -> dict:
    return client.get("/openapi.json").json()


@pytest.fixture
def holds(described):
    """Return a check that content is as the API's description says."""

    def check(name, content):
        jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}"} | described).validate(content)

    return check


def test_compare_json_is_the_report_of_the_command_line(client, holds):
    response = client.post("/v1/compare", json=PAIR)
    assert response.status_code == 200
    content = response.json()
    holds("Report", content)
    settings = Settings(preset="fast", languages=Languages("de", "en"))
    expected = compare(GERMAN, ENGLISH, settings=settings).to_dict()
    assert json.dumps(content, sort_keys=True) == json.dumps(expected, sort_keys=True)
    assert content["findings"][0]["message"] == 'negation lost: "nicht"'


@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("html", "text/html", "<html"),
        ("markdown", "text/markdown", "# "),
        ("text", "text/plain", "adequacy"),
        ("json", "application/json", '"format": 1'),
    ],
)
def test_compare_format_is_as_asked_for(client, name, kind, part):
    response = client.post(f"/v1/compare?format={name}", json=PAIR)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)
    assert part in response.text
    sandboxed = "sandbox allow-scripts" in response.headers["content-security-policy"]
    assert sandboxed == (name == "html")
    assert "allow-same-origin" not in response.headers["content-security-policy"]


def test_compare_form_reads_files_of_any_format(client):
    table = "hypothesis\n" + ENGLISH
    files = [
        ("a", ("quelle.txt.gz", gzip.compress(GERMAN.encode()))),
        ("b", ("target.csv", table.encode())),
        (
            "reference",
            ("ref.jsonl", b"".join(json.dumps({"text": line}).encode() + b"\n" for line in ENGLISH.splitlines())),
        ),
    ]
    response = client.post("/v1/compare", files=files, data={"languages": "de-en", "metrics": "chrf"})
    assert response.status_code == 200, response.text
    content = response.json()
    assert [each["name"] for each in content["inputs"]] == ["quelle.txt.gz", "target.csv", "ref.jsonl"]
    assert [each["name"] for each in content["metrics"]] == ["chrf"]


def test_score_systems_rows_and_tables(client, holds):
    hypotheses = {"one": ENGLISH.splitlines(), "two": ENGLISH.upper().splitlines()}
    systems = client.post("/v1/score", json={"hypotheses": hypotheses, "source": GERMAN, "languages": "de-en"})
    assert systems.status_code == 200, systems.text
    assert [each["name"] for each in systems.json()["systems"]] == ["one", "two"]
    rows = [{"src": a, "mt": b} for a, b in zip(GERMAN.splitlines(), ENGLISH.splitlines(), strict=True)]
    by_rows = client.post("/v1/score", json={"rows": rows, "languages": "de-en"})
    assert by_rows.status_code == 200, by_rows.text
    table = "".join(json.dumps(row) + "\n" for row in rows).encode()
    by_table = client.post("/v1/score", files={"input": ("pairs.jsonl", table)}, data={"languages": "de-en"})
    assert by_table.status_code == 200, by_table.text
    for response in (systems, by_rows, by_table):
        holds("Report", response.json())
    assert by_rows.json()["dimensions"] == by_table.json()["dimensions"]
    assert by_rows.json()["n_rows"] == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/v1/compare", {"a": GERMAN, "b": " \n"}, 422, "B is empty"),
        ("/v1/compare", {"a": "x", "b": "y"}, 422, "cannot tell the language of A"),
        ("/v1/compare", PAIR | {"align": "lines", "b": "one line"}, 422, "first unpaired line: 2"),
        ("/v1/compare", {"a": "/etc/passwd", "b": "/etc/passwd"}, 422, "cannot tell the language"),
        ("/v1/score", {"hypothesis": "a"}, 422, "needs a source"),
        ("/v1/score", {"hypothesis": ["a"], "source": ["a", "b"]}, 422, "first unpaired line: 2"),
        ("/v1/score", {"rows": [{"mt": "a"}]}, 422, "rows, line 1: needs 'source' or 'reference'"),
        ("/v1/compare?format=pdf", PAIR, 422, "format must be one of"),
        ("/v1/compare?wait=perhaps", PAIR, 422, "wait must be true or false"),
    ],
)
def test_api_what_cannot_be_done_is_told_in_a_sentence(client, holds, path, body, status, told):
    response = client.post(path, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    holds("Problem", response.json())
    assert told in response.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "", "application/xml", "application/x-www-form-urlencoded"])
def test_api_other_kinds_of_body_are_refused(client, kind):
    headers = {"content-type": kind} if kind else {}
    assert client.post("/v1/compare", content=b"{}", headers=headers).status_code == 415


def test_api_too_large_a_body_is_refused_with_and_without_its_length():
    client = client_of(served(max_bytes=1024))
    big = json.dumps({"a": "x" * 2000}).encode()
    kind = {"content-type": "application/json"}
    assert client.post("/v1/compare", content=big, headers=kind).status_code == 413
    assert client.post("/v1/compare", content=iter([big[:1000], big[1000:]]), headers=kind).status_code == 413
    assert client.post("/v1/compare", content=b"{" + b" " * 1023, headers=kind).status_code == 400


def test_api_other_methods_and_addresses_have_problems_too(client):
    for method, path, status in (("PUT", "/v1/compare", 405), ("GET", "/v1/score", 405), ("GET", "/v1/nothing", 404)):
        response = client.request(method, path)
        assert response.status_code == status
        assert response.json()["status"] == status


def events(text: str) -> list[tuple[str, dict]]:
    blocks = [block.split("\n") for block in text.split("\n\n") if block.startswith("event: ")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_job_is_followed_to_its_report_and_forgotten(client, holds):
    response = client.post("/v1/compare?wait=false", json=PAIR)
    assert response.status_code == 202
    holds("Job", response.json())
    place = response.headers["location"]
    told = events(client.get(place + "/events").text)
    assert told[-1][0] == "done"
    assert told[-1][1]["verdict"].startswith("Adequacy")
    job = client.get(place).json()
    holds("Job", job)
    assert job["state"] == "done"
    for name in ("json", "html", "markdown", "text"):
        assert client.get(f"{place}/report?format={name}").status_code == 200
    saved = client.get(f"{place}/report?format=html&download=true")
    assert saved.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert saved.text == client.get(f"{place}/report?format=html").text
    assert client.delete(place).status_code == 204
    for path in (place, place + "/events", place + "/report"):
        assert client.get(path).status_code == 404


def test_job_that_failed_tells_why_and_gives_no_report(client):
    place = client.post("/v1/compare?wait=false", json={"a": "x", "b": ""}).headers["location"]
    name, content = events(client.get(place + "/events").text)[-1]
    assert name == "failed"
    assert content["problem"]["status"] == 422
    assert client.get(place + "/report").status_code == 422


def test_job_of_a_browser_session_is_for_that_session_only(client):
    client.cookies.clear()
    client.get("/")
    mine = dict(client.cookies)
    assert mine
    place = client.post("/v1/compare?wait=false", json=PAIR).headers["location"]
    assert events(client.get(place + "/events").text)[-1][0] == "done"
    client.cookies.clear()
    for path in (place, place + "/report", place + "/events"):
        assert client.get(path).status_code == 404, "without a session"
    assert client.delete(place).status_code == 404
    client.get("/")
    assert dict(client.cookies) != mine
    assert client.get(place + "/report").status_code == 404, "in another session"
    client.cookies.clear()
    name, value = next(iter(mine.items()))
    assert client.get(place + "/report", headers={"cookie": f"{name}={value}"}).status_code == 200


def test_hostile_text_is_text_in_every_format(client):
    body = {"a": f"Das Haus ist alt. {HOSTILE}", "b": f"The house is old. {HOSTILE}", "languages": "de-en"}
    page = client.post("/v1/compare?format=html", json=body).text
    assert "<script>alert(1)" not in page
    assert client.post("/v1/compare", json=body).json()["segments"][0]["hypothesis"].startswith("The house is old.")


def test_uploads_never_reach_a_temporary_file(client, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a temporary file was asked for")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    big = ("Das ist ein Haus am Meer und es ist alt.\n" * 40).encode() + b" " * 3_000_000
    response = client.post(
        "/v1/compare", files={"a": ("a.txt", big), "b": ("b.txt", big)}, data={"languages": "de-en", "align": "lines"}
    )
    assert response.status_code == 200, response.text


def test_metrics_can_be_parsed_and_count(client):
    def value(name, **labels):
        families = text_string_to_metric_families(client.get("/v1/metrics").text)
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(s.value for s in samples if labels.items() <= s.labels.items())

    before = value("scorer_jobs_total", outcome="done"), value("scorer_jobs_total", outcome="422")
    client.post("/v1/compare", json=PAIR)
    client.post("/v1/compare", json={"a": "x", "b": ""})
    after = value("scorer_jobs_total", outcome="done"), value("scorer_jobs_total", outcome="422")
    assert after == (before[0] + 1, before[1] + 1)
    assert value("scorer_requests_total", path="/v1/compare", status="200") >= 1
    assert value("scorer_job_seconds_count") == value("scorer_job_seconds_bucket", le="+Inf") >= sum(after)
    assert value("scorer_workers") == 1
    assert value("scorer_workers_resident_memory_bytes") > 10_000_000
    names = {family.name for family in text_string_to_metric_families(client.get("/v1/metrics").text)}
    assert {"scorer_info", "process_resident_memory_bytes", "scorer_request_seconds"} <= names


def test_openapi_describes_every_route_and_is_sound(client, described):
    found = re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(described))
    assert {(kind, name) for kind, name in found if name not in described["components"][kind]} == set()
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    served_paths = {route.path for route in client.app.app.routes if route.path.startswith("/v1/")}
    assert served_paths == set(described["paths"])
    assert "security" not in described, "this server asks for no token"
    assert "security" in client_of(served(token=TOKEN)).get("/openapi.json").json()


# With stand-ins for workers: what happens under pressure -----------------------------------------------------------


def ask(client, text: str, **query):
    return client.post("/v1/compare", json={"a": text, "b": "y"}, params=query)


@pytest.fixture
def pressed():
    application = served(target=answering, queue=1, per_client=2, timeout=30)
    with client_of(application) as client:
        assert ask(client, "ready").status_code == 200
        yield client


def wait_until_running(client, place: str) -> None:
    while client.get(place).json()["state"] == "queued":
        pass


def test_api_full_house_is_told_with_when_to_come_back(pressed):
    places = [ask(pressed, "20", wait="false").headers["location"] for _ in range(2)]
    response = ask(pressed, "x")
    assert response.status_code == 429
    assert "2 jobs of this client" in response.json()["detail"]
    assert int(response.headers["retry-after"]) >= 1
    for place in places:
        assert pressed.delete(place).status_code == 204
    while (response := ask(pressed, "x")).status_code == 429:
        pass  # the place is given back when the worker has noticed
    assert response.status_code == 200


def test_api_full_queue_is_503():
    with client_of(served(target=answering, queue=1, per_client=10)) as client:
        places = [ask(client, "20", wait="false").headers["location"] for _ in range(2)]
        response = ask(client, "x")
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
        for place in places:
            client.delete(place)


def test_api_worker_that_dies_fails_one_request_only(pressed):
    assert ask(pressed, "die").status_code == 500
    response = ask(pressed, "x")
    assert response.status_code == 200
    assert response.text == "json: x"


def test_api_over_time_is_504():
    with client_of(served(target=answering, timeout=0.2)) as client:
        response = ask(client, "600")
        assert response.status_code == 504
        assert ask(client, "x").text == "json: x"


def test_api_too_many_a_minute_is_429():
    with client_of(served(target=answering, per_minute=4)) as client:
        assert [ask(client, "x").status_code for _ in range(4)] == [200, 200, 429, 429]


def test_api_answers_are_never_mixed_up():
    from concurrent.futures import ThreadPoolExecutor

    with (
        client_of(served(target=answering, workers=2, queue=40, per_client=40)) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        texts = [f"text {i}" for i in range(40)]
        answers = list(pool.map(lambda text: ask(client, text).text, texts))
    assert answers == [f"json: {text}" for text in texts]
