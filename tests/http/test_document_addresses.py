"""`GET /documents/…`: addresses that last as long as the sign-in and redirect to a link that lives for minutes."""

import io
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from models import Client
from models.collaborator import Role
from server.settings import Settings
from tests.fixtures import Company, global_id, serving
from tests.http.test_thumbnails import draw_all
from tests.uploading import upload

QUERY = """
query ($id: ID!) { document(id: $id) { signedInDownloadUrl signedInViewUrl thumbnail { signedInUrl } } }
"""
TEXT = b"0123456789"


def uploaded(company: Company, content: bytes = TEXT, name: str = "a.txt") -> Any:
    document = upload(company, content, clientId=global_id(Client, company.client()), name=name)["document"]
    return document | company.ask(QUERY, id=document["id"]).data["document"]


def here(company: Company, address: str) -> str:
    """The address at the Ficha that the company asks now."""
    return f"{company.ficha.url}{urlsplit(address).path}"


def opened(company: Company, address: str, method: str = "GET", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    token = company.ficha.token(company.email(Role.ADMIN))
    return httpx.request(
        method, address, headers={"Authorization": f"Bearer {token}", **names}, trust_env=False, timeout=60
    )


def followed(company: Company, address: str, method: str = "GET", **headers: str) -> httpx.Response:
    """As an HTTP client does that follows redirects."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    token = company.ficha.token(company.email(Role.ADMIN))
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=60) as client:
        return client.request(method, address, headers={"Authorization": f"Bearer {token}", **names})


@pytest.mark.claims(
    "docs/documents.md",
    "`signedInDownloadUrl`, `signedInViewUrl` and `thumbnail.signedInUrl` last as long as somebody is signed in: they"
    " hold nothing but the document's id, are opened with the `Authorization` of `/graphql`, and redirect (302,"
    " `no-store`) to a link as above.",
)
def test_an_address_redirects_whoever_is_signed_in(company: Any) -> None:
    mine: Company = company()
    document = uploaded(mine)
    assert document["signedInDownloadUrl"] == f"{mine.ficha.url}/documents/{document['id']}/file"
    assert document["signedInViewUrl"] == f"{mine.ficha.url}/documents/{document['id']}/view"
    for field, shown in (("signedInDownloadUrl", "attachment"), ("signedInViewUrl", "inline")):
        answer = opened(mine, document[field])
        assert (answer.status_code, answer.content) == (302, b"")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Accept, Accept-Language, Authorization, X-Ficha-Company"
        assert answer.headers["referrer-policy"] == "no-referrer"
        # The link needs no credentials any more.
        file = httpx.get(answer.headers["location"], trust_env=False, timeout=60)
        assert (file.status_code, file.content) == (200, TEXT)
        assert file.headers["content-disposition"].startswith(f"{shown}; ")
    # It is the same address tomorrow; its link is another one each time.
    assert document["signedInViewUrl"] == mine.ask(QUERY, id=document["id"]).data["document"]["signedInViewUrl"]


def test_ranges_and_head_go_through_the_redirect(company: Any) -> None:
    mine: Company = company()
    address = uploaded(mine)["signedInDownloadUrl"]
    assert followed(mine, address, Range="bytes=2-4").content == b"234"
    head = followed(mine, address, "HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")
    assert opened(mine, address, "HEAD").status_code == 302


@pytest.mark.parametrize(
    ("content", "name", "shown", "file_name"),
    [
        (TEXT, "año «ñandú» 微信.txt", "inline", "a%C3%B1o%20%C2%AB%C3%B1and%C3%BA%C2%BB%20%E5%BE%AE%E4%BF%A1.txt"),
        (b"<?xml version='1.0'?><a/>", "factura ñ.xml", "attachment", "factura%20%C3%B1.xml"),
    ],
)
@pytest.mark.parametrize("downloads", ["proxy", "store"])
def test_names_and_what_is_shown(
    company: Any, content: bytes, name: str, shown: str, file_name: str, downloads: str
) -> None:
    mine: Company = company()
    address = uploaded(mine, content, name)["signedInViewUrl"]
    with serving(replace(mine.ficha.settings, downloads=downloads)) as mine.ficha:
        answer = followed(mine, here(mine, address))
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith(f"{shown}; ")
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{file_name}")


@pytest.mark.claims(
    "docs/documents.md", "With `FICHA_DOWNLOADS=store` it leads to the store and lives for 30 s; it takes `HEAD` too."
)
def test_at_the_store_the_link_is_the_stores_and_short(company: Any) -> None:
    mine: Company = company()
    address = uploaded(mine)["signedInDownloadUrl"]
    with serving(replace(mine.ficha.settings, downloads="store")) as mine.ficha:
        location = httpx.URL(opened(mine, here(mine, address)).headers["location"])
        assert str(location).startswith(mine.ficha.settings.s3_public_endpoint)
        assert location.params["X-Amz-Expires"] == "30"
        assert httpx.get(location, headers={"Range": "bytes=2-4"}, trust_env=False).content == b"234"
        head = opened(mine, here(mine, address), "HEAD").headers["location"]
        answer = httpx.head(head, trust_env=False)
        assert (answer.status_code, answer.headers["content-length"]) == (200, "10")


@pytest.mark.claims("docs/documents.md", "How long links live is set by `FICHA_LINK_SECONDS`.")
@pytest.mark.parametrize(("downloads", "expected"), [("proxy", 20), ("store", 20)])
def test_a_link_lives_as_long_as_it_is_set_to(company: Any, downloads: str, expected: int) -> None:
    mine: Company = company()
    address = uploaded(mine)["signedInDownloadUrl"]
    settings: Settings = replace(mine.ficha.settings, downloads=downloads, link_seconds=20)
    with serving(settings) as mine.ficha:
        location = opened(mine, here(mine, address)).headers["location"]
    if downloads == "store":
        assert httpx.URL(location).params["X-Amz-Expires"] == str(expected)
    else:
        assert 0 < int(location.split(".")[-2]) - time.time() <= expected


def test_a_thumbnail_has_an_address_too(company: Any) -> None:
    mine: Company = company()
    written = io.BytesIO()
    Image.new("RGB", (1200, 600), "red").save(written, "PNG")
    document = uploaded(mine, written.getvalue(), "foto.png")
    draw_all(mine)
    address = mine.ask(QUERY, id=document["id"]).data["document"]["thumbnail"]["signedInUrl"]
    assert address == f"{mine.ficha.url}/documents/{document['id']}/thumbnail"
    for downloads in ("proxy", "store"):
        with serving(replace(mine.ficha.settings, downloads=downloads)) as mine.ficha:
            answer = followed(mine, here(mine, address))
        assert (answer.headers["content-type"], answer.content[:4]) == ("image/webp", b"RIFF")


def test_pages_of_known_origins_may_open_it(company: Any) -> None:
    mine: Company = company()
    address = uploaded(mine)["signedInDownloadUrl"]
    with serving(replace(mine.ficha.settings, cors_origins=("https://app.example.mx",))) as mine.ficha:
        asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        allowed = [
            httpx.options(here(mine, address), headers={**asks, "Origin": origin}, trust_env=False).status_code
            for origin in ("https://app.example.mx", "https://evil.example")
        ]
        answer = followed(mine, here(mine, address), Origin="https://app.example.mx")
    assert allowed == [200, 400]
    assert (answer.content, answer.headers["access-control-allow-origin"]) == (TEXT, "https://app.example.mx")
