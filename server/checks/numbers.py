"""Numbers that are given out in turn: folios, the keys of follow-ups, places in a list. And what is kept for lists: the
count of clients, and the words of their notes."""

from typing import Final

from domain.follow_up import SEQUENCE
from models.audit import AuditEventKind
from models.guards import PLACED
from server.checks.rule import Rule

# The number after the last one counts as one that is there: a gap may be at the end. Numbers that an administrator
# skipped are in the audit log; of a series that was numbered elsewhere before, as of any that begins later, too.
_FOLIOS = f"""
with numbers as (
    select company_id, type::text, series, number::bigint from sales_document
    union all select company_id, type::text, series, last_number + 1 from folio_series
),
gaps as (
    select *, lag(number, 1, 0::bigint) over (partition by company_id, type, series order by number) as before
    from numbers
)
select g.company_id, series || '-' || before + 1 || case when number > before + 2 then ' to ' || number - 1 else '' end
    as record
from gaps g
where number > before + 1 and not exists (
    select from audit_event e
    where e.company_id = g.company_id and e.kind = '{AuditEventKind.COMPANY_CHANGED}'
        and (e.details #>> '{{folio_series,type}}', e.details #>> '{{folio_series,series}}') = (g.type, g.series)
        and (e.details #>> '{{folio_series,next_number}}')::bigint = g.number
)
"""  # noqa: S608  # our own literals
# With an erased client its follow-ups went, and their keys.
_KEYS = f"""
with numbers as (
    select company_id, number::bigint from follow_up
    union all select company_id, value + 1 from company_sequence where name = '{SEQUENCE}'
),
gaps as (select *, lag(number, 1, 0::bigint) over (partition by company_id order by number) as before from numbers)
select g.company_id, (before + 1)::text as record from gaps g
where number > before + 1 and not exists (
    select from tombstone t where t.company_id = g.company_id and t.type = 'client'
)
"""  # noqa: S608  # our own literals
_TALLIES = """
select coalesce(t.company_id, c.company_id) as company_id,
    concat_ws(' ', coalesce(t.kind, c.kind), 'of', coalesce('col_' || coalesce(t.owner_id, c.owner_id), 'nobody'))
        || format(' (%s instead of %s)', coalesce(t.number, 0), coalesce(c.number, 0)) as record
from (select company_id, kind::text, owner_id, sum(number) as number from client_tally group by 1, 2, 3) t
full join (
    select company_id, kind::text, owner_id, count(*) as number from client where deleted_at is null group by 1, 2, 3
) c on (c.company_id, c.kind) = (t.company_id, t.kind) and c.owner_id is not distinct from t.owner_id
where coalesce(t.number, 0) <> coalesce(c.number, 0)
"""

NUMBERS: Final = (
    Rule(
        "a folio is missing that was neither given to a document nor skipped by an administrator",
        _FOLIOS,
        "Documents are never deleted: look for them in a backup.",
    ),
    Rule(
        "a document is of a series that the company does not have",
        """
        select d.company_id, 'doc_' || d.id as record from sales_document d
        where not exists (
            select from folio_series s where (s.company_id, s.type, s.series) = (d.company_id, d.type, d.series)
        )
        """,
        "Add the series (createFolioSeries), to go on behind its last number.",
    ),
    Rule(
        "a key of a follow-up is missing that was given out",
        _KEYS,
        "Follow-ups are never deleted for good: look for them in a backup.",
    ),
    Rule(
        "the sequence of follow-ups goes on behind a key that it gave out",
        f"""
        select f.company_id, max(f.number)::text as record from follow_up f
        left join company_sequence s on s.company_id = f.company_id and s.name = '{SEQUENCE}'
        group by f.company_id having max(f.number) > coalesce(max(s.value), 0)
        """,  # noqa: S608  # our own literal
        "Set company_sequence.value to the last key, as the database's owner.",
    ),
    *(
        Rule(
            f"rows of {table} of one client have the same place",
            f"""
            select company_id, min(client_id::text) || ' at ' || position as record from {table}
            where deleted_at is null group by company_id, client_id, position having count(*) > 1
            """,  # noqa: S608  # our own name
            "Put them into an order (reorderContacts, reorderAddresses, reorderBankAccounts).",
        )
        for table in PLACED
    ),
    Rule(
        "the count of clients is not their number",
        _TALLIES,
        "The clients are right: count them anew into client_tally, as the database's owner.",
    ),
    Rule(
        "a client is not found by the words of its note",
        """
        select c.company_id, 'cli_' || c.id as record from client c
        left join client_note n on (n.company_id, n.client_id) = (c.company_id, c.id)
        where coalesce(n.folded, '') <> coalesce(ficha_fold(c.internal_note), '')
        """,
        "The note is right: write its folded words into client_note, as the database's owner.",
    ),
)
