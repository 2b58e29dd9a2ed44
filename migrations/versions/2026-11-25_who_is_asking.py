"""Who is asking: keys for other systems, the roles' bundles of a company, and the audit log.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RIGHTS = {
    "api_key": "select, insert, update (revoked_at, revoked_by_id, last_used_at)",
    "audit_event": "select, insert",
}
"""What the application may do: a key's name, scopes and secret stay what they were, and the audit log only grows."""


def upgrade() -> None:
    create_tables()
    for table, rights in RIGHTS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy company on {table} using (company_id = ficha_company())"
            " with check (company_id = ficha_company())"
        )
        op.execute(f"grant {rights} on {table} to ficha_app")
    op.execute("grant update (role_permissions) on company to ficha_app")


def create_tables() -> None:
    op.create_table(
        "api_key",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_key_scopes")),
        sa.CheckConstraint("char_length(name) between 1 and 100", name=op.f("ck_api_key_name_length")),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name=op.f("ck_api_key_secret_hash")),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_api_key_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "revoked_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_api_key_revoked_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_api_key_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "audit_event",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("client_address", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "kind in ('SIGN_IN_REFUSED', 'API_KEY_CREATED', 'API_KEY_USED', 'API_KEY_REVOKED', 'ROLE_PERMISSIONS_CHANGED', 'PERSONAL_DATA_EXPORTED')",
            name=op.f("ck_audit_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "actor_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_audit_event_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "api_key_id"], ["api_key.company_id", "api_key.id"], name=op.f("fk_audit_event_api_key_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_audit_event_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_occurred_at", "audit_event", ["company_id", "occurred_at", "id"], unique=False)
    op.add_column(
        "company",
        sa.Column(
            "role_permissions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.execute("revoke update (role_permissions) on company from ficha_app")
    op.drop_column("company", "role_permissions")
    op.drop_table("audit_event")
    op.drop_table("api_key")
