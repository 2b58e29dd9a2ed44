"""`python -m bench.writes [--quick]`: what a mutation costs that answers with its record, beside its bare form.

Three forms are asked in turn, of a Ficha with its planner and of one without, on a small Escala of their own: `bare`
tells only what was wrong, `record` shows every column of the record, `screen` shows the record and the client with all
that its screen shows. Then five mutations and a bulk one are loaded beside a floor (`bench.write_floor`) and the peer.
`make bench` runs it; docs/performance.md says how to read the tables.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from graphql import FieldNode, FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast

from bench import contenders, load
from bench.__main__ import SENT, Cores, Data, Differ, own_data, say
from bench.contenders import Contender, data_of, running
from bench.operations import document, sample
from demo import scale
from graphiql.build import BuildError
from models.ids import uuid7
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


CONNECTIONS, SECONDS = 16, 4
KEYED = "keyed"
"""The planner, with an `Idempotency-Key` in each request."""
BULK = 200
"""Rows of the bulk mutation."""
_Of = Sequence[tuple[str, str]]
"""Clients, each with its first contact."""
BESIDE: Mapping[str, tuple[str, Callable[[int, _Of], Mapping[str, Any]]]] = {
    "createContact": (
        "contact { name email }",
        lambda n, of: {"clientId": _client(n, of), "name": f"Contacto {n}", "email": f"c{n}@ejemplo.mx"},
    ),
    "updateContact": (
        "contact { name jobTitle }",
        lambda n, of: {"id": of[n % len(of)][1], "jobTitle": f"Compras {n}"},
    ),
    "updateClient": (
        "client { internalNote }",
        lambda n, of: {"id": _client(n, of), "internalNote": f"Nota {n}"},
    ),
    "createAddress": (
        "address { label street }",
        lambda n, of: {"clientId": _client(n, of), "label": f"Bodega {n}", "street": "Av. Juárez"},
    ),
    "recordExternalEvent": (
        "historyEvent { asProspect }",
        lambda n, of: {
            "clientId": _client(n, of), "kind": "CALL", "direction": "INBOUND", "source": "Conmutador",
            "externalId": f"{uuid7()}", "occurredAt": "2026-11-18T11:20:00-06:00", "title": f"Pregunta {n}",
        },
    ),
    "createContacts": (
        "results { contact { name email } userErrors { code } }",
        lambda n, of: {
            "rows": [{"clientId": _client(row, of), "name": f"Contacto {n}.{row}"} for row in range(BULK)]
        },
    ),
}  # fmt: skip
"""What is measured beside the floor and the peer: what each selects, and the nth input on one of the clients."""


def _client(n: int, of: _Of) -> str:
    return of[n % len(of)][0]


@dataclass(frozen=True, slots=True)
class Beside:
    """A contender's load of one mutation."""

    rate: float
    median: float
    p99: float
    server: float
    database: float


def bodies(name: str, clients: _Of, number: int, first: int) -> list[bytes]:
    """So many requests, from the first number on, on the clients and their contacts in turn."""
    selected, input = BESIDE[name]
    kind = f"{name[0].upper()}{name[1:]}Input"
    problems = "" if selected.startswith("results") else " userErrors { code }"
    query = f"mutation {name}($input: {kind}!) {{ {name}(input: $input) {{ {selected}{problems} }} }}"
    return [
        json.dumps({"operationName": name, "query": query, "variables": {"input": input(first + n, clients)}}).encode()
        for n in range(number)
    ]


def beside(on: Data, started: Mapping[str, Contender], cores: Cores, rounds: int) -> dict[str, dict[str, Beside]]:
    """The loads of all contenders, in turn, after their answers were compared. What a load has added is removed."""
    with psycopg.connect(on.settings.database_url) as database:
        clients = [(f"cli_{client}", f"con_{contact}") for client, contact in database.execute(WITH_CONTACTS)]
    headers = {"Authorization": on.authorization, "Content-Type": "application/json"}
    results: dict[str, dict[str, Beside]] = {}
    for name in BESIDE:
        present = {who: each for who, each in started.items() if who != "peer" or name == "createContact"}
        if name == "createContact":
            present[KEYED] = started["planner"]
        first = itertools.count(1, 100_000)
        with httpx.Client(headers=headers, timeout=60, trust_env=False) as http:
            said = {
                who: data_of(http.post(f"{each.url}/graphql", content=bodies(name, clients, 1, 7)[0]).content)
                for who, each in present.items()
            }
        if len(set(said.values())) > 1 or b'"errors"' in b"".join(said.values()):
            raise Differ(f"{name}: {said}")
        measured: dict[str, list[Beside]] = {who: [] for who in present}
        for _ in range(rounds):
            for who, each in present.items():
                clean(on)
                number = 100 if name == "createContacts" else 8_000
                # Others than those that are measured: an event that comes again is not written.
                warm, file = (on.folder / f"{name}.{part}" for part in ("warm", "bodies"))
                for each_file in (warm, file):
                    each_file.write_bytes(b"\n".join(bodies(name, clients, number, next(first))))
                # The bulk one locks all clients, so that two would only wait for each other.
                connections = 1 if name == "createContacts" else CONNECTIONS
                load.put(each.url, warm, on.authorization, connections, 1, cores.load)
                keys = f"{uuid7()}-" if who == KEYED else ""
                measured[who].append(_load(on, each, file, connections, cores, keys))
        results[name] = {
            who: sorted(all_of, key=lambda one: one.rate)[len(all_of) // 2] for who, all_of in measured.items()
        }
    return results


def _load(on: Data, contender: Contender, file: Path, connections: int, cores: Cores, keys: str) -> Beside:
    cpu, database = contender.cpu, on.cpu()
    put = load.put(contender.url, file, on.authorization, connections, SECONDS, cores.load, keys)
    if put.failed or not put.requests:
        raise Differ(f"{contender.name} failed {put.failed} of {put.requests} requests")
    each = 1000 / put.requests
    return Beside(
        put.requests / put.seconds,
        put.median * 1000,
        put.p99 * 1000,
        (contender.cpu - cpu) * each,
        (on.cpu() - database) * each,
    )


WITH_CONTACTS = """
select client.id, (select id from contact c where c.client_id = client.id and c.deleted_at is null order by id limit 1)
from client where company_id = (select company_id from client group by 1 order by count(*) desc limit 1)
    and deleted_at is null and exists (select from contact c where c.client_id = client.id and c.deleted_at is null)
order by client.id limit 100
"""


def clean(on: Data) -> None:
    """Removes what the loads have added, so that no client reaches what it may have."""
    with psycopg.connect(on.settings.database_url, autocommit=True) as database:
        for table, condition in (
            ("history_event", "details ->> 'label' ~ '^(Contacto|Bodega) ' or details ->> 'source' = 'Conmutador'"),
            ("contact", "name like 'Contacto %'"),
            ("address", "label like 'Bodega %'"),
        ):
            database.execute(f"delete from {table} where {condition}")  # noqa: S608  # our own names
            database.execute(f"vacuum analyze {table}")
        database.execute("truncate idempotency_key")
        database.execute("vacuum analyze client")


def ratios(results: Mapping[str, Mapping[str, Beside]]) -> str:
    """Those in Markdown: rates as parts of the floor's."""
    lines = [
        "| mutation | | ÷ floor | requests/s | median ms | p99 ÷ median | CPU ms, server | CPU ms, PostgreSQL |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, by in results.items():
        lines += [
            f"| {name} | {who} | {one.rate / by['floor'].rate:.2f} | {one.rate:.0f} | {one.median:.1f} |"
            f" {one.p99 / one.median:.1f} |"
            f" {one.server:.2f} | {one.database:.2f} |"
            for who, one in by.items()
        ]
    return "\n".join(lines)


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
    results: dict[tuple[str, str], Mapping[str, Cost]] = {}
    with ExitStack() as stack:
        on = stack.enter_context(own_data(cores))
        clients = [client.id for client in sample(on.settings.database_url)]
        started: dict[str, Contender] = {}
        for name, planner in (("planner", True), ("levels", False)):
            command, env = contenders.ficha(on.settings, planner=planner)
            started[name] = stack.enter_context(running(name, command, env, on.folder / f"{name}.log", cores.server))
        for mutation in MUTATIONS:
            say(f"{mutation.name}")
            costs = measure(on, started, mutation, clients, QUICKLY if quick else EACH)
            results |= {
                (mutation.name, name): {form: cost for (of, form), cost in costs.items() if of == name}
                for name in started
            }
        floor = contenders.write_floor(on.settings)
        started["floor"] = stack.enter_context(running("floor", *floor, on.folder / "floor.log", cores.server))
        try:
            peer = contenders.peer("peer", on.settings, on.folder, scale.book(1).company)
            started["peer"] = stack.enter_context(running("peer", *peer, on.folder / "peer.log", cores.server))
        except BuildError as error:
            say(f"peer: skipped, {error}")
        del started["levels"]  # it writes as the other one
        print(ratios(beside(on, started, cores, 1 if quick else 3)))  # noqa: T201  # a command
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
