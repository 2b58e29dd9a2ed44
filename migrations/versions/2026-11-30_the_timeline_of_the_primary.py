"""The primary says on which timeline it writes: replicas that follow it get that, and no others.

Revision: 0042, after 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
phase = "EXPAND"


def upgrade() -> None:
    # A sequence, as its one number outlives a transaction that is rolled back, and is in the log all the same.
    op.execute("create sequence ficha_timeline")
    op.execute("grant select, update on sequence ficha_timeline to ficha_app")


def downgrade() -> None:
    op.execute("drop sequence ficha_timeline")
