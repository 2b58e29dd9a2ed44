"""`python -m tests.schema.codes` writes which problem codes each mutation can answer with: `schema/problem_codes.json`.

They are those that its command reaches, by the names that functions use: a global one leads to a function, a table or
an object of the lower rooms; of an object or a class, an attribute is reached when anything that was met uses its name.
So a code may be listed that no input gets to. That none is missing, `answers_as_described` holds at each answer that
the suite gets.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from pkgutil import resolve_name
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast, get_args

from graphql import FieldNode, OperationDefinitionNode, get_named_type, parse
from sqlalchemy import ForeignKeyConstraint
from strawberry.utils.str_converters import to_camel_case

from domain.policy import Action
from domain.problem import BULK_REJECTED, TOO_MANY, Problem, ProblemCode
from domain.refusals import CONSTRAINTS, reading_refusals
from domain.unparsed import BAD_ID
from models.rows import Base
from resolvers.inputs import entity_named
from schema import MUTATIONS, SCHEMA
from schema.forgiving import inputs_in, is_twin
from schema.mutations import Declared
from schema.problem_codes import WRITTEN, codes_by_mutation
from schema.scalars import CODES
from storage.reading import Reader

ROOMS = ("domain.", "models.", "resolvers.")
IMPLIED = {"__init__", "__post_init__", "__call__", "__enter__", "__exit__", "__aenter__", "__aexit__"}
"""Methods that are called without their names."""
ACTIONS = get_args(Action)


def codes() -> dict[str, list[str]]:
    """The names of the codes of each mutation, by its name in the schema."""
    written: dict[str, list[str]] = {}
    for declared in MUTATIONS.values():
        own = Walk(declared).codes | set(_of_values(to_camel_case(declared.name)))
        written[to_camel_case(declared.name)] = sorted(own)
        if declared.many:
            written[declared.many[0].lower() + declared.many[1:]] = sorted(own | {BULK_REJECTED.name, TOO_MANY.name})
    return written


class Walk:
    """What can be reached from a mutation's command, and the codes met on the way."""

    def __init__(self, declared: Declared) -> None:
        self.codes: set[str] = set()
        self._tables = {entity_named(declared.type_name).model.__tablename__}
        self._names = set(IMPLIED)
        self._actions = {repr(action) for action in declared.actions}  # of two enums, equal ones are not the same
        self._met: dict[int, Any] = {}
        self._owners: list[Any] = []
        self._rules: list[Mapping[Any, Any]] = []
        # What PostgreSQL refuses is read where the unit of work of any command ends.
        for start in (declared.command, declared.around, declared.resolver, reading_refusals):
            self._visit(start)
        met = 0
        while met < (met := len(self._met) + len(self._actions) + len(self._tables)):
            for name in {name for table in self._tables for name in constraints_of(table)} & CONSTRAINTS.keys():
                self._visit(CONSTRAINTS[name])
            for owner in [*self._owners]:
                for name in self._names & _attributes(owner if isinstance(owner, type) else type(owner)):
                    self._visit(_attribute(owner, name))
            for rules in [*self._rules]:
                for action, rule in rules.items():
                    if repr(action) in self._actions:
                        self._visit(rule)

    def _visit(self, each: Any) -> None:
        if isinstance(each, ACTIONS):
            self._actions.add(repr(each))
        if isinstance(each, (str, bytes, int, float, Enum, type(None))) or id(each) in self._met:
            return
        self._met[id(each)] = each  # kept, or another object might get its id
        match each:
            case ProblemCode():
                self.codes.add(each.name)
            case Problem():
                self._visit(each.code)
            case FunctionType():
                self._visit(getattr(each, "__wrapped__", None))
                if each.__module__.startswith(ROOMS):
                    self._follow(each)
            case MethodType():
                self._visit((each.__func__, each.__self__))
            case Reader():
                self._visit(resolve_name(each.function))  # in a child process
            case partial():
                self._visit((each.func, each.args, each.keywords))
            case classmethod() | staticmethod():
                self._visit(cast("Any", each).__func__)
            case property():
                self._visit(each.fget)
            case Mapping():
                self._look_into(cast("Mapping[Any, Any]", each))
            case tuple() | list() | set() | frozenset():
                for part in cast("tuple[Any, ...]", each):
                    self._visit(part)
            case _ if hasattr(each, "__wrapped__"):
                self._visit(each.__wrapped__)
            case _ if (each if isinstance(each, type) else type(each)).__module__.startswith(ROOMS):
                self._owners.append(each)
            case _:
                pass

    def _look_into(self, table: Mapping[Any, Any]) -> None:
        if table is CONSTRAINTS:
            return  # those of the tables that are written
        if any(isinstance(key, ACTIONS) for key in table):
            self._rules.append(table)
        else:
            self._visit((*table.keys(), *table.values()))

    def _follow(self, function: FunctionType) -> None:
        used = _names_of(function)
        self._names |= used
        known = function.__globals__
        for name in used & known.keys():
            value = known[name]
            if value in ACTIONS:
                self._actions |= {repr(action) for action in value if action.name in used}
            elif isinstance(value, type) and issubclass(value, Base):
                if "new" in used and function.__module__ != "domain.work":  # which records events of all
                    self._tables.add(value.__tablename__)
            elif not isinstance(value, ModuleType):
                self._visit(value)
            elif value.__name__.startswith(ROOMS):
                self._visit([vars(value)[inner] for inner in used & vars(value).keys()])
        self._visit(known.get(function.__qualname__.partition(".")[0]))  # whose method it is
        self._visit([cell.cell_contents for cell in function.__closure__ or ()])
        self._visit((*function.__annotations__.values(), *(function.__defaults__ or ())))


@cache
def _names_of(function: FunctionType) -> frozenset[str]:
    """Every name that its code uses, and that of the functions within it."""
    rest, names = [function.__code__], set[str]()
    while rest:
        code = rest.pop()
        names |= {*code.co_names}
        rest += (each for each in code.co_consts if isinstance(each, CodeType))
    return frozenset(names)


@cache
def _attributes(kind: type) -> frozenset[str]:
    """Names of the attributes that the lower rooms give to a class and its objects."""
    own = {name for cls in kind.__mro__ if cls.__module__.startswith(ROOMS) for name in vars(cls)}
    return frozenset(own | ({field.name for field in fields(kind)} if is_dataclass(kind) else set()))


def _attribute(owner: Any, name: str) -> Any:
    """The attribute as it stands in the class: as property, say, and not as its value."""
    kind = owner if isinstance(owner, type) else type(owner)
    in_class = next((vars(cls)[name] for cls in kind.__mro__ if name in vars(cls)), None)
    if isinstance(owner, type) or isinstance(in_class, (FunctionType, property, classmethod, staticmethod)):
        return in_class
    return getattr(owner, name, None)


@cache
def constraints_of(table: str) -> frozenset[str]:
    """Names of the constraints of a table, and of those that refer to it."""
    return frozenset(
        str(constraint.name)
        for each in Base.metadata.tables.values()
        for constraint in (*each.constraints, *each.indexes)
        if each.name == table
        or (isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name == table)
    )


def _of_values(name: str) -> Iterator[str]:
    """Codes of what cannot be read: those of an input's scalars and ids."""
    mutation_type = SCHEMA._schema.mutation_type
    assert mutation_type
    for input in inputs_in(mutation_type.fields[name].args["input"].type):
        for field in input.fields.values():
            kind = cast("Any", get_named_type)(field.type)
            if is_twin(kind):
                yield CODES[kind.name].name
            elif kind.name == "ID":
                yield BAD_ID.name


def answers_as_described(query: str, data: Mapping[str, Any] | None) -> bool:
    """Whether the mutations of a document answered with no other codes than their descriptions say."""
    described = codes_by_mutation()
    for definition in parse(query).definitions:
        if isinstance(definition, OperationDefinitionNode) and definition.operation.value == "mutation":
            for field in definition.selection_set.selections:
                if isinstance(field, FieldNode):
                    payload = (data or {}).get((field.alias or field.name).value)
                    missing = set(_codes_in(payload)) - {*described.get(field.name.value, ())}
                    assert not missing, f"{field.name.value} answered {missing}, unknown to tests/schema/codes.py"
    return True


def _codes_in(payload: Any) -> Iterator[str]:
    """The codes of the problems of a payload, those of its rows too."""
    if not isinstance(payload, dict):
        return
    for name in ("userErrors", "warnings"):
        yield from (problem["code"] for problem in payload.get(name) or () if "code" in problem)
    for row in payload.get("results") or ():
        yield from _codes_in(row)


if __name__ == "__main__":
    WRITTEN.write_text(json.dumps(codes(), indent=1) + "\n", "utf-8")
