"""The guards that refuse on one condition are written alike.

Revision: 0027, after 0026
"""

import re
from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

GUARDS = Path(__file__).with_suffix(".sql").read_text("utf-8")
"""The functions as they are from now on; they refuse what they refused."""
FORMER = Path(__file__).with_name("2026-11-29_the_database_holds_it.sql").read_text("utf-8")
FUNCTION = r"create or replace function (\w+)\(\).*?\$\$.*?\$\$;"


def run(statements: str) -> None:
    """Several statements, as they are written."""
    op.get_bind().connection.cursor().execute(statements)


def upgrade() -> None:
    run(GUARDS)


def downgrade() -> None:
    names = {match[1] for match in re.finditer(FUNCTION, GUARDS, re.DOTALL)}
    for match in re.finditer(FUNCTION, FORMER, re.DOTALL):
        if match[1] in names:
            run(match[0])
