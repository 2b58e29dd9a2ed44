"""Requests with an `Idempotency-Key` act once: the key is written in the transaction of what it did.

A key belongs to a collaborator and their credentials. The same key with the same request finds what was done; with
another request it is refused. A request that was rejected did nothing and leaves its key free.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select

from domain.work import UnitOfWork
from errors import BadInput
from models import IdempotencyKey

RETENTION: Final = datetime.timedelta(days=1)
"""How long a key is remembered."""

Outcomes = Mapping[str, dict[str, Any]]
"""What a request did: the outcome of each of its fields, by response name."""


@dataclass(frozen=True, slots=True)
class Token:
    """The key of a request, and the SHA-256 of the request."""

    key: str
    digest: str


class KeyReused(BadInput):
    """The key came with another request before."""

    def __init__(self) -> None:
        super().__init__("IDEMPOTENCY_KEY_REUSED", "Esta Idempotency-Key ya se usó con otra petición; use una nueva.")


async def recall(work: UnitOfWork, token: Token) -> Outcomes:
    """What the request already did. KeyReused where the key is another request's."""
    query = select(IdempotencyKey.field, IdempotencyKey.digest, IdempotencyKey.outcome).where(
        _of(work, token), IdempotencyKey.created_at >= work.now - RETENTION
    )
    rows = (await work.session.execute(query)).all()
    if any(digest != token.digest for _, digest, _ in rows):
        raise KeyReused
    return {field: outcome or {} for field, _, outcome in rows}


async def claim(work: UnitOfWork, token: Token) -> Outcomes:
    """`recall`, after waiting for a concurrent request with the same key; the key is locked until the transaction
    ends."""
    name = f"{work.company_id}/{work.viewer.collaborator_id}/{work.viewer.credential}/{token.key}"
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    return await recall(work, token)


async def keep(work: UnitOfWork, token: Token, field: str, outcome: dict[str, Any]) -> None:
    """Keeps what was done, in the same transaction, after `claim`."""
    old = delete(IdempotencyKey).where(_of(work, token), IdempotencyKey.created_at < work.now - RETENTION)
    await work.session.execute(old)
    work.session.add(
        IdempotencyKey(
            company_id=work.company_id,
            collaborator_id=work.viewer.collaborator_id,
            credential=work.viewer.credential,
            key=token.key,
            field=field,
            digest=token.digest,
            outcome=outcome,
            created_at=work.now,
        )
    )


def _of(work: UnitOfWork, token: Token) -> Any:
    return (
        (IdempotencyKey.company_id == work.company_id)
        & (IdempotencyKey.collaborator_id == work.viewer.collaborator_id)
        & IdempotencyKey.credential.in_((work.viewer.credential, ""))
        & (IdempotencyKey.key == token.key)
    )
