"""`ClientDocument.thumbnail`: drawn in the background after the upload, seen by whoever may see the file, and gone with
the document."""

import asyncio
import base64
import datetime
import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from database.channels import NAME
from database.opening import open_pool
from database.transactions import Transactions, transaction
from demo.files import pdf
from domain.sweep import GRACE, sweep
from domain.thumbnail import FIRST, Drawing, draw, undrawn
from models import Client, Document
from models.collaborator import Role
from server.settings import Settings
from server.store import open_store
from server.thumbnails import REST, Thumbnails
from storage.keys import company_prefix, document_key, thumbnail_key
from storage.reading import Readers
from tests.fixtures import Company, global_id, serving
from tests.http.test_subscriptions import listening, signed_in
from tests.uploading import upload
from tests.writing import rows

QUERY = "query ($id: ID!) { document(id: $id) { version thumbnail { url width height } } }"
WATCH = """
subscription ($id: ID!) { clientChanged(id: $id) { documents { nodes { name thumbnail { url width height } } } } }
"""


def photograph(size: tuple[int, int] = (1200, 600)) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRETO"
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


def draw_all(company: Company, settings: Settings | None = None) -> None:
    """Draws what is still to be drawn of the company, as the background does."""
    opened = settings or company.ficha.settings

    async def run() -> None:
        pool = open_pool(opened.database_url, 2)
        try:
            with open_store(opened) as store, Readers() as readers:
                drawing = Drawing(Transactions(pool), store, readers)
                for document_id in await undrawn(drawing, company.id, FIRST, 100):
                    await draw(drawing, company.id, document_id)
                assert await undrawn(drawing, company.id, FIRST, 100) == []
        finally:
            await pool.close()

    asyncio.run(run())


def objects(company: Company) -> list[str]:
    with open_store(company.ficha.settings) as store:
        return [each.key for each in asyncio.run(store.list_objects(company_prefix(company.id)))]


def sent(company: Company, content: bytes, **input: Any) -> Any:
    return upload(company, content, clientId=global_id(Client, company.client()), **input)["document"]


def shown(company: Company, id: str, role: Role = Role.ADMIN) -> Any:
    return company.ask(QUERY, role, id=id).data["document"]["thumbnail"]


def fetched(link: str, **headers: str) -> httpx.Response:
    return httpx.get(link, headers=headers, trust_env=False, timeout=60)


@pytest.mark.claims(
    "docs/documents.md",
    "`ClientDocument.thumbnail` is a WebP of an image or of a PDF's first page, of at most 512 pixels a side, on white"
    " and upright, with nothing of the file's metadata.",
    "It is drawn in the background after the upload is completed, so it is null at first; `clientChanged` tells when it"
    " is there.",
)
def test_it_is_drawn_after_the_upload_and_subscribers_are_told(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = global_id(Client, mine.client())
    with signed_in(mine.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("1", WATCH, id=client)
        listening(owner)
        socket.settle()
        document = upload(mine, photograph(), clientId=client, name="foto.jpg")["document"]
        while True:
            nodes = socket.receive()["payload"]["data"]["clientChanged"]["documents"]["nodes"]
            if nodes and (thumbnail := nodes[0]["thumbnail"]):
                break
    assert (thumbnail["width"], thumbnail["height"]) == (512, 256)
    answer = fetched(thumbnail["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["content-disposition"] == "inline; filename=\"foto.webp\"; filename*=UTF-8''foto.webp"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.size, picture.format) == ((512, 256), "WEBP")
    assert b"SECRETO" not in answer.content
    # It is no edit.
    assert mine.ask(QUERY, id=document["id"]).data["document"]["version"] == 1


def test_of_a_pdf_the_first_page_is_shown_with_ranges_and_a_tag_of_its_own(company: Any) -> None:
    mine: Company = company()
    document = sent(mine, pdf(["hola"]), name="contrato.pdf")
    draw_all(mine)
    thumbnail = shown(mine, document["id"])
    assert (thumbnail["width"], thumbnail["height"]) == (396, 512)
    whole = fetched(thumbnail["url"])
    assert whole.headers["etag"] == f'"{document["sha256"]}-thumbnail"'
    part = fetched(thumbnail["url"], Range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert fetched(thumbnail["url"], **{"If-None-Match": whole.headers["etag"]}).status_code == 304


@pytest.mark.claims(
    "docs/documents.md", "Other types have none, nor has a file that cannot be drawn, as an encrypted PDF."
)
@pytest.mark.parametrize(
    ("content", "name"), [(b"hola", "a.txt"), (b"<?xml version='1.0'?><a/>", "a.xml"), (b"a,b\n1,2\n", "a.csv")]
)
def test_other_types_have_none_and_that_is_no_error(company: Any, owner: Any, content: bytes, name: str) -> None:
    mine: Company = company()
    document = sent(mine, content, name=name)
    draw_all(mine)
    answer = mine.ask(QUERY, id=document["id"])
    assert (answer.errors, answer.data["document"]["thumbnail"]) == ([], None)
    assert rows(owner, mine, Document, "thumbnail_tried_at") == [None]


@pytest.mark.parametrize("content", [b"%PDF", None], ids=["not a PDF", "not in the store"])
def test_what_cannot_be_drawn_is_tried_once(company: Any, owner: Any, content: bytes | None) -> None:
    mine: Company = company()
    id = mine.add(Document, client_id=mine.client(), content_type="application/pdf", size=4)
    if content:
        with open_store(mine.ficha.settings) as store:
            asyncio.run(store.put(document_key(mine.id, id), content, "application/pdf"))
    draw_all(mine)
    [tried] = rows(owner, mine, Document, "thumbnail_tried_at")
    assert tried is not None
    assert shown(mine, global_id(Document, id)) is None
    assert objects(mine) == ([document_key(mine.id, id)] if content else [])


@pytest.mark.claims("docs/documents.md", "Its links work as those of the file.")
def test_whoever_may_not_read_the_file_sees_no_thumbnail_of_it(company: Any, owner: Any) -> None:
    mine: Company = company()
    other: Company = company()
    document = sent(mine, photograph())
    draw_all(mine)
    link = shown(mine, document["id"])["url"]
    assert fetched(link).status_code == 200
    assert other.ask(QUERY, id=document["id"]).data == {"document": None}
    # The seller of another client does not see it, and nobody whose role may not read documents.
    assert mine.ask(QUERY, Role.SALES, id=document["id"]).data == {"document": None}
    [id] = rows(owner, mine, Document, "id")
    mine.change(Document, id, deleted_at=datetime.datetime.now(datetime.UTC))
    gone = fetched(link)
    assert (gone.status_code, gone.json()["errors"][0]["extensions"]["code"]) == (404, "FILE_GONE")


def test_a_thumbnails_link_opens_no_file_and_the_other_way_round(company: Any) -> None:
    mine: Company = company()
    document = sent(mine, photograph())
    draw_all(mine)
    link = shown(mine, document["id"])["url"]
    base, _, token = link.rpartition("/")
    opened, expiry, signature = token.split(".")
    packed = bytearray(base64.urlsafe_b64decode(opened + "=="))
    packed[0] = 1
    forged = base64.urlsafe_b64encode(bytes(packed)).rstrip(b"=").decode()
    answer = fetched(f"{base}/{forged}.{expiry}.{signature}")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "LINK_INVALID")


def test_at_the_store_it_is_the_stores_link(company: Any) -> None:
    mine: Company = company()
    with serving(replace(mine.ficha.settings, downloads="store")) as mine.ficha:
        document = sent(mine, photograph(), name="foto.jpg")
        draw_all(mine)
        link = shown(mine, document["id"])["url"]
    assert link.startswith(mine.ficha.settings.s3_public_endpoint)
    assert "X-Amz-Expires=30" in link
    answer = fetched(link)
    assert (answer.headers["content-type"], answer.content[:4]) == ("image/webp", b"RIFF")


def swept(company: Company, settings: Settings, after: datetime.timedelta, retention: datetime.timedelta) -> None:
    async def run() -> None:
        pool = open_pool(settings.database_url, 2)
        now = datetime.datetime.now(datetime.UTC) + after
        try:
            with open_store(settings) as store:
                done = await sweep(partial(transaction, pool, company.id), store, company.id, now, retention)
            assert (done.missing, done.refused) == (0, [])
        finally:
            await pool.close()

    asyncio.run(run())


@pytest.mark.claims(
    "docs/documents.md",
    "| a document deleted longer ago than the retention | its row is deleted, and after that is committed, its object"
    " and its thumbnail |",
)
def test_it_stays_with_its_document_and_goes_with_it(company: Any, owner: Any) -> None:
    mine: Company = company()
    sent(mine, photograph())
    draw_all(mine)
    [id] = rows(owner, mine, Document, "id")
    keys = sorted([document_key(mine.id, id), thumbnail_key(mine.id, id)])
    settings, month = mine.ficha.settings, datetime.timedelta(days=30)
    swept(mine, settings, 2 * GRACE, month)
    assert sorted(objects(mine)) == keys
    mine.change(Document, id, deleted_at=datetime.datetime.now(datetime.UTC))
    swept(mine, settings, 2 * GRACE, month)
    assert sorted(objects(mine)) == keys
    swept(mine, settings, 2 * month, month)
    assert (rows(owner, mine, Document, "id"), objects(mine)) == ([], [])


def test_documents_of_before_are_drawn_when_ficha_starts(new_company: Callable[..., Company]) -> None:
    mine = new_company()
    client = mine.client()
    id = mine.add(Document, client_id=client, content_type="image/jpeg", size=len(photograph()), name="foto.jpg")
    with open_store(mine.ficha.settings) as store:
        asyncio.run(store.put(document_key(mine.id, id), photograph(), "image/jpeg"))
    with psycopg.connect(mine.ficha.settings.database_url, autocommit=True) as listener:
        listener.execute(f"listen {NAME}")
        with serving(replace(mine.ficha.settings, sweep_minutes=60)):
            for _ in listener.notifies(timeout=60):
                if rows(mine.owner, mine, Document, "thumbnail_width") != [None]:
                    break
    assert rows(mine.owner, mine, Document, "thumbnail_width", "thumbnail_height") == [(512, 256)]


class Timed(Thumbnails):
    """Notes when each drawing began and ended."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.spans: list[tuple[float, float]] = []

    async def _draw(self, company_id: Any, document_id: Any) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        await super()._draw(company_id, document_id)
        self.spans.append((began, clock()))


def test_an_archive_of_before_leaves_the_machine_to_requests(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = mine.client()
    for _ in range(4):
        mine.add(Document, client_id=client, content_type="application/pdf", size=4)
    settings = mine.ficha.settings

    async def run() -> Timed:
        pool = open_pool(settings.database_url, 2)
        try:
            with open_store(settings) as store, Readers() as readers:
                drawing = Drawing(Transactions(pool), store, readers)
                thumbnails = Timed(pool, drawing, datetime.timedelta(0))
                await thumbnails.draw_left_of(mine.id)
                return thumbnails
        finally:
            await pool.close()

    spans = asyncio.run(run()).spans
    assert None not in rows(owner, mine, Document, "thumbnail_tried_at")
    assert len(spans) == 4
    for (began, ended), (next_began, _) in pairwise(spans):
        assert next_began - ended >= REST * (ended - began)
