"""Records by the keys that other subgraphs refer to them with: federation's `_entities`.

Each representation is resolved independently: a wrong one has its own error and does not affect the others. Those of
one kind are read by one statement.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, cast

from errors import BadInput
from loaders.arrays import read_all
from loaders.client import ClientEntity
from loaders.entity import Entity, Where
from loaders.entity import entities as kinds
from loaders.filters import demand_text
from loaders.ids import read_as
from loaders.reads import CatalogKey, Places, Reference
from loaders.relation import Key
from loaders.sat_catalog import SatProductEntity, SatUnitEntity
from models.spelling import bare_line
from models.viewer import Viewer
from resolvers import client
from resolvers.catalogs import CATALOGS
from resolvers.reading import records
from schema.scalars import Representation
from schema.scalars import Rfc as RfcText

MOST_REPRESENTATIONS = 1000

BY_CODE: Mapping[str, Key | CatalogKey] = {
    **{name: CatalogKey(catalog) for name, catalog in CATALOGS.items()},
    **{entity.type_name: Key(entity, "code") for entity in (SatProductEntity, SatUnitEntity)},
}
"""Where the codes of the catalogs' entries lead, by the name of the type."""


@cache
def keys() -> Mapping[str, Key]:
    """Where the ids lead, by the name of each type that has a global id, and of the interface of those whose table
    several types share. A client has further keys: see `place_of`."""
    return {
        name: _by_id(entity, name)
        for entity in kinds()
        if entity.is_node
        for name in (entity.type_name, *entity.types())
    }


def _by_id(entity: type[Entity], name: str) -> Key:
    """An id identifies the table; whether a sales document is an invoice is only in its row."""
    values = [value for value, type_name in entity.type_names.items() if type_name == name]
    of_type: Where | None = (lambda c: c[entity.discriminator] == values[0]) if values else None
    return Key(entity, entity.key, of_type)


def _alike(representations: Sequence[Any]) -> Places | None:
    """Where they are, if all are of one type and have their id, as gateways ask: in a third of the time."""
    try:
        [name] = set(map(itemgetter("__typename"), representations))
        key = keys()[name]
        ids = read_all(key.entity, list(map(itemgetter("id"), representations)))
    except (TypeError, KeyError, ValueError):
        return None
    return Places({key: ids}, [0] * len(ids)) if ids else None


def place_of(viewer: Viewer, representation: Any) -> Reference:
    """Where the record or the catalog's entry is. BadInput for an unknown type or a missing key; further fields, such
    as those of a `@requires`, are ignored."""
    if not isinstance(representation, dict):
        raise _bad("Una representación es un objeto con __typename y una llave.")
    fields = cast("dict[str, Any]", representation)
    name = str(fields.get("__typename"))
    if name in BY_CODE:
        if isinstance(code := fields.get("code"), str):
            return _coded(BY_CODE[name], code)
        raise _bad(f"Falta la llave de {name}, que debe ser un texto.")
    key = keys().get(name)
    if key is None:
        raise _bad("El __typename no es de ninguna entidad de este servicio.")
    id = fields.get("id")
    if isinstance(id, str):
        return key, read_as(key.entity, id, "representations")
    if key.entity is ClientEntity and id is None:
        if isinstance(rfc := fields.get("rfc"), str):
            return client.find(viewer, rfc=RfcText(rfc))
        if isinstance(external_id := fields.get("externalId"), str):
            demand_text(external_id, "representations")
            return Key(ClientEntity, "external_id"), bare_line(external_id)
    raise _bad(f"Falta la llave de {name}, que debe ser un texto.")


def _coded(key: Key | CatalogKey, code: str) -> Reference:
    if isinstance(key, CatalogKey):
        return key, code
    demand_text(code, "representations")
    return key, code


def _demand_few(representations: Sequence[Any]) -> None:
    if len(representations) > MOST_REPRESENTATIONS:
        raise BadInput(
            "PAGE_TOO_LONG", f"A lo más {MOST_REPRESENTATIONS} representaciones a la vez.", "representations"
        )


def _bad(message: str) -> BadInput:
    return BadInput("BAD_REPRESENTATION", message, "representations")


entities = records("representations", Representation, place_of, _demand_few, _alike)
"""The records, in the representations' order."""
