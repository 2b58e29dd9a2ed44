"""The list of clients finds words as they are written first, and what resembles them only where few clients have them.

Revision: 0040, after 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

MOST = 200
"""Candidates of each of the texts in which words may be."""
ENOUGH = 20
"""Clients that have the words, from which on nobody looks in notes, or for what only resembles them."""

# 4: the text begins with what was written; 3: it has it as whole words; 2: as the beginnings of words; 1: somewhere.
# Among those alike, more of a shorter text is what was written.
PLACE = """
create function ficha_place(query text, content text) returns double precision
    language sql immutable parallel safe
    return case
        when starts_with(content, query) then 4
        when strpos(' ' || content || ' ', ' ' || query || ' ') > 0 then 3
        when strpos(' ' || content, ' ' || query) > 0 then 2
        else 1
    end + 0.4 * least(length(query)::double precision / length(content), 1)
"""
SEEN = "x.company_id = company and (whole or x.deleted_at is null) and (sees_all or x.owner_id = viewer)"
OF_SEEN = """x.company_id = company and x.deleted_at is null and (
                    (whole and sees_all) or exists (
                        select from client o where o.company_id = company and o.id = x.client_id
                            and (whole or o.deleted_at is null) and (sees_all or o.owner_id = viewer)
                    )
                )"""
NOTE = "ficha_fold(x.internal_note)"


def having(content: str) -> str:
    """All of the words are in the text; the longest tells an index which rows to look at."""
    return (
        f"({content} like one or {content} like two)"
        f" and (single or not exists (select from unnest(words) w where strpos({content}, w) = 0))"
    )


# As `ficha_search`: it runs as the tables' owner, because trigram operators are not leakproof, and holds the wall and the
# viewer's sight itself, so that nothing is cut before sight. Client's own names come before contacts and notes, a whole
# key before all, and what only resembles the words after all. Of words that very many have, names that begin with them
# are looked for by themselves; of the others whichever come first, always the same. Where a filter or an order decides
# which clients are listed, the `whole` is found, deleted ones too: what is cut might be what passes.
FIND = f"""
create function ficha_find_clients(query text, viewer uuid, sees_all boolean, whole boolean)
    returns table (client_id uuid, rank real)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set pg_trgm.word_similarity_threshold = 0.5
    set plan_cache_mode = force_custom_plan
    set synchronize_seqscans = off
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
        most constant integer := case when not whole then {MOST} end;
        name constant text := ficha_sort_key(query);
        bare constant text := nullif(ficha_bare(query), '');
        words constant text[] := string_to_array(query, ' ');
        single constant boolean := cardinality(words) = 1;
        longest constant text := (select w from unnest(words) w order by length(w) desc, w limit 1);
        one constant text := (ficha_patterns(longest))[1];
        two constant text := coalesce((ficha_patterns(longest))[2], one);
        ids uuid[];
        ranks real[];
        noted integer;
    begin
        select array_agg(hit.id), array_agg(hit.rank) into ids, ranks from (
            select each.id, max(each.rank)::real as rank from (
                (
                    select x.id, ficha_place(query, x.search_text) from client x
                    where {SEEN} and x.sort_name >= name and x.sort_name < name || chr(1114111)
                    order by x.sort_name, x.id limit most
                )
                union all
                (
                    select x.id, ficha_place(query, x.search_text) from client x
                    where {SEEN} and {having("x.search_text")} limit most
                )
                union all
                (
                    select x.client_id, ficha_place(query, x.search_text) - 0.5 from contact x
                    where {OF_SEEN} and {having("x.search_text")} limit most
                )
                union all
                (select x.id, 5 from client x where {SEEN} and ficha_bare(x.external_id) = bare limit most)
            ) each (id, rank)
            group by each.id
        ) hit;
        return query select * from unnest(ids, ranks);
        if cardinality(ids) >= {ENOUGH} and not whole then
            return;
        end if;
        return query
        select x.id, (ficha_place(query, {NOTE}) - 0.5)::real from client x
        where {SEEN} and x.internal_note is not null and {having(NOTE)} and (ids is null or x.id <> all (ids))
        limit most;
        get diagnostics noted = row_count;
        if coalesce(cardinality(ids), 0) + noted >= {ENOUGH} or length(query) < 3 then
            return;
        end if;
        return query
        select each.id, (max(each.rank) / 2)::real from (
            (
                select x.id, word_similarity(query, x.search_text) from client x
                where {SEEN} and query <% x.search_text and (ids is null or x.id <> all (ids)) limit most
            )
            union all
            (
                select x.client_id, word_similarity(query, x.search_text) from contact x
                where {OF_SEEN} and query <% x.search_text and (ids is null or x.client_id <> all (ids)) limit most
            )
        ) each (id, rank)
        where not exists (
            select from client x
            where x.company_id = company and x.id = each.id and x.internal_note is not null and {having(NOTE)}
        )
        group by each.id;
    end
    $$;
comment on function ficha_find_clients is
    'Clients of the current company that the viewer sees whose names, RFC, contacts or notes have folded words, with ranks.'
"""  # noqa: S608  # our own literals


def upgrade() -> None:
    op.execute(PLACE)
    op.execute(FIND)


def downgrade() -> None:
    op.execute("drop function ficha_find_clients, ficha_place")
