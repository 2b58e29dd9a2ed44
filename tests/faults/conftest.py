"""A PostgreSQL that may be killed, and a Ficha on it on each event loop."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from server import migrate
from server.settings import Settings
from tests.faults.postgres import Postgres, running_postgres
from tests.fixtures import Company, owning, serving

LOOPS = ("asyncio", "uvloop")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Running and migrated; a test that kills it starts it again."""
    with running_postgres() as postgres:
        migrate.upgrade(postgres.url)
        yield postgres


@pytest.fixture(params=LOOPS)
def fragile(request: pytest.FixtureRequest, postgres: Postgres, settings: Settings) -> Iterator[Callable[..., Company]]:
    """Makes a company on that PostgreSQL, served with those settings on one of the event loops."""
    with ExitStack() as stack:

        def make(**changes: Any) -> Company:
            options = {
                "database_url": postgres.url, "viewer_cache_seconds": 0, "rate_limit": "off", "sweep_minutes": 0,
                "sign_in_limit": "off", **changes,
            }  # fmt: skip
            ficha = stack.enter_context(serving(replace(settings, **options), request.param))
            with owning(postgres.url) as owner:
                company = Company(ficha, owner)
                company.ask("{ viewer { id } }")  # the tokens are issued while it is there
            return company

        yield make
