"""What the database refuses of the application in the books: the functions of the triggers on the ledger, on payments
and on what is applied of them. `models.guards` says when they are asked.

That no more is paid, credited, applied or refunded than there is, the CHECKs hold of what `ficha_post` derives from the
entries; that an entry is of no other client, the references do.
"""

from typing import Final

from models.ledger import REVERSED
from models.sales_document import DEBTS

_DEBTS: Final = ", ".join(repr(type_.value) for type_ in DEBTS)
_OF_R, _OF_E = (", ".join(f"{row}.{column}" for column in REVERSED) for row in ("r", "e"))

REFUSED: Final[dict[str, str]] = {
    "ficha_demand_debt": f"""
        exists (
            select from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.sales_document_id
                and d.type not in ({_DEBTS})
        )
    """,  # our own literals
    "ficha_demand_source": """
        not exists (
            select from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.credit_note_id
                and d.type = 'CREDIT_NOTE'
        )
    """,
    "ficha_demand_related": """
        new.uuid is distinct from (
            select d.uuid from sales_document d
            where d.company_id = new.company_id and d.client_id = new.client_id and d.id = new.related_id
        )
    """,
}
"""As `models.guards.REFUSED`."""

TRIGGERS: Final[dict[str, str]] = {
    # Each entry is in the currency of what it counts on and as much as that says, an application has two sides, and a
    # reversal takes back one entry, whole. Entries of a kind that only opening the books makes are only reversed.
    "ficha_demand_entries": f"""
    declare
        own uuid;
        entries ledger_entry[];
        broken text;
    begin
        for own, entries in
            select w.company_id, array_agg(row(w.*)::ledger_entry) from written w group by w.company_id
        loop
            select rule into broken from (
                select 'reversal' as rule
                from unnest(entries) e left join ledger_entry r on r.company_id = own and r.id = e.reverses_id
                where e.reverses_id is not null and (r.reverses_id is not null or ({_OF_R}, r.amount)
                    is distinct from ({_OF_E}, -e.amount))
                union all
                select 'currency'
                from unnest(entries) e
                left join sales_document d on d.company_id = own and d.client_id = e.client_id
                    and d.id = coalesce(e.sales_document_id, e.credit_note_id)
                left join payment p on e.sales_document_id is null and p.company_id = own
                    and p.client_id = e.client_id and p.id = e.payment_id
                where e.reverses_id is null and (e.currency, e.exchange_rate) is distinct from
                    (coalesce(d.currency, p.currency), coalesce(d.exchange_rate, p.exchange_rate))
                union all
                select 'charge'
                from unnest(entries) e join sales_document d
                    on d.company_id = own and d.client_id = e.client_id and d.id = e.sales_document_id
                where e.kind in ('CHARGE', 'ADJUSTMENT') and e.reverses_id is null and (
                    d.type not in ({_DEBTS}) or d.state = 'DRAFT' or (
                        select case e.kind
                            when 'CHARGE' then sum(l.amount) <> d.total
                            else sum(l.amount) not between -d.total and 0
                        end
                        from ledger_entry l
                        where l.company_id = own and l.client_id = e.client_id
                            and l.sales_document_id = e.sales_document_id and l.kind = e.kind
                    )
                )
                union all
                select 'payment'
                from unnest(entries) e left join payment p
                    on p.company_id = own and p.client_id = e.client_id and p.id = e.payment_id
                where e.kind = 'PAYMENT' and e.reverses_id is null and (
                    p.id is null or p.reversed_at is not null or -p.amount is distinct from (
                        select sum(l.amount) from ledger_entry l
                        where l.company_id = own and l.client_id = e.client_id and l.payment_id = e.payment_id
                            and l.kind = 'PAYMENT'
                    )
                )
                union all
                select 'credit'
                from unnest(entries) e join sales_document d
                    on d.company_id = own and d.client_id = e.client_id and d.id = e.credit_note_id
                where e.kind = 'CREDIT' and e.reverses_id is null and (
                    d.type <> 'CREDIT_NOTE' or d.state not in ('STAMPED', 'SENT') or -d.total is distinct from (
                        select sum(l.amount) from ledger_entry l
                        where l.company_id = own and l.client_id = e.client_id
                            and l.credit_note_id = e.credit_note_id and l.kind = 'CREDIT'
                    )
                )
                union all
                select 'refund' from unnest(entries) e
                where e.kind = 'REFUND' and e.reverses_id is null and e.amount < 0
                union all
                select 'application'
                from (select distinct w.client_id, w.application_id from unnest(entries) w) e
                join application a on a.company_id = own and a.client_id = e.client_id and a.id = e.application_id
                where (
                    select (
                        coalesce(sum(l.amount) filter (where l.sales_document_id = a.sales_document_id), 0),
                        coalesce(sum(l.amount) filter (where l.sales_document_id is null), 0),
                        count(*) filter (where
                            (l.payment_id, l.credit_note_id, coalesce(l.sales_document_id, a.sales_document_id))
                            is distinct from (a.payment_id, a.credit_note_id, a.sales_document_id)
                        )
                    ) is distinct from (
                        case when a.undone_at is null then -a.amount else 0 end,
                        case when a.undone_at is null then a.source_amount else 0 end,
                        0::bigint
                    )
                    from ledger_entry l
                    where l.company_id = own and l.client_id = a.client_id and l.application_id = a.id
                )
            ) rules limit 1;
            if broken is not null then
                perform ficha_violation('tg_ledger_entry_' || broken, tg_table_name);
            end if;
        end loop;
        return null;
    end
""",  # noqa: S608  # our own literals
}
"""As `models.guards.TRIGGERS`."""
