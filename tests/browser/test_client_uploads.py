"""Large files in the documents tab: an upload whose connection was lost goes on where it was."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, Route, expect

import models
from domain.document_upload import PART
from tests.browser.client_screen import ClientScreen
from tests.browser.test_client_changes import until
from tests.fixtures import Company, global_id, serving

DOCUMENTS = "query ($id: ID!) { client(id: $id) { documents { nodes { name size sha256 } } } }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


@pytest.mark.parametrize("alone", [False, True], ids=["asked", "alone"])
def test_an_upload_goes_on_after_the_connection_was_lost(
    screen_of: Callable[..., ClientScreen], mine: Company, tmp_path: Path, alone: bool
) -> None:
    """Asked to, or by itself once the browser says that there is a connection again; the first part is sent once."""
    content = b"Acta constitutiva\n" * (PART // 18 + 100)
    file = tmp_path / "acta.txt"
    file.write_bytes(content)
    client = global_id(models.Client, mine.client())
    with serving(replace(mine.ficha.settings, cors_origins=(mine.ficha.url,))):
        screen = screen_of(mine)  # the store has been told of the page's address, which here is known only now
    page = screen.page
    arrived: list[Request] = []
    held: list[Route] = []
    cut = True

    def is_of_store(url: str) -> bool:
        return urlsplit(url).netloc not in (urlsplit(mine.ficha.url).netloc, "")

    def handle(route: Route) -> None:
        """The first part arrives; those after it are held as long as the connection is cut."""
        if route.request.method == "POST" and arrived and cut:
            held.append(route)
        else:
            route.continue_()

    def finished(request: Request) -> None:
        if is_of_store(request.url) and request.method == "POST":
            arrived.append(request)

    page.route(is_of_store, handle)
    page.on("requestfinished", finished)
    screen.open_client(client, "documents")

    screen.attach("Elegir archivos", file)
    first = until(screen, held)
    assert len(arrived) == 1
    page.context.set_offline(alone)
    first.abort("internetdisconnected")
    until(screen, held).abort("internetdisconnected")  # the kit sends a part once more
    expect(page.get_by_role("alert")).to_contain_text("acta.txt: no se pudo subir")
    cut = False
    if alone:
        page.context.set_offline(False)
    else:
        screen.press("Reintentar: acta.txt")

    expect(page.get_by_role("row", name="acta.txt")).to_be_visible()
    assert len(arrived) == 2
    [document] = mine.ask(DOCUMENTS, id=client).data["client"]["documents"]["nodes"]
    assert document == {"name": "acta.txt", "size": len(content), "sha256": sha256(content).hexdigest()}
