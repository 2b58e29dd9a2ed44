"""What was changed: edits in the history, requests that act once, tombstones of what was erased.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RIGHTS = {
    "idempotency_key": "select, insert, update (outcome, answer), delete",
    "tombstone": "select, insert",
}


def upgrade() -> None:
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event")
    op.create_check_constraint(
        op.f("ck_history_event_kind"),
        "history_event",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED')",
    )
    create_tables()
    for table, rights in RIGHTS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy company on {table} using (company_id = ficha_company())"
            " with check (company_id = ficha_company())"
        )
        op.execute(f"grant {rights} on {table} to ficha_app")


def create_tables() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("collaborator_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(key) between 1 and 255", name=op.f("ck_idempotency_key_key_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_idempotency_key_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "collaborator_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_idempotency_key_collaborator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "collaborator_id", "key", "field", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["company_id", "created_at"])
    op.create_table(
        "tombstone",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "erased_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_tombstone_erased_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_tombstone_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_tombstone")),
    )
    op.create_index("ix_tombstone_erased_at", "tombstone", ["company_id", "erased_at", "id"])


def downgrade() -> None:
    """The events of edits go with the kinds that they are of."""
    for table in RIGHTS:
        op.drop_table(table)
    op.execute("delete from history_event where kind like '%\\_CHANGED' and kind <> 'SALES_DOCUMENT_STATE_CHANGED'")
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event")
    op.create_check_constraint(
        op.f("ck_history_event_kind"),
        "history_event",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED')",
    )
