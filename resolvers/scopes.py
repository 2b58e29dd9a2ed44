"""What the declarations of the entities ask of a viewer, by the names of the schema: for its directives."""

from loaders.entity import entities
from loaders.history import HistoryEventEntity
from loaders.relation import Computed
from loaders.summary import CLIENTS, DEALS, RECEIVABLES
from models.history import KIND_PERMISSIONS
from models.viewer import Permission
from resolvers import role


def permissions_by_type() -> dict[str, list[Permission]]:
    """The permissions that one needs, all of them, to see an object of a type, for the types that ask for any."""
    needed: dict[str, list[Permission]] = {}
    for entity in entities():
        if entity.permission:
            needed |= {name: [entity.permission] for name in entity.types()}
        for relation in entity.relations.values():
            if isinstance(relation, Computed) and relation.permission:
                needed[relation.row_name] = [relation.permission]
    for kind, permissions in KIND_PERMISSIONS.items():
        needed[HistoryEventEntity.type_names[kind.value]] += sorted(permissions)
    needed |= {name: [Permission.BILLING_READ] for name in ("AccountStatement", "PastReceivables", RECEIVABLES.name)}
    needed |= {summary.name: [summary.entity.permission] for summary in (CLIENTS, DEALS) if summary.entity.permission}
    needed["FichaRolePermissions"] = [role.PERMISSION]
    return needed
