"""That the history has what happened to the records, and the records are what the history says of them."""

from typing import Final

from models.deal import DealState
from models.history import HistoryEventKind as Kind
from server.checks.rule import Rule

_MISSING: Final = "Every command writes its event with the change: look for what wrote the record past them."

_DEAL_STATES: Final = {
    Kind.DEAL_CREATED: DealState.OPEN,
    Kind.DEAL_REOPENED: DealState.OPEN,
    Kind.DEAL_WON: DealState.WON,
    Kind.DEAL_LOST: DealState.LOST,
    Kind.DEAL_CLOSED: DealState.CLOSED,
}
"""The state that a deal is in after its last event of these."""
_STATES: Final = " ".join(f"when '{kind}' then '{state}'" for kind, state in _DEAL_STATES.items())
_DEAL_KINDS: Final = ", ".join(f"'{kind}'" for kind in _DEAL_STATES)

_PARTS: Final = {
    "contact": (Kind.CONTACT_CHANGED, "con"),
    "address": (Kind.ADDRESS_CHANGED, "adr"),
    "bank_account": (Kind.BANK_ACCOUNT_CHANGED, "bnk"),
    "follow_up": (Kind.FOLLOW_UP_CHANGED, "seg"),
    "document": (Kind.DOCUMENT_CHANGED, "file"),
}
"""The parts of a client by their tables, the kind of their events, and how their ids begin here."""


def _without_event(table: str, kind: Kind, prefix: str) -> Rule:
    # Events name their subject since a migration: what is older than the company's first one that does is passed over.
    # What came with its client is in the event of that.
    return Rule(
        f"no event of the history is of a row of {table}",
        f"""
        select p.company_id, '{prefix}_' || p.id as record
        from {table} p
        join (
            select company_id, min(recorded_at) as since from history_event
            where kind = '{kind}' and subject_id is not null group by company_id
        ) named on named.company_id = p.company_id and p.created_at >= named.since
        join client c on (c.company_id, c.id) = (p.company_id, p.client_id) and p.created_at > c.created_at
        where not exists (
            select from history_event e
            where (e.company_id, e.kind, e.subject_id) = (p.company_id, '{kind}', p.id)
        )
        """,  # noqa: S608  # our own names
        _MISSING,
    )


def _without_subject(table: str, kind: Kind) -> Rule:
    return Rule(
        f"an event of the history is of a row of {table} that is not there",
        f"""
        select e.company_id, 'evt_' || e.id as record from history_event e
        where e.kind = '{kind}' and e.subject_id is not null
            and not exists (select from {table} p where (p.company_id, p.id) = (e.company_id, e.subject_id))
            and not exists (select from tombstone t where (t.company_id, t.id) = (e.company_id, e.subject_id))
        """,  # noqa: S608  # our own names
        "Only files are removed for good, and leave a tombstone: look for the row in a backup.",
    )


HISTORY: Final = (
    Rule(
        "the history of a client does not say that it was created",
        f"""
        select c.company_id, 'cli_' || c.id as record from client c
        where c.converted_into_id is null and not exists (
            select from history_event e
            where (e.company_id, e.client_id, e.kind) = (c.company_id, c.id, '{Kind.CLIENT_CREATED}')
        )
        """,  # noqa: S608  # our own literal
        _MISSING,
    ),
    Rule(
        "the history of a client does not say that it was a prospect before",
        f"""
        select c.company_id, 'cli_' || c.id as record from client c
        where c.kind = 'CLIENT' and c.converted_at is not null and not exists (
            select from history_event e
            where (e.company_id, e.client_id, e.kind) = (c.company_id, c.id, '{Kind.PROSPECT_CONVERTED}')
        )
        """,  # noqa: S608  # our own literal
        _MISSING,
    ),
    Rule(
        "no event of the history is of a sales document",
        """
        select d.company_id, 'doc_' || d.id as record from sales_document d
        where not exists (
            select from history_event e
            where (e.company_id, e.client_id, e.sales_document_id) = (d.company_id, d.client_id, d.id)
        )
        """,
        _MISSING,
    ),
    Rule(
        "the state of a deal is not that of its history",
        f"""
        select d.company_id, 'deal_' || d.id as record from deal d
        left join lateral (
            select e.kind from history_event e
            where (e.company_id, e.client_id, e.deal_id) = (d.company_id, d.client_id, d.id)
                and e.kind in ({_DEAL_KINDS})
            order by e.recorded_at desc, e.id desc limit 1
        ) last on true
        where d.state is distinct from case last.kind {_STATES} end
        """,  # noqa: S608  # our own literals
        _MISSING,
    ),
    *(_without_event(table, *known) for table, known in _PARTS.items()),
    *(_without_subject(table, kind) for table, (kind, _) in _PARTS.items()),
)
