"""A company of one's own: what it is founded with, its bank accounts, series and days off, and its suspension.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


RIGHTS = {
    "company_bank_account": "select, insert, update",
    "default_reminder": "select, insert, update, delete",
    "folio_series": "select, insert, update",
    "holiday": "select, insert, update, delete",
    "prospect_state": "select, insert, update, delete",
}
"""What the application may do: an account can be restored, a series keeps its last folio."""

SETTINGS = (
    "name, rfc, rfc_repeated, tax_regime, postal_code, time_zone, currency, working_weekdays, keeps_official_holidays,"
    " version, updated_at"
)
"""What the application may change of a company; whoever runs the server makes and suspends them."""

KINDS_BEFORE = (
    "'SIGN_IN_REFUSED', 'API_KEY_CREATED', 'API_KEY_USED', 'API_KEY_REVOKED', 'ROLE_PERMISSIONS_CHANGED',"
    " 'PERSONAL_DATA_EXPORTED', 'DUPLICATE_DISCLOSED', 'COLLABORATOR_UNBOUND'"
)
KINDS = f"{KINDS_BEFORE}, 'COMPANY_CREATED', 'COMPANY_CHANGED', 'COMPANY_SUSPENDED', 'COMPANY_RESUMED'"

# The oldest keeps the RFC; `ficha check` lists the others.
REPEATED = """
update company set rfc_repeated = true
where exists (
    select from company older
    where older.rfc = company.rfc and (older.created_at, older.id) < (company.created_at, company.id)
)
"""
# A document was numbered by the sequence `INVOICE:F`.
SERIES = """
insert into folio_series (company_id, id, type, series, last_number)
select company_id, gen_random_uuid(), type, series, max(number)
from (
    select company_id, split_part(name, ':', 1) as type, split_part(name, ':', 2) as series, value as number
    from company_sequence where name like '%:%'
    union all
    select company_id, type, series, max(number) from sales_document group by 1, 2, 3
) numbered
group by company_id, type, series
"""
DEFAULT_SERIES = """
insert into folio_series (company_id, id, type, series, is_default)
select company.id, gen_random_uuid(), type, series, true
from company, (values ('QUOTE', 'COT'), ('SALES_NOTE', 'NV'), ('INVOICE', 'F'), ('CREDIT_NOTE', 'NC')) usual (type, series)
on conflict (company_id, type, series) do update set is_default = true
"""
SEQUENCES = """
insert into company_sequence (company_id, name, value)
select company_id, type || ':' || series, last_number from folio_series where last_number > 0
"""
PROSPECT_STATES = """
insert into prospect_state (company_id, id, name, position)
select company.id, gen_random_uuid(), usual.name, usual.position
from company, (
    values ('Nuevo', 0), ('Contactado', 1), ('Interesado', 2), ('En negociación', 3), ('No interesado', 4)
) usual (name, position)
"""


def upgrade() -> None:
    create_tables()
    add_columns()
    for table, rights in RIGHTS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy company on {table} using (company_id = ficha_company())"
            " with check (company_id = ficha_company())"
        )
        op.execute(f"grant {rights} on {table} to ficha_app")
    op.execute(f"grant update ({SETTINGS}) on company to ficha_app")
    audit_kinds(KINDS)

    op.execute(SERIES)
    op.execute("delete from company_sequence where name like '%:%'")
    op.execute(DEFAULT_SERIES)
    op.execute(PROSPECT_STATES)


def audit_kinds(kinds: str) -> None:
    """What is audited."""
    op.drop_constraint(op.f("ck_audit_event_kind"), "audit_event")
    op.create_check_constraint(op.f("ck_audit_event_kind"), "audit_event", f"kind in ({kinds})")


def create_tables() -> None:
    op.create_table(
        "company_bank_account",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("payment_form", sa.Text(), nullable=False),
        sa.Column("bank_rfc", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "char_length(account_number) between 1 and 50", name=op.f("ck_company_bank_account_account_number_length")
        ),
        sa.CheckConstraint(
            "char_length(bank_name) between 1 and 300", name=op.f("ck_company_bank_account_bank_name_length")
        ),
        sa.CheckConstraint(
            "char_length(description) between 1 and 300", name=op.f("ck_company_bank_account_description_length")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_bank_account_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_company_bank_account")),
    )
    op.create_index(
        "uq_company_bank_account_default",
        "company_bank_account",
        ["company_id"],
        unique=True,
        postgresql_where=sa.text("is_default and deleted_at is null"),
    )
    op.create_index(
        "uq_company_bank_account_number",
        "company_bank_account",
        ["company_id", "account_number"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "default_reminder",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
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
            "(repeat_every_days is null) = (repeat_at_most is null)"
            " and (repeat_every_days is null or moment = 'AFTER')",
            name=op.f("ck_default_reminder_repeat"),
        ),
        sa.CheckConstraint("(moment = 'ON') = (days = 0)", name=op.f("ck_default_reminder_on_the_day")),
        sa.CheckConstraint("days between 0 and 365", name=op.f("ck_default_reminder_days")),
        sa.CheckConstraint("repeat_every_days between 1 and 365", name=op.f("ck_default_reminder_repeat_every_days")),
        sa.CheckConstraint("repeat_at_most between 1 and 100", name=op.f("ck_default_reminder_repeat_at_most")),
        sa.CheckConstraint("moment in ('BEFORE', 'ON', 'AFTER')", name=op.f("ck_default_reminder_moment")),
        sa.CheckConstraint("hour between 0 and 23", name=op.f("ck_default_reminder_hour")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_default_reminder_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_default_reminder")),
    )
    op.create_index("ix_default_reminder_position", "default_reminder", ["company_id", "position", "id"], unique=False)
    op.create_table(
        "folio_series",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "QUOTE", "SALES_NOTE", "INVOICE", "CREDIT_NOTE", name="salesdocumenttype", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "type in ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')", name=op.f("ck_folio_series_type")
        ),
        sa.CheckConstraint("last_number between 0 and 2147483647", name=op.f("ck_folio_series_last_number")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_folio_series_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_folio_series")),
        sa.UniqueConstraint("company_id", "type", "series", name=op.f("uq_folio_series_series")),
    )
    op.create_index(
        "uq_folio_series_default",
        "folio_series",
        ["company_id", "type"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "holiday",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 120", name=op.f("ck_holiday_name_length")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_holiday_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("company_id", "day", name=op.f("uq_holiday_day")),
    )
    op.create_table(
        "prospect_state",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(name) between 1 and 120", name=op.f("ck_prospect_state_name_length")),
        sa.CheckConstraint("position between 0 and 10000", name=op.f("ck_prospect_state_position")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_prospect_state_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_prospect_state")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_prospect_state_name")),
    )


def add_columns() -> None:
    op.add_column("bank_account", sa.Column("company_account_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_bank_account_company_account",
        "bank_account",
        ["company_id", "company_account_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("company_account_id is not null and deleted_at is null"),
    )
    op.create_index(
        "ix_bank_account_company_account",
        "bank_account",
        ["company_id", "company_account_id"],
        postgresql_where=sa.text("company_account_id is not null"),
    )
    op.create_foreign_key(
        op.f("fk_bank_account_company_account_id"),
        "bank_account",
        "company_bank_account",
        ["company_id", "company_account_id"],
        ["company_id", "id"],
    )
    op.add_column("company", sa.Column("rfc_repeated", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("company", sa.Column("tax_regime", sa.Text(), nullable=True))
    op.add_column(
        "company",
        sa.Column(
            "working_weekdays", sa.ARRAY(sa.SmallInteger()), server_default=sa.text("'{1,2,3,4,5}'"), nullable=False
        ),
    )
    op.add_column(
        "company", sa.Column("keeps_official_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("company", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("company", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "company", sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.execute(REPEATED)
    op.create_index("uq_company_rfc", "company", ["rfc"], unique=True, postgresql_where=sa.text("not rfc_repeated"))
    op.create_check_constraint(
        op.f("ck_bank_account_company_account"), "bank_account", "company_account_id is null or role = 'DEPOSIT'"
    )
    op.create_check_constraint(
        op.f("ck_company_working_weekdays"),
        "company",
        "cardinality(working_weekdays) between 1 and 7 and working_weekdays <@ '{1,2,3,4,5,6,7}'",
    )


def downgrade() -> None:
    """A company's own accounts, states, reminders and days off are lost; the clients' accounts and the folios stay."""
    op.execute(SEQUENCES)
    op.execute("delete from audit_event where kind like 'COMPANY\\_%'")
    audit_kinds(KINDS_BEFORE)
    op.execute(f"revoke update ({SETTINGS}) on company from ficha_app")
    op.drop_index("uq_company_rfc", "company")
    for column in (
        "updated_at", "version", "suspended_at", "keeps_official_holidays", "working_weekdays", "tax_regime",
        "rfc_repeated",
    ):  # fmt: skip
        op.drop_column("company", column)
    op.drop_column("bank_account", "company_account_id")
    for table in RIGHTS:
        op.drop_table(table)
