"""The lines of advances (anticipos) are indexed, for the list of those that are open.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_sales_document_line_advance",
        "sales_document_line",
        ["company_id", "client_id", "sales_document_id"],
        unique=False,
        postgresql_where=sa.text("product_code = '84111506'"),
    )


def downgrade() -> None:
    op.drop_index("ix_sales_document_line_advance", table_name="sales_document_line")
