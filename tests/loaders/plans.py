"""The plans that the server uses: PostgreSQL keeps one for all values of a statement, and does not choose by them."""

import datetime
import re
from typing import Any, cast

import psycopg
from psycopg.sql import SQL, Literal

from database.opening import SESSION, options
from loaders.reader import Reader
from models.collaborator import Role
from server.execution.calendar import calendar
from server.execution.executor import Executor
from server.execution.explain import viewer_of
from tests.fixtures import Company


def plan(own: Company, query: str, **variables: Any) -> list[str]:
    """What PostgreSQL did, and how long it took, as the application's role: of a prepared statement, as to explain a
    statement itself with its values is to plan it anew for them."""
    viewer = viewer_of(own.ficha.settings.direct_url, own.email(Role.ADMIN))
    now = datetime.datetime.now(datetime.UTC)
    planned = Executor().plan(query, variables, None, viewer)
    statement = planned.plan.statement
    assert statement is not None
    reader = Reader(cast("Any", None), viewer, now, calendar(viewer, now))
    sql, values = reader._filled(statement, planned.values)
    with psycopg.connect(own.ficha.settings.direct_url, options=options(SESSION)) as application:
        application.execute("select set_config('ficha.company_id', %s, true)", [str(own.id)])
        application.execute(f"prepare answer as {sql}".encode())
        listed = SQL(", ").join(map(Literal, values))
        explain = SQL("explain (analyze, buffers, timing off) execute answer ({})").format(listed)
        return [line for (line,) in application.execute(explain).fetchall()]


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
