"""Runs the sweep of `domain.sweep` over all companies: by `ficha sweep`, and from time to time while Ficha serves."""

import asyncio
import datetime
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.sweep import Swept, sweep
from storage import ObjectStore, StorageError

log = logging.getLogger("ficha.sweep")

MOST_NAMED = 10
"""Documents without their object that the log names one by one."""


async def sweep_all(
    engine: AsyncEngine, store: ObjectStore, retention: datetime.timedelta, *, force: bool = False
) -> Swept:
    """Sweeps every company. Safe to run beside other sweeps and a serving Ficha. `force` as in `domain.sweep.sweep`."""
    swept = Swept()
    now = datetime.datetime.now(datetime.UTC)
    async with AsyncSession(engine) as session:
        companies = (await session.scalars(select(func.ficha_companies()))).all()
    for company_id in companies:
        within = partial(transaction, engine, company_id)
        swept.add(await sweep(within, store, company_id, now, retention, force=force))
    return swept


@asynccontextmanager
async def transaction(engine: AsyncEngine, company_id: UUID) -> AsyncGenerator[AsyncSession]:
    """A transaction within the company's wall."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        await session.execute(select(func.set_config("ficha.company_id", str(company_id), True)))
        yield session


async def sweep_forever(
    engine: AsyncEngine, store: ObjectStore, retention: datetime.timedelta, pause: datetime.timedelta
) -> None:
    """Sweeps at once and then after each pause; what goes wrong is logged and tried again."""
    while True:
        try:
            report(await sweep_all(engine, store, retention))
        except (StorageError, SQLAlchemyError) as error:
            log.warning("the sweep was cut off: %s", str(error).partition("\n")[0])
        await asyncio.sleep(pause.total_seconds())


def report(swept: Swept) -> str:
    """What a sweep did, in one line; it is logged unless nothing was done."""
    line = (
        f"{swept.uploads} uploads, {swept.purged} deleted documents, {swept.orphans} stray objects (into the trash) and"
        f" {swept.forgotten} keys of requests removed, {swept.emptied} objects removed from the trash and"
        f" {swept.restored} put back,"
        f" {len(swept.missing)} documents without their object"
    )
    for refusal in swept.refused:
        log.error("%s", refusal)
    if swept.missing:
        named = ", ".join(str(id) for id in swept.missing[:MOST_NAMED])
        log.error("%s: %s%s", line, named, " …" if len(swept.missing) > MOST_NAMED else "")
    elif swept != Swept():
        log.info("%s", line)
    return line
