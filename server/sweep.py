"""Runs the sweep of `domain.sweep` over all companies: by `ficha sweep`, and from time to time while Ficha serves."""

import asyncio
import datetime
import logging
import time
from dataclasses import dataclass, field
from functools import partial

import psycopg
from sqlalchemy import func, select

from database.transactions import transaction
from database.wire import Pool
from domain.sweep import Swept, sweep
from errors import FichaError
from storage import ObjectStore, StorageError

log = logging.getLogger("ficha.sweep")


@dataclass(slots=True)
class Sweeps:
    """The sweeps of this process, for its metrics."""

    ended_at: float = field(default_factory=time.time)
    """When the last one ended, as Unix time; before the first one, when the process began."""
    ended: int = 0
    failed: int = 0
    last: Swept = field(default_factory=Swept)


async def sweep_all(pool: Pool, store: ObjectStore, retention: datetime.timedelta, *, force: bool = False) -> Swept:
    """Sweeps every company. Safe to run beside other sweeps and a serving Ficha. `force` as in `domain.sweep.sweep`."""
    swept = Swept()
    now = datetime.datetime.now(datetime.UTC)
    async with transaction(pool) as session:
        companies = (await session.scalars(select(func.ficha_companies()))).all()
    for company_id in companies:
        within = partial(transaction, pool, company_id)
        swept.add(await sweep(within, store, company_id, now, retention, force=force))
    return swept


async def sweep_forever(
    pool: Pool, store: ObjectStore, retention: datetime.timedelta, pause: datetime.timedelta, sweeps: Sweeps
) -> None:
    """Sweeps at once and then after each pause; what goes wrong is logged and tried again."""
    while True:
        try:
            sweeps.last = await sweep_all(pool, store, retention)
            sweeps.ended, sweeps.ended_at = sweeps.ended + 1, time.time()
            report(sweeps.last)
        except (StorageError, psycopg.Error, FichaError) as error:
            sweeps.failed += 1
            log.warning("the sweep was cut off: %s", str(error).partition("\n")[0])
        await asyncio.sleep(pause.total_seconds())


def report(swept: Swept) -> str:
    """What a sweep did, in one line; it is logged unless nothing was done."""
    line = (
        f"{swept.uploads} uploads, {swept.purged} deleted documents, {swept.orphans} stray objects (into the trash) and"
        f" {swept.forgotten} keys of requests removed, {swept.emptied} objects removed from the trash and"
        f" {swept.restored} put back,"
        f" {swept.missing} documents without their object"
    )
    for refusal in swept.refused:
        log.error("%s", refusal)
    if swept.missing:
        named = ", ".join(str(id) for id in swept.named)
        log.error("%s: %s%s", line, named, " …" if swept.missing > len(swept.named) else "")
    elif swept != Swept():
        log.info("%s", line)
    return line
