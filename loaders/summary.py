"""Counts and sums over the clients, deals and debts that the viewer sees, by groups: one statement each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, and_, case, cast, func, select, tuple_

import models
from loaders.client import ClientEntity
from loaders.deal import DealEntity
from loaders.entity import TODAY, Columns, Entity, Query, alive, of_company
from loaders.filters import Shape, Splitter, condition
from loaders.receivables import AGES
from loaders.rows import row_type
from loaders.statement import Statement, compiled
from models.base import alias_of
from models.sales_document import is_owed, unpaid
from models.viewer import Permission, Viewer

Sums = Callable[[Columns], Mapping[str, ColumnElement[Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What is summed: `rows` selects, of the shape of a filter on rows of `entity`, what is grouped by and summed, and
    `sums` are made of its columns. `sets` are the groupings by name, each with the columns that it groups by."""

    name: str
    entity: type[Entity]
    rows: Callable[[Shape, bool], Query]
    sums: Sums
    sets: Mapping[str, Sequence[str]]
    permission: Permission | None = None

    @property
    def permissions(self) -> list[Permission]:
        """Those that it asks for."""
        return [permission for permission in (self.entity.permission, self.permission) if permission]

    def request(self, viewer: Viewer, filter: Mapping[str, Any] | None) -> tuple[Statement, Mapping[str, Any]]:
        """The statement, and the values of its binds. Its rows have `set_`, the name of their grouping, the columns of
        all groupings, null where theirs is another, and the sums. Forbidden if the viewer may not read what is summed,
        or what the filter leads through."""
        viewer.demand(self.permission)
        values: dict[str, Any] = {}
        shape = Splitter(viewer, values).split(self.entity, filter or {}, "filter")
        sees_all = viewer.sees_all
        return compiled((self, shape, sees_all), lambda: self._statement(shape, sees_all)), values

    def _statement(self, shape: Shape, sees_all: bool) -> Statement:
        rows = self.rows(shape, sees_all).subquery()
        names = list(dict.fromkeys(name for grouping in self.sets.values() for name in grouping))
        # PostgreSQL tells a row's grouping by a bit for each column that is not of it.
        bits = {name: 1 << place for place, name in enumerate(reversed(names))}
        numbers = {sum(bits[name] for name in names if name not in own): of for of, own in self.sets.items()}
        grouping = case(numbers, value=func.grouping(*(rows.c[name] for name in names)))
        sums = self.sums(rows.c)
        columns = (*(rows.c[name] for name in names), *(each.label(name) for name, each in sums.items()))
        groups = [tuple_(*(rows.c[name] for name in own)) for own in self.sets.values()]
        query = select(grouping.label("set_"), *columns).group_by(func.grouping_sets(*groups))
        return Statement.of(query, row_type(self.name, ("set_", *names, *sums), None, {})._make)


def _clients(shape: Shape, sees_all: bool) -> Query:
    client = alias_of(models.Client)
    return select(client.c.kind, client.c.owner_id, client.c.prospect_state_id).where(
        *ClientEntity.conditions(client, alive(client.c), condition(ClientEntity, client, shape)),
        ClientEntity.sight(client, sees_all=sees_all),
    )


CLIENTS = Summary(
    "ClientsSummary",
    ClientEntity,
    _clients,
    lambda _: {"count": func.count()},
    {
        "all": (),
        "by_kind": ("kind",),
        "by_owner": ("owner_id",),
        "by_prospect_state": ("kind", "prospect_state_id"),
    },
)


def _deals(shape: Shape, sees_all: bool) -> Query:
    deal, client = alias_of(models.Deal), alias_of(models.Client)
    return (
        select(
            deal.c.stage_id,
            deal.c.assignee_id,
            func.to_char(deal.c.expected_close_on, "YYYY-MM", type_=Text()).label("month"),
            deal.c.state,
            deal.c.currency,
            deal.c.estimated_value,
            deal.c.final_value,
        )
        .join_from(deal, client, and_(*of_company(client, client.c.id == deal.c.client_id, alive(client.c))))
        .where(
            *DealEntity.conditions(deal, alive(deal.c), condition(DealEntity, deal, shape)),
            ClientEntity.sight(client, sees_all=sees_all),
        )
    )


def _money(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.coalesce(func.sum(amount), 0), Numeric(18, 2))


DEALS = Summary(
    "DealsSummary",
    DealEntity,
    _deals,
    lambda c: {
        "count": func.count(),
        "estimated_value": _money(c["estimated_value"]),
        "final_value": _money(c["final_value"]),
    },
    {
        "all": ("currency",),
        "by_stage": ("stage_id", "currency"),
        "by_assignee": ("assignee_id", "currency"),
        "by_month": ("month", "currency"),
        "by_state": ("state", "currency"),
    },
)


def _debts(shape: Shape, sees_all: bool) -> Query:
    document, client = alias_of(models.SalesDocument), alias_of(models.Client)
    return (
        select(
            client.c.owner_id,
            document.c.currency,
            document.c.client_id,
            (TODAY - document.c.due_on).label("days_late"),
            unpaid(document.c).label("owed"),
        )
        .join_from(document, client, and_(*of_company(client, client.c.id == document.c.client_id, alive(client.c))))
        .where(
            *of_company(document, is_owed(document.c)),
            condition(ClientEntity, client, shape),
            ClientEntity.sight(client, sees_all=sees_all),
        )
    )


def _ageing(c: Columns) -> Mapping[str, ColumnElement[Any]]:
    late, owed = c["days_late"], c["owed"]
    # A debt without a due date is never late.
    days = (func.coalesce(late, 0) <= 0, late.between(1, 30), late.between(31, 60), late.between(61, 90), late > 90)
    return {
        "document_count": func.count(),
        "client_count": func.count(c["client_id"].distinct()),
        "owed": _money(owed),
        "overdue_balance": _money(case((late > 0, owed))),
        **{age: _money(case((when, owed))) for age, when in zip(AGES, days, strict=True)},
    }


RECEIVABLES = Summary(
    "ReceivablesSummary",
    ClientEntity,
    _debts,
    _ageing,
    {"all": ("currency",), "by_owner": ("owner_id", "currency")},
    Permission.BILLING_READ,
)
