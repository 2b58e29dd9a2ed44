"""What every mutation answers: the record, as a query would show it now, and what was or may be wrong."""

from typing import Any

import strawberry
from strawberry.utils.str_converters import to_snake_case

from resolvers import cfdi_profile as problems
from resolvers import mutation as answers
from resolvers import shown
from schema.client import Client
from schema.enums import ProblemCode
from schema.fields import answered, column, shows


@strawberry.type
@shows(shown.Problem)
class Finding:
    """What errors and warnings have in common; not a type of the schema itself."""

    code: ProblemCode = column("What it is, for programs.")
    message: str = answered(
        problems.message, "For people: in Spanish, or in English where `Accept-Language` prefers it."
    )
    path: list[str] = answered(
        answers.path,
        "Leads to the value in the input; places in lists count from 0. Empty where it is about the whole.",
    )
    sat_code: str | None = column("The code the SAT would answer with, as `CFDI40161`.")
    allowed: list[str] = column("The codes that would be right; empty where they are not a short list.")
    suggestion: str | None = column("The value to offer in its place.")
    clients: list[Client] = answered(
        answers.clients,
        "The records that it is about, as those that are duplicated; none that the viewer does not see.",
    )


@strawberry.type(description="Why nothing was done.")
class UserError(Finding):
    pass


@strawberry.type(name="UserWarning", description="What was done although it may be wrong.")
class Caution(Finding):
    pass


@strawberry.type
@shows(answers.Outcome)
class Payload:
    """What all payloads have in common; not a type of the schema itself."""

    user_errors: list[UserError] = column("Everything wrong at once; while there is any, nothing was done.")
    warnings: list[Caution] = column("What may be wrong, though it was done.")


_OF_CLIENT = (
    "The client, as it is now. Null when nothing was done, when it was only validated, or when the viewer no longer"
    " sees it; after `CONFLICT` it is there."
)


def payload(name: str, record: type, entity: Any) -> Any:
    """The payload of the mutation of this name: with the record, if that is another than the client, and the client."""
    fields: dict[str, Any] = {"client": answered(answers.client, _OF_CLIENT)}
    types: dict[str, Any] = {"client": Client | None}
    if record is not Client:
        noun = to_snake_case(record.__name__)
        fields[noun] = answered(answers.record(entity), "The record, as it is now; null under the same conditions.")
        types[noun] = record | None
    cls = type(f"{name}Payload", (Payload,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.type(cls, description=f"What `{name[0].lower()}{name[1:]}` answers.")


def bulk_payload(name: str, row: Any) -> Any:
    """The payload of a bulk mutation, whose results are payloads themselves."""
    fields = {"results": column("What became of each row, in the rows' order.")}
    types = {"results": list[row]}
    cls = type(f"{name}Payload", (Payload,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.type(cls, description=f"What `{name[0].lower()}{name[1:]}` answers.")
