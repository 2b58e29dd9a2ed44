"""What every action's state shows; the states and the actions themselves are in the files of their nouns."""

from enum import StrEnum
from typing import Any

import strawberry

from domain.policy import Action
from resolvers import policy as answers
from resolvers import shown
from schema.fields import answered, column, shows
from schema.problem import FichaProblemCode


@strawberry.type(description="Why an action cannot be taken now (motivo), and what would help.")
@shows(shown.Reason)
class ActionReason:
    code: FichaProblemCode = column(
        "The code of the user error that the mutation would return; `PERMISSION_MISSING` where it"
        " would fail with `FORBIDDEN`."
    )
    message: str = answered(
        answers.message,
        "For people: in Spanish, or in English if `Accept-Language` or the viewer's locale prefers it.",
    )
    help: str = answered(answers.help_with, "For people: what would help (qué hacer), in the same language.")
    permission: str | None = column("The permission that the viewer lacks, as `clients:write`; null otherwise.")


@strawberry.type
@shows(shown.Decision)
class ActionState:
    """What the states of all actions have in common; not a type of the schema itself."""

    allowed: bool = column(
        "Whether the viewer can take it now: whether its mutation, sent `validateOnly` with the least input that is"
        " valid, would answer without `userErrors`."
    )
    reasons: list[ActionReason] = column("All reasons why it is not allowed; empty if it is.")


def can(action: Action, description: str) -> Any:
    """A field that tells whether the viewer can take the action now."""
    return answered(answers.can(action), description)


def available(kind: type[StrEnum], description: str) -> Any:
    """A field that lists the actions that the viewer can take now."""
    return answered(answers.available(kind), description)


def states(
    kind: Any,
    record: str,
    description: str = "Every action, whether the viewer can take it now, and why not.",
    word: str = "acción",
) -> Any:
    """A field that lists the states of all actions on a record, as "a contact". Their type has the name of the actions'
    enum with `State`; the word is what the screen calls an action."""
    fields = {"__annotations__": {"action": kind}, "action": column(f"The action ({word}).")}
    state: Any = strawberry.type(
        type(f"{kind.__strawberry_definition__.name}State", (ActionState,), {"__module__": __name__, **fields}),
        description=f"Whether an action on {record} can be taken now, and why not (acción).",
    )
    return strawberry.field(resolver=answers.states(kind), description=description, graphql_type=list[state])
