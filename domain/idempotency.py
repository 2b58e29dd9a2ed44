"""Requests with an `Idempotency-Key` act once: the key is written in the transaction of what it did.

The same key for the same request finds what was done; for another request it is refused. A request that was rejected
did nothing and leaves its key free.
"""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.work import UnitOfWork
from errors import BadInput
from models import IdempotencyKey

KEPT: Final = datetime.timedelta(days=1)
"""How long a key is remembered."""


@dataclass(frozen=True, slots=True)
class Token:
    """The key of a request, and the SHA-256 of the request."""

    key: str
    digest: str


async def recall(work: UnitOfWork, token: Token, field: str) -> dict[str, Any] | None:
    """What the key's field already did, or None for the first to ask, who then has to `keep` the outcome.

    Whoever asks at the same time waits here until the first has committed or given up.
    """
    mine = _of(work, token)
    await work.session.execute(delete(IdempotencyKey).where(mine, IdempotencyKey.created_at < work.now - KEPT))
    claim = insert(IdempotencyKey).values(
        company_id=work.company_id,
        collaborator_id=work.viewer.collaborator_id,
        key=token.key,
        field=field,
        digest=token.digest,
        outcome={},
        created_at=work.now,
    )
    claimed = await work.session.execute(claim.on_conflict_do_nothing().returning(IdempotencyKey.key))
    if claimed.first():
        return None
    found = await work.session.execute(
        select(IdempotencyKey.digest, IdempotencyKey.outcome).where(mine, IdempotencyKey.field == field)
    )
    digest, outcome = found.one()
    _demand_same(digest, token)
    return outcome


async def keep(work: UnitOfWork, token: Token, field: str, outcome: dict[str, Any]) -> None:
    """Keeps what was done, in the same transaction."""
    row = update(IdempotencyKey).where(_of(work, token), IdempotencyKey.field == field)
    await work.session.execute(row.values(outcome=outcome))


async def answer_of(work: UnitOfWork, token: Token) -> str | None:
    """The answer that was sent to this request, if it was."""
    query = select(IdempotencyKey.digest, IdempotencyKey.answer).where(_of(work, token))
    for digest, answer in await work.session.execute(query.where(IdempotencyKey.created_at >= work.now - KEPT)):
        _demand_same(digest, token)
        if answer is not None:
            return answer
    return None


async def keep_answer(work: UnitOfWork, token: Token, answer: str) -> None:
    """Keeps the answer for whoever sends the request again."""
    await work.session.execute(update(IdempotencyKey).where(_of(work, token)).values(answer=answer))


def _of(work: UnitOfWork, token: Token) -> Any:
    return (
        (IdempotencyKey.company_id == work.company_id)
        & (IdempotencyKey.collaborator_id == work.viewer.collaborator_id)
        & (IdempotencyKey.key == token.key)
    )


def _demand_same(digest: str, token: Token) -> None:
    if digest != token.digest:
        raise BadInput("IDEMPOTENCY_KEY_REUSED", "Esta Idempotency-Key ya se usó con otra petición.")
