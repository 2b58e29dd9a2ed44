"""What verifying a CFDI found; when an event was recorded; clients by an RFC that they had.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales_document", sa.Column("verification", sa.String(40), nullable=True))
    op.add_column(
        "sales_document",
        sa.Column("verification_findings", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_sales_document_verification"),
        "sales_document",
        "verification in ('VERIFIED', 'NOT_CHECKED', 'FAILED')",
    )
    op.add_column("history_event", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update history_event set recorded_at = occurred_at")
    op.alter_column("history_event", "recorded_at", nullable=False, server_default=sa.text("now()"))
    op.create_index("ix_cfdi_profile_rfc", "cfdi_profile", ["company_id", "rfc"])


def downgrade() -> None:
    op.drop_index("ix_cfdi_profile_rfc", "cfdi_profile")
    op.drop_column("history_event", "recorded_at")
    op.drop_column("sales_document", "verification_findings")
    op.drop_column("sales_document", "verification")
