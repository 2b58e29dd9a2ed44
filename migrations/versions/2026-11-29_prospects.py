"""The state that a prospect is in, prospects that became part of a client, and the default reminders of companies that
were there before there were any.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


KINDS_BEFORE = (
    "'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED',"
    " 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN',"
    " 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED',"
    " 'SALES_DOCUMENT_PAYMENT_REGISTERED',"
    " 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED',"
    " 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED',"
    " 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED'"
)
KINDS = KINDS_BEFORE.replace("'PROSPECT_CONVERTED',", "'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED',")

MOVED = ("history_event", "document_upload")
"""Of whom they are changes where a prospect becomes part of a client; the application may change nothing else of them."""

# Where a company has no state that can be chosen, its prospects have none.
FIRST_STATES = """
update client set prospect_state_id = first.id
from (
    select distinct on (company_id) company_id, id from prospect_state where active order by company_id, position, id
) first
where client.kind = 'PROSPECT' and first.company_id = client.company_id
"""
# Companies that were made with rules, or that set them, keep what they have, be it none.
DEFAULT_REMINDERS = """
insert into default_reminder (company_id, id, position, moment, days, hour, repeat_every_days, repeat_at_most)
select company.id, gen_random_uuid(), usual.*
from company, (
    values (0, 'BEFORE', 3, 9, null::int, null::int), (1, 'ON', 0, 9, null, null), (2, 'AFTER', 1, 9, 7, 4)
) usual
where not exists (select from default_reminder rule where rule.company_id = company.id)
    and not exists (
        select from audit_event event
        where event.company_id = company.id and (
            event.kind = 'COMPANY_CREATED' or
            event.kind = 'COMPANY_CHANGED' and event.details @> '{"changes": [{"field": "default_reminders"}]}'
        )
    )
"""


def upgrade() -> None:
    op.add_column("client", sa.Column("converted_into_id", sa.Uuid(), nullable=True))
    op.add_column("client", sa.Column("prospect_state_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_client_converted_into_id"),
        "client",
        "client",
        ["company_id", "converted_into_id"],
        ["company_id", "id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        op.f("fk_client_prospect_state_id"),
        "client",
        "prospect_state",
        ["company_id", "prospect_state_id"],
        ["company_id", "id"],
    )
    for name in ("converted_into", "prospect_state"):
        op.create_index(
            f"ix_client_{name}",
            "client",
            ["company_id", f"{name}_id"],
            postgresql_where=sa.text(f"{name}_id is not null"),
        )
    check("client", "converted", "kind = 'CLIENT' or (converted_at is null) = (converted_into_id is null)")
    op.create_check_constraint(
        op.f("ck_client_converted_into"),
        "client",
        "converted_into_id is null or (kind = 'PROSPECT' and deleted_at is not null and converted_into_id <> id)",
    )
    op.create_check_constraint(
        op.f("ck_client_prospect_state"),
        "client",
        "prospect_state_id is null or (kind = 'PROSPECT' and converted_into_id is null)",
    )
    check("history_event", "kind", f"kind in ({KINDS})")
    for table in MOVED:
        op.execute(f"grant update (client_id) on {table} to ficha_app")
    op.execute(FIRST_STATES)
    op.execute(DEFAULT_REMINDERS)


def check(table: str, name: str, condition: str) -> None:
    """What holds from now on instead."""
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    """The states that prospects are in are lost; one that became part of a client stays deleted."""
    op.execute("delete from history_event where kind = 'PROSPECT_STATE_CHANGED'")
    check("history_event", "kind", f"kind in ({KINDS_BEFORE})")
    for table in MOVED:
        op.execute(f"revoke update (client_id) on {table} from ficha_app")
    op.drop_column("client", "prospect_state_id")
    op.execute(
        "update client set converted_at = null, converted_by_id = null, converted_into_id = null"
        " where converted_into_id is not null"
    )
    op.drop_constraint(op.f("ck_client_converted_into"), "client")
    check("client", "converted", "kind = 'CLIENT' or converted_at is null")
    op.drop_column("client", "converted_into_id")
