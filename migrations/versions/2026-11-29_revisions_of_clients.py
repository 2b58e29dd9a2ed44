"""The revision of a client counts the writes of its row, and with them the changes of its parts.

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# Whoever writes the row, the application or the functions that keep its balance.
COUNT = """
create function ficha_count_revision() returns trigger
    language plpgsql set search_path = public, pg_temp
    as $$
    begin
        new.revision := old.revision + 1;
        return new;
    end
    $$
"""
TRIGGER = """
create trigger revision before update on client for each row execute function ficha_count_revision()
"""


def upgrade() -> None:
    op.add_column("client", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.execute(COUNT)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("drop trigger revision on client")
    op.execute("drop function ficha_count_revision()")
    op.drop_column("client", "revision")
