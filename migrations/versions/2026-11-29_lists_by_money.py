"""Lists by money read an index: a client's row keeps its balance in cents, and what is overdue with the days for which
that holds.

Revision: 0036, after 0035
"""

from alembic import context, op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OPEN = "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
"""What is owed, as the index has it."""

CENTS = """
create function ficha_keep_cents() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        new.balance_cents := new.balance * 100;
        return new;
    end
    $$
"""
# An amount of any day is right for the days that it says. So it does no harm where PostgreSQL's time zones are others
# than those of the application, or lack the company's.
TODAY = """
create function ficha_today(company uuid) returns date
    language plpgsql stable set search_path = public, pg_temp
    as $$
    begin
        return (select now() at time zone c.time_zone from company c where c.id = $1);
    exception when invalid_parameter_value then
        return now() at time zone 'UTC';
    end
    $$
"""
# What is less than half a cent in the company's currency is nothing there.
OVERDUE = f"""
create function ficha_overdue(company uuid, client uuid, today date, out cents bigint, out after date, out until date)
    language sql stable set search_path = public, pg_temp
    as $$
    select coalesce(sum(d.owed) filter (where d.due_on < $3), 0) * 100,
        max(d.due_on) filter (where d.due_on < $3), min(d.due_on) filter (where d.due_on >= $3)
    from (
        select due_on, round((total - paid - credited) * exchange_rate, 2) as owed from sales_document
        where company_id = $1 and client_id = $2 and {OPEN} and due_on is not null
    ) d
    where d.owed > 0
    $$
"""  # noqa: S608  # our own literals
# Runs as the tables' owner, as the application cannot write it. The client is locked before its documents are read, in
# a statement of its own: what others wrote meanwhile is seen. A document is added as a draft, which is not owed.
KEEP = """
create function ficha_keep_overdue() returns trigger
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
            update client c set overdue_cents = s.cents, overdue_after = s.after, overdue_until = s.until
            from ficha_overdue(one.company_id, one.client_id, ficha_today(one.company_id)) s
            where c.company_id = one.company_id and c.id = one.client_id
                and (c.overdue_cents, c.overdue_after, c.overdue_until) is distinct from (s.cents, s.after, s.until);
        end loop;
        return null;
    end
    $$
"""
# For no viewer: it goes through all companies as the tables' owner, and tells a number alone. Rows that somebody is
# writing are left to them, and to the next time.
RENEW = """
create function ficha_renew_overdue(most integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
        ids uuid[];
        done integer := 0;
    begin
        for one in select c.id, ficha_today(c.id) as day from company c order by c.id loop
            ids := array(
                select c.id from client c where c.company_id = one.id and c.overdue_until < one.day
                order by c.overdue_until limit most - done for no key update skip locked
            );
            continue when ids = '{}';
            update client c set overdue_cents = s.cents, overdue_after = s.after, overdue_until = s.until
            from unnest(ids) lapsed (id) cross join lateral ficha_overdue(one.id, lapsed.id, one.day) s
            where c.company_id = one.id and c.id = lapsed.id;
            done := done + cardinality(ids);
            exit when done >= most;
        end loop;
        return done;
    end
    $$;
revoke execute on function ficha_renew_overdue from public;
grant execute on function ficha_renew_overdue to ficha_app;
comment on function ficha_renew_overdue is 'Renews so many overdue amounts whose days have passed; returns how many.'
"""
TRIGGERS = """
create or replace trigger cents before insert or update of balance on client for each row
    execute function ficha_keep_cents();
create or replace trigger overdue after update on sales_document referencing old table as before new table as after
    for each statement execute function ficha_keep_overdue();
create or replace trigger tg_client_derived before insert on client for each row
    when (current_user = 'ficha_app' and (
        new.balance <> 0 or new.balance_cents <> 0 or new.credit_balance <> 0 or new.overdue_after is not null
        or new.overdue_cents <> 0 or new.overdue_until is not null
    ))
    execute function ficha_refuse();
create or replace trigger revision before update on client for each row
    when (
        (old.overdue_cents, old.overdue_after, old.overdue_until)
            is not distinct from (new.overdue_cents, new.overdue_after, new.overdue_until)
    )
    execute function ficha_count_revision()
"""
"""A revision does not count that a day has passed."""

COLUMNS = {
    "balance_cents": "bigint not null default 0",
    "overdue_cents": "bigint not null default 0",
    "overdue_after": "date",
    "overdue_until": "date",
}

BATCH = 2_000
"""Clients that one transaction fills: it locks their rows alone."""

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
        update client c set balance_cents = c.balance * 100, overdue_cents = s.cents, overdue_after = s.after,
            overdue_until = s.until
        from (
            select k.company_id, k.id, o.*
            from client k cross join lateral ficha_overdue(k.company_id, k.id, ficha_today(k.company_id)) o
            where (k.company_id, k.id) > (company, client_) and (k.company_id, k.id) <= (last_company, last_client)
        ) s
        where c.company_id = s.company_id and c.id = s.id
            and (c.balance_cents, c.overdue_cents, c.overdue_after, c.overdue_until)
                is distinct from (c.balance * 100, s.cents, s.after, s.until);
        commit;
        company := last_company;
        client_ := last_client;
    end loop;
end $$
"""

INDEXES = {
    "ix_client_balance_cents": "client (company_id, balance_cents, id) include (deleted_at)",
    "ix_client_overdue_cents": (
        "client (company_id, overdue_cents, id) include (overdue_after, overdue_until, deleted_at)"
    ),
    "ix_client_overdue_after": "client (company_id, overdue_after, id) where overdue_after is not null",
    "ix_client_overdue_until": "client (company_id, overdue_until, id) where overdue_until is not null",
}
FORMER = {"ix_client_balance": "client (company_id, balance, id)"}
FUNCTIONS = (
    "ficha_keep_cents()",
    "ficha_keep_overdue()",
    "ficha_renew_overdue(integer)",
    "ficha_overdue(uuid, uuid, date)",
    "ficha_today(uuid)",
)


def build(indexes: dict[str, str]) -> None:
    """Builds them beside writers, outside of any transaction."""
    for name, of in indexes.items():
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
        op.execute(f"create index concurrently {name} on {of}")


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.execute(f"alter table client add column if not exists {name} {kind}")
    for function in FUNCTIONS:
        op.execute(f"drop function if exists {function} cascade")
    for function in (CENTS, TODAY, OVERDUE, KEEP, RENEW):
        op.execute(function)
    op.execute("revoke execute on function ficha_keep_overdue() from public")
    op.execute(TRIGGERS)
    # What is written from now on keeps them, while the rest is filled.
    with op.get_context().autocommit_block():
        op.execute(FILL.format(batch=BATCH))
        build(INDEXES)
        for name in (*FORMER, "ix_client_owed", "ix_client_first_due_on"):
            op.execute(f"drop index concurrently if exists {name}")
    op.execute("alter table client drop constraint if exists ck_client_balance_cents")
    op.execute(
        "alter table client add constraint ck_client_balance_cents check (balance_cents = balance * 100) not valid"
    )
    with op.get_context().autocommit_block():
        op.execute("alter table client validate constraint ck_client_balance_cents")
    op.execute("drop trigger if exists due on sales_document")
    op.execute("drop function if exists ficha_keep_first_due()")
    op.execute("drop function if exists ficha_first_due(uuid, uuid)")
    op.execute("alter table client drop column if exists first_due_on")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        build(FORMER)
    context.script.get_revision("0026").module.upgrade()
    op.execute(
        "create or replace trigger revision before update on client for each row"
        " execute function ficha_count_revision()"
    )
    for function in FUNCTIONS:
        op.execute(f"drop function {function} cascade")
    for name in COLUMNS:
        op.drop_column("client", name)
