"""A tiny subgraph of somebody else, who gives points to clients: it extends Ficha's Client and refers to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import ID, federation
from strawberry.asgi import GraphQL

from tests.fixtures import listening


@federation.type
class Receivables:
    balance: Decimal = federation.field(external=True)


@federation.type(keys=["id"])
class Client:
    id: ID
    receivables: Receivables | None = federation.field(external=True, default=None)

    @federation.field(
        requires=["receivables { balance }"],
        description="One for every thousand pesos that the client owes; null where nobody may know what it owes.",
    )
    def loyalty_points(self) -> int | None:
        return int(self.receivables.balance // 1000) if self.receivables else None

    @classmethod
    def resolve_reference(cls, id: ID, receivables: dict[str, Any] | None = None) -> "Client":
        known = Receivables(balance=Decimal(receivables["balance"])) if receivables else None
        return cls(id=id, receivables=known)


@strawberry.type(description="A membership, which leads back to the client.")
class Member:
    number: int
    client: Client | None


@strawberry.type
class Query:
    @strawberry.field
    def members(self, ids: list[ID]) -> list[Member]:
        return [Member(number=number, client=Client(id=id)) for number, id in enumerate(ids, 1)]


SCHEMA = federation.Schema(query=Query, federation_version="2.9")


@contextmanager
def serving_loyalty() -> Iterator[str]:
    """Serves the subgraph on a free port; its URL."""
    with listening(GraphQL(SCHEMA, graphql_ide=None)) as url:
        yield f"{url}/graphql"
