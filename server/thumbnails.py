"""Draws the thumbnails of documents in the background while Ficha serves: of new ones at once, company by company in
turn, and now and then of those that were left, as of documents from before or where a process was killed."""

import asyncio
import datetime
import logging
import random
from collections import deque
from typing import Final
from uuid import UUID

import psycopg
from sqlalchemy import func, select

from database.transactions import transaction
from database.wire import Pool
from domain.thumbnail import FIRST, Drawing, draw, undrawn
from errors import FichaError
from storage import StorageError

log = logging.getLogger("ficha.thumbnails")

MOST_WAITING: Final = 1_000
"""New documents that one process remembers; more are found when those that were left are looked for."""
REST: Final = 9
"""Between two that were left it rests so many times as long as the one took: an old archive takes a tenth of a core."""
_AT_ONCE: Final = 100


class Thumbnails:
    """One process's thumbnails: it draws at most one of a new document and one of an old one at a time."""

    def __init__(self, pool: Pool, drawing: Drawing, pause: datetime.timedelta) -> None:
        """`pause` is between two looks for what was left; without one nobody looks."""
        self._pool = pool
        self._drawing = drawing
        self._pause = pause.total_seconds()
        self._lines: dict[UUID, deque[UUID]] = {}
        self._waiting = 0
        self._some = asyncio.Event()

    def add(self, company_id: UUID, document_id: UUID) -> None:
        """Has the document's thumbnail drawn soon."""
        if self._waiting < MOST_WAITING:
            self._lines.setdefault(company_id, deque()).append(document_id)
            self._waiting += 1
            self._some.set()

    async def draw_new(self) -> None:
        """Draws those that are added, for as long as the process serves."""
        while True:
            await self._some.wait()
            company_id, document_id = self._next()
            await self._draw(company_id, document_id)

    def _next(self) -> tuple[UUID, UUID]:
        """The first of the line that has waited longest for its turn."""
        company_id = next(iter(self._lines))
        line = self._lines.pop(company_id)
        document_id = line.popleft()
        if line:
            self._lines[company_id] = line
        self._waiting -= 1
        if not self._lines:
            self._some.clear()
        return company_id, document_id

    async def draw_left(self) -> None:
        """Looks for what was left, at once and after each pause; one process does for all."""
        while self._pause:
            try:
                async with transaction(self._pool) as session:
                    companies = (await session.scalars(select(func.ficha_companies()))).all()
                for company_id in companies:
                    await self.draw_left_of(company_id)
            except (psycopg.Error, FichaError) as error:
                log.warning("thumbnails were not looked for to the end: %s", str(error).partition("\n")[0])
            await asyncio.sleep(self._pause)

    async def draw_left_of(self, company_id: UUID) -> None:
        """Draws the thumbnails that are left of the company, unhurriedly."""
        after = FIRST
        while left := await undrawn(self._drawing, company_id, after, _AT_ONCE):
            # Several processes do not draw the same ones at the same time.
            for document_id in random.sample(left, len(left)):
                began = asyncio.get_running_loop().time()
                await self._draw(company_id, document_id)
                await asyncio.sleep(REST * (asyncio.get_running_loop().time() - began))
            after = left[-1]

    async def _draw(self, company_id: UUID, document_id: UUID) -> None:
        try:
            await draw(self._drawing, company_id, document_id)
        except (StorageError, psycopg.Error, FichaError) as error:
            log.warning("the thumbnail of document %s is left for later: %s", document_id, error)
