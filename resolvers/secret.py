"""Mutations that make a secret, of an API key or an invitation: it is shown in their answer, and never again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Info

from domain.inputs import Input
from domain.problem import Rejected
from domain.secret import Secret
from domain.unparsed import problems_of, with_unparsed
from domain.work import UnitOfWork
from loaders.entity import Entity
from resolvers.inputs import as_coerced, reader_of
from resolvers.mutation import Outcome, transact

Issue = Callable[[UnitOfWork, Any], Awaitable[tuple[Any, Secret]]]
"""A command, of a `domain.inputs.Input`: the new record and its secret."""


@dataclass(frozen=True, slots=True)
class Issued(Outcome):
    """A new record, and its secret; None where it is not shown: nothing was kept, or the request is repeated."""

    secret: str | None = None


def issuing(issue: Issue, own: type[Entity]) -> Callable[[Any, Any], Any]:
    """Makes a resolver of input type and payload; `own` is the entity that the input's own id is of."""

    def resolver(input_type: Any, payload: Any) -> Any:
        as_coerced(input_type)

        async def resolve(info: Info, input: Any) -> Issued:
            values: Mapping[str, Any] = reader_of(input_type, own)(input)

            async def attempt(work: UnitOfWork) -> Issued:
                record, secret = await issue(work, Input(**values))
                if unparsed := tuple(problems_of(values)):
                    raise Rejected(*unparsed)  # none of them was the command's concern
                if values["validate_only"]:
                    work.discard()
                    return Issued()
                return Issued(record.id, secret=secret.text)

            try:
                outcome = await transact(info, attempt, validate_only=values["validate_only"])
            except Rejected as rejected:
                return Issued(user_errors=with_unparsed(tuple(problems_of(values)), rejected.problems))
            return outcome if isinstance(outcome, Issued) else _without_secret(outcome)

        resolve.__annotations__ |= {"input": input_type, "return": payload}
        return resolve

    return resolver


def _without_secret(outcome: Outcome) -> Issued:
    """For a request that is repeated with its `Idempotency-Key`: a secret is not stored."""
    return Issued(outcome.id, user_errors=outcome.user_errors, warnings=outcome.warnings)
