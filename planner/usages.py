"""Where a document uses its variables."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from graphql import ListValueNode, Node, ObjectValueNode, VariableNode


def source_of(node: Node) -> str:
    """The part of the document that a node was parsed from."""
    place = node.loc
    assert place is not None  # noqa: S101  # as the parser is not told to leave it out
    return place.source.body[place.start : place.end]


class Usage(NamedTuple):
    """A variable in the value of an argument."""

    variable: str
    argument: str
    node: Any
    """The field or spread that has the argument, or the directive."""
    of_directive: bool
    within: bool
    """Whether it is a part of the value, inside a list or an input object."""


def usages(nodes: Iterable[Any]) -> Iterator[Usage]:
    """Those in definitions, or in selections, and in all that they select. What spreads name is not looked into."""
    stack = [*nodes]
    while stack:
        node = stack.pop()
        for directive in node.directives or ():
            yield from _of(node, directive.arguments, of_directive=True)
        yield from _of(node, getattr(node, "arguments", None), of_directive=False)
        if selected := getattr(node, "selection_set", None):
            stack += selected.selections


def _of(node: Any, arguments: Iterable[Any] | None, *, of_directive: bool) -> Iterator[Usage]:
    for argument in arguments or ():
        values: list[tuple[Any, bool]] = [(argument.value, False)]
        while values:
            value, within = values.pop()
            match value:
                case VariableNode():
                    yield Usage(value.name.value, argument.name.value, node, of_directive, within)
                case ListValueNode():
                    values += ((part, True) for part in value.values)
                case ObjectValueNode():
                    values += ((part.value, True) for part in value.fields)
                case _:
                    pass
