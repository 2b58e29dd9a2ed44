"""Uploads as phones do them in the background: one PUT of the whole file, its SHA-256 announced or not."""

import asyncio
import datetime
import hashlib
from typing import Any

import httpx
import pytest

from demo.files import pdf
from domain.document_upload import PART
from domain.sweep import GRACE
from models import Client, Document, DocumentUpload
from server.store import open_store
from storage.keys import document_key, upload_key
from tests.fixtures import Company, global_id
from tests.http.test_documents_failing import swept
from tests.uploading import codes, complete, links, prepare, put, send
from tests.writing import rows

PDF = pdf(["hola"])


def client_of(company: Company) -> str:
    return global_id(Client, company.client())


def bytes_of(company: Company, document: Any) -> bytes:
    return httpx.get(links(company, document["id"])["downloadUrl"], trust_env=False, timeout=60).content


@pytest.mark.claims(
    "docs/documents.md",
    "Apps that upload in the background, as URLSession and WorkManager do, send the whole file in one `PUT` to"
    " `documentUpload.put.url` with its `headers`; the store answers 200.",
    "Without `sha256` the server computes it when the upload is completed, and refuses nothing for it.",
)
def test_a_file_is_put_as_one_whole_and_its_digest_computed(company: Any, owner: Any, stored: Any) -> None:
    mine = company()
    prepared = prepare(mine, PDF, clientId=client_of(mine), name="a.pdf", sha256=None)["documentUpload"]
    assert prepared["sha256"] is None
    assert prepared["put"]["headers"] == [{"name": "Content-Type", "value": "application/octet-stream"}]
    assert put(prepared, PDF) == 200
    done = complete(mine, prepared)
    digest = hashlib.sha256(PDF).hexdigest()
    assert (done["userErrors"], done["document"]["sha256"], done["document"]["size"]) == ([], digest, len(PDF))
    assert done["document"]["contentType"] == "application/pdf"
    assert rows(owner, mine, Document, "sha256") == [digest]
    [id] = rows(owner, mine, Document, "id")
    assert stored(mine) == [document_key(mine.id, id)]
    assert bytes_of(mine, done["document"]) == PDF


def test_a_file_of_several_parts_is_put_at_once(company: Any) -> None:
    mine = company()
    text = b"linea de texto\n" * (PART // 15 + 1000)
    prepared = prepare(mine, text, clientId=client_of(mine), name="grande.txt")["documentUpload"]
    assert len(prepared["parts"]) == 2
    assert put(prepared, text) == 200
    done = complete(mine, prepared)
    assert (done["userErrors"], done["document"]["size"]) == ([], len(text))


def test_without_a_digest_the_forms_do_as_well(company: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine), sha256=None)["documentUpload"]
    assert send(prepared, b"HOLA") == [204]
    assert complete(mine, prepared)["document"]["sha256"] == hashlib.sha256(b"HOLA").hexdigest()


@pytest.mark.claims(
    "docs/documents.md",
    "The store takes exactly the announced number of bytes, of exactly that `Content-Type`.",
)
@pytest.mark.parametrize("sent", [b"hol", b"hola!", b"hola" * 1000], ids=["short", "long", "far longer"])
def test_the_store_takes_no_other_size_and_no_other_type(company: Any, stored: Any, sent: bytes) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine), contentType="text/plain")["documentUpload"]
    assert prepared["put"]["headers"] == [{"name": "Content-Type", "value": "text/plain"}]
    assert put(prepared, sent) == 403
    assert put(prepared, b"hola", Content_Type="text/html") == 403
    assert stored(mine) == []
    assert codes(complete(mine, prepared)) == [("FILE_MISSING", "")]


@pytest.mark.parametrize("declared", ["application/x-ñandú", "text/plain; charset=utf-8", "x", "text/xml"])
def test_any_declared_type_can_be_sent(company: Any, declared: str) -> None:
    mine = company()
    content = b"<?xml version='1.0'?><a/>" if declared == "text/xml" else b"hola"
    prepared = prepare(mine, content, clientId=client_of(mine), contentType=declared)["documentUpload"]
    assert put(prepared, content) == 200
    assert complete(mine, prepared)["userErrors"] == []


@pytest.mark.claims(
    "docs/documents.md",
    "**Send** it to the store, the one way or the other.",
    "What a store may not compare is compared when the upload is completed; what was sent too much is swept up.",
)
@pytest.mark.parametrize("arrived", [b"hol", b"hola" * (1 << 20)], ids=["short", "long"])
def test_what_the_store_let_through_is_refused_before_it_is_read(
    company: Any, owner: Any, stored: Any, arrived: bytes
) -> None:
    """As a store does that compares no signed `Content-Length`."""
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine), sha256=None)["documentUpload"]
    [id] = rows(owner, mine, DocumentUpload, "id")
    key = upload_key(mine.id, id, 0)
    with open_store(mine.ficha.settings) as store:
        asyncio.run(store.put(key, arrived, "text/plain"))
    assert codes(complete(mine, prepared)) == [("FILE_DIFFERS", "")]
    assert (rows(owner, mine, Document, "id"), stored(mine)) == ([], [key])
    # The right bytes can still be sent, the one way or the other.
    assert send(prepared, b"hola") == [204]
    assert complete(mine, prepared)["document"]["size"] == 4
    assert len(stored(mine)) == 1


@pytest.mark.claims("docs/documents.md", "With `sha256`, a file of other bytes is refused.")
def test_another_digest_than_announced_is_refused(company: Any, owner: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    assert put(prepared, b"HOLA") == 200
    assert codes(complete(mine, prepared)) == [("FILE_DIFFERS", "")]
    assert rows(owner, mine, Document, "id") == []


def test_a_put_after_completion_replaces_nothing_and_is_swept(company: Any, owner: Any, stored: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine), sha256=None)["documentUpload"]
    assert put(prepared, b"hola") == 200
    document = complete(mine, prepared)["document"]
    assert put(prepared, b"HOLA") == 200
    assert bytes_of(mine, document) == b"hola"
    assert complete(mine, prepared)["document"] == document
    assert bytes_of(mine, document) == b"hola"
    assert len(stored(mine)) == 2
    [id] = rows(owner, mine, DocumentUpload, "id")
    mine.change(DocumentUpload, id, expires_at=datetime.datetime.now(datetime.UTC) - 2 * GRACE)
    swept(mine, mine.ficha.settings)
    assert stored(mine) == [document_key(mine.id, *rows(owner, mine, Document, "id"))]


def test_a_completed_or_expired_upload_has_no_put(company: Any, owner: Any) -> None:
    mine = company()
    query = "query ($id: ID!) { node(id: $id) { ... on ClientDocumentUpload { put { url } parts { url } } } }"
    ended: Any = {"node": {"put": None, "parts": []}}
    done = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    put(done, b"hola")
    complete(mine, done)
    assert mine.ask(query, id=done["id"]).data == ended
    late = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    [id] = [each for each in rows(owner, mine, DocumentUpload, "id") if global_id(DocumentUpload, each) == late["id"]]
    mine.change(DocumentUpload, id, expires_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1))
    assert mine.ask(query, id=late["id"]).data == ended


def test_a_put_ends_with_its_upload(company: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    url = httpx.URL(prepared["put"]["url"])
    signed = datetime.datetime.strptime(url.params["X-Amz-Date"], "%Y%m%dT%H%M%S%z")
    ends = signed + datetime.timedelta(seconds=int(url.params["X-Amz-Expires"]))
    until = datetime.datetime.fromisoformat(prepared["expiresAt"])
    assert until - datetime.timedelta(seconds=2) <= ends <= until


def test_the_same_bytes_are_told_when_they_were_not_announced(company: Any) -> None:
    mine = company()
    client = client_of(mine)
    for name, expected in (("uno.txt", []), ("dos.txt", [("FILE_ALREADY_THERE", "sha256")])):
        prepared = prepare(mine, b"hola", clientId=client, name=name, sha256=None)
        assert prepared["warnings"] == []
        put(prepared["documentUpload"], b"hola")
        assert codes(complete(mine, prepared["documentUpload"]), "warnings") == expected
