"""What is overdue is found by its due date.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Concurrently, which no transaction can hold: writers go on meanwhile. What was begun and not finished is no index.
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_sales_document_overdue")
        op.create_index(
            "ix_sales_document_overdue",
            "sales_document",
            ["company_id", "due_on"],
            postgresql_include=["client_id"],
            postgresql_where=sa.text(
                "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
            ),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_sales_document_overdue", "sales_document")
