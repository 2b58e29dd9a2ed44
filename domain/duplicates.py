"""Whether a record may be there already. All of the company's records are looked at, deleted ones and those out of the
viewer's sight too; what a problem tells of them is only which ones the viewer sees."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, Final
from uuid import UUID

from sqlalchemy import column, func, select

from domain import policy
from domain.email import fold_email
from domain.legal_name import normalize_name, without_capital_regime
from domain.problem import Problem, ProblemCode
from domain.work import UnitOfWork
from models import Client, Contact
from models.catalogs import fold
from models.client import GENERIC_RFCS

ALIKE: Final = 0.9
"""From which ratio of common characters on two names, their capital regime aside, are very similar."""


def _bare(name: str) -> str:
    return fold(without_capital_regime(normalize_name(name)))


def _problem(work: UnitOfWork, path: Sequence[str | int], clients: Iterable[Client]) -> Problem:
    seen = tuple(client.id for client in clients if policy.sees(work.viewer, client))
    return Problem(ProblemCode.DUPLICATE, tuple(path), records=seen)


async def of_rfc(
    work: UnitOfWork, rfc: str | None, path: Sequence[str | int], but: UUID | None = None
) -> list[Problem]:
    """Of an RFC there is only one; the generic ones are everybody's."""
    if rfc is None or rfc in GENERIC_RFCS:
        return []
    found = await work.session.scalar(work.of(Client, Client.rfc == rfc, Client.id != but))
    return [_problem(work, path, [found])] if found else []


async def of_name(work: UnitOfWork, name: str, but: UUID | None = None) -> list[Problem]:
    """Very similar names: accents, case, a typo, the capital regime."""
    bare = _bare(name)
    hits = func.ficha_search_clients(bare).table_valued(column("client_id"), column("rank"))
    query = (
        work.of(Client, Client.id != but)
        .join(hits, hits.c.client_id == Client.id)
        .order_by(hits.c.rank.desc(), Client.id)
        .limit(50)
    )
    alike = [
        client
        for client in await work.session.scalars(query)
        if SequenceMatcher(None, bare, _bare(client.legal_name), autojunk=False).ratio() >= ALIKE
    ]
    return [_problem(work, ("legal_name",), alike)] if alike else []


async def of_contact(work: UnitOfWork, contact: Any, path: Sequence[str | int]) -> list[Problem]:
    """The same e-mail address or telephone at another client."""
    problems: list[Problem] = []
    for name, holds in (
        ("email", contact.email and func.lower(Contact.email.collate("C")) == fold_email(contact.email)),
        ("phone", contact.phone and Contact.phone == contact.phone),
    ):
        if holds is not None and getattr(contact, name):
            others = select(Contact.client_id).where(
                Contact.company_id == work.company_id, Contact.client_id != contact.client_id, holds
            )
            found = (await work.session.scalars(work.of(Client, Client.id.in_(others)).order_by(Client.id))).all()
            if found:
                problems.append(_problem(work, (*path, name), found))
    return problems
