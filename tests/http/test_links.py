"""`GET /files/…`, where `downloadUrl` and `viewUrl` lead: what is sent, to whom, and what is refused."""

import socket
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from database.opening import open_pool
from demo.files import pdf
from models import Client, Document
from models.collaborator import Role
from models.ids import uuid7
from server.access.files import FileAccess
from server.http import files as served
from server.store import open_store
from storage.links import Link, Signer
from tests.fixtures import Company, global_id, listening, serving
from tests.uploading import links, upload
from tests.writing import rows

TEXT = bytes(range(48, 58)) * 3


def uploaded(company: Company, content: bytes = TEXT, **given: Any) -> dict[str, Any]:
    return upload(company, content, clientId=global_id(Client, company.client()), **given)["document"]


def download(company: Company, content: bytes = TEXT, **given: Any) -> str:
    return links(company, uploaded(company, content, **given)["id"])["downloadUrl"]


def get(link: str, method: str = "GET", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, link, headers=names, trust_env=False, timeout=60)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.claims(
    "docs/documents.md",
    "The links lead to Ficha, which passes the bytes on with `nosniff` and a Content-Security-Policy "
    "under which nothing runs ([ADR 27](adr/0027-files-through-ficha.md)).",
    "A download has its name in `Content-Disposition` (RFC 6266, RFC 8187); `viewUrl` shows PDF, images "
    "and plain text and downloads everything else.",
)
def test_a_file_is_what_it_is_called_and_runs_nothing(company: Any) -> None:
    mine: Company = company()
    document = uploaded(mine, name="a.txt")
    for field, shown in (("downloadUrl", "attachment"), ("viewUrl", "inline")):
        link = links(mine, document["id"])[field]
        assert urlsplit(link).netloc == urlsplit(mine.ficha.url).netloc
        answer = get(link, Origin="https://evil.example")
        headers = dict(answer.headers)
        assert (answer.status_code, answer.content) == (200, TEXT)
        assert {name: headers.get(name) for name in (
            "content-type", "content-length", "content-disposition", "x-content-type-options",
            "content-security-policy", "cache-control", "accept-ranges", "etag", "referrer-policy",
            "access-control-allow-origin", "content-encoding",
        )} == {
            "content-type": "text/plain",
            "content-length": "30",
            "content-disposition": f"{shown}; filename=\"a.txt\"; filename*=UTF-8''a.txt",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "cache-control": "private, no-cache",
            "accept-ranges": "bytes",
            "etag": f'"{document["sha256"]}"',
            "referrer-policy": "no-referrer",
            "access-control-allow-origin": None,
            "content-encoding": None,
        }  # fmt: skip


def test_text_is_not_compressed_under_the_tag_of_its_bytes(company: Any) -> None:
    answer = get(download(company(), TEXT * 1000, contentType="text/plain"), Accept_Encoding="gzip, zstd, br")
    assert ("content-encoding" in answer.headers, answer.headers["content-length"]) == (False, "30000")


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-9", 206, TEXT[:10], "bytes 0-9/30"),
        ("bytes=28-99", 206, TEXT[28:], "bytes 28-29/30"),
        ("bytes=25-", 206, TEXT[25:], "bytes 25-29/30"),
        ("bytes=-3", 206, TEXT[-3:], "bytes 27-29/30"),
        ("bytes=-99", 206, TEXT, "bytes 0-29/30"),
        ("Bytes=0-0", 206, TEXT[:1], "bytes 0-0/30"),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("bytes=0-1,4-5", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
        ("bytes=a-b", 200, TEXT, None),
        ("bytes=" + "9" * 30 + "-", 200, TEXT, None),
    ],
)
def test_a_range_is_sent(company: Any, asked: str, status: int, content: bytes, told: str | None) -> None:
    answer = get(download(company()), Range=asked)
    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, content, told)
    assert answer.headers["content-length"] == str(len(content))


@pytest.mark.claims("docs/errors.md", "a range beyond a file's end (416).")
@pytest.mark.parametrize("asked", ["bytes=30-", "bytes=99-100", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(company: Any, asked: str) -> None:
    answer = get(download(company()), Range=asked)
    assert (code(answer), answer.headers["content-range"]) == ((416, "BAD_REQUEST"), "bytes */30")
    assert answer.headers["content-type"] == "application/json"


def test_a_range_of_another_file_is_the_whole_of_this_one(company: Any) -> None:
    mine = company()
    document = uploaded(mine)
    link = links(mine, document["id"])["downloadUrl"]
    statuses = [
        get(link, Range="bytes=0-3", If_Range=known).status_code
        for known in (f'"{document["sha256"]}"', f'W/"{document["sha256"]}"', '"x"', formatdate(usegmt=True))
    ]
    assert statuses == [206, 200, 200, 200]


def test_what_is_known_is_not_sent_again(company: Any) -> None:
    mine = company()
    document = uploaded(mine)
    link = links(mine, document["id"])["viewUrl"]
    tag = f'"{document["sha256"]}"'
    answers = [get(link, If_None_Match=known) for known in (tag, f'"x", W/{tag}', "*", '"x"')]
    assert [answer.status_code for answer in answers] == [304, 304, 304, 200]
    assert (answers[0].headers["etag"], answers[0].content) == (tag, b"")


@pytest.mark.claims(
    "docs/documents.md",
    "`HEAD`, one range (`Range`, `If-Range`) and `If-None-Match` work; the `ETag` is the file's SHA-256.",
)
def test_head_tells_the_same_and_sends_nothing(company: Any) -> None:
    link = download(company())
    one, other = get(link), get(link, "HEAD", Range="bytes=0-3")
    assert (other.status_code, other.content) == (200, b"")
    own = {"date": "", "x-request-id": ""}
    assert {**one.headers, **own} == {**other.headers, **own}
    assert get(link, "POST").status_code == 405


@pytest.mark.claims(
    "docs/documents.md",
    "| 403 | `LINK_INVALID` | the link was changed |",
)
def test_a_changed_link_opens_nothing(company: Any) -> None:
    mine, other = company(), company()
    link, theirs = download(mine), download(other)
    base, _, token = link.rpartition("/")
    opened, expiry, signature = token.split(".")
    stolen = theirs.rpartition("/")[2].split(".")[0]
    late = str(int(expiry) + 3600)
    for forged in (f"{stolen}.{expiry}.{signature}", f"{opened}.{late}.{signature}", f"{opened}.{expiry}", "x"):
        answer = get(f"{base}/{forged}")
        assert code(answer) == (403, "LINK_INVALID")
        assert answer.headers["x-content-type-options"] == "nosniff"


def linked(company: Company, document_id: UUID, expires_at: float) -> str:
    """A link as the administrator gets it."""
    link = Link(company.id, document_id, company.people[Role.ADMIN], None, inline=False)
    return f"{company.ficha.url}/files/{Signer(company.ficha.settings.s3_secret_key).sign(link, int(expires_at))}"


@pytest.mark.claims(
    "docs/documents.md",
    "| 410 | `LINK_EXPIRED` | the five minutes are over |",
    "`downloadUrl` and `viewUrl` are good for five minutes and need no further credentials.",
)
@pytest.mark.claims(
    "operations/README.md",
    "The links of a document live five minutes: fetch new ones with `ClientDocuments`, or "
    "`document(id:)`, when the user clicks later than that.",
)
def test_a_link_is_good_for_five_minutes(company: Any) -> None:
    mine = company()
    before = int(time.time())
    expiry = int(download(mine).split(".")[-2])
    assert before + 300 <= expiry <= time.time() + 300
    assert code(get(linked(mine, uuid7(), time.time() - 1))) == (410, "LINK_EXPIRED")


def test_a_purged_file_is_gone(company: Any) -> None:
    mine: Company = company()
    assert code(get(linked(mine, uuid7(), time.time() + 60))) == (404, "FILE_GONE")
    row = mine.add(Document, client_id=mine.client())  # its object is not there
    assert code(get(linked(mine, row, time.time() + 60))) == (404, "FILE_GONE")


@contextmanager
def another(company: Company, **changes: Any) -> Iterator[None]:
    """The company asks a Ficha that is set otherwise."""
    before = company.ficha
    with serving(replace(before.settings, **changes)) as ficha:
        company.ficha = ficha
        try:
            yield
        finally:
            company.ficha = before


@pytest.mark.claims(
    "docs/documents.md",
    "| 503 | `FILES_UNAVAILABLE` | the store is away, or too many files are being sent at once: `Retry-After` |",
)
def test_a_store_that_is_away_is_told(company: Any) -> None:
    mine: Company = company()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = replace(mine.ficha.settings, s3_endpoint=f"http://127.0.0.1:{port}")
    pool = open_pool(settings.database_url, 1)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with pool:
            yield

    with open_store(settings) as store:
        links = served.Links(settings, store, FileAccess(pool))
        with listening(Starlette(routes=[Route("/files/{link}", links)], lifespan=lifespan)) as url:
            link = linked(mine, mine.add(Document, client_id=mine.client()), time.time() + 60)
            answer = get(f"{url}{urlsplit(link).path}")
    assert (code(answer), answer.headers["retry-after"]) == ((503, "FILES_UNAVAILABLE"), "1")


def test_a_file_comes_in_pieces(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "PIECE", 7)
    link = download(company())
    assert (get(link).content, get(link, Range="bytes=5-20").content) == (TEXT, TEXT[5:21])


def test_a_file_that_is_shorter_than_its_record_is_cut_off(company: Any, owner: Any) -> None:
    mine = company()
    document = uploaded(mine, bytes(1 << 20 | 1).replace(b"\0", b"a"))
    [id] = rows(owner, mine, Document, "id")
    mine.change(Document, id, size=(1 << 20) + 100)
    with pytest.raises(httpx.RemoteProtocolError):
        get(links(mine, document["id"])["downloadUrl"])


@pytest.mark.claims(
    "docs/settings.md",
    "They are read through Ficha, whose own address is `FICHA_PUBLIC_URL`.",
)
@pytest.mark.claims(
    "docs/documents.md",
    "They begin with `FICHA_PUBLIC_URL`, or with the host that the request named.",
)
def test_links_begin_with_the_address_in_the_settings(company: Any) -> None:
    mine = company()
    document = uploaded(mine)
    with another(mine, public_url="https://api.example.mx"):
        assert links(mine, document["id"])["viewUrl"].startswith("https://api.example.mx/files/")


@pytest.mark.claims(
    "docs/documents.md",
    "With `FICHA_DOWNLOADS=store` the links are the store's own and open for 30 s: no byte passes through"
    " Ficha, and S3 lets a link set neither of the two headers.",
)
def test_links_can_lead_straight_to_the_store(company: Any) -> None:
    mine = company()
    document = uploaded(mine)
    with another(mine, downloads="store"):
        link = links(mine, document["id"])["downloadUrl"]
        assert link.startswith(f"{mine.ficha.settings.s3_endpoint}/")
        assert get(link).content == TEXT
        assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["30"]


def test_a_pdf_may_be_shown_by_the_browsers_own_viewer(company: Any) -> None:
    mine = company()
    document = uploaded(mine, pdf(["Contrato"]), name="c.pdf")
    policy = get(links(mine, document["id"])["viewUrl"]).headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
