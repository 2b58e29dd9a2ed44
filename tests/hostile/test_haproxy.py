"""`deploy/haproxy.cfg` is sound, and does in front of a Ficha what the guide says."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import websockets

from tests.fixtures import Ficha, demanded
from tests.hostile.raw import exchange, status

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "haproxy.cfg"


@pytest.fixture(scope="module")
def proxied(live_server: Ficha, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of an HAProxy in front of the worker's Ficha; it waits for a request one second instead of ten."""
    haproxy = demanded(shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"), "haproxy")
    text = CONFIGURATION.read_text("utf-8")
    assert "timeout http-request 10s" in text
    file = tmp_path_factory.mktemp("haproxy") / "haproxy.cfg"
    file.write_text(text.replace("timeout http-request 10s", "timeout http-request 1s"), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {
        "PATH": os.environ["PATH"],
        "FICHA_FRONT": f"127.0.0.1:{port}",
        "FICHA_BACK": urlsplit(live_server.url).netloc,
    }
    checked = subprocess.run(
        [haproxy, "-c", "-f", str(CONFIGURATION)], env=env, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert "[WARNING]" not in checked.stderr
    with subprocess.Popen([haproxy, "-db", "-f", str(file)], env=env, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while not _is_up(f"http://127.0.0.1:{port}") and time.monotonic() < deadline:
                pass
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", trust_env=False, timeout=60).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.claims(
    "docs/deployment.md",
    "A test checks it and runs it in front of a Ficha:",
    "`X-Request-Id` joins its log to Ficha's.",
)
def test_requests_pass(proxied: str, live_server: Ficha) -> None:
    answer = httpx.post(
        f"{proxied}/graphql",
        json={"query": "{ viewer { permissions } }"},
        headers={"Authorization": f"Bearer {live_server.token('admin@demo.mx')}", "X-Request-Id": "p-1"},
        trust_env=False,
    )
    assert (answer.status_code, answer.headers["x-request-id"], "data" in answer.json()) == (200, "p-1", True)


@pytest.mark.claims(
    "docs/deployment.md",
    "Half a request never reaches Ficha: heads are complete, and bodies are complete or have filled a buffer of 64 kB.",
)
@pytest.mark.parametrize(
    "sent",
    [
        b"GET /graphql HTTP/1.1\r\nHost: a\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ],
)
def test_half_a_request_is_ended_there(proxied: str, sent: bytes) -> None:
    assert status(exchange(proxied, sent)) == 408


@pytest.mark.claims(
    "docs/deployment.md",
    "Bodies over 1 MB are refused by their declared length, before anything is read.",
)
def test_too_much_is_refused_there(proxied: str) -> None:
    answer = exchange(proxied, b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 70_000)
    assert status(answer) == 413
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    assert 400 <= status(exchange(proxied, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 80_000 + b"\r\n\r\n")) < 500
    lines = b"X: 1\r\n" * 120
    assert 400 <= status(exchange(proxied, b"GET / HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n")) < 500


def test_web_sockets_pass(proxied: str, live_server: Ficha) -> None:
    async def converse() -> str:
        address = proxied.replace("http", "ws") + "/graphql"
        async with websockets.connect(address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as one:
            payload = {"Authorization": f"Bearer {live_server.token('admin@demo.mx')}"}
            await one.send(json.dumps({"type": "connection_init", "payload": payload}))
            return json.loads(await one.recv())["type"]

    assert asyncio.run(converse()) == "connection_ack"
