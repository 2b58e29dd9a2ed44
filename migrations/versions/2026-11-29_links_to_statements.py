"""Links to statements of account, to be handed to clients.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KINDS = """
    'SIGN_IN_REFUSED', 'API_KEY_CREATED', 'API_KEY_USED', 'API_KEY_REVOKED', 'ROLE_PERMISSIONS_CHANGED',
    'PERSONAL_DATA_EXPORTED', 'DUPLICATE_DISCLOSED', 'COLLABORATOR_UNBOUND', 'COMPANY_CREATED', 'COMPANY_CHANGED',
    'COMPANY_SUSPENDED', 'COMPANY_RESUMED', 'COLLABORATOR_INVITED', 'INVITATION_REVOKED', 'INVITATION_ACCEPTED',
    'COLLABORATOR_CHANGED', 'COLLABORATOR_SUSPENDED', 'COLLABORATOR_RESUMED'
"""
NEW_KINDS = "'STATEMENT_LINK_CREATED', 'STATEMENT_LINK_OPENED', 'STATEMENT_LINK_REVOKED'"


def upgrade() -> None:
    audit_kinds(f"{KINDS}, {NEW_KINDS}")  # first, as what comes before it is committed
    op.create_table(
        "statement_link",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(revoked_at is null) = (revoked_by_id is null)", name=op.f("ck_statement_link_revoked")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_statement_link_period")),
        sa.CheckConstraint("locale in ('ES_MX', 'EN_US')", name=op.f("ck_statement_link_locale")),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name=op.f("ck_statement_link_secret_hash")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_statement_link_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "created_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_statement_link_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "revoked_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_statement_link_revoked_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_statement_link_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_statement_link")),
    )
    op.create_index(
        "ix_statement_link_client", "statement_link", ["company_id", "client_id", "created_at", "id"], unique=False
    )
    op.execute("alter table statement_link enable row level security")
    op.execute(
        "create policy company on statement_link using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update (revoked_at, revoked_by_id) on statement_link to ficha_app")


def downgrade() -> None:
    """No link opens any more."""
    op.drop_table("statement_link")
    op.execute(f"delete from audit_event where kind in ({NEW_KINDS})")  # noqa: S608  # our own names
    audit_kinds(KINDS)


def audit_kinds(kinds: str) -> None:
    """What is audited; what is there already is one of them."""
    op.drop_constraint(op.f("ck_audit_event_kind"), "audit_event")
    op.execute(f"alter table audit_event add constraint ck_audit_event_kind check (kind in ({kinds})) not valid")
    with op.get_context().autocommit_block():  # nobody waits while the rows are looked through
        op.execute("alter table audit_event validate constraint ck_audit_event_kind")
