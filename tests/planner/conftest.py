"""All ways to an answer, side by side, over rows that are hard to write."""

import asyncio
import datetime
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from database.opening import open_pool
from loaders.entity import entities
from loaders.ids import encode
from models.collaborator import Role
from models.viewer import Viewer, bundle
from resolvers.context import Context
from schema import SCHEMA
from server.execution.errors import present
from server.execution.executor import Answer, Executor
from server.http.endpoint import Reader, calendar
from server.settings import Settings
from storage import MinioStore
from storage.reading import Readers
from tests.fixtures import SIGNED, Company, Ficha
from tests.planner.world import odd_company

NOW = datetime.datetime(2026, 11, 25, 18, tzinfo=datetime.UTC)


@dataclass
class Both:
    """Asks for one statement, for levels of batches, and the resolvers, in one process and at one instant."""

    loop: asyncio.AbstractEventLoop
    pool: Any
    store: Any
    planner: Executor = field(default_factory=lambda: Executor(batched=False))
    levels: Executor = field(default_factory=lambda: Executor(planned=False))
    resolvers: Executor = field(default_factory=lambda: Executor(planned=False, batched=False))
    readers: list[Reader] = field(default_factory=list[Reader])
    """Those of the last answer."""

    def _context(self, viewer: Viewer) -> Context:
        def read(viewer: Viewer, now: datetime.datetime) -> Reader:
            self.readers.append(Reader(self.pool, viewer, now, calendar(viewer, now)))
            return self.readers[-1]

        async def transact(_: Any) -> Any:
            raise AssertionError("nothing is written")

        return Context(viewer, NOW, self.store, Readers(), read, transact, repr, "request", address=repr)

    def one(self, executor: Executor, viewer: Viewer, query: str, variables: Mapping[str, Any]) -> Answer:
        """The answer of one of them."""
        self.readers.clear()
        return self.loop.run_until_complete(executor.execute(query, variables, None, self._context(viewer)))

    def planned(self, viewer: Viewer, query: str, **variables: Any) -> Answer:
        """The planner's answer, which is that of the levels and of the resolvers as well."""
        answer = self.one(self.planner, viewer, query, variables)
        for other in (self.levels, self.resolvers):
            assert comparable(answer) == comparable(second := self.one(other, viewer, query, variables))
            assert (second.plan is None) is (other is self.resolvers), "this is left to the resolvers"
        assert answer.plan is not None, "this is left to the resolvers"
        return answer


def comparable(answer: Answer) -> tuple[str | None, list[Any]]:
    """The data's bytes, but for the time of a signature, and the errors as clients are told of them, in some order."""
    data = answer.data and SIGNED.sub("", answer.data.decode())
    return data, sorted((present(error, "request", "es") for error in answer.errors), key=repr)


@pytest.fixture(scope="session")
def both(demo_settings: Settings) -> Generator[Both]:
    """The two executors on a pool of their own."""
    loop = asyncio.new_event_loop()
    pool = open_pool(demo_settings.database_url, 4)
    store = MinioStore(
        demo_settings.s3_endpoint,
        access_key=demo_settings.s3_access_key,
        secret_key=demo_settings.s3_secret_key,
        bucket=demo_settings.s3_bucket,
    )
    loop.run_until_complete(pool.wait())
    yield Both(loop, pool, store)
    loop.run_until_complete(pool.close())
    store.close()
    loop.close()


@pytest.fixture(scope="session")
def odd(live_server: Ficha, owner: Connection) -> Company:
    """A company whose rows are hard to write."""
    return odd_company(live_server, owner)


@pytest.fixture(scope="session")
def viewers(owner: Connection, odd: Company) -> Mapping[str, Viewer]:
    """Who asks: one collaborator of each role of the demo, the administrator of the other company, and two of the odd
    one, where a seller sees little."""
    query = "select company_id, id, role, email from collaborator where active order by email"
    found: dict[str, Viewer] = {}
    for company_id, id, role, email in owner.execute(text(query)):
        company = "odd" if company_id == odd.id else email.partition("@")[2]
        viewer = Viewer(company_id, id, Role(role), ZoneInfo("America/Mexico_City"), bundle(Role(role), None))
        found.setdefault(f"{role} {company}", viewer)
    return found


@pytest.fixture(scope="session")
def ids(owner: Connection, odd: Company) -> Mapping[str, list[str]]:  # noqa: ARG001  # its rows are among them
    """Ids of records of all companies by the kinds' prefixes, and under `id` those of all kinds and of none."""
    nodes = {kind.name for kind in SCHEMA._schema.get_implementations(SCHEMA._schema.type_map["Node"]).objects}
    found: dict[str, list[str]] = {}
    for entity in entities():
        if entity.discriminator or entity.type_name in nodes:
            rows = owner.execute(text(f'select {entity.key} from "{entity.table.name}" order by 1 limit 40'))  # noqa: S608  # our names
            found[entity.prefix] = [encode(entity, id) for (id,) in rows] or ["none"]
    every = [id for some in found.values() for id in some[::4]]
    return found | {"id": [*every, "cli_00000000-0000-7000-8000-000000000000"]}
