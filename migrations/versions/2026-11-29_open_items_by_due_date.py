"""Open items by due date, from which the overdue balances of all clients are read at once.

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():  # writers do not wait for it
        op.execute("drop index concurrently if exists ix_sales_document_due")  # of an attempt that was stopped
        op.create_index(
            "ix_sales_document_due",
            "sales_document",
            ["company_id", "due_on"],
            unique=False,
            postgresql_include=["client_id", "total", "paid", "credited", "exchange_rate"],
            postgresql_where=sa.text(
                "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
            ),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_sales_document_due", "sales_document")
