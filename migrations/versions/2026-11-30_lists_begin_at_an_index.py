"""Each order of a list and what its filters compare has an index; of parts of texts and of amounts, functions tell the ids.

Revision: 0039, after 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

RANK = "case priority when 'LOW' then 0 when 'MEDIUM' then 1 when 'HIGH' then 2 when 'URGENT' then 3 end"
INDEXES = {
    "ix_address_country": "address (company_id, country)",
    "ix_address_municipality": "address (company_id, municipality)",
    "ix_address_postal_code": "address (company_id, postal_code)",
    "ix_address_state": "address (company_id, state)",
    "ix_cfdi_profile_cfdi_use": "cfdi_profile (company_id, cfdi_use)",
    "ix_cfdi_profile_payment_form": "cfdi_profile (company_id, payment_form)",
    "ix_cfdi_profile_payment_method": "cfdi_profile (company_id, payment_method)",
    "ix_cfdi_profile_postal_code": "cfdi_profile (company_id, postal_code)",
    "ix_cfdi_profile_tax_regime": "cfdi_profile (company_id, tax_regime)",
    "ix_client_converted_at": "client (company_id, converted_at)",
    "ix_client_credit_balance": "client (company_id, credit_balance)",
    "ix_client_deleted": "client (company_id, sort_name, id) where deleted_at is not null",
    "ix_client_owed": "client (company_id, (balance + credit_balance))",
    "ix_contact_job_title": "contact using gin (company_id, ficha_fold(job_title) gin_trgm_ops) where job_title is not null",
    "ix_deal_closed_on": "deal (company_id, closed_on)",
    "ix_deal_currency": "deal (company_id, currency)",
    "ix_deal_deleted": "deal (company_id, created_at, id) where deleted_at is not null",
    "ix_deal_estimated_value": "deal (company_id, estimated_value, id)",
    "ix_deal_expected_close_on": "deal (company_id, expected_close_on, id)",
    "ix_deal_final_value": "deal (company_id, final_value) where final_value is not null",
    "ix_deal_position": "deal (company_id, position, id)",
    "ix_deal_priority": "deal (company_id, priority)",
    "ix_deal_rank": f"deal (company_id, ({RANK}), id)",
    "ix_deal_state": "deal (company_id, state)",
    "ix_deal_title": 'deal (company_id, ficha_sort_key(title) collate "C", id)',
    "ix_document_content_type": "document (company_id, content_type)",
    "ix_document_expiry": "document (company_id, expires_on, id)",
    "ix_document_kind": "document (company_id, kind)",
    "ix_document_name": 'document (company_id, ficha_sort_key(name) collate "C", id)',
    "ix_document_size": "document (company_id, size, id)",
    "ix_document_uploaded_by": "document (company_id, uploaded_by_id)",
    "ix_document_words": "document using gin (company_id, search_text gin_trgm_ops)",
    "ix_follow_up_deal_id": "follow_up (company_id, deal_id)",
    "ix_follow_up_deleted": "follow_up (company_id, starts_at, id) where deleted_at is not null",
    "ix_follow_up_ends_at": "follow_up (company_id, ends_at, id)",
    "ix_follow_up_name": 'follow_up (company_id, ficha_sort_key(name) collate "C", id)',
    "ix_follow_up_priority": "follow_up (company_id, priority)",
    "ix_follow_up_rank": f"follow_up (company_id, ({RANK}), id)",
    "ix_follow_up_state": "follow_up (company_id, state)",
    "ix_follow_up_type": "follow_up (company_id, type)",
    "ix_sales_document_currency": "sales_document (company_id, currency)",
    "ix_sales_document_deal_id": "sales_document (company_id, deal_id)",
    "ix_sales_document_due_on": "sales_document (company_id, due_on, id)",
    "ix_sales_document_expires_on": "sales_document (company_id, expires_on)",
    "ix_sales_document_issued_by": "sales_document (company_id, issued_by_id)",
    "ix_sales_document_number": "sales_document (company_id, number, id)",
    "ix_sales_document_state": "sales_document (company_id, state)",
    "ix_sales_document_total": "sales_document (company_id, total, id)",
    "ix_sales_document_type": "sales_document (company_id, type)",
    "ix_sales_document_words": "sales_document using gin (company_id, ficha_words(folio, number::text) gin_trgm_ops)",
}
FORMER = {
    "ix_document_expires_on": "document (company_id, expires_on)",
    "ix_document_search": "document using gin (company_id, search_text gin_trgm_ops)"
    " where deleted_at is null and replaced_at is null",
}

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


def of_places(conditions: dict[str, tuple[str, str]]) -> str:
    """What is returned for each place: ids of rows of a table for which a condition holds."""
    each = "when '{place}' then return query select x.id from {table} x where x.company_id = company and {holds} limit most;"
    parts = (each.format(place=place, table=table, holds=holds) for place, (table, holds) in conditions.items())
    return "\n            ".join(parts)


BY_TEXTS = of_places(
    {place: (table, f"{text} like any (patterns) {rows}") for place, (table, text, rows) in TEXTS.items()}
)
BY_AMOUNTS = of_places(
    {
        place: (table, f"{amount} between coalesce(low, '-infinity') and coalesce(high, 'infinity')")
        for place, (table, amount) in AMOUNTS.items()
    }
)

# Below row-level security PostgreSQL looks up in an index only what leakproof operators compare, and those of parts of texts
# and of decimals are not. These functions run as the tables' owner, within the wall that they hold themselves; they tell
# ids alone, of rows that the application may read anyway. They plan for each value: a word that many rows have is not
# looked up. Words of a search are folded already; of some letters, as Ɬ, folding twice makes others. To fold a text takes
# some fifty times what PostgreSQL takes a row to cost.
HAVING = f"""
create function ficha_having(place text, parts text[], spot text, most integer) returns table (id uuid)
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
        case place
            {BY_TEXTS}
        end case;
    end
    $$;
comment on function ficha_having is
    'Ids of rows of the current company that have one of the parts in a text: anywhere, at the beginning of a word, or as a
word of a search, of which a number of one or two digits is whole.'
"""  # noqa: S608  # our own literals
BETWEEN = f"""
create function ficha_between(place text, low numeric, high numeric, most integer) returns table (id uuid)
    language plpgsql stable security definer parallel safe rows 100
    set search_path = public, pg_temp
    set plan_cache_mode = force_custom_plan
    as $$
    #variable_conflict use_column
    declare
        company constant uuid := ficha_company();
    begin
        case place
            {BY_AMOUNTS}
        end case;
    end
    $$;
comment on function ficha_between is 'Ids of rows of the current company with an amount between two, or without an end.'
"""  # our own literals


def replace(former: dict[str, str], indexes: dict[str, str]) -> None:
    """Builds indexes beside writers, outside of any transaction, and drops those that they replace."""
    for name, of in indexes.items():
        op.execute(f"drop index concurrently if exists {name}")  # of an attempt that was stopped
        op.execute(f"create index concurrently {name} on {of}")
    for name in former:
        op.execute(f"drop index concurrently if exists {name}")


def upgrade() -> None:
    op.execute("drop function if exists ficha_having, ficha_between")
    op.execute(HAVING)
    op.execute(BETWEEN)
    with op.get_context().autocommit_block():
        replace(FORMER, INDEXES)
        op.execute(
            "analyze client, contact, deal, document, follow_up, sales_document"
        )  # what is there of the indexed expressions


def downgrade() -> None:
    with op.get_context().autocommit_block():
        replace(INDEXES, FORMER)
    op.execute("drop function ficha_having, ficha_between")
