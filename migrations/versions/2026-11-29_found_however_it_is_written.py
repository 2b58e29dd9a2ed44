"""Telephones have extensions, clients are found by their internal notes, and CFDI data tell the taxpayer's status.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As in 0001, with the notes.
SEARCH = """
create function ficha_search_clients(query text, in_notes boolean default false)
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
        ) hit
        group by hit.client_id
    $$;
comment on function ficha_search_clients is
    'Clients of the current company whose names, RFC or contacts, or notes, resemble a folded query, typos forgiven.';
"""
FORMER = """
create function ficha_search_clients(query text) returns table (client_id uuid, rank real)
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
        ) hit
        group by hit.client_id
    $$;
comment on function ficha_search_clients is
    'Clients of the current company whose names, RFC or contacts resemble a folded query, typos forgiven.';
"""


def upgrade() -> None:
    # First, as what comes before it is committed; nobody waits for it. An attempt that was stopped leaves it invalid.
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_client_note")
        op.create_index(
            "ix_client_note",
            "client",
            ["company_id", sa.text("ficha_fold(internal_note) gin_trgm_ops")],
            postgresql_using="gin",
            postgresql_where=sa.text("internal_note is not null"),
            postgresql_concurrently=True,
        )
    op.add_column("contact", sa.Column("phone_extension", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_contact_phone_extension_length"), "contact", "char_length(phone_extension) between 1 and 10"
    )
    op.create_check_constraint(
        op.f("ck_contact_phone_extension"),
        "contact",
        "phone_extension is null or (phone is not null and phone_extension ~ '^[0-9]+$')",
    )
    op.add_column("cfdi_profile", sa.Column("taxpayer_status", sa.String(40), nullable=True))
    op.create_check_constraint(
        op.f("ck_cfdi_profile_taxpayer_status"),
        "cfdi_profile",
        "taxpayer_status in ('ACTIVE', 'SUSPENDED', 'CANCELLED')",
    )
    op.execute("drop function ficha_search_clients")
    op.execute(SEARCH)


def downgrade() -> None:
    op.execute("drop function ficha_search_clients")
    op.execute(FORMER)
    op.drop_index("ix_client_note", "client")
    op.drop_column("cfdi_profile", "taxpayer_status")
    op.drop_column("contact", "phone_extension")
