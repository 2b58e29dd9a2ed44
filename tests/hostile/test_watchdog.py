"""Nobody waits for another's work: no operation, upload or import holds the event loop for more than 50 ms."""

import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.files import pdf
from models import CfdiProfile, Client
from server.app import create_app
from server.settings import Settings
from tests.cfdi import LINE, cfdi
from tests.constancia import COMPANY, QR, constancia
from tests.fixtures import KEPT, Company, Ficha, global_id, listening
from tests.hostile.watchdog import Watchdog
from tests.operations import test_mutations as mutations
from tests.uploading import upload

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"
IMPORT = "mutation ($input: ImportCfdiInput!) { importCfdi(input: $input) { userErrors { code message } } }"


@dataclass
class Watched:
    """A Ficha whose event loop is watched."""

    ficha: Ficha
    watchdog: Watchdog

    def assert_free(self) -> None:
        """Since it was last asked, nothing held the loop."""
        held, self.watchdog.held = self.watchdog.held, []
        assert not held, "\n".join(f"{seconds} s at\n{where}" for seconds, where in held)


@pytest.fixture(scope="module")
def watched(demo_settings: Settings) -> Generator[Watched]:
    watchdog = Watchdog(create_app(demo_settings))
    with listening(watchdog) as url, httpx.Client(base_url=url, timeout=60, trust_env=False, limits=KEPT) as http:
        # Before the first request it may take its time: garbage is collected once.
        watchdog.held.clear()
        yield Watched(Ficha(url, demo_settings, http), watchdog)


@pytest.fixture
def mine(watched: Watched, owner: Any) -> Company:
    return Company(watched.ficha, owner)


def test_it_notes_what_holds_the_loop() -> None:
    held = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            end = time.thread_time() + 0.1
            while time.thread_time() < end:
                pass
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            held.set()
            return
        while (message := await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        assert message
        await send({"type": "lifespan.shutdown.complete"})

    watchdog = Watchdog(app)
    with listening(watchdog) as url:
        assert watchdog.held == []
        assert httpx.get(url, trust_env=False, timeout=60).status_code == 204
        assert held.wait(60)
        httpx.get(url, trust_env=False, timeout=60)
    assert all("test_watchdog" in where for _, where in watchdog.held)
    assert len(watchdog.held) >= 1


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_queries(file: Path, watched: Watched) -> None:
    query = file.read_text(encoding="utf-8")
    given = file.with_suffix(".variables.json")
    variables = json.loads(given.read_text(encoding="utf-8")) if given.exists() else {}
    for _ in range(2):
        assert "errors" not in watched.ficha.ask("admin@demo.mx", query, **variables).body
    watched.assert_free()


@mutations.each_file
def test_mutations(file: Path, watched: Watched, mine: Company) -> None:
    variables = mutations.Own(mine, file.stem).given(mutations.variables_of(file))
    assert "errors" not in mine.ask(mutations.document_of(file), **variables).body
    watched.assert_free()


@pytest.mark.parametrize(
    ("content", "given"),
    [
        pytest.param(constancia(COMPANY, QR % "EKU9003173C9"), {"kind": "TAX_STATUS_CERTIFICATE"}, id="constancia"),
        pytest.param(b"x" * (20 << 20), {}, id="20 MB of text"),
        pytest.param(pdf(["hola"]), {}, id="PDF"),
        pytest.param(b"<a>" + b"<b c='d'/>" * 1_000_000 + b"</a>", {}, id="10 MB of XML"),
    ],
)
def test_uploads(content: bytes, given: Any, watched: Watched, mine: Company) -> None:
    done = upload(mine, content, clientId=global_id(Client, mine.client()), name="a", **given)
    assert done["userErrors"] == []
    watched.assert_free()


def test_a_cfdi_of_many_lines(watched: Watched, mine: Company) -> None:
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    mine.add(CfdiProfile, client_id=client, rfc="EKU9003173C9")
    many = 1_000
    text = cfdi(
        lines=LINE * many, SubTotal=f"{many}000.00", Total=f"{many * 1160}.00",
        taxes=f'<cfdi:Impuestos TotalImpuestosTrasladados="{many * 160}.00"/>',
    )  # fmt: skip
    assert mine.ask(IMPORT, input={"xml": text}).data["importCfdi"]["userErrors"] == []
    watched.assert_free()


def test_a_catalog_is_searched_for_a_megabyte(watched: Watched) -> None:
    query = "query ($search: String) { countries(search: $search) { code } }"
    watched.ficha.ask("admin@demo.mx", query, search="a")
    watched.assert_free()
    watched.ficha.ask("admin@demo.mx", query, search="a " * 100_000)
    watched.assert_free()
