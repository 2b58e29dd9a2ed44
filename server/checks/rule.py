"""A rule over the rows of all companies, as a statement for the rows that break it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

FIRST = 5
"""How many records a line names."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong, the statement for it (columns `company_id` and `record`, a text by which the record is known), and
    what to do."""

    says: str
    rows: str
    mend: str


def listed(first: Sequence[object], number: int) -> str:
    """The first of so many records."""
    return ", ".join(map(str, first)) + (", …" if number > len(first) else "")


def broken(connection: psycopg.Connection[Any], rules: Iterable[Rule]) -> Iterator[str]:
    """One line for each rule and company that breaks it: how many records do, and the first of them."""
    for rule in rules:
        query = f"""
            select coalesce(company.name, '?'), row.company_id, count(*),
                (array_agg(row.record order by row.record))[1:{FIRST}]
            from ({rule.rows}) row left join company on company.id = row.company_id
            group by company.name, row.company_id order by company.name, row.company_id
        """  # noqa: S608  # our own texts
        for name, company, number, first in connection.execute(query.encode()).fetchall():
            yield f"{name} (com_{company}): {number} times {rule.says}: {listed(first, number)}. {rule.mend}"
