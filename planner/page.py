"""A page of a connection as an expression: a select over its rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from sqlalchemy import Integer, func, literal_column

from loaders import reads
from loaders.page import Page, Parent, cursor, is_exact, number, rows
from loaders.relation import Connection
from planner import text
from planner.kinds import kind_of, object_of
from planner.rows import Row
from planner.selection import Unplannable
from planner.text import Pieces

if TYPE_CHECKING:
    from planner.compile import Compiler


def page(
    compiler: "Compiler", row: Row, relation: Connection, shape: Page, kind: GraphQLObjectType, nodes: list[FieldNode]
) -> Pieces:
    """The page of that shape of the row's connection, as the nodes select it."""
    return _Page(compiler, row, relation, shape, kind).pieces(nodes)


class _Page:
    def __init__(
        self, compiler: "Compiler", row: Row, relation: Connection, shape: Page, kind: GraphQLObjectType
    ) -> None:
        self._compiler = compiler
        self._relation = relation
        self._shape = shape
        self._kind = kind
        self._parent = row.parent(relation) if relation.key else Parent(outer=row.source.enclosing)
        page = rows(relation, shape, self._parent, sees_all=compiler.viewer.sees_all)
        self._source = row.within(page)
        self._item = Row.of(self._source, page, relation)
        # One row more is read than is shown: it tells whether there are more.
        self._shown = page.c.n_ <= literal_column(str(shape.size))
        self._order = page.c.n_.desc() if shape.backward else page.c.n_
        self._aggregates = False
        """Whether anything that is selected needs the page's rows."""

    def pieces(self, nodes: list[FieldNode]) -> Pieces:
        """The connection as selected."""
        selected = self._compiler.selections.of(nodes, self._kind)
        value = text.obj(self._compiler.members(selected, self._member))
        # A select without an aggregate would bring the value once for each row.
        return [self._source.select(text.joined(value)).scalar_subquery()] if self._aggregates else value

    def _member(self, nodes: list[FieldNode]) -> Pieces:
        name = nodes[0].name.value
        if name == "__typename":
            return [f'"{self._kind.name}"']
        definition = self._kind.fields[name]
        match name:
            case "nodes":
                self._aggregates = True
                item = self._compiler.items(kind_of(definition), nodes, self._item)
                return text.array(item, self._order, where=self._shown)
            case "edges":
                self._aggregates = True
                return text.array(self._edge(definition, nodes), self._order, where=self._shown)
            case "pageInfo":
                return self._page_info(definition, nodes)
            case _:
                return self._count(definition)

    def _edge(self, definition: GraphQLField, nodes: list[FieldNode]) -> Any:
        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "cursor":
                    return ['"', self._item.table.c.cursor_, '"']
                case "node":
                    return self._compiler.record(kind_of(kind.fields["node"]), nodes, self._item)
                case _:
                    return [f'"{kind.name}"']

        with self._compiler.at(None):
            return text.joined(self._object(definition, nodes, member))

    def _page_info(self, definition: GraphQLField, nodes: list[FieldNode]) -> Pieces:
        shape = self._shape

        def more() -> Pieces:
            self._aggregates = True
            return text.scalar("Boolean", func.count() > literal_column(str(shape.size)), nullable=False)

        started: Pieces = ["true" if shape.cursor is not None else "false"]

        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "hasNextPage":
                    return started if shape.backward else more()
                case "hasPreviousPage":
                    return more() if shape.backward else started
                case "startCursor":
                    return self._cursor_at(1)
                case "endCursor":
                    return self._cursor_at(-1)
                case _:
                    return [f'"{kind.name}"']

        return self._object(definition, nodes, member)

    def _cursor_at(self, place: int) -> Pieces:
        """The cursor of the first row that is shown, or of the last (-1). No other is encoded:
        that is slow."""
        self._aggregates = True
        page, shape = self._item.table, self._shape
        last = func.least(page.c.of_, literal_column(str(shape.size), Integer()))
        # The rows are numbered in the page's direction.
        number = literal_column("1", Integer()) if (place == 1) is not shape.backward else last
        terms = [page.c[f"t{index}_"] for index in range(len(shape.order) + 1)]
        one = func.max(cursor(self._relation.target, shape, terms)).filter(page.c.n_ == number, self._shown)
        return [func.coalesce(text.known('"').concat(one).concat(text.known('"')), text.known("null"))]

    def _object(
        self,
        definition: GraphQLField,
        nodes: list[FieldNode],
        member: Callable[[GraphQLObjectType, list[FieldNode]], Pieces],
    ) -> Pieces:
        kind = object_of(definition)
        selected = self._compiler.selections.of(nodes, kind)
        return text.obj(self._compiler.members(selected, lambda same: member(kind, same)))

    def _count(self, definition: GraphQLField) -> Pieces:
        what: Any = definition.extensions["strawberry-definition"].base_resolver.wrapped_func.reads
        if not isinstance(what, reads.Counted):
            raise Unplannable("an unknown field of a connection")
        if what.hidden and not self._compiler.hides:
            return ["0"]
        shape = self._shape.counted(filtered=what.filtered)
        sees_all = self._compiler.viewer.sees_all
        if what.exact:
            exact = is_exact(self._relation, shape, sees_all=sees_all)
            known = exact is None
            return ["true"] if known else text.scalar("Boolean", exact.scalar_subquery(), nullable=False)
        _, query = number(self._relation, shape, self._parent, sees_all=sees_all, hidden=what.hidden)
        return [query.scalar_subquery()]
