"""The requests of the benchmark: the canonical operations, each with many variables, the same for all contenders."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from graphql import REMOVE, FieldNode, Visitor, parse, print_ast, visit

from demo.scale import ESCALA
from loaders.client import ClientEntity
from loaders.ids import encode

FOLDER = Path(__file__).resolve().parent.parent / "operations"
LEFT_OUT = re.compile(
    "viewUrl|downloadUrl|signedIn.*|thumbnail|cfdiReadiness|(availableA|a)ctions|avatarUrl|summary|subject.*"
    "|formatted.*|.*Labels?"
)
"""What Ficha computes in Python and the peer does not: signed links, other ones each second, the CFDI's rules, and
what is in the way of actions, sentences, labels and formatted texts; and addresses that name the server that was
asked."""

SAMPLE = 100
"""How many clients the requests name, in turn; the same in every run."""
HISTORY = {"month": "2026-10", "order": "DESC", "first": 20}
"""The order is what it is by default; the peer's JIT does not know defaults of variables that must not be null."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and the requests that ask it, as bodies of `POST /graphql`. Those of all `contenders` but the floor
    have the same answers."""

    name: str
    bodies: Sequence[bytes]
    contenders: Sequence[str] = ("planner", "observed", "levels", "peer", "yoga", "floor")

    def write(self, folder: Path) -> Path:
        """A file with a body a line."""
        path = folder / f"{self.name}.bodies"
        path.write_bytes(b"\n".join(self.bodies))
        return path


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the sample."""

    id: str
    trade_name: str
    place: str
    """The cursor of a list that begins behind it."""


def operations(database_url: str) -> list[Operation]:
    """The operations, for clients of the database's Escala."""
    clients = sample(database_url)
    canonical: dict[str, tuple[str, list[Mapping[str, Any]]]] = {
        "ClientDetail": ("client_detail", [{"id": c.id, "month": None} for c in clients]),
        "ClientsList": ("clients_list", [{"first": 50, "after": c.place} for c in clients]),
        "ClientHistory": ("client_history", [HISTORY | {"id": c.id} for c in clients]),
        "ClientsSearch": ("clients_search", [{"search": c.trade_name} for c in clients]),
    }
    plain = [
        Operation(name, bodies(without(document(file), LEFT_OUT), variables))
        for name, (file, variables) in canonical.items()
    ]
    whole = bodies(document("client_detail"), canonical["ClientDetail"][1])
    plain.append(Operation("ClientDetailWhole", whole, ("planner", "levels")))
    groups = [clients[start:] + clients[:start] for start in range(0, len(clients), 10)]
    variables = [{"of": [{"__typename": "Client", "id": c.id} for c in group]} for group in groups]
    return [*plain, Operation("Entities", bodies(ENTITIES, variables))]


ENTITIES = """
query Entities($of: [_Any!]!) {
  _entities(representations: $of) { ... on Client { id legalName rfc owner { id name } } }
}
"""


def document(file: str) -> str:
    """A canonical operation."""
    return (FOLDER / f"{file}.graphql").read_text("utf-8")


def without(query: str, names: re.Pattern[str]) -> str:
    """The operation without the fields whose names match."""

    class Pruner(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            return REMOVE if names.fullmatch(node.name.value) else None

    return print_ast(visit(parse(query), Pruner()))


def bodies(query: str, variables: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """The requests' bodies."""
    return [json.dumps({"query": query, "variables": values}, ensure_ascii=False).encode() for values in variables]


def sample(database_url: str) -> list[Client]:
    """Clients that any run on the same data finds, in no order."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select id, trade_name, sort_name from client where company_id = %s order by id", (ESCALA,)
        ).fetchall()
    chosen = Random(4).sample(rows, min(SAMPLE, len(rows)))  # noqa: S311  # any will do
    return [Client(encode(ClientEntity, id), trade_name, _place(sort_name, id)) for id, trade_name, sort_name in chosen]


def _place(sort_name: str, id: Any) -> str:
    text = json.dumps(["client LEGAL_NAME:ASC", sort_name, str(id)], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
