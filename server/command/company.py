"""`ficha company`: makes, lists and suspends companies; for whoever runs the server, since no company makes another."""

import asyncio
import datetime
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from errors import CommandRefused
from server.embedded import services
from server.settings import Settings

if TYPE_CHECKING:
    from domain.work import UnitOfWork
    from models import Company

T = TypeVar("T")

_LIST = """
select 'com_' || company.id, company.rfc, company.name, company.time_zone, company.currency,
    case when suspended_at is null then 'active' else 'suspended since ' || to_char(suspended_at, 'YYYY-MM-DD') end,
    count(collaborator.id) filter (where collaborator.active) || ' collaborators'
from company left join collaborator on collaborator.company_id = company.id
group by company.id order by company.name, company.id
"""
_FIND = """
select id, 'com_' || id || ' ' || name from company
where 'com_' || id = %(text)s or id::text = %(text)s or rfc = %(rfc)s or lower(name) = lower(%(text)s)
order by id limit 10
"""


@click.group()
def company() -> None:
    """Make, list, suspend and resume companies."""


_QUESTIONS = {
    "name": ("Legal name (razón social)", None),
    "rfc": ("RFC", None),
    "tax_regime": ("Tax regime (régimen fiscal), as 601", None),
    "postal_code": ("Postal code (lugar de expedición)", None),
    "time_zone": ("Time zone", "America/Mexico_City"),
    "currency": ("Currency", "MXN"),
    "admin_name": ("First administrator's name", None),
    "admin_email": ("First administrator's e-mail address", None),
}
"""In the order in which they are asked; with what is meant by an empty line."""


@company.command("create")
@click.option("--name", help="Legal name (razón social), as in its constancia de situación fiscal.")
@click.option("--rfc", metavar="RFC", help="Its RFC; no other company has it.")
@click.option("--tax-regime", metavar="CODE", help="Tax regime (régimen fiscal), SAT's c_RegimenFiscal.")
@click.option("--postal-code", metavar="CP", help="Where it issues its documents (lugar de expedición).")
@click.option("--time-zone", metavar="ZONE", help="IANA time zone in which its days and months begin.")
@click.option("--currency", metavar="CODE", help="Currency of its balances; fixed by its first document.")
@click.option("--admin-name", metavar="NAME", help="Name of its first administrator.")
@click.option("--admin-email", metavar="EMAIL", help="Address that the first administrator signs in with.")
def create(**options: str | None) -> None:
    """Make a company with its first administrator, and all that it begins with.

    What is not given as an option is asked for. The database is brought up to date first. It begins with funnel stages,
    loss reasons, states of prospects, reminders and series of folios, which its administrators change as they like.

    \b
    Example:
      ficha company create --name "ESCUELA KEMPER URGATE" --rfc EKU9003173C9 \\
        --tax-regime 601 --postal-code 42501 --time-zone America/Mexico_City \\
        --currency MXN --admin-name "Ana Ríos" --admin-email ana@kemper.mx
    """
    from server import migrate

    settings = Settings.from_env(os.environ)
    given = {name: options[name] or _answer(name) for name in _QUESTIONS}
    with services(settings, "company", s3=False) as running:
        settings = settings.with_services(running)
        migrate.upgrade(settings.direct_url)
        for line in _create(settings, given):
            click.echo(line)


@company.command("list")
def list_companies() -> None:
    """Print the companies, one a line: id, RFC, name, time zone, currency, state, active collaborators."""
    import psycopg

    given = Settings.from_env(os.environ)
    with services(given, "company", s3=False) as running:
        url = given.with_services(running).direct_url
        with psycopg.connect(url) as connection:
            rows = connection.execute(_LIST).fetchall()
    for row in rows:
        click.echo("\t".join(row))


@company.command()
@click.argument("name", metavar="NAME|RFC|ID")
def suspend(name: str) -> None:
    """Let nobody of a company sign in any more. Nothing of it is lost.

    Whoever is signed in is refused after at most FICHA_VIEWER_CACHE_SECONDS, with the error COMPANY_SUSPENDED.

    \b
    Example:
      ficha company suspend EKU9003173C9
    """
    from domain.company import suspend_company

    click.echo(f"{_change(name, suspend_company)} is suspended: nobody of it can sign in")


@company.command()
@click.argument("name", metavar="NAME|RFC|ID")
def resume(name: str) -> None:
    """Let the people of a suspended company sign in again.

    \b
    Example:
      ficha company resume EKU9003173C9
    """
    from domain.company import resume_company

    click.echo(f"{_change(name, resume_company)} is active: its people can sign in")


def _answer(name: str) -> str:
    """What a person answers; asked again while it cannot be."""
    question, usual = _QUESTIONS[name]
    try:
        return click.prompt(question, default=usual, value_proc=lambda text: _checked(name, text), err=True)
    except click.Abort:  # nobody is there to answer
        if usual:
            return usual
        option = f"--{name.replace('_', '-')}"
        raise click.UsageError(f"Missing option '{option}'.") from None


def _checked(name: str, text: str) -> str:
    from domain.company import ADMINISTRATOR, FIELDS
    from domain.problem import Rejected

    field = ADMINISTRATOR[name.removeprefix("admin_")] if name.startswith("admin_") else FIELDS[name]
    try:
        return field.parse(text)
    except Rejected as rejected:
        raise click.UsageError(rejected.problems[0].message_en) from None


def _create(settings: Settings, given: dict[str, str]) -> Iterator[str]:
    from domain.company import found_company
    from models.ids import uuid7

    async def do(work: "UnitOfWork") -> tuple[Any, Any]:
        person = {"name": given["admin_name"], "email": given["admin_email"]}
        values = {name: value for name, value in given.items() if not name.startswith("admin_")}
        made = await found_company(work, values | {"administrator": person})
        for warning in work.warnings:
            click.echo(f"{'.'.join(map(str, warning.path))}: {warning.message_en}", err=True)
        return made

    made, administrator = _run(settings, uuid7(), do)
    yield f"{made.name} ({made.rfc}) is there: com_{made.id}"
    yield f"Administrator: {administrator.name}, {administrator.email}"
    yield ""
    yield "Next: the administrator signs in with a token of your issuer, and is bound to its account by that:"
    yield f"  {settings.jwt_company_claim}: com_{made.id}"
    yield f"  {settings.jwt_collaborator_claim}: {administrator.email}"
    if not settings.jwt_issuer:
        yield "FICHA_JWT_ISSUER names your issuer. To try without one, with FICHA_DEMO=on or the embedded database:"
        yield f"  ficha token --as {administrator.email}"


def _change(text: str, do: Callable[["UnitOfWork", "Company"], Awaitable[None]]) -> str:
    """Does it to the one company that the text names; returns its name."""
    from sqlalchemy import select

    from models import Company

    given = Settings.from_env(os.environ)

    async def change(work: "UnitOfWork") -> str:
        found = await work.session.scalars(select(Company).where(Company.id == work.company_id).with_for_update())
        made = found.one()
        await do(work, made)
        return made.name

    with services(given, "company", s3=False) as running:
        settings = given.with_services(running)
        return _run(settings, _found(settings, text), change)


def _found(settings: Settings, text: str) -> UUID:
    import psycopg

    from domain.problem import Rejected
    from domain.rfc import Rfc

    try:
        rfc = Rfc.parse(text).value
    except Rejected:
        rfc = None
    with psycopg.connect(settings.direct_url) as connection:
        found = connection.execute(_FIND, {"text": text.strip(), "rfc": rfc}).fetchall()
    if len(found) == 1:
        return found[0][0]
    if not found:
        raise CommandRefused(f"there is no company {text}: see `ficha company list`")
    raise CommandRefused(f"several companies are {text}; name one by its id: {', '.join(row[1] for row in found)}")


def _run(settings: Settings, company_id: UUID, do: Callable[["UnitOfWork"], Awaitable[T]]) -> T:
    """Does it in one transaction of the tables' owner: the application may not make companies."""
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    from domain.months import time_zone
    from domain.problem import Rejected
    from domain.work import UnitOfWork
    from models.collaborator import Role
    from models.ids import uuid7
    from models.viewer import BUNDLES, Viewer
    from server.migrate import sqlalchemy_url

    viewer = Viewer(company_id, uuid7(), Role.ADMIN, time_zone("UTC"), BUNDLES[Role.ADMIN])

    async def run() -> T:
        engine = create_async_engine(sqlalchemy_url(settings.direct_url))
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                return await do(UnitOfWork(session, viewer, datetime.datetime.now(datetime.UTC)))
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except Rejected as rejected:
        told = [f"{'.'.join(map(str, each.path))}: {each.message_en}" for each in rejected.problems]
        raise CommandRefused("; ".join(told)) from None
