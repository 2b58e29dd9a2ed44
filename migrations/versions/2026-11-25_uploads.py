"""Uploads of documents, the series of a document's files, what was read in them, and what the sweep needs to know.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The sweep goes from company to company within each one's wall. It runs as the application, who sees none of them
# before it has named one; this function runs as the tables' owner and tells the ids alone.
COMPANIES = """
create function ficha_companies() returns setof uuid
    language sql stable security definer rows 10
    set search_path = public, pg_temp
    as $$ select id from company order by id $$;
comment on function ficha_companies is 'The ids of all companies, for housekeeping.';
"""


def upgrade() -> None:
    for column in (
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), sa.Computed("coalesce(original_id, id)", persisted=True), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    ):
        op.add_column("document", column)
    op.create_check_constraint(op.f("ck_document_revision"), "document", "revision > 0")
    op.create_foreign_key(
        op.f("fk_document_original_id"),
        "document",
        "document",
        ["company_id", "original_id"],
        ["company_id", "id"],
    )
    op.create_unique_constraint(op.f("uq_document_revision"), "document", ["company_id", "series_id", "revision"])
    op.drop_index("ix_document_client", table_name="document")
    op.create_index(
        "ix_document_client",
        "document",
        ["company_id", "client_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at is null and replaced_at is null"),
    )
    op.create_index(
        "ix_document_deleted_at",
        "document",
        ["company_id", "deleted_at"],
        postgresql_where=sa.text("deleted_at is not null"),
    )
    op.create_index("ix_document_sha256", "document", ["company_id", "client_id", "sha256"])
    create_uploads()
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event")
    op.create_check_constraint(
        op.f("ck_history_event_kind"),
        "history_event",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')",
    )
    op.execute("alter table document_upload enable row level security")
    op.execute(
        "create policy company on document_upload using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update (document_id), delete on document_upload to ficha_app")
    op.execute(COMPANIES)
    op.execute("revoke execute on function ficha_companies from public")
    op.execute("grant execute on function ficha_companies to ficha_app")


def create_uploads() -> None:
    op.create_table(
        "document_upload",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "char_length(description) between 1 and 1000", name=op.f("ck_document_upload_description_length")
        ),
        sa.CheckConstraint("char_length(name) between 1 and 255", name=op.f("ck_document_upload_name_length")),
        sa.CheckConstraint(
            "kind in ('TAX_STATUS_CERTIFICATE', 'CONTRACT', 'PAYMENT_RECEIPT', 'CFDI_XML', 'TECHNICAL', 'OTHER')",
            name=op.f("ck_document_upload_kind"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_upload_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_upload_size")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_document_upload_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_document_upload_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "document_id"],
            ["document.company_id", "document.id"],
            name=op.f("fk_document_upload_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "replaces_id"],
            ["document.company_id", "document.id"],
            name=op.f("fk_document_upload_replaces_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_document_upload_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_document_upload")),
    )
    op.create_index("ix_document_upload_expires_at", "document_upload", ["company_id", "expires_at"])


def downgrade() -> None:
    op.execute("drop function ficha_companies")
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event")
    op.execute("delete from history_event where kind = 'DOCUMENT_CHANGED'")
    op.create_check_constraint(
        op.f("ck_history_event_kind"),
        "history_event",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED')",
    )
    op.drop_table("document_upload")
    op.drop_index("ix_document_sha256", table_name="document")
    op.drop_index("ix_document_deleted_at", table_name="document")
    op.drop_index("ix_document_client", table_name="document")
    op.create_index(
        "ix_document_client",
        "document",
        ["company_id", "client_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.drop_constraint(op.f("uq_document_revision"), "document")
    op.drop_constraint(op.f("fk_document_original_id"), "document")
    op.drop_constraint(op.f("ck_document_revision"), "document")
    for column in ("reading", "replaced_at", "revision", "series_id", "original_id"):
        op.drop_column("document", column)
