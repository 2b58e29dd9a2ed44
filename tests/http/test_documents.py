"""The documents tab over HTTP: three steps of an upload, what is refused, links, revisions, deletion."""

import asyncio
import datetime
import unicodedata
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest

import models
from demo.files import pdf
from models import Client, Collaborator, Document, DocumentUpload
from models.collaborator import Role
from models.document import DocumentKind
from storage.file_name import with_extension
from storage.keys import document_key, upload_key
from storage.minio_store import MinioStore
from tests import uploading
from tests.fixtures import Company, global_id
from tests.uploading import codes, complete, links, post, prepare, send, upload
from tests.writing import events, rows

PDF = pdf(["hola"])


def client_of(company: Company, **values: Any) -> str:
    return global_id(Client, company.client(**values))


def listed(company: Company, client: str, field: str = "documents") -> list[str]:
    query = f"query ($id: ID!) {{ client(id: $id) {{ list: {field} {{ nodes {{ name }} }} }} }}"
    return [node["name"] for node in company.ask(query, id=client).data["client"]["list"]["nodes"]]


@pytest.mark.claims(
    "docs/documents.md",
    "**Announce** it: `prepareDocumentUpload` with name, size, and what is known of it.",
    "**Complete** it: `completeDocumentUpload` with the upload's id.",
    "The answer is the document.",
)
def test_a_file_is_announced_sent_and_completed(company: Any, owner: Any) -> None:
    mine = company()
    client = client_of(mine)
    done = upload(
        mine, PDF, clientId=client, name="Contrato «Ñandú».pdf", kind="CONTRACT", contentType="application/pdf",
        description="Firmado", tags=["marco", " marco ", "2026"], expiresOn="2027-01-31",
    )  # fmt: skip
    assert (done["userErrors"], done["warnings"]) == ([], [])
    document = done["document"]
    assert document == {
        "id": document["id"],
        "name": "Contrato «Ñandú».pdf",
        "kind": "CONTRACT",
        "description": "Firmado",
        "tags": ["marco", "2026"],
        "contentType": "application/pdf",
        "size": len(PDF),
        "sha256": uploading.announced(PDF)["sha256"],
        "expiresOn": "2027-01-31",
        "revision": 1,
        "version": 1,
        "uploadedBy": {"id": global_id(Collaborator, mine.people[Role.ADMIN])},
        "client": {"id": client},
    }
    assert listed(mine, client) == ["Contrato «Ñandú».pdf"]
    [(id, key)] = rows(owner, mine, Document, "id", "object_key")
    assert key == document_key(mine.id, id)
    assert events(owner, mine) == [
        ("DOCUMENT_CHANGED", {"change": "CREATED", "label": "Contrato «Ñandú».pdf", "changes": []})
    ]
    link = links(mine, document["id"])["downloadUrl"]
    assert httpx.get(link, trust_env=False, timeout=60).content == PDF


@pytest.mark.claims(
    "docs/documents.md",
    "Each can be repeated: a form sent twice stores the same part, and an upload that is completed twice "
    "is completed once.",
)
def test_to_complete_twice_is_to_complete_once(company: Any, owner: Any) -> None:
    mine = company()
    prepared = prepare(mine, PDF, clientId=client_of(mine), name="a.pdf")["documentUpload"]
    send(prepared, PDF)
    first, second = complete(mine, prepared), complete(mine, prepared)
    assert first["document"] == second["document"]
    assert len(rows(owner, mine, Document, "id")) == len(events(owner, mine)) == 1


def test_twenty_completions_at_once_make_one_document(company: Any, owner: Any, stored: Any) -> None:
    mine = company()
    prepared = prepare(mine, PDF, clientId=client_of(mine), name="a.pdf")["documentUpload"]
    send(prepared, PDF)
    done = uploading.together([lambda: complete(mine, prepared)] * 20)
    assert {answer["document"]["id"] for answer in done} == {done[0]["document"]["id"]}
    [key] = rows(owner, mine, Document, "object_key")
    assert stored(mine) == [key]


def test_an_upload_that_another_completes_meanwhile_is_its_document(
    company: Any, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has found it open, and looks for the parts once the second has completed it and taken them away."""
    mine = company()
    prepared = prepare(mine, PDF, clientId=client_of(mine), name="a.pdf")["documentUpload"]
    send(prepared, PDF)
    list_objects, others = MinioStore.list_objects, list[Any]()

    async def once_another_is_done(store: MinioStore, prefix: str) -> Any:
        if not others:
            others.append(None)  # whose own look is an ordinary one
            others.append(await asyncio.to_thread(complete, mine, prepared))
        return await list_objects(store, prefix)

    monkeypatch.setattr(MinioStore, "list_objects", once_another_is_done)
    done = complete(mine, prepared)
    assert (done["userErrors"], done["document"]) == ([], others[1]["document"])
    assert len(stored(mine)) == 1


@pytest.mark.claims(
    "docs/documents.md",
    "The answer has `documentUpload.parts`, one form for each 8 MiB, and `documentUpload.put`, one request "
    "for the whole file.",
    "The store answers 204.",
    "In forms: for each part a `POST` as `multipart/form-data`, the `fields` in their "
    "order and last a field `file` with the part's bytes.",
)
def test_a_large_file_is_sent_in_parts(company: Any, stored: Any) -> None:
    mine = company()
    text = ("línea de texto\n" * 600_000).encode() + b"fin"
    prepared = prepare(mine, text, clientId=client_of(mine), name="grande.txt")["documentUpload"]
    assert [(part["number"], part["offset"], part["size"]) for part in prepared["parts"]] == [
        (1, 0, 8 << 20),
        (2, 8 << 20, len(text) - (8 << 20)),
    ]
    assert send(prepared, text) == [204, 204]
    done = complete(mine, prepared)
    assert (done["userErrors"], done["document"]["size"]) == ([], len(text))
    link = links(mine, done["document"]["id"])["downloadUrl"]
    tail = httpx.get(link, headers={"Range": "bytes=-3"}, trust_env=False, timeout=60)
    assert (tail.status_code, tail.content) == (206, b"fin")
    assert len(stored(mine)) == 1


@pytest.mark.claims(
    "docs/documents.md",
    "| not all parts have arrived | `FILE_MISSING` |",
    "A form takes exactly the announced number of bytes under exactly one key, and no other.",
)
@pytest.mark.parametrize(("content", "sent"), [(b"hola", b"hol"), (b"hola", b"hola!")], ids=["short", "long"])
def test_the_store_takes_exactly_the_announced_size(company: Any, content: bytes, sent: bytes) -> None:
    mine = company()
    prepared = prepare(mine, content, clientId=client_of(mine))["documentUpload"]
    [part] = prepared["parts"]
    assert post(part, sent) == 400
    assert codes(complete(mine, prepared)) == [("FILE_MISSING", "")]


@pytest.mark.claims(
    "docs/documents.md",
    "A part may be sent again, and parts side by side.",
)
@pytest.mark.claims(
    "docs/documents.md",
    "| other bytes than announced | `FILE_DIFFERS` |",
)
def test_other_bytes_of_the_same_size_are_refused_and_leave_nothing(company: Any, owner: Any, stored: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    send(prepared, b"HOLA")
    assert codes(complete(mine, prepared)) == [("FILE_DIFFERS", "")]
    assert rows(owner, mine, Document, "id") == []
    [id] = rows(owner, mine, DocumentUpload, "id")
    assert stored(mine) == [upload_key(mine.id, id, 1)]
    # The right bytes can still be sent.
    send(prepared, b"hola")
    assert complete(mine, prepared)["document"]["size"] == 4


def test_bytes_sent_after_completion_do_not_reach_the_document(company: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    send(prepared, b"hola")
    document = complete(mine, prepared)["document"]
    assert send(prepared, b"HOLA") == [204]
    assert httpx.get(links(mine, document["id"])["downloadUrl"], trust_env=False, timeout=60).content == b"hola"


def test_a_form_opens_no_other_key(company: Any) -> None:
    mine, other = company(), company()
    [part] = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]["parts"]
    for key in (document_key(other.id, UUID(int=1)), document_key(mine.id, UUID(int=1))):
        forged = part | {"fields": [f | {"value": key} if f["name"] == "key" else f for f in part["fields"]]}
        assert post(forged, b"hola") == 403


def test_another_company_sees_neither_upload_nor_document(company: Any) -> None:
    mine, other = company(), company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    send(prepared, b"hola")
    assert codes(complete(other, prepared)) == [("NOT_FOUND", "uploadId")]
    document = complete(mine, prepared)["document"]
    assert other.ask("query ($id: ID!) { document(id: $id) { id } }", id=document["id"]).data == {"document": None}


@pytest.mark.claims(
    "docs/documents.md",
    "| larger than `FICHA_UPLOAD_MAX_BYTES` | `FILE_TOO_LARGE` |",
    "| empty | `FILE_EMPTY` |",
)
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": " "}, []),
        ({"name": "x" * 256}, [("TEXT_TOO_LONG", "name")]),
        ({"size": 0}, [("FILE_EMPTY", "size")]),
        ({"size": -1}, [("FILE_EMPTY", "size")]),
        ({"size": (1 << 31) - 1}, [("FILE_TOO_LARGE", "size")]),
        ({"size": (25 << 20) + 1}, [("FILE_TOO_LARGE", "size")]),
        ({"sha256": "abc"}, [("SHA256_FORMAT", "sha256")]),
        ({"contentType": "text/html; charset=utf-8"}, [("FILE_TYPE_REFUSED", "contentType")]),
        ({"contentType": "image/svg+xml"}, [("FILE_TYPE_REFUSED", "contentType")]),
        ({"tags": ["x"] * 21}, []),
        ({"tags": [str(n) for n in range(21)]}, [("TOO_MANY", "tags")]),
    ],
)
def test_what_can_be_announced(company: Any, given: Any, expected: Any) -> None:
    mine = company()
    assert codes(prepare(mine, b"hola", clientId=client_of(mine), **given)) == expected


@pytest.mark.claims(
    "docs/documents.md",
    "| of no accepted type, damaged, or two types at once | `FILE_TYPE_REFUSED` |",
    "| the bytes are of another type than `contentType` names | `FILE_TYPE_DIFFERS` |",
    "The type is detected from the content.",
    "A declared `contentType` counts only if it names one of these types.",
)
@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (PDF, "application/force-download", "application/pdf"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "text/xml", "application/xml"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"a,b\n1,2\n", "text/plain", "text/plain"),
        (PDF, "image/png", "FILE_TYPE_DIFFERS"),
        (b"<html><script>alert(1)</script></html>", "image/jpeg", "FILE_TYPE_REFUSED"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "application/pdf", "FILE_TYPE_REFUSED"),
    ],
)
def test_the_bytes_decide_over_the_type(company: Any, content: bytes, declared: str, expected: str) -> None:
    mine = company()
    done = upload(mine, content, clientId=client_of(mine), name="archivo", contentType=declared)
    found = done["document"]["contentType"] if done["document"] else done["userErrors"][0]["code"]
    assert found == expected


@pytest.mark.claims(
    "docs/documents.md",
    "| the same bytes are on record already | the warning `FILE_ALREADY_THERE` |",
)
def test_the_same_bytes_again_are_told_and_not_refused(company: Any, owner: Any) -> None:
    mine = company()
    client = client_of(mine)
    upload(mine, b"hola", clientId=client, name="uno.txt")
    prepared = prepare(mine, b"hola", clientId=client, name="dos.txt")
    assert codes(prepared, "warnings") == [("FILE_ALREADY_THERE", "sha256")]
    assert prepared["warnings"][0]["message"] == "El mismo archivo ya está en el expediente: «uno.txt»."
    done = upload(mine, b"hola", clientId=client, name="dos.txt")
    assert codes(done, "warnings") == [("FILE_ALREADY_THERE", "sha256")]
    assert sorted(listed(mine, client)) == ["dos.txt", "uno.txt"]
    assert len(set(rows(owner, mine, Document, "object_key"))) == 2
    # Another client's is nobody's business.
    assert prepare(mine, b"hola", clientId=client_of(mine))["warnings"] == []


HOSTILE = [
    "contrato ñ.pdf", "🙂👨‍👩‍👧.pdf", "a'b\"c.pdf", "a#1.pdf", "a%a.txt", "100% «seguro».pdf",
    "a\\b\\c.txt", "../../etc/passwd", "微信图片_20181111215638.jpg", "한글.pdf", "a & b.pdf", "(1).pdf",
    "dos  espacios.pdf", "factura\u200b.pdf", "fdp\u202eexe.pdf", "a\r\nSet-Cookie: b=1.pdf",
    "a;filename=b.exe", "CON.txt", ".htaccess", "a\x00b.txt", "a\tb.txt", "x" * 250 + ".pdf",
]  # fmt: skip


def expected_name(given: str) -> str:
    """The name less path parts, control and format characters, with the extension of a text."""
    last = given.replace("\\", "/").rpartition("/")[2]
    return with_extension("".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf")), "text/plain")


@pytest.mark.claims(
    "docs/documents.md",
    "A name is returned as it was uploaded (in Unicode NFC), without path, control and format characters.",
)
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_comes_back_as_what_the_file_is(company: Any, name: str) -> None:
    mine = company()
    document = upload(mine, b"hola", clientId=client_of(mine), name=name)["document"]
    assert document["name"] == expected_name(name)
    answer = httpx.get(links(mine, document["id"])["downloadUrl"], trust_env=False, timeout=60)
    assert (answer.status_code, answer.content) == (200, b"hola")
    encoded = answer.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert unquote(encoded) == expected_name(name)


@pytest.mark.claims(
    "docs/documents.md",
    "A download has its name in `Content-Disposition` (RFC 6266, RFC 8187); `viewUrl` shows PDF, images "
    "and plain text and downloads everything else.",
)
@pytest.mark.parametrize(
    ("content", "shown"), [(PDF, "inline"), (b"<?xml version='1.0'?><a/>", "attachment"), (b"hola", "inline")]
)
def test_only_harmless_types_are_shown(company: Any, content: bytes, shown: str) -> None:
    mine = company()
    document = upload(mine, content, clientId=client_of(mine), name="a")["document"]
    answer = httpx.get(links(mine, document["id"])["viewUrl"], trust_env=False, timeout=60)
    assert answer.headers["content-disposition"].startswith(shown)
    assert answer.headers["content-type"].partition(";")[0] == document["contentType"]


@pytest.mark.claims(
    "docs/documents.md",
    "`replacesId` makes a new revision: the document's list shows the newest, `revisions` shows them all.",
)
def test_a_new_file_takes_the_place_of_the_old_one(company: Any, owner: Any) -> None:
    mine = company()
    client = client_of(mine)
    first = upload(mine, b"uno", clientId=client, name="v1.txt", kind="CONTRACT", tags=["marco"])["document"]
    second = upload(mine, b"dos", clientId=client, name="v2.txt", replacesId=first["id"])["document"]
    assert (second["revision"], second["kind"], second["tags"]) == (2, "CONTRACT", ["marco"])
    assert listed(mine, client) == ["v2.txt"]
    query = "query ($id: ID!) { document(id: $id) { revisions { revision name replacedAt downloadUrl } } }"
    one, two = mine.ask(query, id=first["id"]).data["document"]["revisions"]
    assert [(r["revision"], r["name"], r["replacedAt"] is None) for r in (one, two)] == [
        (1, "v1.txt", False),
        (2, "v2.txt", True),
    ]
    assert [httpx.get(r["downloadUrl"], trust_env=False, timeout=60).content for r in (one, two)] == [b"uno", b"dos"]
    assert events(owner, mine)[-1] == (
        "DOCUMENT_CHANGED",
        {
            "change": "UPDATED",
            "label": "v2.txt",
            "changes": [
                {"field": "revision", "from": "1", "to": "2"},
                {"field": "name", "from": "v1.txt", "to": "v2.txt"},
            ],
        },
    )
    assert codes(prepare(mine, b"tres", clientId=client, replacesId=first["id"])) == [
        ("DOCUMENT_NOT_CURRENT", "replacesId")
    ]


def test_two_new_files_at_once_do_not_both_win(company: Any) -> None:
    mine = company()
    client = client_of(mine)
    first = upload(mine, b"uno", clientId=client)["document"]
    both = [prepare(mine, text, clientId=client, replacesId=first["id"])["documentUpload"] for text in (b"dos", b"tre")]
    for prepared, text in zip(both, (b"dos", b"tre"), strict=True):
        send(prepared, text)
    done = uploading.together([lambda each=each: complete(mine, each) for each in both])
    assert sorted(map(codes, done)) == [[], [("DOCUMENT_NOT_CURRENT", "uploadId")]]


EDIT = """
mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) { document { name tags version } userErrors { code path } }
}
"""
DELETE = "mutation ($id: ID!) { deleteDocument(input: {id: $id}) { document { deletedAt } userErrors { code path } } }"
RESTORE = "mutation ($id: ID!) { restoreDocument(input: {id: $id}) { document { version } userErrors { code path } } }"


def test_what_is_said_of_a_document_can_be_edited(company: Any, owner: Any) -> None:
    mine = company()
    document = upload(mine, b"hola", clientId=client_of(mine), name="a.txt")["document"]
    given = {"id": document["id"], "name": "carpeta/b.txt", "tags": ["x"], "expectedVersion": 1}
    assert mine.ask(EDIT, input=given).data["updateDocument"] == {
        "document": {"name": "b.txt", "tags": ["x"], "version": 2},
        "userErrors": [],
    }
    assert codes(mine.ask(EDIT, input=given).data["updateDocument"]) == [("CONFLICT", "expectedVersion")]
    assert events(owner, mine)[-1][1]["changes"] == [
        {"field": "name", "from": "a.txt", "to": "b.txt"},
        {"field": "tags", "from": "", "to": "x"},
    ]


@pytest.mark.claims(
    "docs/documents.md",
    "`deleteDocument` deletes a document with its revisions; `documents(deleted: ONLY)` lists them, "
    "`restoreDocument` brings them back.",
)
def test_a_deleted_document_comes_back_with_its_revisions(company: Any, owner: Any) -> None:
    mine = company()
    client = client_of(mine)
    first = upload(mine, b"uno", clientId=client, name="v1.txt")["document"]
    second = upload(mine, b"dos", clientId=client, name="v2.txt", replacesId=first["id"])["document"]
    assert codes(mine.ask(DELETE, id=first["id"]).data["deleteDocument"]) == [("DOCUMENT_NOT_CURRENT", "id")]
    assert mine.ask(DELETE, id=second["id"]).data["deleteDocument"]["userErrors"] == []
    assert (listed(mine, client), listed(mine, client, "documents(deleted: ONLY)")) == ([], ["v2.txt"])
    assert codes(mine.ask(DELETE, id=second["id"]).data["deleteDocument"]) == [("DOCUMENT_NOT_CURRENT", "id")]
    assert mine.ask(RESTORE, id=second["id"]).data["restoreDocument"]["userErrors"] == []
    assert (listed(mine, client), listed(mine, client, "documents(deleted: ONLY)")) == (["v2.txt"], [])
    assert codes(mine.ask(RESTORE, id=second["id"]).data["restoreDocument"]) == [("RECORD_NOT_DELETED", "id")]
    assert [details["change"] for _, details in events(owner, mine)] == ["CREATED", "UPDATED", "DELETED", "RESTORED"]


def test_what_expires_before_a_day_is_found(company: Any) -> None:
    mine = company()
    client = mine.client()
    for name, day in (("hoy", 10), ("mañana", 11), ("nunca", None)):
        mine.add(models.Document, client_id=client, name=name, expires_on=day and datetime.date(2026, 3, day))
    query = """
        query ($id: ID!) { client(id: $id) { documents(filter: {expiresOn: {lt: "2026-03-11"}}) { nodes { name } } } }
    """
    nodes = mine.ask(query, id=global_id(Client, client)).data["client"]["documents"]["nodes"]
    assert nodes == [{"name": "hoy"}]


def test_who_may_not_write_documents_may_not_upload_nor_read_of_them(company: Any) -> None:
    mine = company()
    client = client_of(mine)
    given = uploading.announced(b"hola", clientId=client)
    assert mine.ask(uploading.PREPARE, Role.READ_ONLY, input=given).errors == [("FORBIDDEN", "prepareDocumentUpload")]
    upload(mine, b"hola", clientId=client)
    history = "query ($id: ID!) { client(id: $id) { history { nodes { kind } } } }"
    assert mine.ask(history, Role.READ_ONLY, id=client).data["client"]["history"]["nodes"] == [
        {"kind": "DOCUMENT_CHANGED"}
    ]


def test_a_deleted_client_takes_no_documents(company: Any) -> None:
    mine = company()
    client = client_of(mine, deleted_at=datetime.datetime.now(datetime.UTC))
    assert codes(prepare(mine, b"hola", clientId=client)) == [("CLIENT_DELETED", "clientId")]


@pytest.mark.claims(
    "docs/documents.md",
    "| the hour is over | `UPLOAD_EXPIRED` |",
    "The three steps have an hour.",
)
def test_an_upload_ends_after_an_hour(company: Any, owner: Any) -> None:
    mine = company()
    prepared = prepare(mine, b"hola", clientId=client_of(mine))["documentUpload"]
    send(prepared, b"hola")
    [id] = rows(owner, mine, DocumentUpload, "id")
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    mine.change(DocumentUpload, id, expires_at=past)
    assert codes(complete(mine, prepared)) == [("UPLOAD_EXPIRED", "uploadId")]
    node = mine.ask(
        "query ($id: ID!) { node(id: $id) { ... on ClientDocumentUpload { parts { url } } } }", id=prepared["id"]
    )
    assert node.data == {"node": {"parts": []}}


def test_validation_alone_keeps_nothing(company: Any, stored: Any) -> None:
    mine = company()
    client = client_of(mine)
    assert prepare(mine, b"hola", clientId=client, validateOnly=True)["documentUpload"] is None
    prepared = prepare(mine, b"hola", clientId=client)["documentUpload"]
    send(prepared, b"hola")
    before = stored(mine)
    assert complete(mine, prepared, validateOnly=True) == {"document": None, "userErrors": [], "warnings": []}
    assert stored(mine) == before
    assert complete(mine, prepared)["document"]["kind"] == DocumentKind.OTHER
