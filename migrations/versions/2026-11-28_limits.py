"""Limits: the database checks those that commands checked alone, and has each number's bounds in a check of its own.

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


REMINDERS_BEFORE = {
    "days": "days between 0 and 365 and (moment = 'ON') = (days = 0)",
    "repeat": "(repeat_every_days is null) = (repeat_at_most is null)"
    " and (repeat_every_days is null or moment = 'AFTER')"
    " and repeat_every_days between 1 and 365 and repeat_at_most between 1 and 100",
}
REMINDERS = {
    "on_the_day": "(moment = 'ON') = (days = 0)",
    "repeat": "(repeat_every_days is null) = (repeat_at_most is null)"
    " and (repeat_every_days is null or moment = 'AFTER')",
    "days": "days between 0 and 365",
    "repeat_every_days": "repeat_every_days between 1 and 365",
    "repeat_at_most": "repeat_at_most between 1 and 100",
}


def upgrade() -> None:
    for (table, column), most in LIMITS.items():
        check = f"char_length({column}) between 1 and {most}"
        op.create_check_constraint(op.f(f"ck_{table}_{column}_length"), table, check)
    replace("reminder_rule", REMINDERS_BEFORE, REMINDERS)


def downgrade() -> None:
    replace("reminder_rule", REMINDERS, REMINDERS_BEFORE)
    for table, column in LIMITS:
        op.drop_constraint(op.f(f"ck_{table}_{column}_length"), table)


def replace(table: str, former: dict[str, str], checks: dict[str, str]) -> None:
    """Drops a table's former checks and adds others."""
    for name in former:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for name, check in checks.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, check)
