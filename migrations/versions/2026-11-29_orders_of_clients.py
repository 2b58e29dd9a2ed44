"""Clients are listed by kind, owner, state as prospects, RFC, last activity and next follow-up, each by ranges of an index;
when the last activities were and when the next follow-up is, is kept with the client's row.

Revision: 0037, after 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# What one needs to see an activity beside the permission to read clients; null for edits of the client's own data.
PERMISSION = """
create or replace function ficha_activity_permission(kind text) returns text
    language sql immutable parallel safe
    return case
        when kind in (
            'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_MESSAGE',
            'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET',
            'EXTERNAL_OTHER'
        ) then 'clients:read'
        when kind in (
            'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED',
            'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN',
            'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED',
            'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'CREDIT_APPLIED',
            'CREDIT_APPLICATION_UNDONE'
        ) then 'sales:read'
        when kind in ('PAYMENT_RECEIVED', 'CREDIT_REFUNDED') then 'billing:read'
        when kind in ('DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'DEAL_CHANGED')
            then 'deals:read'
        when kind = 'FOLLOW_UP_CHANGED' then 'follow_ups:read'
        when kind = 'DOCUMENT_CHANGED' then 'documents:read'
    end
"""
LAST = {
    "last_client_activity_at": "clients:read",
    "last_sales_activity_at": "sales:read",
    "last_billing_activity_at": "billing:read",
    "last_deal_activity_at": "deals:read",
    "last_follow_up_activity_at": "follow_ups:read",
    "last_document_activity_at": "documents:read",
}
COLUMNS = (*LAST, "next_follow_up_at")


def each(pattern: str, columns: tuple[str, ...] = tuple(LAST)) -> str:
    return ", ".join(pattern.format(column) for column in columns)


NEWEST = ", ".join(f"max(occurred_at) filter (where needs = '{needs}') as {column}" for column, needs in LAST.items())
ADDED = ", ".join(
    f"case needs when '{needs}' then new.occurred_at else c.{column} end" for column, needs in LAST.items()
)
BY_NEED = " ".join(f"when '{needs}' then c.{column}" for column, needs in LAST.items())

# They run as the tables' owner, as the application cannot write what is kept. What is added is compared with what is
# there, a row at a time, as most commands add one event or none that is an activity. Where rows change, the client is locked before all of its rows are read, in a statement of its own: what others
# wrote meanwhile is seen.
ACTIVITY = f"""
create or replace function ficha_newest_activity(company uuid, client uuid)
    returns table ({each("{} timestamptz")})
    language sql stable set search_path = public, pg_temp
    as $$
        select {NEWEST}
        from (
            select e.occurred_at, ficha_activity_permission(e.kind) as needs from history_event e
            where e.company_id = company and e.client_id = client
        ) of_client
    $$;
create or replace function ficha_add_activity() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        needs text := ficha_activity_permission(new.kind);
    begin
        update client c set ({each("{}")}) = row ({ADDED})
        where c.company_id = new.company_id and c.id = new.client_id
            and coalesce(case needs {BY_NEED} end < new.occurred_at, true);
        return null;
    end
    $$;
create or replace function ficha_keep_activity() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select company_id, client_id from (
                (
                    select company_id, client_id, id, kind, occurred_at from before
                    except select company_id, client_id, id, kind, occurred_at from after
                )
                union all
                (
                    select company_id, client_id, id, kind, occurred_at from after
                    except select company_id, client_id, id, kind, occurred_at from before
                )
            ) changed
            group by company_id, client_id order by company_id, client_id
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set ({each("{}")}) = row ({each("n.{}")})
            from ficha_newest_activity(one.company_id, one.client_id) n
            where c.company_id = one.company_id and c.id = one.client_id and ({each("c.{}")}) is distinct from ({each("n.{}")});
        end loop;
        return null;
    end
    $$
"""  # noqa: S608  # our own literals
OPEN = "state in ('PENDING', 'IN_PROGRESS') and deleted_at is null"
NEXT = f"""
create or replace function ficha_next_follow_up(company uuid, client uuid) returns timestamptz
    language sql stable set search_path = public, pg_temp
    return (
        select min(f.starts_at) from follow_up f where f.company_id = company and f.client_id = client and {OPEN}
    );
create or replace function ficha_add_follow_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        update client c set next_follow_up_at = new.starts_at
        where c.company_id = new.company_id and c.id = new.client_id
            and (c.next_follow_up_at is null or c.next_follow_up_at > new.starts_at);
        return null;
    end
    $$;
create or replace function ficha_keep_next_follow_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    declare
        one record;
    begin
        for one in
            select company_id, client_id from (
                (
                    select company_id, client_id, id, starts_at from before where {OPEN}
                    except select company_id, client_id, id, starts_at from after where {OPEN}
                )
                union all
                (
                    select company_id, client_id, id, starts_at from after where {OPEN}
                    except select company_id, client_id, id, starts_at from before where {OPEN}
                )
            ) changed
            group by company_id, client_id order by company_id, client_id
        loop
            perform from client c where c.company_id = one.company_id and c.id = one.client_id for no key update;
            update client c set next_follow_up_at = n.starts_at
            from (select ficha_next_follow_up(one.company_id, one.client_id) as starts_at) n
            where c.company_id = one.company_id and c.id = one.client_id
                and c.next_follow_up_at is distinct from n.starts_at;
        end loop;
        return null;
    end
    $$
"""  # noqa: S608  # our own literals
ADDING = {
    "history_event": ("ficha_activity_permission(new.kind) is not null", "ficha_add_activity()"),
    "follow_up": ("new.state in ('PENDING', 'IN_PROGRESS') and new.deleted_at is null", "ficha_add_follow_up()"),
}
KEEPING = {"history_event": "ficha_keep_activity()", "follow_up": "ficha_keep_next_follow_up()"}

# What is kept follows from a part whose own write moves the revision.
COUNT = """
create or replace trigger revision before update on client for each row {when} execute function ficha_count_revision()
"""
RENEWED = ("overdue_cents", "overdue_after", "overdue_until")


def same(*columns: str) -> str:
    """The condition under which a change of a client is one of its revision."""
    return f"when (({each('old.{}', columns)}) is not distinct from ({each('new.{}', columns)}))"


DERIVED = """
create or replace trigger tg_client_derived before insert on client for each row
    when (current_user = 'ficha_app' and ({written})) execute function ficha_refuse()
"""
WRITTEN = {
    **dict.fromkeys(("balance", "balance_cents", "credit_balance", "overdue_cents"), "<> 0"),
    **dict.fromkeys(("overdue_after", "overdue_until"), "is not null"),
}


def written(columns: dict[str, str]) -> str:
    """The condition under which a new client states what only the database derives."""
    return " or ".join(f"new.{column} {columns[column]}" for column in sorted(columns))


BATCH = 500
"""Clients that one transaction fills: it locks their rows alone."""

# From the primary key's one end to its other; what is there already is passed over, so that it can be run again.
FILL = f"""
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
            order by company_id, id limit {BATCH}
        ) batch order by company_id desc, id desc limit 1;
        exit when not found;
        perform from client c
        where (c.company_id, c.id) > (company, client_) and (c.company_id, c.id) <= (last_company, last_client)
        order by c.company_id, c.id for no key update;
        update client c set ({each("{}", COLUMNS)}) = row ({each("s.{}", COLUMNS)})
        from (
            select k.company_id, k.id, n.*, ficha_next_follow_up(k.company_id, k.id) as next_follow_up_at
            from client k cross join lateral ficha_newest_activity(k.company_id, k.id) n
            where (k.company_id, k.id) > (company, client_) and (k.company_id, k.id) <= (last_company, last_client)
        ) s
        where c.company_id = s.company_id and c.id = s.id
            and ({each("c.{}", COLUMNS)}) is distinct from ({each("s.{}", COLUMNS)});
        commit;
        company := last_company;
        client_ := last_client;
    end loop;
end $$
"""  # noqa: S608  # our own literals

UNBILLED = tuple(column for column in LAST if column != "last_billing_activity_at")
INDEXES = {
    "ix_client_kind": "client (company_id, kind, id)",
    "ix_client_owner_id": "client (company_id, owner_id, id)",
    "ix_client_prospect_state_id": "client (company_id, prospect_state_id, id)",
    "ix_client_last_activity": f"client (company_id, greatest({each('{}')}), id)",
    "ix_client_last_unbilled_activity": f"client (company_id, greatest({each('{}', UNBILLED)}), id)",
    "ix_client_next_follow_up": "client (company_id, next_follow_up_at, id)",
}
FORMER = {
    "ix_client_prospect_state": "client (company_id, prospect_state_id) where prospect_state_id is not null",
    "ix_client_rfc_last": "client (company_id, rfc desc nulls last, id desc)",
}


def replace(former: dict[str, str], indexes: dict[str, str]) -> None:
    """Builds indexes beside writers, outside of any transaction, and drops those that they replace."""
    for name, of in indexes.items():
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
        op.execute(f"create index concurrently {name} on {of}")
    for name in former:
        op.execute(f"drop index concurrently if exists {name}")


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"alter table client add column if not exists {column} timestamptz")
    for function in (PERMISSION, ACTIVITY, NEXT):
        op.execute(function)
    for table, (when, function) in ADDING.items():
        op.execute(f"revoke execute on function {function} from public")
        op.execute(
            f"create or replace trigger kept_insert after insert on {table} for each row"
            f" when ({when}) execute function {function}"
        )
    for table, function in KEEPING.items():
        op.execute(f"revoke execute on function {function} from public")
        op.execute(
            f"create or replace trigger kept_update after update on {table}"
            " referencing old table as before new table as after"
            f" for each statement execute function {function}"
        )
    op.execute(COUNT.format(when=same(*RENEWED, *COLUMNS)))
    op.execute(DERIVED.format(written=written(WRITTEN | dict.fromkeys(COLUMNS, "is not null"))))
    # What is written from now on keeps them, while the rest is filled.
    with op.get_context().autocommit_block():
        op.execute(FILL)
        replace(FORMER, INDEXES)
        op.execute("analyze client")  # what is there of the indexed expressions


def downgrade() -> None:
    with op.get_context().autocommit_block():
        replace(INDEXES, FORMER)
    for table in KEEPING:
        for event in ("insert", "update"):
            op.execute(f"drop trigger kept_{event} on {table}")
    for function in (
        *KEEPING.values(),
        "ficha_add_activity()",
        "ficha_add_follow_up()",
        "ficha_newest_activity(uuid, uuid)",
        "ficha_next_follow_up(uuid, uuid)",
        "ficha_activity_permission(text)",
    ):
        op.execute(f"drop function {function}")
    op.execute(COUNT.format(when=same(*RENEWED)))
    op.execute(DERIVED.format(written=written(WRITTEN)))
    for column in COLUMNS:
        op.drop_column("client", column)
