"""What a client app can say and see."""

from typing import Any

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.execution import ExecutionContext

from schema.history import EVENTS
from schema.query import Query
from schema.sales_document import Invoice, Quote, SalesNote
from schema.scalars import SCALARS


class Names(NameConverter):
    """Names a generic type after what it is of: `ClientConnection`, `DealStateFilter`, `ContactListFilter`."""

    def from_generic(self, generic_type: Any, types: Any) -> str:
        return super().from_generic(generic_type, types).replace("FilterListFilter", "ListFilter")


class Schema(strawberry.Schema):
    """The schema. Errors are logged and shown by the server, which knows the request."""

    def process_errors(self, errors: Any, execution_context: ExecutionContext | None = None) -> None:
        pass


SCHEMA = Schema(
    query=Query,
    types=[*EVENTS, Quote, SalesNote, Invoice],
    config=StrawberryConfig(scalar_map=SCALARS, name_converter=Names()),
    extensions=[lambda: ParserCache(maxsize=1000), lambda: ValidationCache(maxsize=1000)],
)


def sdl() -> str:
    """The schema in the schema definition language."""
    return SCHEMA.as_str() + "\n"
