"""Texts as JSON, in the fastest way that PostgreSQL has.

Revision: 0007, after 0006
"""

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # to_json looks up anew for each row what the type of its argument is. `stable`, as it is, for no more would be
    # written into the statements that call it.
    version = op.get_bind().scalar(text("select current_setting('server_version_num')::int"))
    written = "json_scalar" if version and version >= 170_000 else "to_json"
    op.execute(f"create function ficha_json(text) returns json language sql stable parallel safe return {written}($1)")


def downgrade() -> None:
    op.execute("drop function ficha_json(text)")
