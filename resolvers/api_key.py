"""Keys for other systems: listed, made, revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Info

from domain import api_key as keys
from domain.problem import Rejected
from domain.work import UnitOfWork
from loaders.api_key import ApiKeyEntity
from loaders.page import Order
from models.viewer import Viewer
from resolvers.inputs import plain
from resolvers.mutation import Outcome, record, replayed, transact
from resolvers.reading import paged


@paged
def api_keys(_: Viewer) -> Mapping[str, Any]:
    """The company's keys, newest first, revoked and expired ones among them."""
    return {"order": (Order("CREATED_AT", descending=True),)}


@dataclass(frozen=True, slots=True)
class Created(Outcome):
    """A new key, and the secret that is shown this once."""

    secret: str | None = None


def _without_secret(outcome: Outcome) -> Created:
    """For whoever repeats a request under one `Idempotency-Key`: a secret is not kept."""
    return Created(outcome.id, user_errors=outcome.user_errors, warnings=outcome.warnings)


shown = record(ApiKeyEntity)


def creating(input_type: Any, payload: Any) -> Any:
    """A resolver that makes a key."""

    async def resolve(info: Info, input: Any) -> Created:
        values: Mapping[str, Any] = plain(input)
        if done := replayed(info):
            return _without_secret(done)

        async def attempt(work: UnitOfWork) -> Created:
            key, secret = await keys.create_api_key(work, keys.CreateApiKey(**values))
            if values["validate_only"]:
                work.discard()
                return Created()
            return Created(key.id, secret=secret.text)

        try:
            outcome = await transact(info, attempt, validate_only=values["validate_only"])
        except Rejected as rejected:
            return Created(user_errors=rejected.problems)
        return outcome if isinstance(outcome, Created) else _without_secret(outcome)

    resolve.__annotations__ |= {"input": input_type, "return": payload}
    return resolve
