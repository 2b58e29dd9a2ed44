"""The client record: every table of the first schema, its text functions, and the wall between companies.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "btree_gist")
"""All four are trusted: the database's owner may create them."""

# Roles are the server's, not the database's: another Ficha may have made it already. Whoever migrates takes it on to
# serve, which a superuser may do anyway.
APPLICATION_ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = 'ficha_app') then
        create role ficha_app nologin noinherit nobypassrls;
    end if;
    if not pg_has_role(current_user, 'ficha_app', 'set') then
        execute format('grant ficha_app to %I', current_user);
    end if;
exception
    when duplicate_object or unique_violation then null;
    -- An administrator made the role, and says who may take it on.
    when insufficient_privilege then raise notice 'the role ficha_app was not granted to %', current_user;
end $$
"""

# `unaccent` is only stable, since its dictionary may be edited; ours is the one that comes with PostgreSQL.
FUNCTIONS = """
create function ficha_fold(value text) returns text
    language sql immutable parallel safe strict
    return lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, nfc)));
comment on function ficha_fold is 'The text without accents and case, for searching.';

create function ficha_sort_key(value text) returns text
    language sql immutable parallel safe strict
    return ficha_fold(replace(lower(normalize(value, nfc)), 'ñ', 'n~'));
comment on function ficha_sort_key is 'Orders text as Spanish does, ñ after n, whatever the collation.';

create function ficha_company() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('ficha.company_id', true), '')::uuid;
comment on function ficha_company is 'The company of the current transaction; null sees nothing.';
"""

# Trigram operators are not leakproof, so below row-level security they could not use an index. This function runs as the
# tables' owner, to whom the policies do not apply, and therefore holds the wall itself: it reads only `ficha_company()`.
SEARCH = """
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

TABLES = (
    "company",
    "collaborator",
    "company_sequence",
    "funnel_stage",
    "loss_reason",
    "price_list",
    "client",
    "address",
    "bank_account",
    "cfdi_profile",
    "contact",
    "deal",
    "document",
    "payment_reminders",
    "receivable_terms",
    "follow_up",
    "reminder_rule",
    "sales_document",
    "history_event",
    "payment",
    "sales_document_line",
)
"""In the order of their references."""

APPEND_ONLY = ("history_event",)
READ_ONLY = ("company",)


def wall_off(table: str) -> None:
    """Only rows of the transaction's company are there for the application."""
    key = "id" if table == "company" else "company_id"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy company on {table} using ({key} = ficha_company()) with check ({key} = ficha_company())")
    rights = "select" if table in READ_ONLY else "select, insert"
    if table not in (*READ_ONLY, *APPEND_ONLY):
        rights += ", update, delete"
    op.execute(f"grant {rights} on {table} to ficha_app")


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"create extension if not exists {extension} schema public")
    op.execute(APPLICATION_ROLE)
    op.execute(FUNCTIONS)
    create_tables()
    # Loads pg_trgm, whose setting the function fixes for itself.
    op.execute("select show_trgm('')")
    op.execute(SEARCH)
    op.execute("grant usage on schema public to ficha_app")
    for table in TABLES:
        wall_off(table)


def create_tables() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rfc", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default=sa.text("'America/Mexico_City'"), nullable=False),
        sa.Column("currency", sa.Text(), server_default=sa.text("'MXN'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 300", name=op.f("ck_company_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "collaborator",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "ADMIN", "SALES_MANAGER", "SALES", "BILLING", "READ_ONLY", name="role", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role in ('ADMIN', 'SALES_MANAGER', 'SALES', 'BILLING', 'READ_ONLY')", name=op.f("ck_collaborator_role")
        ),
        sa.CheckConstraint("char_length(name) between 1 and 200", name=op.f("ck_collaborator_name_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_collaborator_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_collaborator")),
    )
    op.create_index(
        "uq_collaborator_email", "collaborator", ["company_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "company_sequence",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_sequence_company_id")),
        sa.PrimaryKeyConstraint("company_id", "name", name=op.f("pk_company_sequence")),
    )
    op.create_table(
        "funnel_stage",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 120", name=op.f("ck_funnel_stage_name_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_funnel_stage_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_funnel_stage")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_funnel_stage_name")),
    )
    op.create_table(
        "loss_reason",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 200", name=op.f("ck_loss_reason_name_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_loss_reason_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_loss_reason")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_loss_reason_name")),
    )
    op.create_table(
        "price_list",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), server_default=sa.text("'MXN'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "char_length(description) between 1 and 1000", name=op.f("ck_price_list_description_length")
        ),
        sa.CheckConstraint("char_length(name) between 1 and 120", name=op.f("ck_price_list_name_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_price_list_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_price_list_name")),
    )
    op.create_table(
        "client",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("PROSPECT", "CLIENT", name="clientkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("trade_name", sa.Text(), nullable=True),
        sa.Column("rfc", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column("internal_note", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("converted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("converted_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "sort_name",
            sa.Text(collation="C"),
            sa.Computed("ficha_sort_key(legal_name)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed(
                "ficha_fold(legal_name || ' ' || coalesce(trade_name, '') || ' ' || coalesce(rfc, ''))", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind = 'CLIENT' or converted_at is null", name=op.f("ck_client_converted")),
        sa.CheckConstraint("kind in ('PROSPECT', 'CLIENT')", name=op.f("ck_client_kind")),
        sa.CheckConstraint(
            "rfc ~ '^[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]$'",
            name=op.f("ck_client_rfc"),
        ),
        sa.CheckConstraint("(deleted_at is null) <= (deleted_by_id is null)", name=op.f("ck_client_deleted")),
        sa.CheckConstraint("char_length(external_id) between 1 and 200", name=op.f("ck_client_external_id_length")),
        sa.CheckConstraint(
            "char_length(internal_note) between 1 and 10000", name=op.f("ck_client_internal_note_length")
        ),
        sa.CheckConstraint("char_length(legal_name) between 1 and 300", name=op.f("ck_client_legal_name_length")),
        sa.CheckConstraint("char_length(trade_name) between 1 and 300", name=op.f("ck_client_trade_name_length")),
        sa.ForeignKeyConstraint(
            ["company_id", "converted_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_client_converted_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_client_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "deleted_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_client_deleted_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "owner_id"], ["collaborator.company_id", "collaborator.id"], name=op.f("fk_client_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "price_list_id"],
            ["price_list.company_id", "price_list.id"],
            name=op.f("fk_client_price_list_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_client_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_client")),
    )
    op.create_index("ix_client_created_at", "client", ["company_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_client_generic_rfc",
        "client",
        ["company_id", "rfc"],
        unique=False,
        postgresql_where=sa.text("rfc in ('XAXX010101000', 'XEXX010101000')"),
    )
    op.create_index("ix_client_owner", "client", ["company_id", "owner_id", "sort_name", "id"], unique=False)
    op.create_index("ix_client_price_list", "client", ["company_id", "price_list_id"], unique=False)
    op.create_index(
        "ix_client_search",
        "client",
        ["company_id", "search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index("ix_client_sort_name", "client", ["company_id", "sort_name", "id"], unique=False)
    op.create_index("ix_client_updated_at", "client", ["company_id", "updated_at", "id"], unique=False)
    op.create_index("uq_client_external_id", "client", ["company_id", "external_id"], unique=True)
    op.create_index(
        "uq_client_rfc",
        "client",
        ["company_id", "rfc"],
        unique=True,
        postgresql_where=sa.text("rfc not in ('XAXX010101000', 'XEXX010101000')"),
    )
    op.create_table(
        "address",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("FISCAL", "BRANCH", name="addresskind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("exterior_number", sa.Text(), nullable=True),
        sa.Column("interior_number", sa.Text(), nullable=True),
        sa.Column("neighborhood", sa.Text(), nullable=True),
        sa.Column("locality", sa.Text(), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), server_default=sa.text("'MEX'"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('FISCAL', 'BRANCH')", name=op.f("ck_address_kind")),
        sa.CheckConstraint("char_length(street) between 1 and 300", name=op.f("ck_address_street_length")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_address_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_address_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_address")),
    )
    op.create_index(
        "ix_address_client",
        "address",
        ["company_id", "client_id", "position", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "uq_address_fiscal",
        "address",
        ["company_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'FISCAL' and deleted_at is null"),
    )
    op.create_table(
        "bank_account",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role", sa.Enum("DEPOSIT", "PAYER", name="bankaccountrole", native_enum=False, length=40), nullable=False
        ),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("payment_form", sa.Text(), nullable=False),
        sa.Column("bank_rfc", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('DEPOSIT', 'PAYER')", name=op.f("ck_bank_account_role")),
        sa.CheckConstraint(
            "char_length(account_number) between 1 and 50", name=op.f("ck_bank_account_account_number_length")
        ),
        sa.CheckConstraint("char_length(bank_name) between 1 and 300", name=op.f("ck_bank_account_bank_name_length")),
        sa.CheckConstraint(
            "char_length(description) between 1 and 300", name=op.f("ck_bank_account_description_length")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_bank_account_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_bank_account_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_bank_account")),
    )
    op.create_index(
        "ix_bank_account_client",
        "bank_account",
        ["company_id", "client_id", "position", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "uq_bank_account_default",
        "bank_account",
        ["company_id", "client_id", "role"],
        unique=True,
        postgresql_where=sa.text("is_default and deleted_at is null"),
    )
    op.create_table(
        "cfdi_profile",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rfc", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("tax_regime", sa.Text(), nullable=True),
        sa.Column("cfdi_use", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("payment_form", sa.Text(), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("tax_residence", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            ("company_id", "="),
            ("client_id", "="),
            (sa.text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_cfdi_profile_one_at_a_time",
        ),
        sa.CheckConstraint("tax_residence <> 'MEX'", name=op.f("ck_cfdi_profile_tax_residence")),
        sa.CheckConstraint("char_length(name) between 1 and 300", name=op.f("ck_cfdi_profile_name_length")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_cfdi_profile_valid")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_cfdi_profile_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_cfdi_profile_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_cfdi_profile")),
    )
    op.create_index(
        "uq_cfdi_profile_current",
        "cfdi_profile",
        ["company_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("valid_to is null"),
    )
    op.create_table(
        "contact",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("receives_reminders", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("ficha_fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(email) between 1 and 254", name=op.f("ck_contact_email_length")),
        sa.CheckConstraint("char_length(job_title) between 1 and 200", name=op.f("ck_contact_job_title_length")),
        sa.CheckConstraint("char_length(name) between 1 and 200", name=op.f("ck_contact_name_length")),
        sa.CheckConstraint("char_length(phone) between 1 and 16", name=op.f("ck_contact_phone_length")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_contact_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_contact_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_contact")),
    )
    op.create_index(
        "ix_contact_client",
        "contact",
        ["company_id", "client_id", "position", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_contact_email", "contact", ["company_id", sa.literal_column("lower(email)")], unique=False)
    op.create_index("ix_contact_phone", "contact", ["company_id", "phone"], unique=False)
    op.create_index(
        "ix_contact_search",
        "contact",
        ["company_id", "search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index(
        "uq_contact_primary",
        "contact",
        ["company_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("is_primary and deleted_at is null"),
    )
    op.create_table(
        "deal",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("estimated_value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), server_default=sa.text("'MXN'"), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("LOW", "MEDIUM", "HIGH", "URGENT", name="priority", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "WON", "LOST", "CLOSED", name="dealstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("final_value", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("loss_reason_id", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'LOST') = (loss_reason_id is not null)", name=op.f("ck_deal_lost")),
        sa.CheckConstraint("(state = 'OPEN') = (closed_on is null)", name=op.f("ck_deal_closed_on")),
        sa.CheckConstraint("(state = 'WON') <= (final_value is not null)", name=op.f("ck_deal_won")),
        sa.CheckConstraint("priority in ('LOW', 'MEDIUM', 'HIGH', 'URGENT')", name=op.f("ck_deal_priority")),
        sa.CheckConstraint("state in ('OPEN', 'WON', 'LOST', 'CLOSED')", name=op.f("ck_deal_state")),
        sa.CheckConstraint("char_length(description) between 1 and 1000", name=op.f("ck_deal_description_length")),
        sa.CheckConstraint("char_length(title) between 1 and 200", name=op.f("ck_deal_title_length")),
        sa.CheckConstraint("estimated_value >= 0 and final_value >= 0", name=op.f("ck_deal_values")),
        sa.ForeignKeyConstraint(
            ["company_id", "assignee_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_deal_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_deal_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_deal_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loss_reason_id"],
            ["loss_reason.company_id", "loss_reason.id"],
            name=op.f("fk_deal_loss_reason_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "stage_id"], ["funnel_stage.company_id", "funnel_stage.id"], name=op.f("fk_deal_stage_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_deal_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_deal")),
        sa.UniqueConstraint("company_id", "client_id", "id", name=op.f("uq_deal_id")),
    )
    op.create_index("ix_deal_assignee", "deal", ["company_id", "assignee_id"], unique=False)
    op.create_index(
        "ix_deal_client",
        "deal",
        ["company_id", "client_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_deal_created_at", "deal", ["company_id", "created_at", "id"], unique=False)
    op.create_index("ix_deal_stage", "deal", ["company_id", "stage_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TAX_STATUS_CERTIFICATE",
                "CONTRACT",
                "PAYMENT_RECEIPT",
                "CFDI_XML",
                "TECHNICAL",
                "OTHER",
                name="documentkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("ficha_fold(name || ' ' || coalesce(description, ''))", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('TAX_STATUS_CERTIFICATE', 'CONTRACT', 'PAYMENT_RECEIPT', 'CFDI_XML', 'TECHNICAL', 'OTHER')",
            name=op.f("ck_document_kind"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_sha256")),
        sa.CheckConstraint("char_length(description) between 1 and 1000", name=op.f("ck_document_description_length")),
        sa.CheckConstraint("char_length(name) between 1 and 255", name=op.f("ck_document_name_length")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_document_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "uploaded_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_document_uploaded_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_document_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("company_id", "object_key", name=op.f("uq_document_object_key")),
    )
    op.create_index(
        "ix_document_client",
        "document",
        ["company_id", "client_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_document_created_at", "document", ["company_id", "created_at", "id"], unique=False)
    op.create_index("ix_document_expires_on", "document", ["company_id", "expires_on"], unique=False)
    op.create_table(
        "payment_reminders",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cc", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("attach_pdf", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("attach_xml", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("working_days_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_payment_reminders_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_payment_reminders_company_id")),
        sa.PrimaryKeyConstraint("company_id", "client_id", name=op.f("pk_payment_reminders")),
    )
    op.create_table(
        "receivable_terms",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "terms", sa.Enum("CASH", "CREDIT", name="paymentterms", native_enum=False, length=40), nullable=False
        ),
        sa.Column("credit_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("terms = 'CREDIT' or credit_days = 0", name=op.f("ck_receivable_terms_cash")),
        sa.CheckConstraint("terms in ('CASH', 'CREDIT')", name=op.f("ck_receivable_terms_terms")),
        sa.CheckConstraint("credit_days between 0 and 3650", name=op.f("ck_receivable_terms_credit_days")),
        sa.CheckConstraint("credit_limit >= 0", name=op.f("ck_receivable_terms_credit_limit")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_receivable_terms_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_receivable_terms_company_id")),
        sa.PrimaryKeyConstraint("company_id", "client_id", name=op.f("pk_receivable_terms")),
    )
    op.create_table(
        "follow_up",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.Computed("'SEG-' || lpad(number::text, greatest(6, length(number::text)), '0')", persisted=True),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "CALL",
                "EMAIL",
                "MEETING",
                "VISIT",
                "WHATSAPP",
                "OTHER",
                name="followuptype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("LOW", "MEDIUM", "HIGH", "URGENT", name="priority", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("PENDING", "IN_PROGRESS", "DONE", "CANCELLED", name="followupstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed(
                "ficha_fold('SEG-' || lpad(number::text, greatest(6, length(number::text)), '0') || ' ' || name)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'DONE') = (completed_at is not null)", name=op.f("ck_follow_up_completed")),
        sa.CheckConstraint("priority in ('LOW', 'MEDIUM', 'HIGH', 'URGENT')", name=op.f("ck_follow_up_priority")),
        sa.CheckConstraint("state in ('PENDING', 'IN_PROGRESS', 'DONE', 'CANCELLED')", name=op.f("ck_follow_up_state")),
        sa.CheckConstraint(
            "type in ('CALL', 'EMAIL', 'MEETING', 'VISIT', 'WHATSAPP', 'OTHER')", name=op.f("ck_follow_up_type")
        ),
        sa.CheckConstraint("char_length(description) between 1 and 1000", name=op.f("ck_follow_up_description_length")),
        sa.CheckConstraint("char_length(name) between 1 and 200", name=op.f("ck_follow_up_name_length")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_follow_up_ends_at")),
        sa.ForeignKeyConstraint(
            ["company_id", "assignee_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_follow_up_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "deal_id"],
            ["deal.company_id", "deal.client_id", "deal.id"],
            name=op.f("fk_follow_up_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_follow_up_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_follow_up_created_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_follow_up_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_follow_up_number")),
    )
    op.create_index(
        "ix_follow_up_assignee", "follow_up", ["company_id", "assignee_id", "starts_at", "id"], unique=False
    )
    op.create_index("ix_follow_up_client", "follow_up", ["company_id", "client_id", "starts_at", "id"], unique=False)
    op.create_index("ix_follow_up_deal", "follow_up", ["company_id", "client_id", "deal_id"], unique=False)
    op.create_index("ix_follow_up_starts_at", "follow_up", ["company_id", "starts_at", "id"], unique=False)
    op.create_table(
        "reminder_rule",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "moment",
            sa.Enum("BEFORE", "ON", "AFTER", name="remindermoment", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("repeat_every_days", sa.Integer(), nullable=True),
        sa.Column("repeat_at_most", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(repeat_every_days is null) = (repeat_at_most is null) and (repeat_every_days is null or moment = 'AFTER') and repeat_every_days between 1 and 365 and repeat_at_most between 1 and 100",
            name=op.f("ck_reminder_rule_repeat"),
        ),
        sa.CheckConstraint(
            "days between 0 and 365 and (moment = 'ON') = (days = 0)", name=op.f("ck_reminder_rule_days")
        ),
        sa.CheckConstraint("moment in ('BEFORE', 'ON', 'AFTER')", name=op.f("ck_reminder_rule_moment")),
        sa.CheckConstraint("hour between 0 and 23", name=op.f("ck_reminder_rule_hour")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["payment_reminders.company_id", "payment_reminders.client_id"],
            name=op.f("fk_reminder_rule_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_reminder_rule_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_reminder_rule")),
    )
    op.create_index(
        "ix_reminder_rule_client", "reminder_rule", ["company_id", "client_id", "position", "id"], unique=False
    )
    op.create_table(
        "sales_document",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum("QUOTE", "SALES_NOTE", "INVOICE", name="salesdocumenttype", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("folio", sa.Text(), sa.Computed("series || '-' || number::text", persisted=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "SENT",
                "ACCEPTED",
                "REJECTED",
                "CONVERTED",
                "STAMPED",
                "VIEWED",
                "PARTIALLY_PAID",
                "PAID",
                "CANCELLED",
                name="salesdocumentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("on_credit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("currency", sa.Text(), server_default=sa.text("'MXN'"), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=18, scale=6), server_default=sa.text("1"), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("uuid", sa.Uuid(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state <> 'PAID' or paid = total", name=op.f("ck_sales_document_paid_in_full")),
        sa.CheckConstraint(
            "type = 'QUOTE' and state in ('DRAFT', 'SENT', 'ACCEPTED', 'REJECTED', 'CONVERTED', 'CANCELLED') or type = 'SALES_NOTE' and state in ('DRAFT', 'SENT', 'PARTIALLY_PAID', 'PAID', 'CONVERTED', 'CANCELLED') or type = 'INVOICE' and state in ('DRAFT', 'STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID', 'PAID', 'CANCELLED')",
            name=op.f("ck_sales_document_state"),
        ),
        sa.CheckConstraint("type in ('QUOTE', 'SALES_NOTE', 'INVOICE')", name=op.f("ck_sales_document_type")),
        sa.CheckConstraint("char_length(notes) between 1 and 10000", name=op.f("ck_sales_document_notes_length")),
        sa.CheckConstraint("char_length(series) between 1 and 25", name=op.f("ck_sales_document_series_length")),
        sa.CheckConstraint("exchange_rate > 0", name=op.f("ck_sales_document_exchange_rate")),
        sa.CheckConstraint("least(subtotal, discount, total) >= 0", name=op.f("ck_sales_document_amounts")),
        sa.CheckConstraint("number > 0", name=op.f("ck_sales_document_number")),
        sa.CheckConstraint("paid between 0 and total", name=op.f("ck_sales_document_paid")),
        sa.CheckConstraint("total = subtotal - discount + tax", name=op.f("ck_sales_document_total")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "deal_id"],
            ["deal.company_id", "deal.client_id", "deal.id"],
            name=op.f("fk_sales_document_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "origin_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_sales_document_origin_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_sales_document_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "issued_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_sales_document_issued_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sales_document_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_sales_document")),
        sa.UniqueConstraint("company_id", "client_id", "id", name=op.f("uq_sales_document_id")),
        sa.UniqueConstraint("company_id", "type", "series", "number", name=op.f("uq_sales_document_number")),
    )
    op.create_index(
        "ix_sales_document_client", "sales_document", ["company_id", "client_id", "issued_at", "id"], unique=False
    )
    op.create_index("ix_sales_document_deal", "sales_document", ["company_id", "client_id", "deal_id"], unique=False)
    op.create_index("ix_sales_document_folio", "sales_document", ["company_id", "folio"], unique=False)
    op.create_index("ix_sales_document_issued_at", "sales_document", ["company_id", "issued_at", "id"], unique=False)
    op.create_index(
        "ix_sales_document_origin", "sales_document", ["company_id", "client_id", "origin_id"], unique=False
    )
    op.create_index(
        "ix_sales_document_owed",
        "sales_document",
        ["company_id", "client_id"],
        unique=False,
        postgresql_include=["due_on", "total", "paid", "exchange_rate"],
        postgresql_where=sa.text("type <> 'QUOTE' and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"),
    )
    op.create_index("uq_sales_document_uuid", "sales_document", ["company_id", "uuid"], unique=True)
    op.create_table(
        "history_event",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CLIENT_CREATED",
                "PROSPECT_CONVERTED",
                "SALES_DOCUMENT_ISSUED",
                "SALES_DOCUMENT_CONVERTED",
                "SALES_DOCUMENT_STATE_CHANGED",
                "DEAL_CREATED",
                "DEAL_WON",
                "DEAL_LOST",
                "DEAL_CLOSED",
                "DEAL_REOPENED",
                name="historyeventkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("as_prospect", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("sales_document_id", sa.Uuid(), nullable=True),
        sa.Column("origin_document_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED')",
            name=op.f("ck_history_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "actor_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_history_event_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "deal_id"],
            ["deal.company_id", "deal.client_id", "deal.id"],
            name=op.f("fk_history_event_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "origin_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_history_event_origin_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_history_event_sales_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_history_event_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_history_event_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_history_event")),
    )
    op.create_index(
        "ix_history_event_client", "history_event", ["company_id", "client_id", "occurred_at", "id"], unique=False
    )
    op.create_table(
        "payment",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sales_document_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("payment_form", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("registered_by_id", sa.Uuid(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("char_length(reference) between 1 and 200", name=op.f("ck_payment_reference_length")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_payment_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "registered_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_payment_registered_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_payment_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_payment")),
    )
    op.create_index(
        "ix_payment_sales_document",
        "payment",
        ["company_id", "client_id", "sales_document_id", "paid_at", "id"],
        unique=False,
    )
    op.create_table(
        "sales_document_line",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sales_document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "amount = round(quantity * unit_price - discount, 2)", name=op.f("ck_sales_document_line_amount")
        ),
        sa.CheckConstraint(
            "char_length(description) between 1 and 1000", name=op.f("ck_sales_document_line_description_length")
        ),
        sa.CheckConstraint(
            "quantity > 0 and unit_price >= 0 and discount >= 0", name=op.f("ck_sales_document_line_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_sales_document_line_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sales_document_line_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_sales_document_line")),
        sa.UniqueConstraint(
            "company_id", "client_id", "sales_document_id", "position", name=op.f("uq_sales_document_line_position")
        ),
    )


def downgrade() -> None:
    op.execute("drop function ficha_search_clients")
    for table in reversed(TABLES):
        op.drop_table(table)
    for function in ("ficha_company", "ficha_sort_key", "ficha_fold"):
        op.execute(f"drop function {function}")
