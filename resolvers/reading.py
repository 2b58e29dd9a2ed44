"""Resolvers made of what fields read: by dataloaders, what `planner.compile` does in SQL. The declarations are data of
`loaders.reads`; here are also the forms in which they are written, each a function and what it is about:

    @filled("account_number")
    def account_number(context: Context, account: Mapping[str, Any]) -> str | None: ...
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, Signature, isawaitable, signature
from typing import Any, assert_never, cast
from uuid import UUID

from strawberry import ID, Info

from loaders.ids import encode
from loaders.reads import (
    CUT,
    CatalogKey,
    Chosen,
    Coded,
    Constant,
    Counted,
    Detail,
    Filled,
    GlobalId,
    InMemory,
    Labelled,
    Paged,
    Place,
    Places,
    Reads,
    Record,
    Records,
    Reference,
    Related,
    Result,
    Rowless,
    Same,
    Worded,
    reads,
)
from loaders.relation import Connection
from loaders.root import ROOT
from models.viewer import Viewer
from resolvers.context import Context, context, operation, viewer
from resolvers.result import result

Read = Callable[[Any, Info, Mapping[str, Any]], Any]
"""Reads a field of a row (None at the root of a query), by its info and arguments; what it returns may be awaitable."""


def resolver(what: Reads, arguments: Iterable[Parameter] = ()) -> Any:
    """The resolver of a field that reads that, and has these arguments."""
    read = _reading(what)
    own = list(arguments)
    optional = {each.name: each.default for each in own if each.default is not Parameter.empty}

    @reads(what)
    def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        return read(root, info, optional | arguments)

    parameters = [parameter("root", Any), parameter("info", Info), *own]
    resolve.__signature__ = Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]  # Strawberry looks there
    return resolve


def _reading(what: Reads) -> Read:
    match what:
        case GlobalId():
            return lambda row, _, __: ID(encode(row.entity, getattr(row, row.entity.key)))
        case Related(name):
            return lambda row, info, arguments: operation(info).load(row, name or info.python_name, **arguments)
        case Chosen():
            return lambda event, info, _: operation(info).load(event, what.relation(event.details))
        case Paged():
            return _paged(what)
        case Counted(filtered, hidden, exact):
            return lambda page, info, _: operation(info).count(
                page.relation, page.request, page.parent, filtered=filtered, hidden=hidden, exact=exact
            )
        case Detail(key):
            return lambda event, _, __: event.details.get(key)
        case Coded(catalog, column):
            return lambda row, _, __: catalog.get(getattr(row, column))
        case Labelled(labels):
            return lambda row, info, _: what.text(labels, what.value(row), context(info).language)
        case Worded():
            return lambda row, info, _: _worded(what, what.value(row), context(info))
        case Filled():
            return _filled(what)
        case InMemory(find):
            return lambda _, info, arguments: find(context(info), **arguments)
        case Record(find):
            return lambda _, info, arguments: _record_at(info, find(viewer(info), **arguments))
        case Records():
            return _records(what)
        case Result(entity, attribute):
            return lambda outcome, info, _: result(info, entity, getattr(outcome, attribute))
        case Constant(value):
            return lambda _, info, __: value(viewer(info))
        case Rowless():
            return lambda _, info, __: viewer(info)
        case Same():
            return lambda row, _, __: row
        case _:
            assert_never(what)


def _record_at(info: Info, place: Reference) -> Any:
    """The record or the catalog's entry that is there, if the viewer sees it."""
    key, value = place
    if isinstance(key, CatalogKey):
        return key.catalog.get(value)
    return operation(info).record_by(key, UUID(value) if key.column == key.entity.key else value)


def _worded(what: Worded, value: Any, context: Context) -> str | None:
    return None if value is None else what.text(context, value)


def _paged(what: Paged) -> Read:
    def read(row: Any, info: Info, arguments: Mapping[str, Any]) -> Any:
        relation = cast("Connection", (ROOT if row is None else row.entity.relations)[info.python_name])
        request = what.page(viewer(info), relation, arguments)
        return operation(info).page(relation, request, None if row is None else row.id)

    return read


def _filled(what: Filled) -> Read:
    if not any("." in name for name in what.columns):
        return lambda row, info, _: what.compute(context(info), {name: getattr(row, name) for name in what.columns})

    async def read(row: Any, info: Info, _: Mapping[str, Any]) -> Any:
        values = dict(what.unseen)
        rows = {"": row}
        for name in what.read(viewer(info), row.relations):
            relation, _dot, column = name.rpartition(".")
            if relation not in rows:
                other = operation(info).load(row, relation)
                rows[relation] = await other if isawaitable(other) else other
            values[name] = None if rows[relation] is None else getattr(rows[relation], column)
        return what.compute(context(info), values)

    return read


def _records(what: Records) -> Read:
    async def one(info: Info, item: Any) -> Any:
        record = _record_at(info, what.find(viewer(info), item))
        return await record if isawaitable(record) else record

    async def read(_: Any, info: Info, arguments: Mapping[str, Any]) -> list[Any]:
        items: Sequence[Any] = arguments[what.argument]
        what.check(items)
        # What goes wrong with one, such as a missing permission, is that one's error.
        return await asyncio.gather(*(one(info, item) for item in items), return_exceptions=True)

    return read


# The forms of declarations


def filled(*columns: str, unseen: Mapping[str, Any] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """A field that the function computes of the request's context and the columns' values; see `Filled`."""
    return lambda compute: resolver(Filled(columns, compute, unseen or {}))


def in_memory(find: Callable[..., Any]) -> Any:
    """A field that the function finds in memory, by the request's context and the arguments that it takes besides."""
    return resolver(InMemory(find), _arguments(find))


def record(find: Callable[..., Place]) -> Any:
    """A field that is the record where the function finds it, by the viewer and the arguments that it takes besides."""
    return resolver(Record(find), _arguments(find))


def records(
    argument: str,
    item: Any,
    find: Callable[[Viewer, Any], Reference],
    check: Callable[[Sequence[Any]], None],
    alike: Callable[[Sequence[Any]], Places | None] = lambda _: None,
) -> Any:
    """A field that lists the records that the items of its argument lead to; see `Records`."""
    return resolver(Records(argument, find, check, alike), [parameter(argument, list[item])])


def paged(request: Callable[..., Mapping[str, Any]], **annotations: Any) -> Any:
    """A field that is a page of the connection of its name. Its arguments are those that cut a page and those that the
    function takes beside the viewer, of the types in the annotations where these name them; see `Paged`."""
    types = {"first": int, "after": str, "last": int, "before": str}
    cut = [parameter(name, types[name] | None, None) for name in CUT]
    own = [each.replace(annotation=annotations.get(each.name, each.annotation)) for each in _arguments(request)]
    return resolver(Paged(request), [*cut, *own])


def _arguments(declared: Callable[..., Any]) -> list[Parameter]:
    """What the function takes after its first parameter."""
    return [each.replace(kind=Parameter.KEYWORD_ONLY) for each in list(signature(declared).parameters.values())[1:]]


def parameter(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
