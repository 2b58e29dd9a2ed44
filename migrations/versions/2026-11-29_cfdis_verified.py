"""What verifying a CFDI found; when an event was recorded; clients by an RFC that they had.

Revision: 0019, after 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


BATCH = 10_000
"""Events that one transaction fills: it locks their rows alone, and nobody else writes to them."""

# From the primary key's one end to its other; what is there already is passed over, so that it can be run again.
FILL = """
do $$
declare
    company uuid := '00000000-0000-0000-0000-000000000000';
    event uuid := company;
    last_company uuid;
    last_event uuid;
begin
    loop
        select company_id, id into last_company, last_event from (
            select company_id, id from history_event
            where (company_id, id) > (company, event)
            order by company_id, id limit {batch}
        ) batch order by company_id desc, id desc limit 1;
        exit when not found;
        update history_event set recorded_at = occurred_at
        where (company_id, id) > (company, event) and (company_id, id) <= (last_company, last_event)
            and recorded_at is null;
        commit;
        company := last_company;
        event := last_event;
    end loop;
end $$
"""


def upgrade() -> None:
    op.execute("alter table sales_document add column if not exists verification varchar(40)")
    op.execute("alter table sales_document add column if not exists verification_findings text[] default '{}' not null")
    op.execute("alter table sales_document drop constraint if exists ck_sales_document_verification")
    op.execute(
        "alter table sales_document add constraint ck_sales_document_verification"
        " check (verification in ('VERIFIED', 'NOT_CHECKED', 'FAILED')) not valid"
    )
    op.execute("alter table history_event add column if not exists recorded_at timestamptz")
    # What is written from now on has it, while the rest is filled.
    op.execute("alter table history_event alter recorded_at set default now()")
    op.execute("alter table history_event drop constraint if exists recorded")
    op.execute("alter table history_event add constraint recorded check (recorded_at is not null) not valid")
    # Each of these is a transaction of its own, of which none locks a table against readers or writers.
    with op.get_context().autocommit_block():
        op.execute(FILL.format(batch=BATCH))
        op.execute("alter table sales_document validate constraint ck_sales_document_verification")
        op.execute("alter table history_event validate constraint recorded")
        op.execute("drop index concurrently if exists ix_cfdi_profile_rfc")  # of an attempt that was stopped
        op.create_index(
            "ix_cfdi_profile_rfc",
            "cfdi_profile",
            ["company_id", "rfc"],
            postgresql_concurrently=True,
        )
    # At once, as the constraint says that there are none without.
    op.alter_column("history_event", "recorded_at", nullable=False)
    op.execute("alter table history_event drop constraint recorded")


def downgrade() -> None:
    op.drop_index("ix_cfdi_profile_rfc", "cfdi_profile")
    op.drop_column("history_event", "recorded_at")
    op.drop_column("sales_document", "verification_findings")
    op.drop_column("sales_document", "verification")
