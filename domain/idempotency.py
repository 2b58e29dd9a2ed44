"""Requests with an `Idempotency-Key` act once: the key is written in the transaction of what it did.

A key belongs to a collaborator and their credentials. The same key with the same request finds what was done; with
another request it is refused. A request that was rejected did nothing and leaves its key free.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, delete, select

from database.mapped import often
from database.session import Rows
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


class Recalled(Exception):
    """The request was done before: what each of its fields did."""

    def __init__(self, outcomes: Outcomes) -> None:
        super().__init__()
        self.outcomes = outcomes


async def recall(work: UnitOfWork, token: Token) -> Outcomes:
    """What the request already did, known once the unit of work has ended: it is asked in the round trip of its end.
    KeyReused where the key is another request's."""
    done: dict[str, dict[str, Any]] = {}
    work.session.soon(_rows(work, token), lambda rows: done.update(_outcomes(work, token, rows.all())))
    return done


class Claim:
    """The key of a request, locked until the transaction ends.

    Whoever comes with it meanwhile waits. That it is free is asked with the first statement of the command, in the same
    round trip: where it is not, that statement raises `Recalled`, or KeyReused.
    """

    def __init__(self, work: UnitOfWork, token: Token, field: str) -> None:
        """`field` is the response name of the field that is about to be done."""
        self._token, self._field = token, field
        name = f"{work.company_id}/{work.viewer.collaborator_id}/{work.viewer.credential}/{token.key}"
        work.session.post("select pg_advisory_xact_lock(hashtextextended($1, 0))", (name,))
        self._rows = work.session.soon(_rows(work, token), partial(self._check, work))
        self._has_old = False

    def _check(self, work: UnitOfWork, rows: Rows[Any]) -> None:
        done = _outcomes(work, self._token, rows.all())
        if self._field in done:
            raise Recalled(done)
        self._has_old = any(created_at < work.now - RETENTION for *_, created_at in rows)

    async def check(self) -> None:
        """Asks now, unless that was done."""
        await self._rows.get()

    async def keep(self, work: UnitOfWork, outcome: dict[str, Any]) -> None:
        """Keeps what was done, in the same transaction."""
        await self.check()
        token = self._token
        if self._has_old:
            old = delete(IdempotencyKey).where(_of(work, token), IdempotencyKey.created_at < work.now - RETENTION)
            await work.session.execute(old)
        work.session.add(
            IdempotencyKey(
                company_id=work.company_id,
                collaborator_id=work.viewer.collaborator_id,
                credential=work.viewer.credential,
                key=token.key,
                field=self._field,
                digest=token.digest,
                outcome=outcome,
                created_at=work.now,
            )
        )


_ROWS: Final = often(
    select(IdempotencyKey.field, IdempotencyKey.digest, IdempotencyKey.outcome, IdempotencyKey.created_at).where(
        IdempotencyKey.company_id == bindparam("company_id"),
        IdempotencyKey.collaborator_id == bindparam("collaborator_id"),
        IdempotencyKey.credential.in_(bindparam("credentials", expanding=True)),
        IdempotencyKey.key == bindparam("key"),
    )
)


def _rows(work: UnitOfWork, token: Token) -> Any:
    viewer = work.viewer
    ids = {"company_id": viewer.company_id, "collaborator_id": viewer.collaborator_id}
    return _ROWS(credentials=[viewer.credential, ""], key=token.key, **ids)


def _outcomes(work: UnitOfWork, token: Token, rows: Sequence[Any]) -> Outcomes:
    known = [row for row in rows if row.created_at >= work.now - RETENTION]
    if any(row.digest != token.digest for row in known):
        raise KeyReused
    return {row.field: row.outcome or {} for row in known}


def _of(work: UnitOfWork, token: Token) -> Any:
    return (
        (IdempotencyKey.company_id == work.company_id)
        & (IdempotencyKey.collaborator_id == work.viewer.collaborator_id)
        & IdempotencyKey.credential.in_((work.viewer.credential, ""))
        & (IdempotencyKey.key == token.key)
    )
