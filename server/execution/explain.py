"""Shows how an operation is answered: its statement, and what PostgreSQL makes of it.

`python -m server.execution.explain` writes the statement of each operation in `operations/` beside it.
"""

import asyncio
import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from strawberry.utils.str_converters import to_snake_case

from database.opening import open_pool
from errors import mend
from loaders.reader import Reader
from models.collaborator import Role
from models.viewer import Permission, Viewer, bundle
from planner.filling import GROUP, INNER, OUTER, ROW
from planner.selection import Unplannable
from server.execution.calendar import calendar
from server.execution.executor import Executor, Planned
from server.settings import Settings

OPERATIONS = Path(__file__).resolve().parent.parent.parent / "operations"

ANYBODY = Viewer(UUID(int=0), UUID(int=0), Role.ADMIN, ZoneInfo("America/Mexico_City"), frozenset(Permission))
"""A viewer who sees everything, of no company in particular."""


@dataclass(frozen=True, slots=True)
class OperationFile:
    """An operation as it stands in a file, with the variables beside it."""

    query: str
    variables: Mapping[str, Any]

    @classmethod
    def read(cls, operation: str, variables: str | None = None) -> "OperationFile":
        """`operation` is a name in `operations/`, as `client_header` or `ClientHeader`, or a file; `variables` is JSON
        or a file, and takes the place of `<operation>.variables.json`. OSError or ValueError where they cannot be read,
        LookupError where there is no such operation."""
        files = {to_snake_case(file.stem): file for file in OPERATIONS.glob("*.graphql")}
        path = files.get(to_snake_case(operation)) or Path(operation)
        if not path.exists():
            near = mend(to_snake_case(operation), files)
            raise LookupError(
                f"{operation} is no file, and no operation in operations/: {near or ', '.join(sorted(files))}"
            )
        beside = path.with_suffix(".variables.json")
        if variables is None:
            variables = beside.read_text("utf-8") if beside.exists() else "{}"
        elif not variables.lstrip().startswith("{"):
            variables = Path(variables).read_text("utf-8")
        return cls(path.read_text("utf-8"), json.loads(variables))


def viewer_of(database_url: str, email: str) -> Viewer:
    """The active collaborator with this address, the first if several companies have one. LookupError for nobody."""
    query = """
        select company.id, collaborator.id, role, time_zone, role_permissions -> role
        from collaborator join company on company.id = company_id
        where lower(email collate "C") = lower(%s::text collate "C") and active order by collaborator.id limit 1
    """
    with psycopg.connect(database_url) as owner:
        row = owner.execute(query, (email,)).fetchone()
    if row is None:
        raise LookupError(f"there is no active collaborator {email}")
    company, id, role, zone, changed = row
    return Viewer(company, id, Role(role), ZoneInfo(zone), bundle(Role(role), changed))


def explain(settings: Settings, operation: OperationFile, email: str, *, analyze: bool) -> list[str]:
    """`explained` for that collaborator. LookupError if there is none."""
    viewer = viewer_of(settings.direct_url, email)
    now = datetime.datetime.now(datetime.UTC)

    async def run() -> list[str]:
        async with open_pool(settings.direct_url, 1) as pool:
            reader = Reader(pool, viewer, now, calendar(viewer, now))
            return await explained(operation, reader, viewer, analyze=analyze)

    return asyncio.run(run())


async def explained(operation: OperationFile, reader: Reader, viewer: Viewer, *, analyze: bool) -> list[str]:
    """Lines for a person: whether the operation is planned or why not, its SQL, PostgreSQL's plan with its cost.
    With `analyze` the statement is executed, and the plan tells how long its parts took."""
    try:
        planned = Executor().plan(operation.query, operation.variables, None, viewer)
    except Unplannable as reason:
        return [f"Left to the resolvers: {reason}"]
    statement = planned.plan.statement
    if statement is None:
        return ["No statement: the answer is in memory."]
    options = "analyze, buffers" if analyze else "costs"
    explain = replace(statement, sql=f"explain ({options}) {statement.sql}", make=tuple)
    rows = await reader.run(explain, **planned.values)
    return ["One statement:", "", sql_of(planned), *(line for (line,) in rows)]


def sql_of(planned: Planned) -> str:
    """The statement laid out for reading, with a line on its binds."""
    statement = planned.plan.statement
    if statement is None:
        return "-- No statement: the answer is in memory.\n"
    binds = ", ".join(f"${place} {name}" for place, name in enumerate(statement.names, 1))
    return f"-- {binds}\n{laid_out(statement.sql).translate(_SHOWN)}\n"


_SHOWN = {ord(control): 0x2400 + ord(control) for control in (*INNER, *OUTER, GROUP, ROW)}
"""How what stands around and in holes is shown, which are control characters: by the pictures of them."""


_WORD = re.compile(r"""E?'(?:[^']|'')*'|"(?:[^"]|"")*"|\s+|[()]|[^\s()'"]+""")
_CLAUSES = {"SELECT", "FROM", "WHERE", "LEFT", "JOIN", "ORDER", "GROUP", "LIMIT", "UNION"}


def laid_out(sql: str) -> str:
    """SQL with a line for each clause, and for each member of the JSON that it writes; indented as it is nested."""
    text, depth, nested, before = "", 0, list[bool](), ""
    for match in _WORD.finditer(sql):
        word = match.group()
        if word.isspace():
            text = text if text.endswith((" ", "\n", "(")) else text + " "
            continue
        clause = word in _CLAUSES and not (word == "JOIN" and before in ("OUTER", "LATERAL"))
        if clause and (word != "ORDER" or not nested or nested[-1]):
            if word == "SELECT" and before == "(":
                nested[-1] = True
                depth += 1
            text = text.rstrip(" ") + "\n" + "  " * depth if text else text
        elif word.startswith(("'{\"", "',\"")):
            text = text.rstrip(" ") + "\n" + "  " * (depth + 1)
        if word == "(":
            nested.append(False)
        elif word == ")" and nested and nested.pop():
            depth -= 1
            text = text.rstrip(" ") + "\n" + "  " * depth
        text += word
        before = word
    return text


def write_snapshots(folder: Path = OPERATIONS) -> None:
    """Writes the statement of each operation beside it."""
    for path in sorted(folder.glob("*.graphql")):
        if (text := snapshot(path)) is not None:
            path.with_suffix(".sql").write_text(text, "utf-8")


def snapshot(path: Path) -> str | None:
    """The statement of the operation in the file; None where it is no query or is left to the resolvers."""
    operation = OperationFile.read(str(path))
    try:
        return sql_of(Executor().plan(operation.query, operation.variables, None, ANYBODY))
    except Unplannable:
        return None


if __name__ == "__main__":
    write_snapshots()
