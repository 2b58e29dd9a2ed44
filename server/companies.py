"""Companies by command line, for the operator of the server: no mutation creates a company."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import select

from database.session import Session
from database.wire import PgConnection
from domain import company as commands
from domain.company import ADMINISTRATOR, FIELDS, CreateCompany
from domain.months import time_zone
from domain.problem import Problem, Rejected
from domain.refusals import reading_refusals
from domain.rfc import Rfc
from domain.work import UnitOfWork
from errors import CommandRefused
from models import Collaborator, Company
from models.collaborator import Role
from models.ids import uuid7
from models.viewer import BUNDLES, Viewer
from server.settings import Settings

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


def parse(name: str, text: str) -> str:
    """One value of a new company, or of its administrator where the name begins with `admin_`, as it is stored.
    `Rejected` where it cannot be."""
    field = ADMINISTRATOR[name.removeprefix("admin_")] if name.startswith("admin_") else FIELDS[name]
    return field.parse(text)


def create(settings: Settings, values: Mapping[str, str], warn: Callable[[str], None]) -> tuple[Company, Collaborator]:
    """A new company and its first administrator, from values as `parse` takes them. `warn` gets a line for each
    warning."""
    person = {name.removeprefix("admin_"): text for name, text in values.items() if name.startswith("admin_")}
    own = {name: text for name, text in values.items() if not name.startswith("admin_")}

    async def do(work: UnitOfWork) -> tuple[Company, Collaborator]:
        created = await commands.create_company(work, CreateCompany(**own, administrator=person))
        for warning in work.warnings:
            warn(_line_of(warning))
        return created

    return _run(settings, uuid7(), do)


def listed(settings: Settings) -> Iterator[str]:
    """The companies, one a line, columns apart by tabs."""
    with psycopg.connect(settings.direct_url) as connection:
        yield from ("\t".join(row) for row in connection.execute(_LIST))


def suspend(settings: Settings, text: str) -> str:
    """Suspends the one company that the text names; returns its name."""
    return _change(settings, text, commands.suspend_company)


def resume(settings: Settings, text: str) -> str:
    """Resumes the one company that the text names; returns its name."""
    return _change(settings, text, commands.resume_company)


def _change(settings: Settings, text: str, command: Callable[[UnitOfWork, Company], Awaitable[None]]) -> str:
    async def change(work: UnitOfWork) -> str:
        rows = await work.session.scalars(select(Company).where(Company.id == work.company_id).with_for_update())
        company = rows.one()
        await command(work, company)
        return company.name

    return _run(settings, _company_id(settings, text), change)


def _company_id(settings: Settings, text: str) -> UUID:
    try:
        rfc = Rfc.parse(text).value
    except Rejected:
        rfc = None
    with psycopg.connect(settings.direct_url) as connection:
        matches = connection.execute(_FIND, {"text": text.strip(), "rfc": rfc}).fetchall()
    if len(matches) == 1:
        return matches[0][0]
    if not matches:
        raise CommandRefused(f"there is no company {text}: see `ficha company list`")
    raise CommandRefused(f"several companies are {text}; name one by its id: {', '.join(row[1] for row in matches)}")


def _line_of(problem: Problem) -> str:
    return f"{'.'.join(map(str, problem.path))}: {problem.message_en}"


def _run(settings: Settings, company_id: UUID, do: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Does it in one transaction of the tables' owner: the application may not make companies."""
    viewer = Viewer(company_id, uuid7(), Role.ADMIN, time_zone("UTC"), BUNDLES[Role.ADMIN])

    async def run() -> T:
        async with await PgConnection.open(settings.direct_url, autocommit=True) as connection:
            session = Session(connection, [("begin", ())])
            with reading_refusals():
                done = await do(UnitOfWork(session, viewer, datetime.datetime.now(datetime.UTC)))
                await session.end()
            return done

    try:
        return asyncio.run(run())
    except Rejected as rejected:
        raise CommandRefused("; ".join(map(_line_of, rejected.problems))) from None
