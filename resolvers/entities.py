"""Records by the keys that other subgraphs refer to them with: federation's `_entities`.

Each representation is resolved independently: a wrong one has its own error and does not affect the others. Those of
one kind are read by one statement.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from errors import BadInput
from loaders.arrays import read_all
from loaders.bank_account import BankAccountEntity
from loaders.client import ClientEntity
from loaders.collaborator import CollaboratorEntity
from loaders.company_bank_account import CompanyBankAccountEntity
from loaders.contact import ContactEntity
from loaders.deal import DealEntity
from loaders.document import DocumentEntity
from loaders.entity import Entity, Where
from loaders.follow_up import FollowUpEntity
from loaders.ids import read_as
from loaders.price_list import PriceListEntity
from loaders.prospect_state import ProspectStateEntity
from loaders.reads import Place, Places
from loaders.relation import Key
from loaders.sales_document import SalesDocumentEntity
from models.viewer import Viewer
from resolvers import client
from resolvers.reading import records
from schema.scalars import Representation
from schema.scalars import Rfc as RfcText

MOST_REPRESENTATIONS = 1000

ENTITIES: Mapping[str, type[Entity]] = {
    "Client": ClientEntity,
    "ClientContact": ContactEntity,
    "Collaborator": CollaboratorEntity,
    "ClientDeal": DealEntity,
    "FollowUp": FollowUpEntity,
    "SalesQuote": SalesDocumentEntity,
    "SalesNote": SalesDocumentEntity,
    "SalesInvoice": SalesDocumentEntity,
    "SalesCreditNote": SalesDocumentEntity,
    "ClientDocument": DocumentEntity,
    "ClientBankAccount": BankAccountEntity,
    "SalesPriceList": PriceListEntity,
    "CompanyBankAccount": CompanyBankAccountEntity,
    "ProspectState": ProspectStateEntity,
}
"""What can be referred to, by the name of its type. All have the key `id`; a client also has its `rfc`."""


def _by_id(entity: type[Entity], name: str) -> Key:
    """An id identifies the table; whether a sales document is an invoice is only in its row."""
    values = [value for value, type_name in entity.type_names.items() if type_name == name]
    of_type: Where | None = (lambda c: c[entity.discriminator] == values[0]) if values else None
    return Key(entity, where=of_type)


_KEYS: Mapping[str, Key] = {name: _by_id(entity, name) for name, entity in ENTITIES.items()}


def _alike(representations: Sequence[Any]) -> Places | None:
    """Where they are, if all are of one type and have their id, as gateways ask: in a third of the time."""
    try:
        [name] = set(map(itemgetter("__typename"), representations))
        key = _KEYS[name]
        ids = read_all(key.entity, list(map(itemgetter("id"), representations)))
    except (TypeError, KeyError, ValueError):
        return None
    return Places({key: ids}, [0] * len(ids)) if ids else None


def place_of(viewer: Viewer, representation: Any) -> Place:
    """Where the record is. BadInput for an unknown type or a missing key; further keys, such as those of a
    `@requires`, are ignored."""
    if not isinstance(representation, dict):
        raise _bad("Una representación es un objeto con __typename y una llave.")
    fields = cast("dict[str, Any]", representation)
    name = fields.get("__typename")
    key = _KEYS.get(name) if isinstance(name, str) else None
    if key is None:
        raise _bad("El __typename no es de ninguna entidad de este servicio.")
    id, rfc = fields.get("id"), fields.get("rfc")
    if isinstance(id, str):
        return key, read_as(key.entity, id, "representations")
    if key.entity is ClientEntity and id is None and isinstance(rfc, str):
        return client.find(viewer, rfc=RfcText(rfc))
    raise _bad(f"Falta la llave de {name}, que debe ser un texto.")


def _demand_few(representations: Sequence[Any]) -> None:
    if len(representations) > MOST_REPRESENTATIONS:
        raise BadInput(
            "PAGE_TOO_LONG", f"A lo más {MOST_REPRESENTATIONS} representaciones a la vez.", "representations"
        )


def _bad(message: str) -> BadInput:
    return BadInput("BAD_REPRESENTATION", message, "representations")


entities = records("representations", Representation, place_of, _demand_few, _alike)
"""The records, in the representations' order."""
