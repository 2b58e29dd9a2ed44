"""Renews overdue amounts whose days have passed, from time to time while Ficha serves. Lists are right without it: they
sum such amounts themselves, and so take longer."""

import asyncio
import logging
from typing import Final

import psycopg
from sqlalchemy import func, select

from database.transactions import transaction
from database.wire import Pool
from errors import FichaError

log = logging.getLogger("ficha.overdue")

AT_ONCE: Final = 200
"""Clients that one transaction locks, for some 20 ms."""
PAUSE: Final = 60
"""Seconds between two looks, each of which asks an index once for each company."""


async def renew_all(pool: Pool) -> int:
    """Renews all, a batch at a time, and rests after each as long as it took. Returns how many. Safe to run beside
    others: each takes clients that nobody is writing."""
    clock = asyncio.get_running_loop().time
    renewed = 0
    while True:
        began = clock()
        async with transaction(pool) as session:
            number = (await session.execute(select(func.ficha_renew_overdue(AT_ONCE)))).scalar_one()
        renewed += number
        if number < AT_ONCE:
            return renewed
        await asyncio.sleep(clock() - began)


async def renew_forever(pool: Pool) -> None:
    """Renews at once and then after each pause; what goes wrong is logged and tried again."""
    while True:
        try:
            if renewed := await renew_all(pool):
                log.info("%s overdue amounts renewed", renewed)
        except (psycopg.Error, FichaError) as error:
            log.warning("overdue amounts were not renewed to the end: %s", str(error).partition("\n")[0])
        await asyncio.sleep(PAUSE)
