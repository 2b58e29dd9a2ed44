"""What a browser shows where a link does not work: a page for a person, and JSON for everybody else."""

import base64
import hashlib
import re
import time
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from models import Client
from models.collaborator import Role
from models.ids import uuid7
from server.http.error_page import TEXTS
from server.http.negotiation import prefers_page
from storage.links import Link, Signer
from tests.fixtures import Company, global_id
from tests.uploading import links, upload

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def opened(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, url, headers={"Accept": BROWSER, **names}, trust_env=False, timeout=60)


def signed(company: Company, seconds: float) -> str:
    """A link of the administrator's to a document that is not there."""
    link = Link(company.id, uuid7(), company.people[Role.ADMIN], None, inline=True)
    sealed = Signer(company.ficha.settings.s3_secret_key).sign(link, int(time.time() + seconds))
    return f"{company.ficha.url}/files/{sealed}"


def parsed(page: str) -> ElementTree.Element:
    """The page, which is XML as well but for what HTML leaves open."""
    return ElementTree.fromstring(re.sub(r"<(meta[^>]*)>", r"<\1/>", page.replace("<!doctype html>", "")))  # noqa: S314  # our own page


def text_of(page: str, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in parsed(page).iter(tag)]


@pytest.mark.claims(
    "docs/errors.md",
    "For a browser that opens a link (`Accept` names `text/html`), it is a page under the same status.",
)
@pytest.mark.claims(
    "docs/documents.md",
    "A browser in which one of these links fails shows a page in Spanish or English that says what happened and what to"
    " do; programs get the error as JSON.",
)
@pytest.mark.parametrize(
    ("languages", "language", "heading", "reference"),
    [
        ("", "es-MX", "Esta liga venció", "Referencia: mine-1"),
        ("es-MX,es;q=0.9,en;q=0.8", "es-MX", "Esta liga venció", "Referencia: mine-1"),
        ("en-US,en;q=0.9,es;q=0.8", "en", "This link has expired", "Reference: mine-1"),
        ("fr", "es-MX", "Esta liga venció", "Referencia: mine-1"),
    ],
)
def test_a_person_reads_what_happened(
    company: Any, languages: str, language: str, heading: str, reference: str
) -> None:
    answer = opened(signed(company(), -1), Accept_Language=languages, X_Request_Id="mine-1")
    assert (answer.status_code, answer.headers["content-type"]) == (410, "text/html; charset=utf-8")
    page = parsed(answer.text)
    assert page.get("lang") == answer.headers["content-language"] == language
    assert text_of(answer.text, "h1") == text_of(answer.text, "title") == [heading]
    assert len(text_of(answer.text, "p")) == 3
    assert text_of(answer.text, "p")[2] == reference
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_runs_and_loads_nothing(company: Any) -> None:
    answer = opened(signed(company(), -1))
    [style] = text_of(answer.text, "style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert {each.tag for each in parsed(answer.text).iter()} == {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "p", "code",
    }  # fmt: skip
    assert not re.search(r"https?:|url\(|@import|\bon\w+=", answer.text)


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/files/x", 403, "Esta liga no es válida"),
        ("/statements/x.1.y", 403, "Esta liga no es válida"),
        ("/statements/fs_x", 403, "Esta liga no es válida"),
        ("/documents/file_x/view", 401, "Inicie sesión para abrir este archivo"),
    ],
)
def test_each_kind_of_link_has_its_page(company: Any, path: str, status: int, heading: str) -> None:
    answer = opened(f"{company().ficha.url}{path}")
    assert (answer.status_code, text_of(answer.text, "h1")) == (status, [heading])
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_file_that_is_gone_and_one_of_a_store_that_is_away(company: Any) -> None:
    mine: Company = company()
    gone = opened(signed(mine, 60))
    assert (gone.status_code, text_of(gone.text, "h1")) == (404, ["Este archivo no está disponible"])
    token = mine.ficha.token(mine.email(Role.ADMIN))
    unknown = opened(f"{mine.ficha.url}/documents/file_x/view", Authorization=f"Bearer {token}")
    assert (unknown.status_code, text_of(unknown.text, "h1")) == (404, ["Este archivo no está disponible"])


def test_head_tells_the_same_without_the_page(company: Any) -> None:
    answer = opened(signed(company(), -1), "HEAD")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (
        410,
        "text/html; charset=utf-8",
        b"",
    )


def test_what_a_client_wrote_is_not_on_the_page(company: Any) -> None:
    ficha = company().ficha
    answer = opened(f"{ficha.url}/files/%3Cscript%3Ealert(1)", X_Request_Id="<script>alert(1)</script>")
    assert (answer.status_code, "script" in answer.text) == (403, False)


def test_a_link_that_works_is_no_page(company: Any) -> None:
    mine: Company = company()
    document = upload(mine, b"texto", clientId=global_id(Client, mine.client()), name="a.txt")["document"]
    answer = opened(links(mine, document["id"])["viewUrl"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain")


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("text/html, application/json", True),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        ("*/*", False),
        ("image/avif,image/webp,*/*;q=0.8", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_who_gets_a_page(accept: str, page: bool) -> None:
    assert prefers_page(accept) is page


def test_programs_get_json(company: Any) -> None:
    for accept in ("*/*", "application/json", "image/webp,*/*", ""):
        answer = opened(signed(company(), -1), Accept=accept)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["errors"][0]["extensions"]["code"] == "LINK_EXPIRED"
        assert answer.headers["vary"] == "Accept, Accept-Language"


def test_every_text_is_in_both_languages() -> None:
    for said in TEXTS.values():
        for spanish, english in zip(said.es, said.en, strict=True):
            assert spanish != english
            assert spanish
            assert english
        for text in said:
            assert not text.title.endswith(".")
            assert text.happened.endswith(".")
            assert text.help.endswith(".")
