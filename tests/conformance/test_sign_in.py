"""Signing in for real: from an empty PostgreSQL, at a real OpenID provider, to the second collaborator's client."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import jwt
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

import models
from models.ids import uuid7
from server.access import issuers
from server.access.jwks import DiscoveredKeySet
from server.embedded import S3
from server.settings import Settings
from tests.browser.chromium import find_chromium, launch_chromium
from tests.browser.client_screen import ClientScreen
from tests.conformance.conftest import ROOT
from tests.conformance.provider import AUDIENCE, Provider, running_provider
from tests.fixtures import Ficha, demanded, global_id, owning, serving

CLIENT, BACK = "ficha-app", "http://127.0.0.1/callback"
GRAPHIQL = "ficha-graphiql"
RETURNS = ["http://127.0.0.1/graphiql", "http://127.0.0.1/app"]
PEOPLE = {
    "cuenta-de-ana": {"email": "ana@empresa.mx", "email_verified": True},
    # Nobody vouches for this address, and nobody was invited by it.
    "cuenta-de-beto": {"email": "beto@personal.mx", "email_verified": False},
}
BETO = {"name": "Beto", "email": "beto@empresa.mx", "role": "SALES_MANAGER"}
INVITE = """
mutation ($person: InviteCollaboratorInput!, $client: CreateClientInput!) {
  inviteCollaborator(input: $person) { secret link userErrors { code } }
  createClient(input: $client) { client { id } userErrors { code } }
}
"""


@pytest.fixture
def provider() -> Generator[Provider]:
    """A provider of the test's own."""
    # On loopback any port will do (RFC 8252, 7.3).
    with running_provider({CLIENT: [BACK], GRAPHIQL: RETURNS}, PEOPLE) as running:
        yield running


@pytest.fixture
def environment(database_url: str, s3: S3, provider: Provider, tmp_path: Any) -> Generator[dict[str, str]]:
    """The settings of a Ficha on an empty database, which trusts the provider."""
    name = f"ficha_{uuid7().hex}"
    with owning(database_url) as admin:
        admin.execute(text(f"create database {name} template template0"))
        yield {
            "FICHA_DATA_DIR": str(tmp_path),
            "FICHA_DATABASE_URL": urlsplit(database_url)._replace(path=f"/{name}").geturl(),
            "FICHA_S3_ENDPOINT": s3.endpoint,
            "FICHA_S3_ACCESS_KEY": s3.access_key,
            "FICHA_S3_SECRET_KEY": s3.secret_key,
            "FICHA_S3_BUCKET": "ficha-sign-in",
            "FICHA_OIDC_ISSUERS": json.dumps([{"issuer": provider.issuer, "audience": AUDIENCE, "client": GRAPHIQL}]),
            "FICHA_GRAPHIQL": "on",
            "FICHA_WEB": "on",
        }
        admin.execute(text(f"drop database {name} with (force)"))


def found_company(environment: dict[str, str], email: str) -> UUID:
    """Step 1: a company and its first administrator, in an empty database."""
    company = {"rfc": "DEM0101018K7", "name": "Empresa Nueva", "tax-regime": "601", "postal-code": "06000"}
    further = {"time-zone": "America/Mexico_City", "currency": "MXN", "admin-name": "Ana", "admin-email": email}
    options = [text for name, value in (company | further).items() for text in (f"--{name}", value)]
    command = [sys.executable, "-m", "server.command.cli", "company", "create", *options]
    told = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, timeout=100, capture_output=True, text=True
    ).stdout
    made = re.search(r"com_([0-9a-f-]{36})", told)
    assert made, told
    return UUID(made[1])


def ask(ficha: Ficha, token: str, query: str, **variables: Any) -> Any:
    """The data of the answer, or the code of the error that there is none."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = ficha.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
    return answer.get("data") or answer["errors"][0]["extensions"]["code"]


@pytest.mark.claims(
    "docs/sign-in.md",
    "All of it is tested with a real provider: `tests/conformance/test_sign_in.py`.",
    "Any OpenID provider whose access tokens are JWTs will do:",
    "They sign in with an account whose token has their address in `email` and `email_verified: true`;",
)
def test_from_an_empty_database_to_the_second_collaborators_client(
    environment: dict[str, str], provider: Provider
) -> None:
    company = found_company(environment, "ana@empresa.mx")  # 1
    with serving(Settings.from_env(environment)) as ficha:
        ana = provider.sign_in(CLIENT, BACK, "cuenta-de-ana")["access_token"]  # 2
        made = ask(  # 3
            ficha,
            ana,
            INVITE,
            person=BETO,
            client={"legalName": "PRIMER CLIENTE", "rfc": "EKU9003173C9"},
        )
        assert [part["userErrors"] for part in made.values()] == [[], []]

        beto = provider.sign_in(CLIENT, BACK, "cuenta-de-beto")["access_token"]  # 4
        assert ask(ficha, beto, "{ viewer { role } }") == "UNAUTHENTICATED"
        accepted = ficha.http.post(
            "/invitations/accept",
            json={"invitation": made["inviteCollaborator"]["secret"]},
            headers={"Authorization": f"Bearer {beto}"},
        )
        assert (accepted.status_code, accepted.json()["company"]) == (
            200,
            {"id": global_id(models.Company, company), "name": "Empresa Nueva"},
        )

        detail = (ROOT / "operations" / "client_detail.graphql").read_text(encoding="utf-8")
        seen = ask(ficha, beto, detail, id=made["createClient"]["client"]["id"])  # 5
        assert seen["header"]["legalName"] == "PRIMER CLIENTE"
        assert seen["commercialHistory"]["history"]["nodes"][0]["kind"] == "CLIENT_CREATED"


@pytest.mark.claims(
    "docs/sign-in.md",
    "Keys may rotate at any time, as long as the old one stays published until its tokens have ended.",
)
def test_refreshed_tokens_and_new_keys_are_taken_without_a_restart(
    environment: dict[str, str], provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Otherwise the set of keys is not asked for twice within ten seconds.
    monkeypatch.setattr(issuers, "DiscoveredKeySet", partial(DiscoveredKeySet, least_interval=0))
    found_company(environment, "ana@empresa.mx")
    settings = dataclasses.replace(Settings.from_env(environment), viewer_cache_seconds=0)
    with serving(settings) as ficha:
        first = provider.sign_in(CLIENT, BACK, "cuenta-de-ana")
        assert kid(first) == "k1"
        assert who(ficha, first) == "Ana"

        second = provider.refresh(CLIENT, first)
        assert second["refresh_token"] != first["refresh_token"]
        assert who(ficha, second) == "Ana"
        # The refresh token was used up: whoever stole it, or the one it was stolen from, is noticed.
        stolen = {"client_id": CLIENT, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert httpx.post(f"{provider.issuer}/token", data=stolen, trust_env=False).status_code == 400

        third = provider.sign_in(CLIENT, BACK, "cuenta-de-ana")
        assert provider.rotate("k2") == ["k2", "k1"]
        fourth = provider.refresh(CLIENT, third)
        assert kid(fourth) == "k2"
        assert [who(ficha, tokens) for tokens in (first, third, fourth)] == ["Ana"] * 3


@pytest.mark.claims(
    "docs/sign-in.md",
    "The page has the person sign in, with whatever account they have,",
)
@pytest.mark.parametrize("path", ["/app", "/graphiql"])
def test_whoever_opens_the_link_signs_in(environment: dict[str, str], provider: Provider, path: str) -> None:
    """In a browser: the secret and the code leave the address bar, the token is in no storage."""
    found_company(environment, "ana@empresa.mx")
    chromium = demanded(find_chromium(), "Chromium, nor its path in CHROMIUM,")
    with serving(Settings.from_env(environment)) as ficha:
        ana = provider.sign_in(CLIENT, BACK, "cuenta-de-ana")["access_token"]
        made = ask(ficha, ana, INVITE, person=BETO, client={"legalName": "PRIMER CLIENTE"})
        link = made["inviteCollaborator"]["link"]
        assert link.startswith(f"{ficha.url}/app#invitation=fi_")
        with launch_chromium(chromium) as browser:
            page = browser.new_page()
            page.goto(link.replace("/app#", f"{path}#"))
            button = page.get_by_role("button", name="Sign in to accept the invitation")
            expect(button).to_be_visible()
            assert page.url == f"{ficha.url}{path}"
            button.click()
            page.get_by_label("Cuenta").select_option("cuenta-de-beto")
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.get_by_role("button", name="Entrar").click()
            if path == "/app":
                expect(page.locator(".of-company")).to_have_text("Empresa Nueva")
                expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            else:
                expect(page.get_by_label("Session")).to_have_text("Beto · Empresa Nueva")
                assert page.url == f"{ficha.url}/graphiql"
                page.get_by_role("button", name="Show Documentation Explorer").click()
                expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Root Types")
            stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
            assert [part for part in ("fi_", "eyJ", "verifier") if part in stored] == []
            assert complaints == []


@pytest.mark.claims(
    "docs/sign-in.md",
    "| `client` | the public client with which GraphiQL and the client page sign in there |",
    "Register its return address; GraphiQL's is `https://<your Ficha>/graphiql`, the client page's"
    " `https://<your Ficha>/app`.",
)
def test_a_person_signs_in_at_the_client_page(environment: dict[str, str], provider: Provider) -> None:
    """They come back to what they opened; the code leaves the address bar, the token is in no storage."""
    found_company(environment, "ana@empresa.mx")
    chromium = demanded(find_chromium(), "Chromium, nor its path in CHROMIUM,")
    with serving(Settings.from_env(environment)) as ficha, launch_chromium(chromium) as browser:
        page = browser.new_page(locale="es-MX")
        screen = ClientScreen(page, ficha.url)
        page.goto(f"{screen.url}/settings/company")
        expect(page.get_by_role("heading", name="Entre para ver a sus clientes")).to_be_visible()
        screen.press("Entrar")
        page.get_by_label("Cuenta").select_option("cuenta-de-ana")
        screen.complaints.clear()  # the provider's page is not ours
        page.get_by_role("button", name="Entrar").click()

        expect(screen.card("Empresa Nueva")).to_be_visible()
        assert page.url == f"{screen.url}/settings/company"
        assert screen.origins == {ficha.url, provider.issuer}
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert [part for part in ("eyJ", "verifier") if part in stored] == []
        assert screen.complaints == []

        screen.press("Salir")
        expect(page.get_by_role("button", name="Entrar")).to_be_visible()


def kid(tokens: Any) -> str:
    """The id of the key that signed the access token."""
    header = jwt.get_unverified_header(tokens["access_token"])
    assert header["typ"] == "at+jwt"
    return header["kid"]


def who(ficha: Ficha, tokens: Any) -> Any:
    """The name of whom the access token is taken for."""
    return ask(ficha, tokens["access_token"], "{ viewer { collaborator { name } } }")["viewer"]["collaborator"]["name"]
