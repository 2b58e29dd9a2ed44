"""The client libraries of the field, with the canonical operations."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema, build_schema

from tests.conformance.conftest import ADMIN, FOLDER, ROOT, run, tool
from tests.fixtures import Ficha

OPERATIONS = ROOT / "operations"
GENERATED = FOLDER / "node_modules" / ".generated"
DETAIL = OPERATIONS / "client_header.graphql"
VARIABLES = DETAIL.with_suffix(".variables.json")
KEYWORDS = {
    "Protocol",
    "Type",
    "class",
    "func",
    "in",
    "init",
    "internal",
    "object",
    "operator",
    "self",
    "val",
    "var",
    "when",
}
"""Of Swift and Kotlin: what Apollo's generators cannot name a type or an enum's value."""


def ask(live_server: Ficha, client: str, document: Path = DETAIL) -> Any:
    variables = document.with_suffix(".variables.json").read_text(encoding="utf-8")
    url, token = f"{live_server.url}/graphql", live_server.token(ADMIN)
    return json.loads(run(f"clients/{client}.mjs", url, token, str(document), variables))


def expected(live_server: Ficha) -> Any:
    query = DETAIL.read_text(encoding="utf-8")
    return live_server.ask(ADMIN, query, **json.loads(VARIABLES.read_text(encoding="utf-8"))).data


def without_typenames(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_typenames(part) for name, part in value.items() if name != "__typename"}
    return [without_typenames(part) for part in value] if isinstance(value, list) else value


def test_apollo_client_registers_a_document_once_and_then_gets_it_by_its_hash(live_server: Ficha) -> None:
    answer = ask(live_server, "apollo")
    assert without_typenames(answer["data"]) == expected(live_server)
    assert answer["sent"][-1] == "GET"
    assert answer["sent"] in (["GET", "POST", "GET"], ["GET", "GET"])  # it was known where the test ran before


def test_urql(live_server: Ficha) -> None:
    answer = ask(live_server, "urql")
    assert (answer["error"], without_typenames(answer["data"])) == (None, expected(live_server))


def test_relay_compiles_its_queries_connections_and_refetches() -> None:
    run("node_modules/relay-compiler/cli.js", "relay.config.json")
    made = {file.name for file in (FOLDER / "node_modules" / ".relay").glob("client*.graphql.ts")}
    assert made == {
        f"{name}.graphql.ts"
        for name in (
            "clientQuery", "client_history", "clientHistoryQuery", "clientUpdateMutation", "clientChangedSubscription",
        )
    }  # fmt: skip


@pytest.mark.claims(
    "operations/README.md",
    "Relay names an operation and its fragments after their module: `conformance/relay-modules.mjs` makes such copies.",
)
def test_relay_compiles_the_canonical_operations_under_names_of_modules() -> None:
    run("relay-modules.mjs", str(OPERATIONS), "node_modules/.relay-operations")
    run("node_modules/relay-compiler/cli.js", "relay-operations.config.json")
    compiled = {file.name for file in (FOLDER / "node_modules" / ".relay-artifacts").glob("*.graphql.ts")}
    assert compiled >= {f"{module}.graphql.ts" for module in ("clientDetailQuery", "saveClientMutation")}
    assert len(compiled) >= len(documents())


def test_apollo_makes_a_manifest_of_the_canonical_operations() -> None:
    tool("@apollo/generate-persisted-query-manifest", "--config", "persisted-query-manifest.config.mjs")
    manifest = json.loads((GENERATED / "manifest.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in manifest["operations"]} == {names(document)[0] for document in documents()}


def test_generated_types_compile_under_strict_rules() -> None:
    run("codegen.mjs", str(ROOT / "schema.graphql"), str(OPERATIONS))
    run("node_modules/typescript/bin/tsc", "-p", ".")
    generated = (GENERATED / "operations.ts").read_text(encoding="utf-8")
    named = {name for document in documents() for name in names(document)}
    assert {name.removesuffix("FragmentDoc") for name in exported(generated)} >= named


def test_kotlin_types_are_generated_for_every_input_and_enum(schema: GraphQLSchema) -> None:
    run("codegen.mjs", str(ROOT / "schema.graphql"), str(OPERATIONS))
    kotlin = (GENERATED / "Ficha.kt").read_text(encoding="utf-8")
    kinds = [kind for kind in schema.type_map.values() if not kind.name.startswith("__")]
    for kind in kinds:
        if isinstance(kind, GraphQLEnumType | GraphQLInputObjectType):
            word = "enum" if isinstance(kind, GraphQLEnumType) else "data"
            # An input's name ends with `Input` there.
            assert re.search(rf"^{word} class {kind.name}(Input)?\(", kotlin, re.MULTILINE), kind.name


def documents() -> list[Path]:
    """The files of all canonical operations."""
    return sorted(OPERATIONS.rglob("*.graphql"))


def names(document: Path) -> list[str]:
    """The names of an operation and of its fragments."""
    text = document.read_text(encoding="utf-8")
    return re.findall(r"^(?:query|mutation|subscription|fragment) (\w+)", text, re.MULTILINE)


def exported(generated: str) -> set[str]:
    return set(re.findall(r"^export const (\w+?)(?:Document)?\b", generated, re.MULTILINE))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def test_names_can_be_taken_by_apollo_kotlin_and_ios(schema: GraphQLSchema) -> None:
    """Types whose names differ in their case alone are one file there; keywords are no names."""
    names = [name for name in schema.type_map if not name.startswith("__")]
    assert len({name.lower() for name in names}) == len(names)
    assert KEYWORDS.isdisjoint(names)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            assert KEYWORDS.isdisjoint(kind.values), kind.name
