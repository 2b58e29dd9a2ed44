"""Whatever the canonical operations send of companies can be sent to the one server that has the company."""

from collections.abc import Iterator
from typing import Any

import pytest

from database.wire import PgConnection
from tests.distributable import faults

seen: set[str] = set()
"""Each statement is parsed once."""


@pytest.fixture(autouse=True)
def statements_name_their_company(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found: dict[str, list[str]] = {}
    queue: Any = PgConnection._queue

    def queued(self: PgConnection, sql: str, *rest: Any) -> Any:
        if sql not in seen:
            seen.add(sql)
            if wrong := faults(sql):
                found[sql] = wrong
        return queue(self, sql, *rest)

    monkeypatch.setattr(PgConnection, "_queue", queued)
    yield
    assert {fault: sql for sql, wrong in found.items() for fault in wrong} == {}
