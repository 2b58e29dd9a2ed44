"""A request is gone when it was answered: nothing of it waits for Python to look for garbage.

That is so for what is planned; of what resolvers answer, graphql-core leaves some.
"""

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from models.ids import uuid7
from resolvers.context import Context
from tests.fixtures import Ficha

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"


def asked(name: str) -> dict[str, Any]:
    variables = json.loads((OPERATIONS / f"{name}.variables.json").read_text("utf-8"))
    return {"query": (OPERATIONS / f"{name}.graphql").read_text("utf-8"), "variables": variables}


@pytest.mark.parametrize(
    "body",
    [
        asked("client_detail"),
        asked("clients_list"),
        {"query": '{ nodes(ids: ["cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"]) { id } }'},
        {"query": "{ nothing }"},
    ],
    ids=["ClientDetail", "ClientsList", "nodes", "invalid"],
)
def test_no_request_is_left_as_garbage(live_server: Ficha, body: dict[str, Any]) -> None:
    id = uuid7().hex
    headers = {"Authorization": f"Bearer {live_server.token('admin@demo.mx')}", "X-Request-Id": id}

    def ask() -> None:
        assert live_server.http.post("/graphql", json=body, headers=headers).status_code == 200

    def is_of_these(found: object) -> bool:
        if isinstance(found, Request):
            return found.headers.get("x-request-id") == id
        return isinstance(found, Context) and found.request_id == id

    ask()
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(3):
            ask()
        gc.collect()
        left = [type(found).__name__ for found in gc.garbage if is_of_these(found)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert left == []
