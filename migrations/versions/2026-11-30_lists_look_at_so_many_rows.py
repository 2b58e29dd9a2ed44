# ruff: noqa: S608  # our own literals
"""A list looks at so many rows and no more; of orders by texts and decimals, a function tells the rows beyond a cursor.

Revision: 0041, after 0040
"""

from typing import Any

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OWED = "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
INDEXES = {
    "ix_deal_state_created_at": "deal (company_id, state, created_at, id)",
    "ix_document_kind_created_at": "document (company_id, kind, created_at, id)",
    "ix_document_tags": "document using gin (company_id, tags)",
    "ix_follow_up_open": "follow_up (company_id, ends_at) where state in ('PENDING', 'IN_PROGRESS')",
    "ix_follow_up_state_starts_at": "follow_up (company_id, state, starts_at, id)",
    "ix_follow_up_type_starts_at": "follow_up (company_id, type, starts_at, id)",
    "ix_receivable_terms_credit_days": "receivable_terms (company_id, credit_days)",
    "ix_receivable_terms_credit_limit": "receivable_terms (company_id, credit_limit)",
    "ix_receivable_terms_overdue_days": "receivable_terms (company_id, overdue_days)",
    "ix_sales_document_balance": f"sales_document (company_id, (total - paid - credited)) where {OWED}",
    "ix_sales_document_due": f"sales_document (company_id, due_on) where {OWED}",
    "ix_sales_document_expiring": "sales_document (company_id, expires_on)"
    " where type = 'QUOTE' and state in ('DRAFT', 'SENT')",
    "ix_sales_document_state_issued_at": "sales_document (company_id, state, issued_at, id)",
    "ix_sales_document_type_issued_at": "sales_document (company_id, type, issued_at, id)",
}
FORMER = {
    "ix_deal_state": "deal (company_id, state)",
    "ix_document_kind": "document (company_id, kind)",
    "ix_follow_up_state": "follow_up (company_id, state)",
    "ix_follow_up_type": "follow_up (company_id, type)",
    "ix_sales_document_state": "sales_document (company_id, state)",
    "ix_sales_document_type": "sales_document (company_id, type)",
}

# Class 54 of PostgreSQL's error codes is of limits; no condition of its own has this code.
TOO_BROAD = """
create function ficha_too_broad() returns boolean language plpgsql volatile
    as $$ begin raise exception using errcode = '54F01', message = 'too many rows do not pass the filter'; end $$;
comment on function ficha_too_broad is 'Ends the statement: a list would look at more rows than it may.'
"""

PLACES = {
    "deal_title": ("deal", 'ficha_sort_key(x.title) collate "C"', "text"),
    "deal_estimated": ("deal", "x.estimated_value", "numeric"),
    "deal_position": ("deal", "x.position", "numeric"),
    "follow_up_name": ("follow_up", 'ficha_sort_key(x.name) collate "C"', "text"),
    "sales_document_total": ("sales_document", "x.total", "numeric"),
    "document_name": ("document", 'ficha_sort_key(x.name) collate "C"', "text"),
}
"""By the name of an order: its table, what rows are ordered by, beside their id, and its type."""


def of_places(descending: bool) -> str:
    """The rows beyond a cursor, in each order of this direction."""
    before, way = ("<", " desc") if descending else (">", "")
    each = (
        f"when '{place}' then return query select x.id from {table} x where x.company_id = company"
        f" and ({term}, x.id) {before} (value::{kind}, id_) order by {term}{way}, x.id{way} limit most;"
        for place, (table, term, kind) in PLACES.items()
    )
    return "\n                ".join(each)


# As `ficha_between`: it runs as the tables' owner, holds the company's wall and tells ids alone.
BEYOND = f"""
create function ficha_beyond(place text, descending boolean, value text, id_ uuid, most integer) returns table (id uuid)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
    begin
        if descending then
            case place
                {of_places(True)}
            end case;
        else
            case place
                {of_places(False)}
            end case;
        end if;
    end
    $$;
comment on function ficha_beyond is
    'Ids of rows of the current company that lie beyond a place in an order by texts or decimals, in this order.'
"""


TEXTS = {
    "client": ("client", "x.search_text", ""),
    "client_key": ("client", "ficha_bare(x.external_id)", "and x.external_id is not null"),
    "contact": ("contact", "x.search_text", ""),
    "contact_job": ("contact", "ficha_fold(x.job_title)", "and x.job_title is not null"),
    "deal": ("deal", "ficha_words(x.title, x.description)", ""),
    "follow_up": ("follow_up", "x.search_text", ""),
    "sales_document": ("sales_document", "ficha_words(x.folio, x.number::text)", ""),
    "document": ("document", "x.search_text", ""),
}
"""By the name of a text: its table, the text as an index has its trigrams, and of which rows."""
AMOUNTS = {
    "client_owed": ("client", "x.balance + x.credit_balance"),
    "client_credit": ("client", "x.credit_balance"),
    "deal_estimated": ("deal", "x.estimated_value"),
    "deal_final": ("deal", "x.final_value"),
    "sales_document_total": ("sales_document", "x.total"),
}


def of_samples() -> str:
    """Whether very many rows of each table have a part, as some of the oldest or of the newest do."""
    each = (
        f"when '{place}' then (select count(*) >= {COMMON} from ("
        f"(select {text} as text from {table} x where x.company_id = company {rows} order by x.id limit {SAMPLE})"
        f" union all"
        f" (select {text} from {table} x where x.company_id = company {rows} order by x.id desc limit {SAMPLE})"
        ") x where x.text like any (patterns))"
        for place, (table, text, rows) in TEXTS.items()
    )
    return "\n                ".join(each)


SAMPLE, COMMON = 100, 5
"""Rows at each end of a table by which a part is judged, and how many of them have what is common."""


def of_conditions(conditions: dict[str, tuple[str, str]]) -> str:
    """What is returned for each place: ids of rows of a table for which a condition holds."""
    each = "when '{place}' then return query select x.id from {table} x where x.company_id = company and {holds} limit most;"
    parts = (each.format(place=place, table=table, holds=holds) for place, (table, holds) in conditions.items())
    return "\n            ".join(parts)


BY_TEXTS = of_conditions(
    {place: (table, f"{text} like any (patterns) {rows}") for place, (table, text, rows) in TEXTS.items()}
)
BY_AMOUNTS = of_conditions(
    {
        place: (table, f"{amount} between coalesce(low, '-infinity') and coalesce(high, 'infinity')")
        for place, (table, amount) in AMOUNTS.items()
    }
)

# As they were, with tags, credit limits and what is left of documents.
HAVING = f"""
create or replace function ficha_having(place text, parts text[], spot text, most integer) returns table (id uuid)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    set cpu_tuple_cost = 0.5
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
        words constant text[] := array(
            select case when place = 'client_key' then ficha_bare(part) when spot = 'word' then part else ficha_fold(part) end
            from unnest(parts) part
        );
        patterns constant text[] := array(
            select unnest(case
                when spot = 'word' and word ~ '^[0-9][0-9]?$'
                    then array[word, word || ' %', '% ' || word, '% ' || word || ' %']
                else ficha_patterns(word)
            end) from unnest(words) word
        );
    begin
        -- There are trigrams of the beginnings of words, and of what has three characters.
        if exists (select from unnest(words) word where length(word) < case when spot = 'anywhere' then 3 else 1 end) then
            return query select null::uuid from generate_series(1, most);
            return;
        end if;
        -- An index of trigrams brings all rows before the first is looked at: hundreds of thousands of a common part.
        if (case place
                {of_samples()}
                else false
            end)
        then
            return query select null::uuid from generate_series(1, most);
            return;
        end if;
        case place
            when 'document_tag' then return query
                select x.id from document x where x.company_id = company and x.tags && parts limit most;
            {BY_TEXTS}
        end case;
    end
    $$;
comment on function ficha_having is
    'Ids of rows of the current company that have one of the parts in a text: anywhere, at the beginning of a word, or as a
word of a search, of which a number of one or two digits is whole.'
"""
BETWEEN = f"""
create or replace function ficha_between(place text, low numeric, high numeric, most integer) returns table (id uuid)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
    begin
        case place
            when 'client_limit' then return query
                select x.client_id from receivable_terms x where x.company_id = company
                    and x.credit_limit between coalesce(low, '-infinity') and coalesce(high, 'infinity') limit most;
            when 'sales_document_balance' then
                -- Of most documents nothing is left: only those that are owed are in an index.
                if coalesce(low, '-infinity') <= 0 and coalesce(high, 'infinity') >= 0 then
                    return query select null::uuid from generate_series(1, most);
                    return;
                end if;
                return query
                    select x.id from sales_document x where x.company_id = company
                        and x.type in ('SALES_NOTE', 'INVOICE') and x.state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
                        and x.total - x.paid - x.credited
                            between coalesce(low, '-infinity') and coalesce(high, 'infinity') limit most;
            {BY_AMOUNTS}
        end case;
    end
    $$;
comment on function ficha_between is 'Ids of rows of the current company with an amount between two, or without an end.'
"""


MOST = 200
"""Candidates of each of the texts in which words may be."""
ENOUGH = 20
"""Clients that have the words, from which on nobody looks in notes, or for what only resembles them."""
WHOLE = 3_000
"""Clients that have the words, of which a filter or an order chooses, or which are counted."""
SEEN = "x.company_id = company and (whole or x.deleted_at is null) and (sees_all or x.owner_id = viewer)"
OF_SEEN = """x.company_id = company and x.deleted_at is null and (
                    (whole and sees_all) or exists (
                        select from client o where o.company_id = company and o.id = x.client_id
                            and (whole or o.deleted_at is null) and (sees_all or o.owner_id = viewer)
                        offset 0 -- for each contact, and not of all clients at once
                    )
                )"""
NOTE = "ficha_fold(x.internal_note)"


def having_words(content: str) -> str:
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
create or replace function ficha_find_clients(query text, viewer uuid, sees_all boolean, whole boolean)
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
        most constant integer := case when whole then {WHOLE} else {MOST} end;
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
        -- They are ranked before all others, but for a whole key.
        select array_agg(x.id), array_agg(x.rank) into ids, ranks from (
            (
                select x.id, ficha_place(query, x.search_text)::real as rank from client x
                where {SEEN} and x.sort_name >= name and x.sort_name < name || chr(1114111)
                order by x.sort_name, x.id limit most
            )
            union all
            (select x.id, 5 from client x where {SEEN} and ficha_bare(x.external_id) = bare limit most)
        ) x;
        if not coalesce(cardinality(ids), 0) >= most then
            select array_agg(hit.id), array_agg(hit.rank) into ids, ranks from (
                select each.id, max(each.rank)::real as rank from (
                    select * from unnest(ids, ranks)
                    union all
                    (
                        select x.id, ficha_place(query, x.search_text) from client x
                        where {SEEN} and {having_words("x.search_text")} limit most
                    )
                    union all
                    (
                        select x.client_id, ficha_place(query, x.search_text) - 0.5 from contact x
                        where {OF_SEEN} and {having_words("x.search_text")} limit most
                    )
                ) each (id, rank)
                group by each.id
            ) hit;
        end if;
        if whole and cardinality(ids) >= most then
            perform ficha_too_broad();
        end if;
        return query select * from unnest(ids, ranks);
        if cardinality(ids) >= {ENOUGH} and not whole then
            return;
        end if;
        return query
        select x.id, (ficha_place(query, {NOTE}) - 0.5)::real from client x
        where {SEEN} and x.internal_note is not null and {having_words(NOTE)} and (ids is null or x.id <> all (ids))
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
            where x.company_id = company and x.id = each.id and x.internal_note is not null and {having_words(NOTE)}
        )
        group by each.id;
    end
    $$;
comment on function ficha_find_clients is
    'Clients of the current company that the viewer sees whose names, RFC, contacts or notes have folded words, with ranks.'
"""


COUNT = f"""
create function ficha_count_clients(query text, viewer uuid, sees_all boolean, most integer) returns integer
    language plpgsql stable security definer parallel safe
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
        whole constant boolean := false;
        words constant text[] := string_to_array(query, ' ');
        single constant boolean := cardinality(words) = 1;
        longest constant text := (select w from unnest(words) w order by length(w) desc, w limit 1);
        one constant text := (ficha_patterns(longest))[1];
        two constant text := coalesce((ficha_patterns(longest))[2], one);
        number integer;
    begin
        select count(distinct each.id) into number from (
            (select x.id from client x where {SEEN} and {having_words("x.search_text")} limit most)
            union all
            (select x.client_id from contact x where {OF_SEEN} and {having_words("x.search_text")} limit most)
        ) each (id);
        -- Where so few have them, others are found as well.
        if number < {ENOUGH} then
            return (select count(*) from ficha_find_clients(query, viewer, sees_all, false));
        end if;
        return number;
    end
    $$;
comment on function ficha_count_clients is
    'How many clients of the current company that the viewer sees have folded words, up to a number.'
"""


def replace(former: dict[str, str], indexes: dict[str, str]) -> None:
    """Builds indexes beside writers, outside of any transaction, and drops those that they replace."""
    for name, of in indexes.items():
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
        op.execute(f"create index concurrently {name} on {of}")
    for name in former:
        op.execute(f"drop index concurrently if exists {name}")


def upgrade() -> None:
    op.execute("drop function if exists ficha_too_broad, ficha_beyond, ficha_count_clients")
    for function in (TOO_BROAD, BEYOND, HAVING, BETWEEN, FIND, COUNT):
        op.execute(function)
    with op.get_context().autocommit_block():
        replace(FORMER, INDEXES)
        op.execute("analyze document, sales_document")  # what is there of the indexed expressions


def downgrade() -> None:
    with op.get_context().autocommit_block():
        replace(INDEXES, FORMER)
    # Those that tell ids by a place serve the former places as they are; what calls `ficha_too_broad` does not.
    context: Any = op.get_context().environment_context
    former = context.script.get_revision(down_revision).module
    op.execute(former.FIND.replace("create function", "create or replace function"))
    op.execute("drop function ficha_too_broad, ficha_beyond, ficha_count_clients")
