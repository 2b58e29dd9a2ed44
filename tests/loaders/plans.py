"""The plans that the server uses: PostgreSQL keeps one for all values of a statement, or makes one for each where a
filter or a search decides what is read."""

import datetime
import json
import re
from itertools import count
from typing import Any, cast

import psycopg
from psycopg.sql import SQL, Literal

from database.opening import SESSION, options
from loaders.reader import Reader
from models.collaborator import Role
from models.viewer import Viewer
from server.execution.calendar import calendar
from server.execution.executor import Executor
from server.execution.explain import viewer_of
from tests.fixtures import Company


def plan(own: Company, query: str, **variables: Any) -> list[str]:
    """As `plan_of`, for an administrator."""
    url = own.ficha.settings.direct_url
    viewer = viewer_of(url, own.email(Role.ADMIN))
    with psycopg.connect(url, options=options(SESSION)) as application:
        return plan_of(application, viewer, Executor(), query, **variables)


_NUMBERS = count()


def plan_of(
    application: psycopg.Connection[Any], viewer: Viewer, executor: Executor, query: str, **variables: Any
) -> list[str]:
    """What PostgreSQL did, and how long it took, as the application's role: of a prepared statement, as to explain a
    statement itself is to plan it for its values, whatever the server does."""
    explain = "explain (analyze, buffers, timing off) "
    return [line for (line,) in _executed(application, viewer, executor, query, variables, explain)]


def answered(url: str, viewer: Viewer, executor: Executor, query: str, **variables: Any) -> Any:
    """What the one field of the query is answered with, as the application's role."""
    with psycopg.connect(url, options=options(SESSION)) as application:
        [(text,)] = _executed(application, viewer, executor, query, variables)
    [value] = json.loads(text).values()
    return value


def _executed(
    application: psycopg.Connection[Any],
    viewer: Viewer,
    executor: Executor,
    query: str,
    variables: dict[str, Any],
    explain: str = "",
) -> list[tuple[Any, ...]]:
    now = datetime.datetime.now(datetime.UTC)
    planned = executor.plan(query, variables, None, viewer)
    statement = planned.plan.statement
    assert statement is not None
    reader = Reader(cast("Any", None), viewer, now, calendar(viewer, now))
    sql, values = reader._filled(statement, planned.values)
    with application.transaction():
        application.execute("select set_config('ficha.company_id', %s, true)", [str(viewer.company_id)])
        if statement.by_values:
            application.execute("set local plan_cache_mode = force_custom_plan")
        # A name of its own: a statement that ends with an error stays prepared.
        name = f"answer{next(_NUMBERS)}"
        application.execute(f"prepare {name} as {sql}".encode())
        listed = SQL(", ").join(map(Literal, values))
        return application.execute(SQL(cast("Any", f"{explain}execute {name} ({{}})")).format(listed)).fetchall()


def milliseconds(lines: list[str]) -> float:
    """Without planning."""
    return float(next(found[1] for line in lines if (found := re.search(r"Execution Time: ([\d.]+)", line))))


def most_rows(lines: list[str]) -> int:
    """Of one step of the plan, those that it looked at in vain among them."""
    rows = [float(n) * int(loops) for n, loops in re.findall(r"rows=([\d.]+) loops=(\d+)\)", "\n".join(lines))]
    return int(max(rows + [float(n) for n in re.findall(r"Rows Removed by \w+(?: \w+)*: (\d+)", "\n".join(lines))]))


def summed(lines: list[str]) -> int:
    """Of how many clients the open items were summed."""
    return sum(int(loops) for loops in re.findall(r"ix_sales_document_open.*loops=(\d+)", "\n".join(lines)))
