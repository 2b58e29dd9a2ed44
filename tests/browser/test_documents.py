"""The documents tab with a real browser: a page of another origin sends a file to the store and shows it."""

import hashlib
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from demo.files import pdf, png
from models import Client
from models.collaborator import Role
from server.settings import ON_THIS_MACHINE
from tests.fixtures import global_id, serving
from tests.uploading import complete, links, prepare, upload

PAGE = b"""<!doctype html><meta charset="utf-8"><input type="file"><script>
async function send(parts) {
  const [file] = document.querySelector("input").files;
  const statuses = [];
  for (const part of parts) {
    const form = new FormData();
    for (const { name, value } of part.fields) form.append(name, value);
    form.append("file", file.slice(part.offset, part.offset + part.size));
    try { statuses.push((await fetch(part.url, { method: "POST", body: form })).status); }
    catch (error) { statuses.push(error.name); }
  }
  return statuses;
}
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def site() -> Iterator[str]:
    """A web application's page, and its origin."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def origin() -> Iterator[str]:
    with site() as origin:
        yield origin


def test_a_page_sends_a_file_and_shows_it(company: Any, page: Page, origin: str, tmp_path: Path) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    settings = replace(mine.ficha.settings, s3_bucket=f"browser-{mine.id.hex}", cors_origins=ON_THIS_MACHINE)
    with serving(settings) as mine.ficha:
        content = png(300, 200, (10, 200, 30))
        picture = tmp_path / "Foto ñ #1.png"
        picture.write_bytes(content)
        prepared = prepare(mine, content, clientId=client, name=picture.name)["documentUpload"]
        page.goto(origin)
        page.set_input_files("input", picture)
        assert page.evaluate("parts => send(parts)", prepared["parts"]) == [204]
        document = complete(mine, prepared)["document"]
        assert (document["name"], document["contentType"]) == ("Foto ñ #1.png", "image/png")

        shown = page.goto(links(mine, document["id"])["viewUrl"])
        assert shown
        assert shown.headers["content-disposition"].startswith("inline; ")
        assert page.evaluate("document.images[0].naturalWidth") == 300

        page.goto(origin)
        with page.expect_download() as download:
            page.evaluate("url => { location.href = url }", links(mine, document["id"])["downloadUrl"])
        assert hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest() == document["sha256"]
        assert download.value.suggested_filename == "Foto ñ #1.png"


def test_a_page_of_an_unknown_origin_is_not_told_the_answer(
    company: Any, page: Page, origin: str, tmp_path: Path
) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    others = ("https://app.example.mx",)
    settings = replace(mine.ficha.settings, s3_bucket=f"browser-{mine.id.hex}", cors_origins=others)
    with serving(settings) as mine.ficha:
        text = tmp_path / "a.txt"
        text.write_bytes(b"hola")
        prepared = prepare(mine, b"hola", clientId=client)["documentUpload"]
        page.goto(origin)
        page.set_input_files("input", text)
        assert page.evaluate("parts => send(parts)", prepared["parts"]) == ["TypeError"]


@pytest.mark.claims(
    "docs/documents.md",
    "A script of a page whose origin is in `FICHA_CORS_ORIGINS` can `fetch` them with the header, but not with"
    ' `credentials: "include"`; with `FICHA_DOWNLOADS=store` too.',
)
@pytest.mark.parametrize("downloads", ["proxy", "store"])
def test_a_page_fetches_a_file_by_the_address_of_who_is_signed_in(
    company: Any, page: Page, origin: str, downloads: str
) -> None:
    """A redirect to a third origin makes the page's origin opaque: the store sees `Origin: null`."""
    mine = company()
    bucket = f"browser-{mine.id.hex}-{downloads}"
    settings = replace(mine.ficha.settings, s3_bucket=bucket, cors_origins=(origin,), downloads=downloads)
    with serving(settings) as mine.ficha:
        id = upload(mine, b"hola", clientId=global_id(Client, mine.client()), name="a.txt")["document"]["id"]
        address = mine.ask(SIGNED_IN, id=id).data["document"]["signedInDownloadUrl"]
        page.goto(origin)
        arguments = [address, f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}"]
        assert page.evaluate(FETCH, arguments) == [200, "text/plain", "hola"]
        assert page.evaluate(FETCH, [links(mine, id)["downloadUrl"], None]) == [200, "text/plain", "hola"]
        with site() as unknown:
            page.goto(unknown)
            assert page.evaluate(FETCH, arguments) == "TypeError"


SIGNED_IN = "query ($id: ID!) { document(id: $id) { signedInDownloadUrl } }"
FETCH = """async ([url, authorization]) => {
  try {
    const response = await fetch(url, { headers: authorization ? { authorization } : {} });
    const type = response.headers.get("content-type").split(";")[0];
    return [response.status, type, await response.text()];
  } catch (error) { return error.name; }
}"""


def test_curl_sends_and_fetches_a_file(company: Any, tmp_path: Path) -> None:
    mine = company()
    content = pdf(["Contrato"])
    file = tmp_path / "contrato.pdf"
    file.write_bytes(content)
    client = global_id(Client, mine.client())
    prepared = prepare(mine, content, clientId=client, name=file.name, contentType="application/pdf")["documentUpload"]
    [part] = prepared["parts"]
    fields = [argument for field in part["fields"] for argument in ("-F", f"{field['name']}={field['value']}")]
    sent = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *fields, "-F", f"file=@{file}", part["url"]],
        capture_output=True,
        check=True,
    )
    assert sent.stdout == b"204"
    document = complete(mine, prepared)["document"]
    link = links(mine, document["id"])["downloadUrl"]
    elsewhere = tmp_path / "descargas"
    elsewhere.mkdir()
    subprocess.run(["curl", "-s", "-OJ", link], cwd=elsewhere, check=True)
    assert (elsewhere / "contrato.pdf").read_bytes() == content
    assert httpx.get(link, headers={"Range": "bytes=0-3"}, trust_env=False, timeout=60).content == b"%PDF"
    assert document["size"] == len(content)
