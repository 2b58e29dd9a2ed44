"""The list of clients finds them by their id in other systems, however it is written.

Revision: 0031, after 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

HEAD = """
create or replace function ficha_search_clients(query text, in_notes boolean default false)
    returns table (client_id uuid, rank real)
    language sql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set pg_trgm.word_similarity_threshold = 0.5
    as $$
        select hit.client_id, max(hit.rank)
        from (
            select c.id as client_id, word_similarity(query, c.search_text) as rank
            from client c
            where c.company_id = ficha_company() and query <% c.search_text
            union all
            select c.client_id, word_similarity(query, c.search_text)
            from contact c
            where c.company_id = ficha_company() and query <% c.search_text and c.deleted_at is null
            union all
            select c.id, word_similarity(query, ficha_fold(c.internal_note))
            from client c
            where in_notes and c.company_id = ficha_company() and c.internal_note is not null
                and query <% ficha_fold(c.internal_note)
"""
# A whole key comes before what only resembles the words.
BY_KEY = """
            union all
            select c.id, 2
            from client c
            where c.company_id = ficha_company() and ficha_bare(c.external_id) = nullif(ficha_bare(query), '')
"""
TAIL = """
        ) hit
        group by hit.client_id
    $$
"""


def upgrade() -> None:
    op.execute(HEAD + BY_KEY + TAIL)


def downgrade() -> None:
    op.execute(HEAD + TAIL)
