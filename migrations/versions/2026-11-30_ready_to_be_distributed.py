"""What stands in the way of distributing the tables over several servers is written another way.

Functions that read tables are PL/pgSQL and name their company by a value; no query reads a transition table and a table
at once; and no reference that holds the company sets a column to null. See docs/adr/0090.

Revision: 0043, after 0042
"""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
phase = "EXPAND"

FUNCTIONS = Path(__file__).with_suffix(".sql").read_text("utf-8")
FORMER = Path(__file__).with_name("2026-11-30_ready_to_be_distributed.former.sql").read_text("utf-8")
"""The same functions as the revisions before left them."""

REFERENCES = {"sales_document": "xml_document_id", "cancellation": "acuse_id"}
"""By their tables: the columns that lead to a document and were set to null when it went. The sweep does so now."""


def run(statements: str) -> None:
    """Several statements, as they are written."""
    connection: Any = op.get_bind().connection
    connection.cursor().execute(statements)


def refer(action: str) -> None:
    """Writers wait for neither: the rows are looked through without a lock."""
    for table, column in REFERENCES.items():
        name = f"fk_{table}_{column}"
        op.execute(
            f"alter table {table} drop constraint if exists {name}, add constraint {name}"
            f" foreign key (company_id, {column}) references document (company_id, id) {action.format(column)} not valid"
        )
    with op.get_context().autocommit_block():
        for table, column in REFERENCES.items():
            op.execute(f"alter table {table} validate constraint fk_{table}_{column}")


def upgrade() -> None:
    run(FUNCTIONS)
    refer("")


def downgrade() -> None:
    run(FORMER)
    refer("on delete set null ({})")
