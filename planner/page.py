"""A page of a connection as an expression: a select over its rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from sqlalchemy import ColumnElement

from loaders import reads
from loaders.page import Page, Parent, cursor, encoded, in_order, is_exact, number, rows
from loaders.relation import Connection
from planner import text
from planner.kinds import kind_of, object_of
from planner.rows import Row
from planner.selection import Selected, Unplannable
from planner.text import Pieces, Sql

if TYPE_CHECKING:
    from planner.compile import Compiler


_COUNT = "CAST(count(*) AS INTEGER)"


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
        self._row = row
        self._aggregates = False
        """Whether anything that is selected needs the page's rows."""

    def pieces(self, nodes: list[FieldNode]) -> Pieces:
        """The connection as selected."""
        compiler, relation, shape = self._compiler, self._relation, self._shape
        selected = compiler.selections.of(nodes, self._kind)
        # One row more is read than is shown where somebody asks whether there are more.
        self._ahead = self._asks_for_more(selected)
        page = rows(relation, shape, self._parent, sees_all=compiler.viewer.sees_all, ahead=self._ahead)
        source = self._row.within(page)
        self._item = Row.of(source, page, relation)
        self._order = in_order(relation, shape, page)
        value = text.obj(compiler.members(self._kind, selected, self._member))
        # A select without an aggregate would bring the value once for each row.
        return [source.select(text.joined(value)).scalar_subquery()] if self._aggregates else value

    def _asks_for_more(self, selected: Selected) -> bool:
        name = "hasPreviousPage" if self._shape.backward else "hasNextPage"
        infos = (nodes for nodes in selected.values() if nodes[0].name.value == "pageInfo")
        of_info = (self._compiler.selections.of(nodes, object_of(self._kind.fields["pageInfo"])) for nodes in infos)
        return any(nodes[0].name.value == name for info in of_info for nodes in info.values())

    @property
    def _first(self) -> str:
        """The number of the first row that is shown, in the list's order; SQL, as that of the last one."""
        return f"greatest({_COUNT} - {self._shape.size - 1}, 1)" if self._ahead and self._shape.backward else "1"

    @property
    def _last(self) -> str:
        return f"least({_COUNT}, {self._shape.size})" if self._ahead and not self._shape.backward else _COUNT

    def _listed(self, item: ColumnElement[str]) -> Pieces:
        """The items of the rows that are shown."""
        if not self._ahead:
            return text.array(item, *self._order)
        return ["[", text.call("array_to_string", self._at(item, f"{self._first}:{self._last}"), "','"), "]"]

    def _at(self, item: ColumnElement[Any], numbers: str) -> Sql:
        """The items of the rows of these numbers, in order. An item may be a literal, of which PostgreSQL does not know
        the type."""
        return Sql("(array_agg(", text.as_text(item), *text.in_order(self._order), f"))[{numbers}]")

    def _member(self, nodes: list[FieldNode]) -> Pieces:
        name = nodes[0].name.value
        if name == "__typename":
            return [f'"{self._kind.name}"']
        definition = self._kind.fields[name]
        match name:
            case "nodes":
                self._aggregates = True
                return self._listed(self._compiler.items(kind_of(definition), nodes, self._item))
            case "edges":
                self._aggregates = True
                return self._listed(self._edge(definition, nodes))
            case "pageInfo":
                return self._page_info(definition, nodes)
            case _:
                return self._count(definition)

    def _edge(self, definition: GraphQLField, nodes: list[FieldNode]) -> Any:
        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "cursor":
                    return ['"', cursor(self._relation.target, self._shape, self._item.table), '"']
                case "node":
                    return self._compiler.record(kind_of(kind.fields["node"]), nodes, self._item)
                case _:
                    return [f'"{kind.name}"']

        with self._compiler.at(None, nodes, nullable=False):
            return text.joined(self._object(definition, nodes, member))

    def _page_info(self, definition: GraphQLField, nodes: list[FieldNode]) -> Pieces:
        shape = self._shape

        def more() -> Pieces:
            self._aggregates = True
            return text.scalar("Boolean", Sql(f"(count(*) > {shape.size})"), nullable=False)

        started: Pieces = ["true" if shape.cursor is not None else "false"]

        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "hasNextPage":
                    return started if shape.backward else more()
                case "hasPreviousPage":
                    return more() if shape.backward else started
                case "startCursor":
                    return self._cursor_at(self._first)
                case "endCursor":
                    return self._cursor_at(self._last)
                case _:
                    return [f'"{kind.name}"']

        return self._object(definition, nodes, member)

    def _cursor_at(self, number: str) -> Pieces:
        """The cursor of the row of this number. No other is encoded: that is slow."""
        page, shape = self._item.table, self._shape
        if not shape.size:
            return ["null"]
        self._aggregates = True
        terms = (page.c[f"t{index}_"] for index in range(len(shape.order) + 1))
        one = encoded(self._relation.target, shape, [self._at(term, number) for term in terms])
        return [text.choice((Sql("(count(*) > 0)"), text.in_quotes(one)), otherwise="'null'")]

    def _object(
        self,
        definition: GraphQLField,
        nodes: list[FieldNode],
        member: Callable[[GraphQLObjectType, list[FieldNode]], Pieces],
    ) -> Pieces:
        kind = object_of(definition)
        selected = self._compiler.selections.of(nodes, kind)
        return text.obj(self._compiler.members(kind, selected, lambda same: member(kind, same)))

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
