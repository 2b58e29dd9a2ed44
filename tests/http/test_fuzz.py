"""Requests that nobody would write: whatever the bytes are, the answer is quick, sound and tells nothing of us."""

import json
import os
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.fixtures import Ficha
from tests.leaks import LEAKS

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"
CASES = int(os.environ.get("FICHA_TEST_FUZZ_CASES", "400"))
SEED = int(os.environ.get("FICHA_TEST_FUZZ_SEED", "20261125"))
MOST_CPU = 2.0
"""Seconds that one case may take the process, with the server in it."""
SPLICES = [
    b"", b"\x00", b"\xff\xfe", b'"', b"\\", b"{", b"}", b"[", b"]", b"(", b")", b"null", b"-1", b"1e999",
    b"9" * 400,
    b"\\ud800", b"\\u0000", b"...", b"@skip(if: true)", b"__schema", b"__typename", b"#", b"$x", b"\xc3\xb1",
    b"\xf0\x9f",
    b"first: -1", b"first: 99999999999", b'"cli_\' or 1=1--"', b"% _", b"{" * 50, b"[" * 300, b"a" * 5000,
]  # fmt: skip


def bodies() -> list[bytes]:
    """The canonical operations, as apps send them."""
    found: list[bytes] = []
    for file in sorted(OPERATIONS.glob("*.graphql")):
        variables = file.with_suffix(".variables.json")
        given = json.loads(variables.read_text(encoding="utf-8")) if variables.exists() else {}
        found.append(json.dumps({"query": file.read_text(encoding="utf-8"), "variables": given}).encode())
    return found


def mutated(chance: random.Random, body: bytes) -> bytes:
    """The body with some of its bytes changed, removed, repeated, or with something that hurts in their place."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice([0, 1, 2, 8, 64]))
        match chance.randrange(4):
            case 0:
                body = body[:start] + chance.choice(SPLICES) + body[end:]
            case 1:
                body = body[:start] + bytes(chance.randrange(256) for _ in range(end - start)) + body[end:]
            case 2:
                body = body[:end] + body[start:end] * chance.choice([1, 2, 30]) + body[end:]
            case _:
                body = body[:start] if chance.random() < 0.2 else body[:start] + body[end:]
    return body


@pytest.mark.timeout(600 + 5 * CASES)
def test_no_bytes_make_the_server_fail_stall_or_talk(live_server: Ficha) -> None:
    chance = random.Random(SEED)  # noqa: S311  # the same cases each time
    originals = bodies()
    headers = {"Authorization": f"Bearer {live_server.token('admin@demo.mx')}", "Content-Type": "application/json"}
    for number in range(CASES):
        body = mutated(chance, chance.choice(originals))
        accept = chance.choice(["application/json", "application/graphql-response+json"])
        started = time.process_time()
        if chance.random() < 0.2:
            response = live_server.http.get(
                "/graphql", params={"query": body[:3000].decode("latin-1")}, headers=headers | {"Accept": accept}
            )
        else:
            response = live_server.http.post("/graphql", content=body, headers=headers | {"Accept": accept})
        case = f"case {number}: {body[:2000]!r}"
        assert response.status_code < 500, case
        assert time.process_time() - started < MOST_CPU, case
        told = response.json()
        assert isinstance(told, dict), case
        shown = " ".join(error["message"] for error in told.get("errors", ()))
        quoted = httpx.Response(200, content=body).text
        leak = LEAKS.search(shown)
        assert leak is None or leak.group() in quoted, f"{case}: {shown}"
        assert all(error["extensions"]["code"] != "INTERNAL" for error in told.get("errors", ())), f"{case}: {shown}"
