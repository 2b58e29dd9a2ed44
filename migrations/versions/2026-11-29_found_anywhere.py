"""Records of every kind are found by one search: its functions, and the indexes that it looks in.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BARE = """
create function ficha_bare(value text) returns text
    language sql immutable parallel safe strict
    return regexp_replace(ficha_fold(value), '\\W|_', '', 'g')
"""
BARE_COMMENT = "comment on function ficha_bare is 'A key without accents, case, blanks and punctuation.'"

WORDS = """
create function ficha_words(title text, more text) returns text
    language sql immutable parallel safe
    return ficha_fold(title || ' ' || coalesce(more, ''))
"""

# What is sought is in the whole text, and its longest word finds the candidates. A word of one or two characters is
# sought at the beginnings of words: there are trigrams of those alone.
PATTERNS = """
create function ficha_patterns(word text) returns text[]
    language sql immutable parallel safe strict
    as $$
        select case
            when length(word) > 2 then array['%' || escaped || '%']
            else array[escaped || '%', '% ' || escaped || '%']
        end
        from (select replace(replace(replace(word, '\\', '\\\\'), '%', '\\%'), '_', '\\_') as escaped) of
    $$
"""

# 4 and more: one of the record's keys is what was written; 3: its title begins so; 2: a word does; 1: it is within.
RANK = """
create function ficha_rank(query text, title text, content text, keys text[]) returns real
    language sql immutable parallel safe
    as $$
        select (case
            when ficha_bare(query) = any (keys) then 4
            when starts_with(ficha_fold(title), query) then 3
            when strpos(' ' || content, ' ' || query) > 0 then 2
            else 1
        end + 0.9 * similarity(query, content))::real
    $$
"""

# As `ficha_search_clients`: trigram operators are not leakproof, and below row-level security they could use no index.
# It runs as the tables' owner and holds the wall itself: it reads the rows of `ficha_company()` alone, and of those what
# the viewer sees. 500 candidates of a kind are ranked; of a word that more rows have, whichever come first.
SEARCH = """
create function ficha_search(query text, kinds text[], viewer uuid, sees_all boolean)
    returns table (kind text, id uuid, title text, matched text, rank real)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set pg_trgm.word_similarity_threshold = 0.5
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
        folded constant text := ficha_fold(query);
        bare constant text := ficha_bare(query);
        words constant text[] := string_to_array(folded, ' ');
        longest constant text := (select w from unnest(words) w order by length(w) desc, w limit 1);
        one constant text := (ficha_patterns(longest))[1];
        two constant text := (ficha_patterns(longest))[2];
        key_one constant text := case when length(bare) > 2 then '%' || bare || '%' else bare || '%' end;
        follow_up constant text := substring(bare from '^seg0*([0-9]{1,9})$');
        fiscal constant uuid := case when bare ~ '^[0-9a-f]{32}$' then bare::uuid end;
    begin
        if 'CLIENT' = any (kinds) then
            return query
            select 'CLIENT', c.id, c.legal_name,
                case
                    when strpos(ficha_fold(c.legal_name), longest) > 0 then c.legal_name
                    when strpos(ficha_fold(c.trade_name), longest) > 0 then c.trade_name
                    when strpos(ficha_bare(c.rfc), bare) > 0 then c.rfc
                    when ficha_bare(c.external_id) = bare then c.external_id
                    else c.legal_name
                end,
                ficha_rank(folded, c.legal_name, c.search_text, array[ficha_bare(c.rfc), ficha_bare(c.external_id)])
            from (
                (
                    select c.* from client c
                    where c.company_id = company and c.deleted_at is null and (sees_all or c.owner_id = viewer)
                        and (c.search_text like one or c.search_text like two)
                        and not exists (select from unnest(words) w where strpos(c.search_text, w) = 0)
                    limit 500
                )
                union
                (
                    select c.* from client c
                    where c.company_id = company and c.deleted_at is null and (sees_all or c.owner_id = viewer)
                        and ficha_bare(c.external_id) = bare
                    limit 500
                )
            ) c;
            if not found and length(folded) > 2 then
                return query
                select 'CLIENT', c.id, c.legal_name, c.legal_name, word_similarity(folded, c.search_text)
                from client c
                where c.company_id = company and c.deleted_at is null and (sees_all or c.owner_id = viewer)
                    and folded <% c.search_text
                limit 500;
            end if;
        end if;
        if 'CONTACT' = any (kinds) then
            return query
            select 'CONTACT', c.id, c.name,
                case
                    when strpos(ficha_fold(c.name), longest) > 0 then c.name
                    when strpos(ficha_fold(c.email), longest) > 0 then c.email
                    else coalesce(c.phone, c.name)
                end,
                ficha_rank(
                    folded, c.name, c.search_text,
                    array[ficha_bare(c.email), ficha_bare(c.phone), right(ficha_bare(c.phone), 10)]
                )
            from (
                select c.* from contact c
                where c.company_id = company and c.deleted_at is null
                    and (c.search_text like one or c.search_text like two)
                    and not exists (select from unnest(words) w where strpos(c.search_text, w) = 0)
                    and exists (
                        select from client o
                        where o.company_id = company and o.id = c.client_id and o.deleted_at is null
                            and (sees_all or o.owner_id = viewer)
                    )
                limit 500
            ) c;
        end if;
        if 'DEAL' = any (kinds) then
            return query
            select 'DEAL', d.id, d.title,
                case when strpos(ficha_fold(d.title), longest) > 0 then d.title else left(d.description, 200) end,
                ficha_rank(folded, d.title, ficha_words(d.title, d.description), null)
            from (
                select d.* from deal d
                where d.company_id = company and d.deleted_at is null
                    and (
                        ficha_words(d.title, d.description) like one
                        or ficha_words(d.title, d.description) like two
                    )
                    and not exists (
                        select from unnest(words) w
                        where strpos(ficha_words(d.title, d.description), w) = 0
                    )
                    and exists (
                        select from client o
                        where o.company_id = company and o.id = d.client_id and o.deleted_at is null
                            and (sees_all or o.owner_id = viewer)
                    )
                limit 500
            ) d;
        end if;
        if 'FOLLOW_UP' = any (kinds) then
            return query
            select 'FOLLOW_UP', f.id, f.name,
                case when strpos(ficha_fold(f.name), longest) > 0 then f.name else f.key end,
                ficha_rank(
                    folded, f.name, f.search_text, array[ficha_bare(f.key), case when f.number = follow_up::int then bare end]
                )
            from (
                (
                    select f.* from follow_up f
                    where f.company_id = company and f.deleted_at is null
                        and (f.search_text like one or f.search_text like two)
                        and not exists (select from unnest(words) w where strpos(f.search_text, w) = 0)
                        and exists (
                            select from client o
                            where o.company_id = company and o.id = f.client_id and o.deleted_at is null
                                and (sees_all or o.owner_id = viewer)
                        )
                    limit 500
                )
                union
                (
                    select f.* from follow_up f
                    where f.company_id = company and f.deleted_at is null and f.number = follow_up::int
                        and exists (
                            select from client o
                            where o.company_id = company and o.id = f.client_id and o.deleted_at is null
                                and (sees_all or o.owner_id = viewer)
                        )
                )
            ) f;
        end if;
        if 'SALES_DOCUMENT' = any (kinds) and bare <> '' then
            return query
            select 'SALES_DOCUMENT', s.id, s.folio,
                case when s.uuid = fiscal then s.uuid::text else s.folio end,
                ficha_rank(
                    folded, s.folio, ficha_fold(s.folio), array[ficha_bare(s.folio), replace(s.uuid::text, '-', '')]
                )
            from (
                (
                    select s.* from sales_document s
                    where s.company_id = company and ficha_bare(s.folio) like key_one
                        and exists (
                            select from client o
                            where o.company_id = company and o.id = s.client_id and o.deleted_at is null
                                and (sees_all or o.owner_id = viewer)
                        )
                    limit 500
                )
                union
                (
                    select s.* from sales_document s
                    where s.company_id = company and s.uuid = fiscal
                        and exists (
                            select from client o
                            where o.company_id = company and o.id = s.client_id and o.deleted_at is null
                                and (sees_all or o.owner_id = viewer)
                        )
                )
            ) s;
        end if;
        if 'DOCUMENT' = any (kinds) then
            return query
            select 'DOCUMENT', d.id, d.name,
                case when strpos(ficha_fold(d.name), longest) > 0 then d.name else left(d.description, 200) end,
                ficha_rank(folded, d.name, d.search_text, null)
            from (
                select d.* from document d
                where d.company_id = company and d.deleted_at is null and d.replaced_at is null
                    and (d.search_text like one or d.search_text like two)
                    and not exists (select from unnest(words) w where strpos(d.search_text, w) = 0)
                    and exists (
                        select from client o
                        where o.company_id = company and o.id = d.client_id and o.deleted_at is null
                            and (sees_all or o.owner_id = viewer)
                    )
                limit 500
            ) d;
        end if;
        if 'COLLABORATOR' = any (kinds) then
            return query
            select 'COLLABORATOR', p.id, p.name,
                case when strpos(ficha_fold(p.name), longest) > 0 then p.name
                    when strpos(ficha_fold(p.email), longest) > 0 then p.email
                    else coalesce(p.job_title, p.name) end,
                ficha_rank(folded, p.name, p.search_text, array[ficha_bare(p.email)])
            from (
                select p.* from collaborator p
                where p.company_id = company and (p.search_text like one or p.search_text like two)
                    and not exists (select from unnest(words) w where strpos(p.search_text, w) = 0)
                limit 500
            ) p;
        end if;
    end
    $$
"""
SEARCH_COMMENT = """
comment on function ficha_search is
    'Records of the current company that the viewer sees and that have the words, best match of each kind not first.'
"""

TRIGRAMS = {
    "ix_deal_search": ("deal", "ficha_words(title, description)", None),
    "ix_follow_up_search": ("follow_up", "search_text", None),
    "ix_document_search": ("document", "search_text", "deleted_at is null and replaced_at is null"),
    "ix_sales_document_search": ("sales_document", "ficha_bare(folio)", None),
}
"""By their names: the table, the text whose trigrams are in it, and of which rows."""

ORDERS = {"ix_client_rfc": ("rfc", "id"), "ix_client_rfc_last": ("rfc desc nulls last", "id desc")}
"""By which lists of clients are read in their order, in both directions."""


def upgrade() -> None:
    op.execute(BARE)
    op.execute(BARE_COMMENT)
    op.execute(WORDS)
    op.execute(PATTERNS)
    op.execute(RANK)
    op.execute(SEARCH)
    op.execute(SEARCH_COMMENT)
    with op.get_context().autocommit_block():  # writers do not wait for them
        for name, (table, text, rows) in TRIGRAMS.items():
            op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
            op.create_index(
                name,
                table,
                ["company_id", sa.text(f"({text}) gin_trgm_ops")],
                postgresql_using="gin",
                postgresql_where=sa.text(rows) if rows else None,
                postgresql_concurrently=True,
            )
        for name, columns in ORDERS.items():
            op.execute(f"drop index concurrently if exists {name}")
            op.create_index(name, "client", ["company_id", *map(sa.text, columns)], postgresql_concurrently=True)
        op.execute("drop index concurrently if exists ix_client_external_key")
        op.create_index(
            "ix_client_external_key",
            "client",
            ["company_id", sa.text("ficha_bare(external_id)")],
            postgresql_where=sa.text("external_id is not null"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    for name in ("ix_client_external_key", *ORDERS):
        op.drop_index(name, "client")
    for name, (table, _, _) in TRIGRAMS.items():
        op.drop_index(name, table)
    op.execute("drop function ficha_search, ficha_rank, ficha_patterns, ficha_words, ficha_bare")
