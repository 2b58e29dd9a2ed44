"""The release before this one serves on the schema of this one, also while that is made."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command

from server import migrate
from server.settings import Settings
from tests.fixtures import ROOT, Answer, comparable, own_process, with_demo
from tests.released import RELEASE, release  # noqa: F401  # a fixture

Ask = Callable[[str, str, dict[str, Any]], Answer]

EVENT = """
mutation ($input: RecordExternalEventInput!) {
  recordExternalEvent(input: $input) { historyEvent { id summary } userErrors { code path } }
}
"""


LINKS_END = re.compile(r'(?<="expiresAtLabel": ")[^"]+')
"""When a link ends, which is another time at each request."""


GROWING = "enum_labels"
"""The read that a newer release answers with more: what enums it has (docs/compatibility.md)."""


WORDS = {"Marcar como cerrado": "Cerrar"}
"""Labels that this release words otherwise, as it may (docs/compatibility.md), and how the older one had them."""


def asking(settings: Settings, url: str) -> Ask:
    """Asks a process as the demo's administrator."""
    from server.access import tokens

    headers = {"Authorization": f"Bearer {tokens.issue(settings, 'admin@demo.mx', 60)}"}

    def ask(query: str, name: str, variables: dict[str, Any]) -> Answer:
        body = {"query": query, "variables": variables}
        response = httpx.post(f"{url}/graphql", json=body, headers=headers, trust_env=False, timeout=60)
        assert response.status_code == 200, (name, response.text)
        return Answer(response.status_code, response.headers, response.json())

    return ask


def reads(tree: Path, ask: Ask) -> dict[str, Any]:
    """What the canonical reads of a release answer, by their names."""
    answers = dict[str, Any]()
    for file in sorted((tree / "operations").glob("*.graphql")):
        variables = json.loads(file.with_suffix(".variables.json").read_text("utf-8"))
        status, body = comparable(ask(file.read_text("utf-8"), file.stem, variables))
        text = LINKS_END.sub("", json.dumps(body, ensure_ascii=False))
        for newer, older in WORDS.items():
            text = text.replace(f'"{newer}"', f'"{older}"')
        answers[file.stem] = status, text
    assert answers.pop(GROWING)[0] == 200
    return answers


@pytest.mark.claims(
    "docs/operating.md",
    "A release serves on the schema of the next one, also while that is made.",
)
def test_the_release_before_serves_while_and_after_its_schema_is_migrated(
    release: Path,  # noqa: F811  # the fixture
    new_database: str,
    settings: Settings,
) -> None:
    shared = with_demo(replace(settings, database_url=new_database))
    migrate._run(new_database, lambda settings: command.downgrade(settings, RELEASE["migration"]))
    with own_process(shared, root=release, FICHA_MIGRATE="off") as (_, url):
        ask = asking(shared, url)
        before = reads(release, ask)
        migrate.upgrade(new_database)
        assert reads(release, ask) == before
    # It starts there too, writes, and this release reads the same from what both have written.
    with own_process(shared, root=release) as (_, old_url), own_process(shared) as (_, url):
        old, new = asking(shared, old_url), asking(shared, url)
        assert reads(release, old) == before
        assert reads(release, new) == before
        client = json.loads((release / "operations" / "client_detail.variables.json").read_text("utf-8"))["id"]
        sent = {
            "kind": "CALL",
            "source": "Conmutador",
            "externalId": "7",
            "occurredAt": "2026-03-10T18:00:00Z",
            "title": "Llamada",
            "clientId": client,
        }
        first = old(EVENT, "recordExternalEvent", {"input": sent}).data["recordExternalEvent"]
        assert first["userErrors"] == []
        for ask in (old, new):
            again = ask(EVENT, "recordExternalEvent", {"input": sent}).data["recordExternalEvent"]
            assert again == first
            later = sent | {"occurredAt": "2026-03-11T18:00:00Z"}
            refused = ask(EVENT, "recordExternalEvent", {"input": later}).data["recordExternalEvent"]
            assert refused["userErrors"] == [{"code": "EXTERNAL_EVENT_DIFFERS", "path": ["occurredAt"]}]
        assert reads(release, new) == reads(release, old)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_the_release_before_passes_its_own_tests_of_its_operations_on_the_newer_schema(
    release: Path,  # noqa: F811  # the fixture
    tmp_path: Path,
) -> None:
    """Each of its reads and mutations, on databases that the migrations of this release make."""
    tree = tmp_path / "release"
    shutil.copytree(release, tree)
    shutil.rmtree(tree / "migrations")
    shutil.copytree(ROOT / "migrations", tree / "migrations")
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/operations"]
    # What compares its models with the schema, and its operations with the pages, is of no use here.
    done = subprocess.run(
        command, cwd=tree, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
