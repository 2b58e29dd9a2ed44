"""Recomputes from the ledger all that follows from it, and what clients' rows keep of the history and the follow-ups,
and tells what the database has otherwise.

One statement for each column, of sums grouped by PostgreSQL: nothing but a count and the first ids of each company
reaches this process. The statements are the rules of `models.ledger` written a second time, apart from the function
`ficha_post` that derives the columns: what that does wrong is found too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import psycopg

from models.client import LAST_ACTIVITY
from models.history import HistoryEventKind, activity_permission
from models.viewer import Permission

FIRST = 5
"""How many ids a finding names."""

_DOCUMENT_SUMS = """
select d.*,
    coalesce(e.paid, 0) as paid_sum, coalesce(n.applied, e.credited, 0) as credited_sum,
    coalesce(n.refunded, 0) as refunded_sum
from sales_document d
left join (
    select company_id, sales_document_id,
        -coalesce(sum(amount) filter (where kind = 'PAYMENT' or kind = 'APPLICATION' and payment_id is not null), 0)
            as paid,
        -coalesce(
            sum(amount) filter (where kind = 'ADJUSTMENT' or kind = 'APPLICATION' and credit_note_id is not null), 0
        ) as credited
    from ledger_entry where sales_document_id is not null group by 1, 2
) e on e.company_id = d.company_id and e.sales_document_id = d.id
left join (
    select company_id, credit_note_id,
        coalesce(sum(amount) filter (where kind = 'APPLICATION'), 0) as applied,
        coalesce(sum(amount) filter (where kind = 'REFUND'), 0) as refunded
    from ledger_entry where sales_document_id is null and credit_note_id is not null group by 1, 2
) n on d.type = 'CREDIT_NOTE' and n.company_id = d.company_id and n.credit_note_id = d.id
"""
_PAYMENT_SUMS = """
select p.*, coalesce(e.applied, 0) as applied_sum, coalesce(e.refunded, 0) as refunded_sum
from payment p
left join (
    select company_id, payment_id,
        coalesce(sum(amount) filter (where kind = 'APPLICATION'), 0) as applied,
        coalesce(sum(amount) filter (where kind = 'REFUND'), 0) as refunded
    from ledger_entry where sales_document_id is null and payment_id is not null group by 1, 2
) e on e.company_id = p.company_id and e.payment_id = p.id
"""
# In the company's currency each document, payment and credit note is rounded by itself.
_CLIENT_SUMS = """
select c.*, coalesce(e.balance, 0) as balance_sum, coalesce(e.credit, 0) as credit_sum
from client c
left join (
    select company_id, client_id, sum(amount) as balance, -coalesce(sum(amount) filter (where not owed), 0) as credit
    from (
        select company_id, client_id, sales_document_id is not null as owed,
            round(sum(amount) * exchange_rate, 2) as amount
        from ledger_entry
        group by company_id, client_id, sales_document_id is not null,
            coalesce(sales_document_id, payment_id, credit_note_id), exchange_rate
    ) of_each
    group by 1, 2
) e on e.company_id = c.company_id and e.client_id = c.id
"""
# Whatever the day for which it is kept, the last of what is overdue then and the first of what is not are due dates.
_OVERDUE = """
select c.*, coalesce(e.overdue, 0) as overdue_sum, e.last_day, e.next_day
from client c
left join (
    select l.company_id, l.client_id, sum(l.amount) filter (where d.due_on <= k.overdue_after) as overdue,
        max(d.due_on) filter (where d.due_on <= k.overdue_after) as last_day,
        min(d.due_on) filter (where k.overdue_after is null or d.due_on > k.overdue_after) as next_day
    from (
        select company_id, client_id, sales_document_id, round(sum(amount) * exchange_rate, 2) as amount
        from ledger_entry where sales_document_id is not null
        group by company_id, client_id, sales_document_id, exchange_rate
        having round(sum(amount) * exchange_rate, 2) > 0
    ) l
    join sales_document d on d.company_id = l.company_id and d.id = l.sales_document_id
    join client k on k.company_id = l.company_id and k.id = l.client_id
    group by 1, 2
) e on e.company_id = c.company_id and e.client_id = c.id
"""


def _kinds(permission: Permission) -> str:
    return ", ".join(repr(kind.value) for kind in HistoryEventKind if activity_permission(kind) is permission)


_NEWEST: Final = {
    column: f"max(occurred_at) filter (where kind in ({_kinds(of)}))" for of, column in LAST_ACTIVITY.items()
}
_ACTIVITY = f"""
select c.*, {", ".join(f"e.{column} as newest_{place}" for place, column in enumerate(_NEWEST))}
from client c
left join (
    select company_id, client_id, {", ".join(f"{newest} as {column}" for column, newest in _NEWEST.items())}
    from history_event group by 1, 2
) e on e.company_id = c.company_id and e.client_id = c.id
"""  # noqa: S608  # our own names
_ACTIVITY_DIFFERS = " or ".join(f"{column} is distinct from newest_{place}" for place, column in enumerate(_NEWEST))
_NEXT = """
select c.*, f.starts_at
from client c
left join (
    select company_id, client_id, min(starts_at) as starts_at from follow_up
    where state not in ('DONE', 'CANCELLED') and deleted_at is null group by 1, 2
) f on f.company_id = c.company_id and f.client_id = c.id
"""
# Two sides: what is taken from the payment or the credit note, and what it is worth on the document.
_APPLICATION_SUMS = """
select a.*, coalesce(e.source, 0) as source_sum, coalesce(e.document, 0) as document_sum
from application a
left join (
    select company_id, application_id, sum(amount) filter (where sales_document_id is null) as source,
        -sum(amount) filter (where sales_document_id is not null) as document
    from ledger_entry where application_id is not null group by 1, 2
) e on e.company_id = a.company_id and e.application_id = a.id
"""
_STATE = """
not (state in ('DRAFT', 'CONVERTED', 'CANCELLED') or type not in ('SALES_NOTE', 'INVOICE')) and state <> case
    when paid_sum + credited_sum = total and total > 0 then 'PAID'
    when paid_sum > 0 then 'PARTIALLY_PAID'
    when state = 'PARTIALLY_PAID' or state = 'PAID' and total > 0 then 'SENT'
    else state
end
"""

# As the days ended: an entry of an earlier day may have been recorded later.
_PAST = f"""
with changes as (
    select company_id, coalesce(sales_document_id, payment_id, credit_note_id) as id,
        sales_document_id is not null as owed, sales_document_id is null and payment_id is not null as is_payment,
        effective_on, sum(amount) as amount
    from ledger_entry group by 1, 2, 3, 4, 5
),
sums as (
    select *, sum(case when owed then amount else -amount end)
        over (partition by company_id, id, owed order by effective_on) as there
    from changes
),
firsts as (
    select distinct on (company_id, id, owed) * from sums where there < 0 order by company_id, id, owed, effective_on
),
placed as (select *, row_number() over (partition by company_id order by id) as place from firsts)
select company.name, company.id, count(*),
    string_agg(
        case when is_payment then 'pay_' else 'doc_' end || placed.id || ' on ' || effective_on || ' (' || there || ')',
        ', ' order by place
    ) filter (where place <= {FIRST})
from placed join company on company.id = placed.company_id
group by company.id, company.name order by company.name, company.id
"""  # noqa: S608  # a number of ours


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the ledger, or another source: a column, or several of one kind, of which rows, and when it
    differs from its sum."""

    name: str
    prefix: str
    rows: str
    differs: str
    source: str = "ledger"


DERIVED = (
    Derived("client.balance", "cli", _CLIENT_SUMS, "balance <> balance_sum"),
    Derived("client.credit_balance", "cli", _CLIENT_SUMS, "credit_balance <> credit_sum"),
    Derived("client.overdue_cents", "cli", _OVERDUE, "overdue_cents <> overdue_sum * 100"),
    Derived("client.overdue_after", "cli", _OVERDUE, "overdue_after is distinct from last_day"),
    Derived("client.overdue_until", "cli", _OVERDUE, "overdue_until is distinct from next_day"),
    Derived("client.last_activity", "cli", _ACTIVITY, _ACTIVITY_DIFFERS, "history"),
    Derived(
        "client.next_follow_up_at", "cli", _NEXT, "next_follow_up_at is distinct from starts_at", "list of follow-ups"
    ),
    Derived("sales_document.paid", "doc", _DOCUMENT_SUMS, "paid <> paid_sum"),
    Derived("sales_document.credited", "doc", _DOCUMENT_SUMS, "credited <> credited_sum"),
    Derived("sales_document.refunded", "doc", _DOCUMENT_SUMS, "refunded <> refunded_sum"),
    Derived("sales_document.state", "doc", _DOCUMENT_SUMS, _STATE),
    Derived("payment.applied", "pay", _PAYMENT_SUMS, "applied <> applied_sum"),
    Derived("payment.refunded", "pay", _PAYMENT_SUMS, "refunded <> refunded_sum"),
    Derived(
        "application.amount",
        "app",
        _APPLICATION_SUMS,
        "document_sum <> case when undone_at is null then amount else 0 end",
    ),
    Derived(
        "application.source_amount",
        "app",
        _APPLICATION_SUMS,
        "source_sum <> case when undone_at is null then source_amount else 0 end",
    ),
)


def ledger_findings(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """One line for each column and company in which it differs from its source: how many rows, and the first ids; and
    one for each company in which less than nothing was owed or left of something on a day."""
    for derived in DERIVED:
        query = f"""
            with differing as (
                select company_id, id, row_number() over (partition by company_id order by id) as place
                from ({derived.rows}) derived where {derived.differs}
            )
            select company.name, company.id, count(*),
                string_agg('{derived.prefix}_' || differing.id, ', ' order by place) filter (where place <= {FIRST})
            from differing join company on company.id = differing.company_id
            group by company.id, company.name order by company.name, company.id
        """  # noqa: S608  # our own texts
        for name, company, number, ids in connection.execute(query.encode()).fetchall():
            more = ", …" if isinstance(number, int) and number > FIRST else ""
            yield (
                f"{name} (com_{company}): {derived.name} of {number} records is not what the {derived.source} says, as"
                f" {ids}{more}."
                f" The {derived.source} is right: look for what wrote the column, and correct it as the database's"
                " owner."
            )
    for name, company, number, records in connection.execute(_PAST.encode()).fetchall():
        more = ", …" if isinstance(number, int) and number > FIRST else ""
        yield (
            f"{name} (com_{company}): of {number} records less than nothing was owed or left on a day, the first time"
            f" as {records}{more}."
            " Statements of those days show it: look for what was applied, reversed or refunded before its day, and"
            " correct the day as the database's owner."
        )
