"""A transaction that fails because of its connection is done again on another one."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.fixtures import Company
from tests.writing import Writer


@pytest.mark.claims(
    "docs/operating.md",
    "a write that meets a read-only server (the old primary) gets a new connection",
)
def test_a_write_that_meets_a_read_only_server_gets_another_connection(company: Callable[..., Company]) -> None:
    backends: list[int] = []

    async def write(work: Any, _: Any) -> None:
        backends.append(await work.session.scalar(text("select pg_backend_pid()")))
        if len(backends) == 1:
            # As after a failover: this server is no longer the primary.
            await work.session.execute(text("set transaction read only"))
        await work.session.execute(text("update client set version = version"))

    Writer(company()).do(write, {})
    first, second = backends
    assert first != second
