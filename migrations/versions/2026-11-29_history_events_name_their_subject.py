"""An event of the history names the part of the client that was edited; earlier ones do not know it.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_event", sa.Column("subject_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("history_event", "subject_id")
