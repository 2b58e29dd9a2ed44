"""A request to cancel a CFDI can be withdrawn.

Revision: 0017, after 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("grant delete on cancellation to ficha_app")


def downgrade() -> None:
    op.execute("revoke delete on cancellation from ficha_app")
