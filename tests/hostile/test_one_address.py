"""Bad credentials from one address, over HTTP and WebSockets, counted in the process and in Redis."""

import shutil
import socket
import subprocess
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import models
from models.collaborator import Role
from server.settings import Settings
from tests.fixtures import Company, Ficha, demanded, global_id, serving
from tests.http.test_subscriptions import UPDATE, listening, signed_in
from tests.security.test_http import code, send


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A Redis of these tests' own."""
    program = demanded(shutil.which("redis-server"), "redis-server")
    directory: Path = tmp_path_factory.mktemp("redis")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    arguments = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any("Ready to accept connections" in line for line in process.stdout)
        yield f"redis://127.0.0.1:{port}"
        process.terminate()
        process.communicate()


@pytest.fixture(params=["memory", "redis"])
def limited(request: pytest.FixtureRequest, demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha that refuses five credentials an hour from one address, and remembers no viewer."""
    url = "memory://" if request.param == "memory" else request.getfixturevalue("redis_url")
    settings = replace(demo_settings, sign_in_limit="5/hour", rate_limit_storage=url, viewer_cache_seconds=0)
    with serving(settings) as ficha:
        yield ficha


def bearer(credentials: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {credentials}"


@pytest.mark.claims(
    "docs/security.md",
    "With `FICHA_RATE_LIMIT_STORAGE=redis://…` all processes count together.",
    "The client's address is the connection's.",
)
def test_nobody_else_at_the_address_notices(limited: Ficha, owner: Any) -> None:
    own = Company(limited, owner)
    query = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }"
    given = {"name": "Tienda", "scopes": ["clients:read"]}
    keys = [own.ask(query, input=given).data["createApiKey"]["secret"] for _ in range(2)]
    client = own.client()
    with signed_in(limited, own.email(Role.ADMIN)) as connection:
        connection.subscribe(
            "1", "subscription ($id: ID!) { clientChanged(id: $id) { tradeName } }", id=global_id(models.Client, client)
        )
        connection.settle()
        listening(owner)
        assert send(limited, bearer(keys[0]))[0] == 200
        answers = [send(limited, bearer(f"x{number}")) for number in range(60)]
        assert [status for status, _, _ in answers] == [401] * 5 + [429] * 55
        assert {code(body) for _, _, body in answers} == {"UNAUTHENTICATED", "RATE_LIMITED"}
        # One that was used before, one that never was, a token that never was, and the open WebSocket.
        for credentials in (*keys, limited.token(own.email(Role.BILLING))):
            assert send(limited, bearer(credentials))[0] == 200
        answer = own.ask(UPDATE, input={"id": global_id(models.Client, client), "tradeName": "Nuevo"})
        assert answer.data["updateClient"]["userErrors"] == []
        assert connection.receive()["payload"]["data"] == {"clientChanged": {"tradeName": "Nuevo"}}
    with signed_in(limited, own.email(Role.SALES_MANAGER)) as late:
        late.settle()


@pytest.mark.parametrize("header", ["Bearer \xff\xfe", "Bearer fk_\xe9", "Bearer  x  y", "bEaReR x.y.z", "Bearer"])
def test_odd_bytes_are_refused_in_one_form(live_server: Ficha, header: str) -> None:
    status, headers, body = send(live_server, ("Authorization", header))
    assert (status, headers.get("www-authenticate"), code(body)) == (401, "Bearer", "UNAUTHENTICATED")


def test_many_headers_are_refused_in_one_form(live_server: Ficha) -> None:
    good = bearer(live_server.token("admin@demo.mx"))
    for headers in ([good] * 2, [good, bearer("x")], [("Authorization", "")] * 20, [bearer("x"), good]):
        status, _, body = send(live_server, *headers)
        assert (status, code(body)) == (401, "UNAUTHENTICATED")
