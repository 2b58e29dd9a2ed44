"""Opening the books: what documents and payments said before there was a ledger becomes its first entries.

Balances stay what they were. What is paid of a document without a payment that says so is an entry of its own, and so
is what is credited without a credit note. Ids follow from the records, so that every machine gets the same.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CURRENCIES = """
update payment p set currency = d.currency, exchange_rate = d.exchange_rate
from sales_document d
where d.company_id = p.company_id and d.id = p.sales_document_id and d.currency <> p.currency
"""

# One insert of everything: what follows from the ledger is derived when all of it is there.
OPEN = """
create or replace function ficha_open_ledger(company uuid) returns void
    language plpgsql set search_path = public, pg_temp
    as $$
    declare
        zone constant text := (select c.time_zone from company c where c.id = company);
    begin
        create temporary table charged on commit drop as
        select d.* from sales_document d
        where d.company_id = company and d.type in ('SALES_NOTE', 'INVOICE') and d.total > 0
            and (d.state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID', 'PAID')
                or d.state = 'CONVERTED' and d.paid + d.credited = d.total)
            and not exists (
                select from ledger_entry l
                where l.company_id = company and l.client_id = d.client_id and l.sales_document_id = d.id
            );
        create temporary table paid_before on commit drop as
        select p.*, md5('payment' || p.id)::uuid as entry_id from payment p
        join charged d on d.id = p.sales_document_id
        where p.company_id = company;
        create temporary table credited_before on commit drop as
        select n.*, md5('credit note' || n.id)::uuid as application_id from sales_document n
        join charged d on d.id = n.origin_id and d.type = 'INVOICE' and d.currency = n.currency
        where n.company_id = company and n.type = 'CREDIT_NOTE' and n.state in ('STAMPED', 'SENT') and n.credited > 0;

        insert into application (company_id, id, client_id, payment_id, credit_note_id, sales_document_id, amount,
            source_amount, applied_on, applied_by_id, created_at, updated_at)
        select company, p.entry_id, p.client_id, p.id, null, p.sales_document_id, p.amount,
            p.amount, (p.paid_at at time zone zone)::date, p.registered_by_id, p.paid_at, p.paid_at
        from paid_before p where p.reversed_at is null
        union all
        select company, n.application_id, n.client_id, null, n.id, n.origin_id, n.credited,
            n.credited, (n.issued_at at time zone zone)::date, n.issued_by_id, n.issued_at, n.issued_at
        from credited_before n;

        insert into ledger_entry (company_id, id, client_id, kind, currency, exchange_rate, amount, effective_on,
            recorded_at, actor_id, sales_document_id, payment_id, credit_note_id, application_id, reverses_id)
        select company,
            coalesce(e.id, md5(concat_ws(' ', e.kind, e.sales_document_id, e.payment_id, e.credit_note_id, e.reverses_id,
                sign(e.amount)))::uuid),
            e.client_id, e.kind, e.currency, e.exchange_rate, e.amount,
            (e.at at time zone zone)::date, e.at, e.actor_id, e.sales_document_id, e.payment_id, e.credit_note_id,
            e.application_id, e.reverses_id
        from (
            select null::uuid as id, d.client_id, 'CHARGE' as kind, d.currency, d.exchange_rate, d.total as amount,
                d.issued_at as at, d.issued_by_id as actor_id, d.id as sales_document_id, null::uuid as payment_id,
                null::uuid as credit_note_id, null::uuid as application_id, null::uuid as reverses_id
            from charged d
            union all
            select p.entry_id, p.client_id, 'PAYMENT', p.currency, p.exchange_rate, -p.amount,
                p.paid_at, p.registered_by_id, null, p.id, null, null, null
            from paid_before p
            union all
            select null, p.client_id, 'PAYMENT', p.currency, p.exchange_rate, p.amount,
                greatest(p.reversed_at, p.paid_at), null, null, p.id, null, null, p.entry_id
            from paid_before p where p.reversed_at is not null
            union all
            select null, p.client_id, 'APPLICATION', p.currency, p.exchange_rate, side.sign * p.amount,
                p.paid_at, p.registered_by_id, case side.sign when -1 then p.sales_document_id end, p.id, null,
                p.entry_id, null
            from paid_before p cross join (values (1), (-1)) side (sign) where p.reversed_at is null
            union all
            select null, n.client_id, 'CREDIT', n.currency, n.exchange_rate, -n.credited,
                n.issued_at, n.issued_by_id, null, null, n.id, null, null
            from credited_before n
            union all
            select null, n.client_id, 'APPLICATION', n.currency, n.exchange_rate, side.sign * n.credited,
                n.issued_at, n.issued_by_id, case side.sign when -1 then n.origin_id end, null, n.id,
                n.application_id, null
            from credited_before n cross join (values (1), (-1)) side (sign)
            union all
            select null, d.client_id, 'PAYMENT', d.currency, d.exchange_rate, coalesce(p.amount, 0) - d.paid,
                d.issued_at, null, d.id, null, null, null, null
            from charged d
            left join (
                select sales_document_id, sum(amount) as amount from paid_before where reversed_at is null group by 1
            ) p on p.sales_document_id = d.id
            where d.paid <> coalesce(p.amount, 0)
            union all
            select null, d.client_id, 'ADJUSTMENT', d.currency, d.exchange_rate, coalesce(n.amount, 0) - d.credited,
                d.issued_at, null, d.id, null, null, null, null
            from charged d
            left join (select origin_id, sum(credited) as amount from credited_before group by 1) n
                on n.origin_id = d.id
            where d.credited <> coalesce(n.amount, 0)
        ) e;
        drop table charged, paid_before, credited_before;
    end
    $$;
comment on function ficha_open_ledger is
    'Enters what documents and payments of the company say that the ledger does not have, as when it began.';
revoke execute on function ficha_open_ledger from public;
"""

# What breaks one of these rules is for a person to mend: `ficha check` lists it, and the rule holds for new rows.
VALIDATE = """
do $$
declare
    rule record;
begin
    for rule in
        select conrelid::regclass as of, conname as name from pg_constraint
        where not convalidated and connamespace = 'public'::regnamespace
    loop
        begin
            execute format('alter table %s validate constraint %I', rule.of, rule.name);
        exception when check_violation or foreign_key_violation then
            raise notice 'rows break %: see ficha check', rule.name;
        end;
    end loop;
end $$
"""


INDEXES = {
    "ix_client_balance": "client (company_id, balance, id)",
    "ix_payment_unapplied": (
        "payment (company_id, client_id) where reversed_at is null and applied + refunded < amount"
    ),
    "ix_sales_document_credit_left": (
        "sales_document (company_id, client_id)"
        " where type = 'CREDIT_NOTE' and state in ('STAMPED', 'SENT') and credited + refunded < total"
    ),
}


def upgrade() -> None:
    # First, as what comes before it is committed; nobody waits for it. An attempt that was stopped leaves it invalid.
    with op.get_context().autocommit_block():
        for name, of in INDEXES.items():
            op.execute(f"drop index concurrently if exists {name}")
            op.execute(f"create index concurrently {name} on {of}")
    op.execute(CURRENCIES)
    op.execute(OPEN)
    companies = op.get_bind().scalars(sa.text("select id from company order by id")).all()
    with op.get_context().autocommit_block():  # each company's books by themselves; those that are open stay so
        for company in companies:
            op.get_bind().execute(sa.text("select ficha_open_ledger(:company)"), {"company": company})
    op.execute(VALIDATE)


def downgrade() -> None:
    """The entries go with their table."""
    op.execute("drop function ficha_open_ledger(uuid)")
    for name in INDEXES:
        op.execute(f"drop index {name}")
