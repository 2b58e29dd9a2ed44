"""Walks a state machine of hypothesis through many ways, in one event loop with one small pool."""

import asyncio
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from database.opening import open_pool
from domain.inputs import Input
from server.work import UnitsOfWork
from tests.fixtures import Company
from tests.writing import Writer


class Walk(RuleBasedStateMachine):
    """A machine whose rules give commands in a company of its own."""

    make: Callable[..., Company]
    run: Callable[..., Any]
    """Does a command as a writer with some values, on connections that all ways share."""


def walk(
    machine: type[Walk], company: Callable[..., Company], settings: Any, *, ways: int, steps: int, derandomize: bool
) -> None:
    """Walks so many ways of at most so many steps; the same ones each time where it is not random."""
    with asyncio.Runner() as runner:
        pool = open_pool(settings.database_url, 2)

        def run(who: Writer, command: Any, values: dict[str, Any]) -> Any:
            transactions = UnitsOfWork(pool, clock=lambda: who.now)
            return runner.run(transactions.run(who.viewer, who.now, lambda work: command(work, Input(**values))))

        of_run = type("Walk", (machine,), {"make": staticmethod(company), "run": staticmethod(run)})
        try:
            run_state_machine_as_test(
                of_run,
                settings=hypothesis.settings(
                    max_examples=ways,
                    stateful_step_count=steps,
                    derandomize=derandomize,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(pool.close())
