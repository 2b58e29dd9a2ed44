"""Follow-ups are listed by state, assignee and deal, each by ranges of an index.

Revision: 0045, after 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
phase = "EXPAND"

PROGRESS = "case state when 'PENDING' then 0 when 'IN_PROGRESS' then 1 when 'DONE' then 2 when 'CANCELLED' then 3 end"
PLACE = '(ficha_sort_key(title) collate "C") || chr(1) || (id::text collate "C")'
INDEXES = {
    "ix_follow_up_progress": f"follow_up (company_id, ({PROGRESS}), id)",
    "ix_follow_up_assignee_id": "follow_up (company_id, assignee_id, id)",
    "ix_follow_up_of_deal": "follow_up (company_id, deal_id, id)",
    "ix_deal_place": f"deal (company_id, ({PLACE}))",
}
FORMER = {"ix_follow_up_deal_id": "follow_up (company_id, deal_id)"}


def replace(former: dict[str, str], indexes: dict[str, str]) -> None:
    """Builds indexes beside writers, outside of any transaction, and drops those that they replace."""
    with op.get_context().autocommit_block():
        for name, of in indexes.items():
            op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
            op.execute(f"create index concurrently {name} on {of}")
        for name in former:
            op.execute(f"drop index concurrently if exists {name}")
        op.execute("analyze deal, follow_up")  # what is there of the indexed expressions


def upgrade() -> None:
    replace(FORMER, INDEXES)


def downgrade() -> None:
    replace(INDEXES, FORMER)
