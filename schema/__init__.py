"""What a client app can say and see."""

from importlib import import_module
from itertools import chain
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.execution import ExecutionContext

from resolvers.declarations import check
from resolvers.input_declarations import describe_limits, faults, taken
from resolvers.inputs import entity_named
from resolvers.labels import faults as label_faults
from schema.arguments import describe_arguments, print_no_nulls
from schema.cost import price
from schema.directives import guard
from schema.federation import refer, sdl_for_clients, sdl_for_composers, subgraph_query
from schema.forgiving import forgive
from schema.history import EVENTS
from schema.labels import add_labels
from schema.payloads import mutation_type, mutations
from schema.problem_codes import describe_codes
from schema.sales_document import SalesCreditNote, SalesInvoice, SalesNote, SalesQuote
from schema.scalars import SCALARS
from schema.subscription import Subscription
from schema.tags import tag


class Names(NameConverter):
    """Names a generic type after what it is of: `ClientConnection`, `DealStateFilter`, `ContactListFilter`."""

    def from_generic(self, generic_type: Any, types: Any) -> str:
        return super().from_generic(generic_type, types).replace("FilterListFilter", "ListFilter")


class Schema(strawberry.Schema):
    """The schema. Errors are logged and shown by the server, which knows the request."""

    def process_errors(self, errors: Any, execution_context: ExecutionContext | None = None) -> None:
        pass


_NOUNS = (
    "api_key",
    "role",
    "collaborator",
    "company",
    "prospect_state",
    "company_bank_account",
    "folio_series",
    "holiday",
    "invitation",
    "client",
    "client_save",
    "contact",
    "address",
    "cfdi_profile",
    "bank_account",
    "receivables",
    "statement_link",
    "payment_reminders",
    "deal",
    "follow_up",
    "external_event",
    "document_upload",
    "document",
    "tax_certificate",
    "sales_document",
    "cfdi_import",
    "payment",
    "cancellation",
    "price_list",
)
"""Those that declare mutations, in the order in which the schema shows them."""

MUTATIONS = mutations(*(import_module(f"{__name__}.{noun}") for noun in _NOUNS))
"""Every mutation, by the name of its canonical operation's file in operations/mutations."""

_TYPES = [*EVENTS, SalesQuote, SalesNote, SalesInvoice, SalesCreditNote]
_QUERY = subgraph_query()
_MUTATION = mutation_type(MUTATIONS.values())
add_labels([_QUERY, _MUTATION, Subscription, *_TYPES])

SCHEMA = Schema(
    query=_QUERY,
    mutation=_MUTATION,
    subscription=Subscription,
    types=_TYPES,
    config=StrawberryConfig(scalar_map=SCALARS, name_converter=Names()),
)
print_no_nulls(SCHEMA._schema)  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
forgive(SCHEMA._schema)  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
guard(SCHEMA, MUTATIONS.values())
price(SCHEMA)
refer(SCHEMA)
tag(SCHEMA, MUTATIONS.values())
INPUTS = taken((each.input, each.command, entity_named(each.type_name).model) for each in MUTATIONS.values())
check(SCHEMA._schema, chain(faults(INPUTS), label_faults()))  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
describe_limits(SCHEMA._schema, INPUTS)  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
describe_codes(SCHEMA._schema)  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
describe_arguments(SCHEMA._schema)  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it


def sdl() -> str:
    """The schema in the schema definition language, as client apps and their tools take it."""
    return sdl_for_clients(SCHEMA.as_str())


def subgraph_sdl(*, access: bool = False) -> str:
    """The schema as composers of supergraphs take it; with `access`, for routers that refuse what Ficha would."""
    return sdl_for_composers(SCHEMA.as_str(), access=access)
