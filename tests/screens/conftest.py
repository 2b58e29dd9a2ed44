"""The demo as of one day: what is overdue or still to come does not change with the calendar."""

import datetime
from typing import Any

import pytest

from server.http.endpoint import Contexts

DAY = datetime.datetime(2026, 11, 21, 18, tzinfo=datetime.UTC)
"""Noon of the day after the demo's last events, in Mexico City."""


@pytest.fixture
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation takes place at `DAY`."""
    make = Contexts.make

    def made_then(self: Contexts, *values: Any) -> Any:
        context = make(self, *values)
        context.now = DAY
        return context

    monkeypatch.setattr(Contexts, "make", made_then)
    monkeypatch.setattr("resolvers.history.utc_now", lambda: DAY)
