"""README.md says what is so: its settings, examples, queries, demo people, commands, rooms and links."""

import json
import re
from pathlib import Path

import click
import pytest
from graphql import parse, validate

from demo import companies
from models import Client, Collaborator
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from schema import SCHEMA
from server.command.cli import cli
from server.settings import settings_table

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROLES = {
    Role.ADMIN: "administrator",
    Role.SALES_MANAGER: "sales manager",
    Role.SALES: "sales",
    Role.BILLING: "billing",
    Role.READ_ONLY: "read only",
}
EXAMPLE = re.compile(r"<!-- (operations/\w+\.graphql) -->\n```graphql\n(.*?)```", re.DOTALL)


@pytest.mark.claims(
    "docs/settings.md",
    "| variable | default | what it sets |",
)
def test_settings_are_those_of_the_code() -> None:
    [shown] = re.findall(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", SETTINGS, re.DOTALL)
    assert shown == settings_table()


@pytest.mark.claims(
    "README.md",
    "Two of the shorter ones, as they are in their files:",
)
def test_examples_are_the_files_of_operations() -> None:
    examples = EXAMPLE.findall(README)
    assert len(examples) == README.count("```graphql") == 2
    for file, shown in examples:
        assert shown == (ROOT / file).read_text(encoding="utf-8")


def test_first_query_is_valid_and_its_answer_is_the_demo() -> None:
    [body] = re.findall(r"-d '(.*client\(rfc.*)'$", README, re.MULTILINE)
    query = json.loads(body)["query"]
    assert validate(SCHEMA._schema, parse(query)) == []

    [answer] = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", README, re.DOTALL))
    book = companies.demo()
    [client] = (client for client in book.of(Client) if client.rfc == re.findall(r'rfc: "(\w+)"', query)[0])
    [owner] = (collaborator for collaborator in book.of(Collaborator) if collaborator.id == client.owner_id)
    shown = {"id": f"cli_{client.id}", "legalName": client.legal_name, "owner": {"name": owner.name}}
    assert answer["data"] == {"client": shown}


@pytest.mark.claims(
    "README.md",
    "| `--as` | role | sees |",
    "The demo has two companies.",
)
@pytest.mark.claims("README.md", "Their seven collaborators (*colaboradores*) can ask for a token:")
def test_people_who_can_ask_for_a_token_are_those_of_the_demo() -> None:
    people = [
        person for book in (companies.demo(), companies.ajena()) for person in book.of(Collaborator) if person.joined_at
    ]
    assert re.findall(r"^\| `(\S+@\S+)` \|", README, re.MULTILINE) == [person.email for person in people]
    assert len(people) == 7
    shown = re.findall(r"^\| `\S+@\S+` \| ([a-z ]+) \| (.*) \|$", README, re.MULTILINE)
    assert [role for role, _ in shown] == [ROLES[person.role] for person in people]
    for person, (_, sees) in zip(people, shown, strict=True):
        holds = BUNDLES[person.role]
        if person.role is not Role.ADMIN:
            assert sees.startswith("all clients") is (Permission.CLIENTS_READ_ALL in holds)
            assert ("with billing data" in sees) is (Permission.BILLING_READ in holds)


@pytest.mark.claims(
    "README.md",
    "`ficha --help` lists the other commands: `serve`, `open`, `doctor`, `config`, `company`, `check`, `backup`, "
    "`restore`, `catalog`, "
    "`migrate`, `distribute`, `revision`, `operation`, "
    "`seed`, `import`, `sweep`, `token`, `invite`, `unbind`, `key`, `labels`, `explain`, `schema` (the SDL).",
)
def test_commands_are_those_of_ficha() -> None:
    [line] = re.findall(r"^`ficha --help` lists the other commands: (.*)$", README, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", line)) == set(cli.list_commands(click.Context(cli)))


def test_make_targets_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(
        re.findall(r"^make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named == {"run", "test", "deep", "lint"}
    assert named <= targets


def test_every_room_of_the_layout_is_there() -> None:
    [layout] = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    rooms = re.findall(r"(\w+)/(?=\s)", layout)
    assert rooms[:3] == ["server", "schema", "resolvers"]
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    documents = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "operations/README.md")]
    broken = [
        f"{document.name}: {target}"
        for document in [*documents, *ROOT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.claims("README.md", "The client detail screen is one request and one SQL statement: 3.5 times as many")
def test_the_figure_is_that_of_the_results() -> None:
    results = (ROOT / "bench" / "RESULTS.md").read_text(encoding="utf-8")
    [found] = re.findall(
        r"^\| ClientDetail: Ficha's rate ÷ Mercurius's \| [^|]+ \| ([0-9.]+) \|", results, re.MULTILINE
    )
    [shown] = re.findall(r"one SQL statement: ([0-9.]+) times", README)
    assert f"{float(found):.1f}" == shown
