"""The trace of an operation, read by Apollo's own decoder."""

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from server.settings import Settings
from tests.conformance.conftest import ADMIN, FOLDER, NODE
from tests.fixtures import serving

QUERY = '{ me: viewer { role } client(id: "con_x") { id } }'


def decoded(trace: str) -> Any:
    """The message as Apollo's gateway has it."""
    done = subprocess.run([*NODE, "trace.mjs"], cwd=FOLDER, input=trace.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.claims(
    "docs/protocol.md", "It is Apollo's message Trace (`reports.proto`) in base64, as its gateways and routers read it."
)
def test_apollo_reads_the_trace(demo_settings: Settings) -> None:
    with serving(replace(demo_settings, traces=True)) as ficha:
        headers = {
            "Authorization": f"Bearer {ficha.token(ADMIN)}",
            "apollo-federation-include-trace": "ftv1",
        }
        answer = ficha.http.post("/graphql", json={"query": QUERY}, headers=headers)
    trace = decoded(answer.json()["extensions"]["ftv1"])
    lasted = trace["durationNs"]
    assert set(trace) == {"startTime", "endTime", "durationNs", "root"}
    assert trace["root"] == {
        "child": [
            {
                "responseName": "me",
                "originalFieldName": "viewer",
                "type": "FichaViewer!",
                "parentType": "Query",
                "endTime": lasted,
            },
            {
                "responseName": "client",
                "type": "Client",
                "parentType": "Query",
                "endTime": lasted,
                "error": [
                    {
                        "message": "BAD_ID",
                        "json": '{"message":"BAD_ID","path":["client"],"extensions":{"code":"BAD_ID"}}',
                    }
                ],
            },
        ]
    }
