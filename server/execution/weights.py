"""The weight of a field's arguments: conditions of filters, the relations that they use, sort keys, and the rows that a
mutation writes. The numbers are in `schema.cost`.

Values are measured before they are coerced; invalid ones are refused later, with their own error.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

from graphql import GraphQLInputObjectType, Undefined, get_named_type
from strawberry.federation.schema_directives import Cost

from schema.cost import CONDITION, ORDER, RELATIONS, VALUES_OF_A_CONDITION

MOST_CONDITIONS = 100
"""Of an operation. Nothing is weighed any further where there are more: it is refused already."""
MOST_VALUES = 1_000
"""Of one list in a condition, as that of `in`."""

_GROUPS = ("and", "or", "not")


class Weight(NamedTuple):
    """What a value adds to an operation. `items` is how long it is, where it is a list; `values`, how long the longest
    list in a condition is."""

    cost: int = 0
    conditions: int = 0
    relations: int = 0
    orders: int = 0
    items: int = 0
    values: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Both together."""
        return Weight(
            self.cost + other.cost,
            self.conditions + other.conditions,
            self.relations + other.relations,
            self.orders + other.orders,
            self.items + other.items,
            max(self.values, other.values),
        )


NOTHING = Weight()


def weigh(kind: Any, value: Any) -> Weight:
    """The weight of a value of the input type, which may be a list or not null."""
    named = cast("Any", get_named_type)(kind)
    if value is None or value is Undefined or not isinstance(named, GraphQLInputObjectType):
        return NOTHING
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    items = len(values) if isinstance(value, list) else 0
    match _sort(named):
        case "filter":
            # Only in a list is an empty filter something: PostgreSQL has nothing to look at where it stands alone.
            weight = _sum(_at_least_one(_filter(named, part)) if items else _filter(named, part) for part in values)
        case "order":
            weight = Weight(cost=ORDER * len(values), orders=len(values))
        case "input":
            weight = Weight(cost=sum(_rows(named, part) for part in values))
        case _:
            weight = _sum(_condition(named, part) for part in values)
    return weight._replace(items=items)


@lru_cache(1000)
def _sort(kind: GraphQLInputObjectType) -> str:
    """What an input type is for: `tests` on a value, `quantified` relations, a `filter`, a term of an `order`, or the
    `input` of a mutation."""
    if kind.name.endswith("Order"):
        return "order"
    if not kind.name.endswith("Filter"):
        return "input"
    if "some" in kind.fields:
        return "quantified"
    has_parts = any(isinstance(get_named_type(field.type), GraphQLInputObjectType) for field in kind.fields.values())
    return "filter" if has_parts else "tests"


def _sum(parts: Iterable[Weight]) -> Weight:
    total = NOTHING
    for part in parts:
        total = total.beside(part)
        if total.conditions > MOST_CONDITIONS:
            break
    return total


def _at_least_one(weight: Weight) -> Weight:
    """What stands for itself in a filter is a condition, even if it says nothing: the statement has a place for it."""
    return weight if weight.conditions else weight._replace(cost=max(weight.cost, CONDITION), conditions=1)


def _filter(kind: GraphQLInputObjectType, value: Any) -> Weight:
    """The conditions of a filter, all of which must match."""
    if not isinstance(value, dict):
        return Weight(CONDITION, 1)
    return _sum(_part(kind, name, part) for name, part in cast("dict[str, Any]", value).items())


def _part(kind: GraphQLInputObjectType, name: str, value: Any) -> Weight:
    field = kind.fields.get(name)
    if field is None or value is None:
        return Weight(CONDITION, 1)
    if name in _GROUPS:
        values = cast("list[Any]", value) if isinstance(value, list) else [value]
        return _at_least_one(_sum(_at_least_one(_filter(kind, item)) for item in values))
    inner = cast("GraphQLInputObjectType", get_named_type(field.type))
    return _at_least_one(_through(name, inner, value) if _sort(inner) == "filter" else _condition(inner, value, name))


def _condition(kind: GraphQLInputObjectType, value: Any, name: str = "") -> Weight:
    """The tests of a value, or the quantifiers of the relation `name` with what they ask for."""
    if not isinstance(value, dict):
        return Weight(CONDITION, 1)
    parts = cast("dict[str, Any]", value)
    if _sort(kind) == "tests":
        lists = [len(cast("list[Any]", part)) for part in parts.values() if isinstance(part, list)]
        cost = CONDITION * len(parts) + sum(lists) // VALUES_OF_A_CONDITION
        return Weight(cost, len(parts), values=max(lists, default=0))
    fields = ((kind.fields.get(quantifier), part) for quantifier, part in parts.items())
    return _sum(_through(name, get_named_type(field.type), part) if field else NOTHING for field, part in fields)


def _through(relation: str, kind: Any, value: Any) -> Weight:
    """The weight of the conditions on the rows of a relation, for each row."""
    size, own = RELATIONS.get(relation, (1, 1))
    inner = _at_least_one(_filter(kind, value))
    return Weight(size * (own + inner.cost), inner.conditions, inner.relations + 1, values=inner.values)


def _rows(kind: GraphQLInputObjectType, value: Any) -> int:
    """What the lists in a mutation's input cost, as its fields say."""
    if not isinstance(value, dict):
        return 0
    cost = 0
    for name, part in cast("Mapping[str, Any]", value).items():
        field = kind.fields.get(name)
        inner: Any = cast("Any", get_named_type)(field.type) if field else None
        if not isinstance(inner, GraphQLInputObjectType):
            continue
        declared: Any = field.extensions.get("strawberry-definition") if field else None
        each = next((d.weight for d in declared.directives or () if isinstance(d, Cost)), 0) if declared else 0
        parts = cast("list[Any]", part) if isinstance(part, list) else [part]
        cost += sum(each + _rows(inner, one) for one in parts)
    return cost
