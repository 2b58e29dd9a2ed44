"""Limits of texts: the database checks those of addresses and of a foreigner's tax id, which commands always did.

Revision: 0010, after 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LIMITS = {
    ("address", "label"): 200,
    ("address", "exterior_number"): 60,
    ("address", "interior_number"): 60,
    ("address", "neighborhood"): 200,
    ("address", "locality"): 200,
    ("address", "municipality"): 200,
    ("address", "reference"): 300,
    ("cfdi_profile", "tax_id"): 40,
}
"""Characters."""


def upgrade() -> None:
    for (table, column), most in LIMITS.items():
        check = f"char_length({column}) between 1 and {most}"
        op.create_check_constraint(op.f(f"ck_{table}_{column}_length"), table, check)


def downgrade() -> None:
    for table, column in LIMITS:
        op.drop_constraint(op.f(f"ck_{table}_{column}_length"), table)
