"""The count of clients, kept up to date: see docs/adr/0030.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTION = """
create function ficha_tally_client() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        if tg_op = 'INSERT' then
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, count(*) from made where deleted_at is null group by 1, 2, 3;
        elsif tg_op = 'DELETE' then
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, -count(*) from gone where deleted_at is null group by 1, 2, 3;
        else
            insert into client_tally (company_id, kind, owner_id, number)
            select company_id, kind, owner_id, sum(more)
            from (
                select company_id, kind, owner_id, 1 as more from made where deleted_at is null
                union all
                select company_id, kind, owner_id, -1 from gone where deleted_at is null
            ) changed
            group by 1, 2, 3 having sum(more) <> 0;
        end if;
        return null;
    end
    $$
"""

TRIGGERS = {
    "insert": "referencing new table as made",
    "update": "referencing old table as gone new table as made",
    "delete": "referencing old table as gone",
}


def upgrade() -> None:
    op.create_table(
        "client_tally",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('PROSPECT', 'CLIENT')", name=op.f("ck_client_tally_kind")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_client_tally_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_client_tally")),
    )
    op.execute("alter table client_tally enable row level security")
    op.execute(
        "create policy company on client_tally using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, delete on client_tally to ficha_app")
    op.execute(FUNCTION)
    # From here on nobody writes clients until this is committed: none is counted twice or not at all.
    for event, tables in TRIGGERS.items():
        op.execute(
            f"create trigger tally_{event} after {event} on client {tables}"
            " for each statement execute function ficha_tally_client()"
        )
    op.execute("""
        insert into client_tally (company_id, kind, owner_id, number)
        select company_id, kind, owner_id, count(*) from client where deleted_at is null group by 1, 2, 3
    """)


def downgrade() -> None:
    for event in TRIGGERS:
        op.execute(f"drop trigger tally_{event} on client")
    op.execute("drop function ficha_tally_client")
    op.drop_table("client_tally")
