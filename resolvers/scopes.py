"""What the declarations of the entities ask of a viewer, by the names of the schema: for its directives."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from loaders.entity import entities
from loaders.history import HistoryEventEntity
from loaders.reads import Filled
from loaders.relation import Computed
from models.history import KIND_PERMISSIONS
from models.viewer import Permission
from resolvers.declarations import reads_of


def permissions_by_type() -> dict[str, list[Permission]]:
    """The permissions that one needs, all of them, to see an object of a type, for the types of rows that ask for any.
    `resolvers.declarations` sees to it that a computed row is called as its type."""
    needed: dict[str, list[Permission]] = {}
    for entity in entities():
        if entity.permission:
            needed |= {name: [entity.permission] for name in entity.types()}
        for relation in entity.relations.values():
            if isinstance(relation, Computed) and relation.permission:
                needed[relation.row_name] = [relation.permission]
    for kind, permissions in KIND_PERMISSIONS.items():
        needed[HistoryEventEntity.type_names[kind.value]] += sorted(permissions)
    return needed


def permissions_of_fields(name: str, fields: Iterable[Any]) -> Iterator[tuple[Any, Sequence[Permission]]]:
    """Of the fields of an entity's type, those that ask for permissions beside their type, and what they ask for."""
    relations = {type_name: entity.relations for entity in entities() for type_name in entity.types()}
    for field in fields:
        what = reads_of(field)
        if isinstance(what, Filled) and name in relations and (permissions := what.permissions(relations[name])):
            yield field, permissions
