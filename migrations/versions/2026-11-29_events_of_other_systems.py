"""Other systems put events on a client's history, each of their ids once.

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEFORE = (
    "'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'SALES_DOCUMENT_ISSUED',"
    " 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED',"
    " 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED',"
    " 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED',"
    " 'PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED',"
    " 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED',"
    " 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED',"
    " 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED'"
)
NEW = (
    "'EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER',"
    " 'EXTERNAL_TICKET', 'EXTERNAL_OTHER'"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():  # writers do not wait for it
        op.execute("drop index concurrently if exists uq_history_event_external_id")  # of an attempt that was stopped
        op.create_index(
            "uq_history_event_external_id",
            "history_event",
            [
                "company_id",
                sa.literal_column("(details ->> 'source')"),
                sa.literal_column("(details ->> 'external_id')"),
            ],
            unique=True,
            postgresql_where=sa.text("(details ->> 'external_id') is not null"),
            postgresql_concurrently=True,
        )
    _allow(f"{BEFORE}, {NEW}")


def _allow(kinds: str) -> None:
    op.execute("alter table history_event drop constraint if exists ck_history_event_kind")
    op.execute(f"alter table history_event add constraint ck_history_event_kind check (kind in ({kinds})) not valid")
    with op.get_context().autocommit_block():  # nobody waits while the rows are looked through
        op.execute("alter table history_event validate constraint ck_history_event_kind")


def downgrade() -> None:
    """What other systems put there is lost."""
    op.drop_index("uq_history_event_external_id", table_name="history_event")
    op.execute(f"delete from history_event where kind in ({NEW})")  # noqa: S608  # our own literals
    _allow(BEFORE)
