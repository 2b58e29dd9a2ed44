"""The walls of `GET /documents/…`: whose credentials open which document, and that nobody else learns anything."""

import datetime
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

import models
from models import Client, Document
from models.collaborator import Role
from tests.fixtures import Company, global_id, serving
from tests.uploading import upload
from tests.writing import rows

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
ADDRESSES = "query ($id: ID!) { document(id: $id) { signedInDownloadUrl } }"
FORMS = ("file", "view", "thumbnail")


def address_of(company: Company, **client: Any) -> str:
    id = upload(company, b"texto", clientId=global_id(Client, company.client(**client)))["document"]["id"]
    return company.ask(ADDRESSES, id=id).data["document"]["signedInDownloadUrl"]


def opened(address: str, token: str | None, method: str = "GET", **headers: str) -> httpx.Response:
    credentials = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(method, address, headers={**credentials, **headers}, trust_env=False, timeout=60)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"] if answer.is_error else ""


def token(company: Company, role: Role = Role.ADMIN) -> str:
    return company.ficha.token(company.email(role))


@pytest.mark.claims(
    "docs/documents.md",
    "Without credentials, with a cookie alone or with those of another company nothing is opened.",
    "Apps and scripts use them, as they send the header; for `href` and `src` in a page there are the links without"
    " credentials.",
)
def test_only_the_companys_own_credentials_open_it(company: Any) -> None:
    mine, other = company(), company()
    address = address_of(mine)
    assert opened(address, token(mine)).status_code == 302
    assert told(opened(address, None)) == (401, "UNAUTHENTICATED")
    assert told(opened(address, "x")) == (401, "UNAUTHENTICATED")
    assert told(opened(address, None, Cookie=f"token={token(mine)}")) == (401, "UNAUTHENTICATED")
    assert told(opened(f"{address}?access_token={token(mine)}", None)) == (401, "UNAUTHENTICATED")
    assert told(opened(address, token(other))) == (404, "FILE_GONE")


def test_what_is_not_there_is_told_as_what_may_not_be_seen(company: Any) -> None:
    mine, other = company(), company()
    theirs, own = address_of(other), address_of(mine)
    base = own.rpartition("/documents/")[0]
    client = global_id(Client, mine.client())
    answers = [
        opened(address, token(mine))
        for address in (
            theirs,
            *(f"{base}/documents/{id}/file" for id in ("x", client, "file_", "file_x", "%00", "file_" + "9" * 400)),
            f"{base}/documents/{global_id(Document, mine.id)}/file",
            own.replace("/file", "/other"),
            own.replace("/file", "/thumbnail"),
        )
    ]
    assert {told(answer) for answer in answers} == {(404, "FILE_GONE")}
    assert len({answer.json()["errors"][0]["message"] for answer in answers[1:7]}) == 1


def test_a_collaborator_opens_what_they_see(company: Any, owner: Any) -> None:
    mine: Company = company()
    address, other = address_of(mine, owner_id=mine.people[Role.SALES]), address_of(mine)
    assert opened(address, token(mine, Role.SALES)).status_code == 302
    assert told(opened(other, token(mine, Role.SALES))) == (404, "FILE_GONE")
    table = models.Company.__table__
    mine.owner.execute(table.update().where(table.c.id == mine.id).values(role_permissions={"SALES": ["clients:read"]}))
    # The viewer is remembered for some seconds: the document is asked for each time.
    assert told(opened(address, token(mine, Role.SALES)))[0] in (403, 404)
    mine.change(Document, rows(owner, mine, Document, "id")[0], deleted_at=NOW)
    mine.change(Document, rows(owner, mine, Document, "id")[1], deleted_at=NOW)
    assert [told(opened(each, token(mine))) for each in (address, other)] == [(404, "FILE_GONE")] * 2


@pytest.mark.claims(
    "docs/documents.md",
    "| 401, 403 | `UNAUTHENTICATED`, `FORBIDDEN` | of `signedIn…`: nobody is signed in, or their role may not "
    "read documents |",
)
@pytest.mark.claims(
    "docs/security.md",
    "Files are opened by a link that was made for one viewer (`/files/…`) or with the viewer's own credentials "
    "(`/documents/…`); either way the database is asked what that viewer may read now.",
)
def test_a_key_opens_what_its_scopes_let_it(company: Any) -> None:
    mine: Company = company()
    address = address_of(mine)
    create = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret userErrors { code } } }"""
    for scopes, expected in (
        (["clients:read", "clients:read_all", "documents:read"], (302, "")),
        (["clients:read", "clients:read_all"], (403, "FORBIDDEN")),
        (["clients:read", "documents:read"], (404, "FILE_GONE")),
    ):
        made = mine.ask(create, input={"name": "App", "scopes": scopes}).data["createApiKey"]
        answer = opened(address, made["secret"])
        assert told(answer) == expected
        if answer.status_code == 302:
            assert httpx.get(answer.headers["location"], trust_env=False).content == b"texto"


def test_a_suspended_company_opens_nothing(company: Any) -> None:
    mine: Company = company()
    address = address_of(mine)
    with serving(replace(mine.ficha.settings, viewer_cache_seconds=0)) as mine.ficha:
        address = f"{mine.ficha.url}{urlsplit(address).path}"
        assert opened(address, token(mine)).status_code == 302
        table = models.Company.__table__
        mine.owner.execute(table.update().where(table.c.id == mine.id).values(suspended_at=NOW))
        assert told(opened(address, token(mine))) == (403, "COMPANY_SUSPENDED")


def test_each_opening_is_a_request_of_the_viewer(company: Any) -> None:
    mine: Company = company()
    address = address_of(mine)
    with serving(replace(mine.ficha.settings, rate_limit="3/hour")) as mine.ficha:
        address = f"{mine.ficha.url}{urlsplit(address).path}"
        answers = [opened(address, token(mine)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert answers[3].headers["retry-after"]


def test_other_methods_and_websockets_open_nothing(company: Any) -> None:
    mine: Company = company()
    address = address_of(mine)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = opened(address, token(mine), method)
        assert (told(answer), answer.headers["allow"]) == ((405, "METHOD_NOT_ALLOWED"), "GET, HEAD")


def test_the_host_of_a_request_leads_nowhere_else(company: Any) -> None:
    """With `FICHA_PUBLIC_URL` the redirect is to it, whatever host a request names."""
    mine: Company = company()
    address = address_of(mine)
    with serving(replace(mine.ficha.settings, public_url="https://api.example.mx")) as mine.ficha:
        address = f"{mine.ficha.url}{urlsplit(address).path}"
        answer = opened(address, token(mine), Host="evil.example")
    assert answer.headers["location"].startswith("https://api.example.mx/files/")
