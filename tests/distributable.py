"""What a database has to hold to for Citus to distribute its tables by company, read by PostgreSQL's own parser.

Citus sends a statement to the one server that has a company's rows where each table of companies in it is tied to the
company by a constant or a bind: `company_id = $1`. It cannot send a transition table along, nor add the rows of a
statement that changes others. Each rule was seen to fail on the engine: docs/adr/0090.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from pglast.parser import parse_plpgsql_json, parse_sql_json  # pyright: ignore[reportMissingTypeStubs]

import models.rows  # noqa: F401  # pyright: ignore[reportUnusedImport]  # maps every table
from models.base import Base

Node = dict[str, Any]

DISTRIBUTED = frozenset(table.name for table in Base.metadata.sorted_tables if "company_id" in table.columns)
"""The tables whose rows are a company's."""


@dataclass
class Level:
    """One SELECT, UPDATE or DELETE: the tables that it names, by alias, and the conditions that hold for all of it."""

    kind: str
    tables: dict[str, str] = field(default_factory=dict[str, str])
    conditions: list[Node] = field(default_factory=list[Node])


def faults(sql: str, *, variables: bool = False, transition: Sequence[str] = ()) -> list[str]:
    """What keeps Citus from sending the statement to one server. In the body of a function, names that are no table's
    are `variables`; `transition` are its transition tables."""
    found: list[str] = []
    for parsed in _parsed(sql):
        statement = parsed["stmt"]
        names = {each["relname"] for each in _ranges(statement)} - _ctes(statement)
        if names & DISTRIBUTED and names & {*transition}:
            found.append(f"reads a transition table and a table: {', '.join(sorted(names))}")
        aliases = {each.get("alias", {}).get("aliasname") or each["relname"] for each in _ranges(statement)}
        for level in _levels(statement):
            for alias, table in level.tables.items():
                if table in DISTRIBUTED and not _is_tied(alias, level, aliases, variables=variables):
                    found.append(f"{table} {alias} is tied to no company in a {level.kind}")
        found += _of_inserts(statement, variables=variables)
    return found


@cache
def _parsed(sql: str) -> list[Node]:
    return json.loads(parse_sql_json(sql)).get("stmts", [])


def _nodes(value: Any) -> Iterator[tuple[str, Node]]:
    """Every node with its name, the outermost first."""
    if isinstance(value, dict):
        for name, inner in cast("Node", value).items():
            if isinstance(inner, dict):
                yield name, cast("Node", inner)
            yield from _nodes(inner)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _nodes(each)


def _ranges(node: Node) -> Iterator[Node]:
    return (inner for name, inner in _nodes(node) if name in ("RangeVar", "relation") and "relname" in inner)


def _ctes(node: Node) -> set[str]:
    return {inner["ctename"] for name, inner in _nodes(node) if name == "CommonTableExpr"}


_SELECTS = ("SelectStmt", "larg", "rarg")


def _levels(statement: Node) -> Iterator[Level]:
    ctes = _ctes(statement)
    for name, node in _nodes(statement):
        if name in _SELECTS and node.get("op", "SETOP_NONE") == "SETOP_NONE":
            yield _level("SELECT", node.get("fromClause", []), node, ctes)
        elif name in ("UpdateStmt", "DeleteStmt"):
            sources = node.get("fromClause", node.get("usingClause", []))
            level = _level(name.removesuffix("Stmt").upper(), sources, node, ctes)
            _add(level, {"RangeVar": node["relation"]}, ctes)
            yield level


def _level(kind: str, sources: Sequence[Node], node: Node, ctes: set[str]) -> Level:
    level = Level(kind)
    for source in sources:
        _add(level, source, ctes)
    level.conditions += _conjuncts(node.get("whereClause"))
    return level


def _add(level: Level, source: Node, ctes: set[str]) -> None:
    """What is in a FROM; the levels within are looked at by themselves."""
    if table := source.get("RangeVar"):
        if table["relname"] not in ctes:
            level.tables[table.get("alias", {}).get("aliasname") or table["relname"]] = table["relname"]
    elif join := source.get("JoinExpr"):
        _add(level, join["larg"], ctes)
        _add(level, join["rarg"], ctes)
        level.conditions += _conjuncts(join.get("quals"))


def _conjuncts(condition: Node | None) -> list[Node]:
    if not condition:
        return []
    both = condition.get("BoolExpr")
    if both and both["boolop"] == "AND_EXPR":
        return [inner for each in both["args"] for inner in _conjuncts(each)]
    return [condition]


def _is_tied(alias: str, level: Level, aliases: set[str], *, variables: bool) -> bool:
    for condition in level.conditions:
        equal = condition.get("A_Expr", {})
        if equal.get("kind") != "AEXPR_OP" or equal["name"][0]["String"]["sval"] != "=":
            continue
        for one, other in ((equal["lexpr"], equal["rexpr"]), (equal["rexpr"], equal["lexpr"])):
            if _is_company(one, alias, level) and _is_known(other, aliases, variables=variables):
                return True
    return False


def _column(node: Node) -> list[str]:
    """The parts of a column's name; none for another expression."""
    return [each["String"]["sval"] for each in node.get("ColumnRef", {}).get("fields", []) if "String" in each]


def _is_company(node: Node, alias: str, level: Level) -> bool:
    match _column(node):
        case [table, "company_id"]:
            return table == alias
        case ["company_id"]:
            return len(level.tables) == 1
        case _:
            return False


def _is_known(node: Node, aliases: set[str], *, variables: bool) -> bool:
    """Whether the value is known before the statement is planned."""
    if cast := node.get("TypeCast"):
        return _is_known(cast["arg"], aliases, variables=variables)
    if name := _column(node):
        return variables and name[0] not in aliases and name != ["company_id"]
    return "ParamRef" in node or "A_Const" in node


def _of_inserts(statement: Node, *, variables: bool) -> Iterator[str]:
    inserts = [node for name, node in _nodes(statement) if name == "InsertStmt"]
    for node in inserts:
        table, selected = node["relation"]["relname"], node.get("selectStmt", {}).get("SelectStmt", {})
        if table not in DISTRIBUTED or "valuesLists" in selected:
            continue
        if any(name in ("InsertStmt", "UpdateStmt", "DeleteStmt") for name, _ in _nodes(node)):
            yield f"adds to {table} what another change returns"
        # `database.mapped` adds values instead, where Citus is.
        functions_alone = all("RangeFunction" in each for each in selected.get("fromClause", []))
        if not (functions_alone and not variables):
            yield f"adds to {table} what is selected"


def of_function(definition: str, transition: Sequence[str] = ()) -> list[str]:
    """The faults of the queries of a PL/pgSQL function."""
    # The parser has no catalog: an array of a table's rows is one of anything to it.
    body = json.loads(parse_plpgsql_json(_ROWS.sub("text[]", definition)))
    queries = [node for name, node in _nodes(body) if name == "PLpgSQL_expr"]
    return [
        f"{fault}: {' '.join(each['query'].split())[:90]}"
        for each in queries
        if "select" in each["query"].lower() or each.get("parseMode", 0) == 0
        for fault in faults(_as_statement(each), variables=True, transition=transition)
    ]


_ROWS = re.compile(rf"\b(?:{'|'.join(DISTRIBUTED)})\[\]")


def _as_statement(expression: Node) -> str:
    """Expressions are written as what is selected, assignments without what they are assigned to."""
    match expression.get("parseMode", 0):
        case 0:
            return expression["query"]
        case 2:
            return f"select {expression['query']}"
        case _:
            return f"select {expression['query'].partition(':=')[2]}"


def tables_of(sql: str) -> set[str]:
    """The tables that the statements name."""
    names = {each["relname"] for statement in _parsed(sql) for each in _ranges(statement["stmt"])}
    return names & {table.name for table in Base.metadata.sorted_tables}
