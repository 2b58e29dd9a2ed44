"""The first due date of what a client owes, kept with its row: lists by what is overdue begin there.

Revision: 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN = "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
"""What is owed, as the index has it."""

# Runs as the tables' owner, as the application cannot write it. The client is locked before its documents are read, in
# a statement of its own: what others wrote meanwhile is seen. A document is added as a draft, which is not owed.
KEEP = """
create function ficha_keep_first_due() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select d.company_id, d.client_id
            from (select * from before union all select * from after) d
            where d.type in ('SALES_NOTE', 'INVOICE') and d.state <> 'DRAFT' and d.due_on is not null
            group by 1, 2 order by 1, 2
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set first_due_on = s.due_on
            from (select ficha_first_due(one.company_id, one.client_id) as due_on) s
            where c.company_id = one.company_id and c.id = one.client_id and c.first_due_on is distinct from s.due_on;
        end loop;
        return null;
    end
    $$
"""
# What is less than half a cent in the company's currency is nothing there.
FIRST = f"""
create function ficha_first_due(company uuid, client uuid) returns date
    language sql stable set search_path = public, pg_temp
    return (
        select min(d.due_on) from sales_document d
        where d.company_id = $1 and d.client_id = $2 and {OPEN}
            and round((d.total - d.paid - d.credited) * d.exchange_rate, 2) > 0
    )
"""  # noqa: S608  # our own literals
TRIGGER = """
create trigger due after update on sales_document referencing old table as before new table as after
    for each statement execute function ficha_keep_first_due()
"""

BATCH = 2_000
"""Clients that one transaction fills: it locks their rows alone, for some 50 ms."""

# From the primary key's one end to its other; what is there already is passed over, so that it can be run again.
FILL = """
do $$
declare
    company uuid := '00000000-0000-0000-0000-000000000000';
    client_ uuid := company;
    last_company uuid;
    last_client uuid;
begin
    loop
        select company_id, id into last_company, last_client from (
            select company_id, id from client
            where (company_id, id) > (company, client_)
            order by company_id, id limit {batch}
        ) batch order by company_id desc, id desc limit 1;
        exit when not found;
        perform from client c
        where (c.company_id, c.id) > (company, client_) and (c.company_id, c.id) <= (last_company, last_client)
        order by c.company_id, c.id for no key update;
        update client c set first_due_on = s.due_on
        from (
            select k.company_id, k.id, ficha_first_due(k.company_id, k.id) as due_on from client k
            where (k.company_id, k.id) > (company, client_) and (k.company_id, k.id) <= (last_company, last_client)
        ) s
        where c.company_id = s.company_id and c.id = s.id and c.first_due_on is distinct from s.due_on;
        commit;
        company := last_company;
        client_ := last_client;
    end loop;
end $$
"""

INDEXES = {
    "ix_client_first_due_on": ("client (company_id, first_due_on) include (deleted_at) where first_due_on is not null"),
    "ix_client_owed": "client (company_id, (balance + credit_balance))",
}
ITEMS = {
    "ix_sales_document_open": (
        f"sales_document (company_id, client_id, due_on) include (total, paid, credited, exchange_rate) where {OPEN}"
    ),
}
FORMER = {
    "ix_sales_document_owed": (
        f"sales_document (company_id, client_id) include (due_on, total, paid, credited, exchange_rate) where {OPEN}"
    ),
    "ix_sales_document_due": (
        f"sales_document (company_id, due_on) include (client_id, total, paid, credited, exchange_rate) where {OPEN}"
    ),
}
DERIVED = """
create or replace trigger tg_client_derived before insert on client for each row
    when (current_user = 'ficha_app' and ({written})) execute function ficha_refuse()
"""


def build(indexes: dict[str, str]) -> None:
    """Builds them beside writers, outside of any transaction."""
    for name, of in indexes.items():
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
        op.execute(f"create index concurrently {name} on {of}")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        build(ITEMS)
    op.execute("alter table client add column if not exists first_due_on date")
    for function in ("ficha_keep_first_due()", "ficha_first_due(uuid, uuid)"):
        op.execute(f"drop function if exists {function} cascade")
    op.execute(FIRST)
    op.execute(KEEP)
    op.execute("revoke execute on function ficha_keep_first_due() from public")
    op.execute(TRIGGER)
    op.execute(DERIVED.format(written="new.balance <> 0 or new.credit_balance <> 0 or new.first_due_on is not null"))
    # What is written from now on keeps it, while the rest is filled.
    with op.get_context().autocommit_block():
        op.execute(FILL.format(batch=BATCH))
        build(INDEXES)
        for name in FORMER:
            op.execute(f"drop index concurrently if exists {name}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        build(FORMER)
    op.execute("drop trigger due on sales_document")
    op.execute("drop function ficha_keep_first_due()")
    op.execute("drop function ficha_first_due(uuid, uuid)")
    op.execute(DERIVED.format(written="new.balance <> 0 or new.credit_balance <> 0"))
    op.drop_column("client", "first_due_on")
    for name in ("ix_client_owed", "ix_sales_document_open"):
        op.execute(f"drop index {name}")
