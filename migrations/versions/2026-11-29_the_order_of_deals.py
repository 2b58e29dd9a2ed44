"""The order of deals: each has a position in its stage. What lasts long is found by an index of its own.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As lists show them where no order is asked for.
NEWEST_FIRST = """
update deal set position = place.number
from (
    select company_id, id,
        row_number() over (partition by company_id, stage_id order by created_at desc, id desc) as number
    from deal
) place
where deal.company_id = place.company_id and deal.id = place.id
"""


def upgrade() -> None:
    op.add_column("deal", sa.Column("position", sa.Numeric(), nullable=True))
    op.execute(NEWEST_FIRST)
    op.alter_column("deal", "position", nullable=False)
    op.create_check_constraint(op.f("ck_deal_position"), "deal", "scale(position) <= 100")
    op.create_unique_constraint(
        op.f("uq_deal_position"),
        "deal",
        ["company_id", "stage_id", "position"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.drop_index("ix_deal_stage", "deal")
    op.create_index(
        "ix_follow_up_long",
        "follow_up",
        ["company_id", "ends_at", "starts_at"],
        postgresql_where=sa.text("ends_at - starts_at > interval '7 days'"),
    )


def downgrade() -> None:
    op.drop_index("ix_follow_up_long", "follow_up")
    op.create_index("ix_deal_stage", "deal", ["company_id", "stage_id"])
    op.drop_column("deal", "position")
