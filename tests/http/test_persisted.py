"""Documents asked for by their hash: those that a client registered, and those of a manifest."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.execution.persisted import ManifestError, read_manifest
from tests.fixtures import Ficha, serving

ADMIN = "admin@demo.mx"
OPERATIONS = Path(__file__).resolve().parents[2] / "operations"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(key: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": key}}


def post(ficha: Ficha, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {ficha.token(ADMIN)}"}
    return ficha.http.post("/graphql", json=body, headers=headers)


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.claims(
    "docs/protocol.md",
    "*Automatic persisted queries*, as Apollo's clients and gateways speak them: "
    "`extensions.persistedQuery` with `version: 1` and `sha256Hash`.",
    "A hash that this process has not seen is `PERSISTED_QUERY_NOT_FOUND`; the client then sends both.",
)
def test_a_document_is_registered_by_whoever_asks_first(live_server: Ficha) -> None:
    query = "{ viewer { company { name } } } # registered"
    first = post(live_server, extensions=persisted(digest(query)))
    assert code(first) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert first.json()["errors"][0]["message"] == "PersistedQueryNotFound"  # Apollo's clients look for it
    expected = {"viewer": {"company": {"name": "Comercializadora Demo"}}}
    assert post(live_server, query=query, extensions=persisted(digest(query))).json()["data"] == expected
    assert post(live_server, extensions=persisted(digest(query))).json()["data"] == expected
    assert post(live_server, documentId=f"sha256:{digest(query)}").json()["data"] == expected
    headers = {"Authorization": f"Bearer {live_server.token(ADMIN)}"}
    parameters = {"extensions": json.dumps(persisted(digest(query)))}
    by_get = live_server.http.get("/graphql", params=parameters, headers=headers)
    assert (by_get.json()["data"], by_get.headers["cache-control"]) == (expected, "private, no-cache")


@pytest.mark.parametrize(
    "extensions",
    [
        persisted(digest("{ something: else }")),
        {"persistedQuery": 1},
        {"persistedQuery": {"version": 2, "sha256Hash": digest("{ __typename }")}},
        {"persistedQuery": {"version": 1, "sha256Hash": ["a"]}},
        {"persistedQuery": {"version": 1, "sha256Hash": "../../etc/passwd"}},
    ],
    ids=str,
)
def test_a_wrong_hash_is_refused(live_server: Ficha, extensions: Any) -> None:
    assert code(post(live_server, query="{ __typename }", extensions=extensions)) == (400, "BAD_REQUEST")


@pytest.mark.claims(
    "docs/protocol.md",
    "They can be asked for by SHA-256, or by `documentId`: `sha256:` and the hash, or the manifest's own id.",
    "With `FICHA_ONLY_TRUSTED_DOCUMENTS=on` nothing else is executed.",
)
def test_only_trusted_documents_by_setting(demo_settings: Any) -> None:
    trusted = (OPERATIONS / "cfdi_catalogs.graphql").read_text(encoding="utf-8")
    variables = json.loads((OPERATIONS / "cfdi_catalogs.variables.json").read_text(encoding="utf-8"))
    settings = replace(demo_settings, trusted_documents=OPERATIONS, only_trusted_documents=True)
    with serving(settings) as ficha:
        for asked in (
            {"query": trusted},
            {"extensions": persisted(digest(trusted))},
            {"documentId": f"sha256:{digest(trusted)}"},
            {"documentId": "cfdi_catalogs"},
        ):
            assert "data" in post(ficha, variables=variables, **asked).json(), asked
        other = "{ __typename }"
        for asked in ({"query": other}, {"documentId": "x"}, {"extensions": persisted(digest(other))}):
            assert code(post(ficha, **asked)) == (400, "PERSISTED_QUERY_NOT_IN_LIST")
        registering = post(ficha, query=other, extensions=persisted(digest(other)))
        assert code(registering) == (400, "PERSISTED_QUERY_NOT_IN_LIST")


@pytest.mark.claims(
    "docs/protocol.md",
    "*Trusted documents*: `FICHA_TRUSTED_DOCUMENTS` is a folder of `.graphql` files (as `operations/`), a"
    " manifest of relay-compiler, or one of `@apollo/generate-persisted-query-manifest`.",
)
def test_manifests_of_relay_and_apollo(tmp_path: Path) -> None:
    relay, apollo = tmp_path / "relay.json", tmp_path / "apollo.json"
    relay.write_text(json.dumps({"md5ofit": "{ a }"}))
    apollo.write_text(
        json.dumps(
            {
                "format": "apollo-persisted-query-manifest",
                "version": 1,
                "operations": [{"id": "its id", "name": "A", "type": "query", "body": "{ a }"}],
            }
        )
    )
    assert read_manifest(relay) == {"md5ofit": "{ a }", digest("{ a }"): "{ a }"}
    assert read_manifest(apollo) == {"its id": "{ a }", digest("{ a }"): "{ a }"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', '{"format": "apollo-persisted-query-manifest"}'])
def test_what_is_no_manifest_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(text)
    with pytest.raises(ManifestError, match=r"manifest\.json"):
        read_manifest(manifest)
    with pytest.raises(ManifestError):
        read_manifest(tmp_path / "missing.json")
