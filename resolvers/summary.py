"""Counts and sums over the company's clients, deals and debts, by groups."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from strawberry import Info

from domain.account_statement import Aged
from loaders.collaborator import CollaboratorEntity
from loaders.deal import FunnelStageEntity
from loaders.entity import Entity
from loaders.prospect_state import ProspectStateEntity
from loaders.receivables import AGES
from loaders.summary import CLIENTS, DEALS, RECEIVABLES, Summary
from models.client import ClientKind
from resolvers.context import operation, viewer
from resolvers.inputs import plain


@dataclass(frozen=True, slots=True)
class Group:
    """A group of clients: what they have in common, null for those that have none, and how many they are."""

    key: Any
    count: int


@dataclass(frozen=True, slots=True)
class ClientsSummary:
    """How many clients there are, by groups."""

    count: int
    by_kind: Sequence[Group]
    by_owner: Sequence[Group]
    by_prospect_state: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Totals:
    """A group: what its members have in common, null for those that have none, and their sums by currency."""

    key: Any
    totals: Sequence[Any]

    @property
    def count(self) -> int:
        """How many there are in all currencies."""
        return sum(row.count for row in self.totals)


@dataclass(frozen=True, slots=True)
class DealsSummary:
    """Sums of deals, by groups."""

    totals: Sequence[Any]
    by_stage: Sequence[Totals]
    by_assignee: Sequence[Totals]
    by_month: Sequence[Totals]
    by_state: Sequence[Totals]

    @property
    def count(self) -> int:
        """How many deals there are."""
        return sum(row.count for row in self.totals)


@dataclass(frozen=True, slots=True)
class ReceivablesTotal:
    """What is owed in one currency."""

    currency: str
    document_count: int
    client_count: int
    owed: Decimal
    overdue_balance: Decimal
    ageing: Aged

    @classmethod
    def of(cls, row: Any) -> "ReceivablesTotal":
        """From a row of the summary."""
        ageing = Aged(row.currency, *(getattr(row, age) for age in AGES))
        return cls(row.currency, row.document_count, row.client_count, row.owed, row.overdue_balance, ageing)


@dataclass(frozen=True, slots=True)
class ReceivablesSummary:
    """What is owed, by groups."""

    totals: Sequence[ReceivablesTotal]
    by_owner: Sequence[Totals]


def _filtered(resolve: Callable[..., Awaitable[Any]]) -> Callable[[Any], Any]:
    """Makes the resolver of a field whose `filter` is of the input type."""

    def of(filter_input: Any) -> Any:
        resolve.__annotations__["filter"] = filter_input | None
        return resolve

    return of


async def _rows(info: Info, summary: Summary, filter: Any) -> dict[str, list[Any]]:
    """The rows by the names of their groupings."""
    statement, values = summary.request(viewer(info), plain(filter))
    groups: dict[str, list[Any]] = {name: [] for name in summary.sets}
    for row in await operation(info).reader.run(statement, **values):
        groups[row.set_].append(row)
    return groups


async def _records(info: Info, entity: type[Entity], ids: Iterable[Any]) -> dict[Any, Any]:
    """The records by their ids; of none there is none."""
    known = [id for id in dict.fromkeys(ids) if id is not None]
    rows = await asyncio.gather(*(operation(info).record(entity, id) for id in known))
    return dict(zip(known, rows, strict=True)) | {None: None}


def _name(person: Any) -> tuple[bool, str, str]:
    """What people are ordered by; nobody comes last."""
    return (True, "", "") if person is None else (False, person.name.casefold(), str(person.id))


@_filtered
async def clients_summary(info: Info, filter: Any = None) -> ClientsSummary:
    """How many clients match the filter, by groups, the largest first."""
    rows = await _rows(info, CLIENTS, filter)
    owners = await _records(info, CollaboratorEntity, (row.owner_id for row in rows["by_owner"]))
    states = [row for row in rows["by_prospect_state"] if row.kind == ClientKind.PROSPECT]
    names = await _records(info, ProspectStateEntity, (row.prospect_state_id for row in states))
    return ClientsSummary(
        count=sum(row.count for row in rows["all"]),
        by_kind=sorted(
            (Group(ClientKind(row.kind), row.count) for row in rows["by_kind"]),
            key=lambda group: (-group.count, group.key),
        ),
        by_owner=sorted(
            (Group(owners[row.owner_id], row.count) for row in rows["by_owner"]),
            key=lambda group: (-group.count, _name(group.key)),
        ),
        by_prospect_state=sorted(
            (Group(names[row.prospect_state_id], row.count) for row in states),
            key=lambda group: (group.key is None, group.key and group.key.position),
        ),
    )


def _grouped(rows: Iterable[Any], key: Callable[[Any], Any], total: Callable[[Any], Any]) -> list[Totals]:
    """The rows of a grouping by what they have in common, in the order in which that comes first."""
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(total(row))
    return [Totals(common, sorted(totals, key=lambda each: each.currency)) for common, totals in groups.items()]


def _itself(row: Any) -> Any:
    return row


@_filtered
async def deals_summary(info: Info, filter: Any = None) -> DealsSummary:
    """Sums of the deals that match the filter, by groups."""
    rows = await _rows(info, DEALS, filter)
    stages = await _records(info, FunnelStageEntity, (row.stage_id for row in rows["by_stage"]))
    people = await _records(info, CollaboratorEntity, (row.assignee_id for row in rows["by_assignee"]))
    in_order = sorted(rows["by_stage"], key=lambda row: (stages[row.stage_id].position, row.stage_id))
    by_name = sorted(rows["by_assignee"], key=lambda row: _name(people[row.assignee_id]))
    by_month = sorted(rows["by_month"], key=lambda row: (row.month is None, row.month or ""))
    return DealsSummary(
        totals=sorted(rows["all"], key=lambda row: row.currency),
        by_stage=_grouped(in_order, lambda row: stages[row.stage_id], _itself),
        by_assignee=_grouped(by_name, lambda row: people[row.assignee_id], _itself),
        by_month=_grouped(by_month, lambda row: row.month, _itself),
        by_state=_grouped(sorted(rows["by_state"], key=lambda row: row.state), lambda row: row.state, _itself),
    )


@_filtered
async def receivables_summary(info: Info, filter: Any = None) -> ReceivablesSummary:
    """What the clients that match the filter owe, by groups."""
    rows = await _rows(info, RECEIVABLES, filter)
    owners = await _records(info, CollaboratorEntity, (row.owner_id for row in rows["by_owner"]))
    by_name = sorted(rows["by_owner"], key=lambda row: _name(owners[row.owner_id]))
    return ReceivablesSummary(
        totals=sorted(map(ReceivablesTotal.of, rows["all"]), key=lambda total: total.currency),
        by_owner=_grouped(by_name, lambda row: owners[row.owner_id], ReceivablesTotal.of),
    )
