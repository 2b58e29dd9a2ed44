"""What every mutation answers: the record, as a query would show it now, and what was or may be wrong."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_snake_case

from resolvers import mutation as answers
from resolvers.inputs import entity_named
from schema.client import Client
from schema.fields import answered, column, shows
from schema.inputs import rows_of
from schema.mutations import Declared
from schema.problem import FichaProblem


@strawberry.type
@shows(answers.Outcome)
class Payload:
    """What all payloads have in common; not a type of the schema itself."""

    user_errors: list[FichaProblem] = column("All problems of the input; if there is any, nothing was saved.")
    warnings: list[FichaProblem] = column("Saved, but possibly wrong.")


_OF_CLIENT = (
    "The client's current state. Null if nothing was saved, after a dry run, or if the viewer may no"
    " longer see it; present after `CONFLICT`."
)


def mutations(*nouns: ModuleType) -> dict[str, Declared]:
    """The mutations that the nouns declare, by name, in order."""
    return {declared.name: declared for noun in nouns for declared in noun.MUTATIONS}


def mutation_type(declared: Iterable[Declared]) -> Any:
    """The schema's type Mutation."""
    fields = dict(field for each in declared for field in _fields(each))
    return strawberry.type(
        type("Mutation", (), {"__module__": __name__, **fields}),
        description="All changes. A mutation takes one `input` and returns the record, as a query would show it"
        " now, and `userErrors`: if there is any, nothing was saved.",
    )


def _fields(declared: Declared) -> Iterator[tuple[str, Any]]:
    """A mutation and its list form."""
    entity = entity_named(declared.type_name)
    name = declared.input.__name__.removesuffix("Input")
    answer = declared.payload or _payload(name, declared.record, entity)
    resolver = (
        declared.resolver(declared.input, answer)
        if declared.resolver
        else answers.mutation(declared.command, entity, declared.input, answer, declared.around)
    )
    yield declared.name, answered(resolver, f"{declared.description} Needs `{declared.permission.value}`.")
    if declared.many:
        rows = rows_of(declared.input, f"{declared.many}Input")
        resolver = answers.bulk(declared.command, entity, rows, _bulk_payload(declared.many, answer), declared.ahead)
        yield (
            to_snake_case(declared.many),
            answered(
                resolver,
                f"`{_field(name)}` for up to 200 at once, in one transaction; results come in the rows' order. If any"
                f" row is a dry run, all of it is. Needs `{declared.permission.value}`.",
            ),
        )


def _payload(name: str, record: type | None, entity: Any) -> Any:
    """The payload of the mutation of this name: with the record, if that is another than the client, and the client."""
    fields: dict[str, Any] = {"client": answered(answers.client, _OF_CLIENT)}
    types: dict[str, Any] = {"client": Client | None}
    if record not in (None, Client):
        noun = to_snake_case(entity.model.__name__)
        fields[noun] = answered(answers.record(entity), "The record's current state; null in the same cases.")
        types[noun] = record | None
    return _type(name, types, fields)


def _bulk_payload(name: str, row: Any) -> Any:
    """The payload of a list form, whose results are payloads themselves."""
    return _type(name, {"results": list[row]}, {"results": column("The result of each row, in the same order.")})


def _type(name: str, types: dict[str, Any], fields: dict[str, Any]) -> Any:
    cls = type(f"{name}Payload", (Payload,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.type(cls, description=f"The payload of `{_field(name)}`.")


def _field(name: str) -> str:
    return name[0].lower() + name[1:]
