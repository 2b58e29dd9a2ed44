"""Units of the SAT whose codes have small letters, as `Ohm`, can be stated.

Revision: 0038, after 0037
"""

from alembic import op
from sqlalchemy import text

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

GUARD = "ficha_demand_lines"
CAPITALS, BOTH = "^[A-Z0-9]{1,3}$", "^[A-Za-z0-9]{1,3}$"


def spell(former: str, pattern: str) -> None:
    """Holds the units of prices and of lines by the pattern."""
    op.drop_constraint(op.f("ck_price_list_item_unit_code"), "price_list_item", type_="check")
    op.create_check_constraint(op.f("ck_price_list_item_unit_code"), "price_list_item", f"unit_code ~ '{pattern}'")
    definition = op.get_bind().scalar(text("select pg_get_functiondef(cast(:name as regproc))"), {"name": GUARD})
    op.get_bind().connection.cursor().execute(str(definition).replace(f"'{former}'", f"'{pattern}'"))


def upgrade() -> None:
    spell(CAPITALS, BOTH)


def downgrade() -> None:
    spell(BOTH, CAPITALS)
