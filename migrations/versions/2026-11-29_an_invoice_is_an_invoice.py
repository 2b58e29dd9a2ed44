"""An invoice is an invoice: its stamp and the use of its CFDI; what is called stamped has a fiscal folio.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    "'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED',"
    " 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED',"
    " 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED',"
    " 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED',"
    " 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED'"
)
STAMPING = "'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN'"
KINDS = KINDS_BEFORE.replace("'SALES_DOCUMENT_CHANGED'", f"'SALES_DOCUMENT_CHANGED', {STAMPING}")

STAMP_STATUS = """
CASE
    WHEN uuid IS NOT NULL THEN 'STAMPED'::text
    WHEN (type::text <> ALL (ARRAY['INVOICE'::character varying::text, 'CREDIT_NOTE'::character varying::text]))\
 OR (state::text = ANY (ARRAY['DRAFT'::character varying::text, 'CANCELLED'::character varying::text])) THEN NULL::text
    ELSE 'PENDING'::text
END"""
# No command left a document so; rows that were put in otherwise were issued, and are pending from now on.
UNSTAMPED = "update sales_document set state = 'SENT' where state = 'STAMPED' and uuid is null"


def upgrade() -> None:
    op.add_column("sales_document", sa.Column("cfdi_use", sa.Text(), nullable=True))
    op.add_column("sales_document", sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(UNSTAMPED)
    op.create_check_constraint(
        op.f("ck_sales_document_stamped"), "sales_document", "state <> 'STAMPED' or uuid is not null"
    )
    op.create_check_constraint(
        op.f("ck_sales_document_stamped_at"), "sales_document", "stamped_at is null or uuid is not null"
    )
    op.create_index(
        "ix_sales_document_stamp_status",
        "sales_document",
        ["company_id", sa.text(f"({STAMP_STATUS})"), "issued_at", "id"],
    )
    history_kinds(KINDS)


def history_kinds(kinds: str) -> None:
    """What the history tells."""
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event")
    op.create_check_constraint(op.f("ck_history_event_kind"), "history_event", f"kind in ({kinds})")


def downgrade() -> None:
    """When documents were stamped, and what was overridden, is lost; fiscal folios stay."""
    op.execute(f"delete from history_event where kind in ({STAMPING})")  # noqa: S608  # literals
    history_kinds(KINDS_BEFORE)
    op.drop_index("ix_sales_document_stamp_status", "sales_document")
    op.drop_constraint(op.f("ck_sales_document_stamped"), "sales_document")
    op.drop_column("sales_document", "stamped_at")
    op.drop_column("sales_document", "cfdi_use")
