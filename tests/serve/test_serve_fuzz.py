"""The API fuzzed from its own description: no fault of the server's, and every answer as described."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install -e '.[dev]'")

pytestmark = pytest.mark.filterwarnings("ignore")
EXAMPLES = int(os.environ.get("SCORER_FUZZ", "25"))
# Following the ends of streams and of jobs that are not there takes no more.
FEW = 8


def quick(content):
    """Keep the neural model out of it: loading it takes longer than the rest."""
    if isinstance(content, dict) and content.get("preset") == "standard":
        return {**content, "preset": "fast"}
    return content


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_api_fuzzed_answers_as_described(server, mode):
    checks = schemathesis.checks
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    schema.validate()
    n_operations = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        n_operations += 1
        if mode == "negative" and operation.method.upper() != "POST":
            continue  # any text may stand for an id
        asks = operation.method.upper() == "POST" and "session" not in operation.path

        @budget(
            max_examples=EXAMPLES if asks else FEW,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
        def check(case):
            case.body = quick(case.body)
            at_once = (case.query or {}).get("wait") != "false"  # else a job is told later what is wrong with its texts
            response = case.call(base_url=server.url, timeout=30)
            case.validate_response(
                response,
                checks=[
                    checks.not_a_server_error,
                    checks.status_code_conformance,
                    checks.content_type_conformance,
                    checks.response_schema_conformance,
                    checks.response_headers_conformance,
                    *([checks.negative_data_rejection] if mode == "negative" and at_once else []),
                ],
            )

        check()
    assert n_operations == 9
    assert server.ask("GET", "/v1/health")[0] == 200
    assert not any("ERROR" in line for line in server.lines), server.lines
