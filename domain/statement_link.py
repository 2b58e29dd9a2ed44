"""Links to statements of account, to be handed to the client: whoever has one downloads that statement without signing
in. The secret is shown once (see `domain.secret`); `server.http.statements` opens it."""

import datetime
from typing import Any, Final

from domain.account_statement import currency_of, period
from domain.audit import audit
from domain.fields import OUT_OF_RANGE
from domain.inputs import ById, Maybe, OnClient, known
from domain.policy import NOT_FOUND, ClientAction, sees
from domain.problem import error, reject
from domain.secret import STATEMENT, Secret
from domain.work import UnitOfWork
from models import Client, Company, StatementLink
from models.audit import AuditEventKind
from models.collaborator import Locale
from models.viewer import Permission

STATEMENT_LINK_REVOKED: Final = error("La liga ya se había retirado.", "The link had already been revoked.")

MOST_DAYS: Final = 366
"""How long a link can last."""
USUAL_DAYS: Final = 30


class CreateStatementLink(OnClient):
    """The statement, and until which day the link opens it."""

    from_: datetime.date
    to: datetime.date
    currency: Maybe[str]
    locale: Maybe[Locale]
    expires_on: Maybe[datetime.date]


async def create_statement_link(work: UnitOfWork, input: CreateStatementLink) -> tuple[StatementLink, Secret]:
    """A link to the client's statement of the period, and its secret, which cannot be read again."""
    client = await work.client(input.client_id, ClientAction.EDIT_BILLING)
    days = period(input.from_, input.to, work.today)
    currency = known(input.currency)
    company = await work.session.get_one(Company, work.company_id)
    secret = Secret.new(work.company_id, STATEMENT)
    link = await work.add(
        work.new(
            StatementLink,
            id=secret.id,
            client_id=client.id,
            first_day=days.first,
            last_day=days.last,
            currency=company.currency if currency is None else currency_of(currency),
            locale=known(input.locale) or Locale.ES_MX,
            expires_on=_expiry(work, known(input.expires_on)),
            secret_hash=secret.hash,
            created_by_id=work.viewer.collaborator_id,
        )
    )
    audit(work, AuditEventKind.STATEMENT_LINK_CREATED, **_details(link), expires_on=link.expires_on.isoformat())
    return link, secret


async def revoke_statement_link(work: UnitOfWork, input: ById) -> StatementLink:
    """The link opens nothing any more. Needs `billing:write`, and sight of the client, deleted or not."""
    work.viewer.demand(Permission.BILLING_WRITE)
    link = await work.get(StatementLink, input.id)
    client = await work.get(Client, link.client_id, lock=True) if link else None
    link = await work.get(StatementLink, input.id, lock=True)
    if link is None or client is None or not sees(work.viewer, client):
        raise reject(NOT_FOUND).at("id")
    if link.revoked_at is not None:
        raise reject(STATEMENT_LINK_REVOKED).at("id")
    link.revoked_at, link.revoked_by_id = work.now, work.viewer.collaborator_id
    audit(work, AuditEventKind.STATEMENT_LINK_REVOKED, **_details(link))
    return link


def _expiry(work: UnitOfWork, day: datetime.date | None) -> datetime.date:
    last = work.today + datetime.timedelta(days=MOST_DAYS)
    expires_on = day or work.today + datetime.timedelta(days=USUAL_DAYS)
    if not work.today <= expires_on <= last:
        raise reject(OUT_OF_RANGE, least=work.today, most=last).at("expires_on")
    return expires_on


def _details(link: StatementLink) -> dict[str, Any]:
    return {
        "client_id": str(link.client_id),
        "statement_link_id": str(link.id),
        "first_day": link.first_day.isoformat(),
        "last_day": link.last_day.isoformat(),
        "currency": link.currency,
    }
