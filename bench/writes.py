"""`python -m bench.writes [--quick]`: what a mutation costs that answers with its record, beside its bare form.

Three forms are asked in turn, of a Ficha with its planner and of one without, on a small Escala of their own: `bare`
tells only what was wrong, `record` shows every column of the record, `screen` shows the record and the client with all
that its screen shows. `make bench` runs it; docs/performance.md says how to read the table.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from graphql import FieldNode, FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast

from bench import contenders
from bench.__main__ import SENT, SMALL, Cores, Data, Differ, data, say
from bench.contenders import Contender, running
from bench.operations import document, sample
from server import embedded

MOST = 1.3
"""What a mutation with the whole record may take of its bare form's CPU."""
ROUNDS = 5
"""The forms take turns, so that whatever else the machine does falls on both."""
EACH, QUICKLY = 60, 20
"""Requests of a form in a round."""
WARM = 8
"""Requests before the first is measured."""
CHECKED = 12
"""Requests over which statements are counted."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutation, the record of its payload, and its input for the nth request on a client."""

    name: str
    record: str
    input: Callable[[int, str], Mapping[str, Any]]

    def forms(self) -> Mapping[str, str]:
        """Its documents."""
        client, fragments = client_of_screen()
        screen = f"{'' if self.record == 'client' else columns(self.record)} client {client}"
        return {
            "bare": self._document(""),
            "record": self._document(columns(self.record)),
            "screen": f"{self._document(screen, ', $month: YearMonth = CURRENT')}\n{fragments}",
        }

    def _document(self, records: str, variables: str = "") -> str:
        kind = f"{self.name[0].upper()}{self.name[1:]}Input"
        return (
            f"mutation ($input: {kind}!{variables}) {{ {self.name}(input: $input) {{"
            f" {records} userErrors {{ code message path }} }} }}"
        )


LINE = {"description": "Silla apilable", "productCode": "56101504", "unitCode": "H87", "quantity": "10"}
MUTATIONS = (
    Mutation("updateClient", "client", lambda number, client: {"id": client, "internalNote": f"Nota {number}"}),
    Mutation(
        "createContact",
        "contact",
        lambda number, client: {"clientId": client, "name": f"Contacto {number}"},
    ),
    Mutation(
        "createSalesDocument",
        "salesDocument",
        lambda number, client: {
            "clientId": client,
            "type": "QUOTE",
            "lines": [{**LINE, "unitPrice": f"{number}.50", "taxes": [{"tax": "002", "rate": "0.16"}]}],
        },
    ),
)


COLUMNS = {
    "client": "id kind legalName tradeName rfc internalNote externalId deletedAt version createdAt updatedAt"
    " owner { id name }",
    "contact": "id name jobTitle email phone phoneExtension isPrimary receivesReminders deletedAt version createdAt"
    " updatedAt client { id legalName }",
    "salesDocument": "__typename id folio state subtotal discount tax withheld total currency version"
    " lines { id description quantity unitPrice discount amount }",
}
"""What a form shows of a record."""


def columns(record: str) -> str:
    """The field of a payload with the columns of its record."""
    return f"{record} {{ {COLUMNS[record]} }}"


def client_of_screen() -> tuple[str, str]:
    """What the detail screen selects from the client in all of its parts, and the fragments that this needs."""
    definitions = parse(document("client_detail")).definitions
    [operation] = (each for each in definitions if isinstance(each, OperationDefinitionNode))
    parts = (part for part in operation.selection_set.selections if isinstance(part, FieldNode))
    selected = " ".join(print_ast(part.selection_set) for part in parts if part.selection_set)
    fragments = "\n".join(print_ast(each) for each in definitions if isinstance(each, FragmentDefinitionNode))
    return "{ " + selected.replace("{\n  id\n", "... on Client {\n  id\n") + " }", fragments


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of a request in milliseconds, and the statements that it sent."""

    server: float
    database: float
    statements: float
    bytes: int


class Requests:
    """Sends requests of one form of a mutation, each on another client."""

    def __init__(self, on: Data, contender: Contender, mutation: Mutation, query: str, clients: Sequence[str]) -> None:
        self._on, self._contender, self._mutation, self._query = on, contender, mutation, query
        self._clients = itertools.cycle(clients)
        # Uncompressed, as the other measurements are.
        headers = {"Authorization": on.authorization, "Accept-Encoding": "identity"}
        self._http = httpx.Client(headers=headers, timeout=60, trust_env=False)
        self.bytes = 0

    def send(self, numbers: Sequence[int]) -> tuple[float, float]:
        """Seconds of CPU that the server and PostgreSQL took for them."""
        server, database = self._contender.cpu, self._on.cpu()
        for number in numbers:
            variables = {"input": self._mutation.input(number, next(self._clients))}
            answer = self._http.post(
                f"{self._contender.url}/graphql", json={"query": self._query, "variables": variables}
            )
            body = answer.json()
            if "errors" in body or body["data"][self._mutation.name]["userErrors"]:
                raise Differ(f"{self._mutation.name} answered {json.dumps(body)[:400]}")
            self.bytes = len(answer.content)
        return self._contender.cpu - server, self._on.cpu() - database

    def statements(self, numbers: Sequence[int]) -> float:
        """How many a request sends, on average."""
        with psycopg.connect(self._on.settings.database_url, autocommit=True) as database:
            database.execute("select pg_stat_statements_reset()")
            self.send(numbers)
            counted = database.execute(SENT).fetchone()
        assert counted  # noqa: S101  # an aggregate is one row
        return float(counted[0]) / len(numbers)


def measure(
    on: Data, started: Mapping[str, Contender], mutation: Mutation, clients: Sequence[str], each: int
) -> dict[tuple[str, str], Cost]:
    """The costs of the mutation's forms, for each contender."""
    numbers = itertools.count(1)
    forms = {
        (name, form): Requests(on, contender, mutation, query, clients)
        for name, contender in started.items()
        for form, query in mutation.forms().items()
    }
    used = {name: [0.0, 0.0] for name in forms}
    for requests in forms.values():
        requests.send(list(itertools.islice(numbers, WARM)))
    for _ in range(ROUNDS):
        for name, requests in forms.items():
            for place, seconds in enumerate(requests.send(list(itertools.islice(numbers, each)))):
                used[name][place] += seconds
    share = 1000 / (ROUNDS * each)
    return {
        name: Cost(
            used[name][0] * share,
            used[name][1] * share,
            requests.statements(list(itertools.islice(numbers, CHECKED))),
            requests.bytes,
        )
        for name, requests in forms.items()
    }


def table(results: Mapping[tuple[str, str], Mapping[str, Cost]]) -> str:
    """The results in Markdown."""
    lines = [
        "| mutation | | form | CPU ms, server | ÷ bare | CPU ms, PostgreSQL | both ÷ bare | reads | KB |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for (mutation, contender), costs in results.items():
        bare = costs["bare"]
        for form, cost in costs.items():
            both = (cost.server + cost.database) / (bare.server + bare.database)
            lines.append(
                f"| {mutation} | {contender} | {form} | {cost.server:.2f} | {cost.server / bare.server:.2f} |"
                f" {cost.database:.2f} | {both:.2f} | {cost.statements:.0f} | {cost.bytes / 1000:.1f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measures all of them, and fails where the planner does not keep what is promised."""
    parser = argparse.ArgumentParser(prog="bench.writes", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few requests of each")
    quick: bool = parser.parse_args().quick
    cores = Cores.of_machine()
    directory = Path(os.environ.get("FICHA_BENCH_DIR") or ".ficha-bench").absolute()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / ".gitignore").write_text("*\n")
    results: dict[tuple[str, str], Mapping[str, Cost]] = {}
    with ExitStack() as stack:
        # Its own each time: what is written stays.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="writes-", dir=directory)))
        on = stack.enter_context(data(folder, SMALL, cores))
        clients = [client.id for client in sample(on.settings.database_url)]
        started: dict[str, Contender] = {}
        for name, planner in (("planner", True), ("loaders", False)):
            command, env = contenders.ficha(on.settings, planner=planner)
            started[name] = stack.enter_context(running(name, command, env, on.folder / f"{name}.log", cores.server))
        for mutation in MUTATIONS:
            say(f"{mutation.name}")
            costs = measure(on, started, mutation, clients, QUICKLY if quick else EACH)
            results |= {
                (mutation.name, name): {form: cost for (of, form), cost in costs.items() if of == name}
                for name in started
            }
    print(table(results))  # noqa: T201  # a command
    for (mutation, name), costs in results.items():
        ratio = costs["record"].server / costs["bare"].server
        if name == "planner" and ratio > MOST:
            raise Differ(f"{mutation} with its record takes {ratio:.2f} times the CPU of its bare form")


if __name__ == "__main__":
    try:
        main()
    except (Differ, contenders.NotStarted, embedded.EmbeddedError) as problem:
        say(f"bench: {problem}")
        sys.exit(1)
