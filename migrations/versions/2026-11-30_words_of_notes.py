"""The words of clients' notes have a table of their own, so that whatever writes a client's row does not index them anew.

Revision: 0044, after 0043
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
phase = "EXPAND"

# It runs as the tables' owner, as the application cannot write what is kept. A note that was removed leaves an empty
# row: so whoever fills the table below never brings back what a note said before.
KEEP = """
create function ficha_keep_note() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        insert into client_note (company_id, client_id, folded)
        values (new.company_id, new.id, coalesce(ficha_fold(new.internal_note), ''))
        on conflict (company_id, client_id) do update set folded = excluded.folded;
        return null;
    end
    $$;
revoke execute on function ficha_keep_note from public
"""
TRIGGERS = """
create trigger note_added after insert on client for each row when (new.internal_note is not null)
    execute function ficha_keep_note();
create trigger note_changed after update of internal_note on client for each row
    when (new.internal_note is distinct from old.internal_note) execute function ficha_keep_note()
"""
DISTRIBUTE = """
do $$
    begin
        if to_regclass('pg_dist_partition') is not null then
            perform create_distributed_table('client_note', 'company_id', colocate_with := 'client')
            from pg_dist_partition where logicalrelid = 'client'::regclass;
        end if;
    end
$$
"""
FILL = """
insert into client_note (company_id, client_id, folded)
select company_id, id, ficha_fold(internal_note) from client where internal_note is not null
on conflict do nothing
"""


def former() -> Any:
    """The migration that wrote the search of clients."""
    context: Any = op.get_context().environment_context
    return context.script.get_revision("0041").module


def find(former: Any) -> str:
    """The search as it was, but for where it looks at notes."""
    of_row, of_table = former.having_words(former.NOTE), former.having_words("n.folded")
    place, seen = f"ficha_place(query, {former.NOTE}) - 0.5", former.SEEN
    note = "x.internal_note is not null"
    changes = {
        f"x.id, ({place})::real from client x": "n.client_id, (ficha_place(query, n.folded) - 0.5)::real"
        " from client_note n join client x on x.id = n.client_id",
        f"where {seen} and {note} and {of_row}": f"where n.company_id = company and {seen} and {of_table}",
        "select from client x\n": "select from client_note n\n",
        f"x.company_id = company and x.id = each.id and {note} and {of_row}": "n.company_id = company"
        f" and n.client_id = each.id and {of_table}",
    }
    text: str = former.FIND
    for there, instead in changes.items():
        assert there in text  # noqa: S101  # a migration changes nothing by half
        text = text.replace(there, instead)
    return text


UNDO = """
drop trigger if exists note_added on client;
drop trigger if exists note_changed on client;
drop function if exists ficha_keep_note;
drop table if exists client_note
"""


def upgrade() -> None:
    op.execute(UNDO)  # an attempt that was stopped while it filled the table
    op.create_table(
        "client_note",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "client_id", name=op.f("pk_client_note")),
    )
    # Where the clients are on several servers, a reference leads to them from a table that is as well.
    op.execute(DISTRIBUTE)
    op.create_foreign_key(op.f("fk_client_note_company_id"), "client_note", "company", ["company_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_client_note_client_id"),
        "client_note",
        "client",
        ["company_id", "client_id"],
        ["company_id", "id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_client_note_folded",
        "client_note",
        ["company_id", "folded"],
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.execute("alter table client_note enable row level security")
    op.execute(
        "create policy company on client_note using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select on client_note to ficha_app")
    op.execute(KEEP)
    op.execute(TRIGGERS)
    with op.get_context().autocommit_block():
        op.execute(FILL)
        op.execute("analyze client_note")
    op.execute(find(former()))
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_client_note")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_client_note")  # of an attempt that was stopped
        op.execute(
            "create index concurrently ix_client_note on client"
            " using gin (company_id, ficha_fold(internal_note) gin_trgm_ops) where internal_note is not null"
        )
    op.execute(former().FIND)
    op.execute(UNDO)
