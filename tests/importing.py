"""Brings in CFDIs as `ficha import cfdi` does, without GraphQL."""

import asyncio
from functools import partial
from typing import Any

import pytest

from database.opening import open_pool
from domain.cfdi_import import bring
from domain.problem import Rejected
from models.collaborator import Role
from server.store import open_store
from server.work import UnitsOfWork
from storage.reading import Readers
from tests.writing import Writer, patiently

READERS = Readers()
"""Its process loads its modules once for all tests, and ends with theirs."""


class Importer:
    """Brings in XML texts as a collaborator."""

    def __init__(self, company: Any, role: Role = Role.ADMIN) -> None:
        self.writer = Writer(company, role)
        self.settings = company.ficha.settings

    def together(self, *texts: str, **options: Any) -> list[Any]:
        async def run() -> list[Any]:
            pool = open_pool(self.settings.database_url, 10)
            transact = partial(UnitsOfWork(pool).run, self.writer.viewer, self.writer.now)
            try:
                with open_store(self.settings) as store:
                    company_id = self.writer.viewer.company_id
                    one = partial(bring, transact, store, READERS, company_id, **options)
                    return await patiently(partial(one, text.encode()) for text in texts)
            finally:
                await pool.close()

        return asyncio.run(run())

    def bring(self, text: str, **options: Any) -> tuple[Any, list[tuple[str, tuple[Any, ...]]]]:
        """The document, and codes and paths of what was warned of."""
        [done] = self.together(text, **options)
        if isinstance(done, BaseException):
            raise done
        document, warnings = done
        return document, [(problem.code.name, problem.path) for problem in warnings]

    def refused(self, text: str, **options: Any) -> str:
        with pytest.raises(Rejected) as rejected:
            self.bring(text, **options)
        return rejected.value.problems[0].code.name

    def objects(self) -> list[str]:
        """The keys of the company's objects."""

        async def run() -> list[str]:
            with open_store(self.settings) as store:
                return [each.key for each in await store.list_objects(self.writer.viewer.company_id.hex)]

        return asyncio.run(run())
