"""Whose credentials: a collaborator's issuer and subject, the key that did it, whose Idempotency-Key it is.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS_BEFORE = (
    "'SIGN_IN_REFUSED', 'API_KEY_CREATED', 'API_KEY_USED', 'API_KEY_REVOKED', 'ROLE_PERMISSIONS_CHANGED',"
    " 'PERSONAL_DATA_EXPORTED', 'DUPLICATE_DISCLOSED'"
)
ADDRESSES = {"collaborator": ("uq_collaborator_email", True), "contact": ("ix_contact_email", False)}
"""The indexes of e-mail addresses."""


def upgrade() -> None:
    op.add_column("collaborator", sa.Column("issuer", sa.Text(), nullable=True))
    op.add_column("collaborator", sa.Column("subject", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_collaborator_bound"), "collaborator", "(issuer is null) = (subject is null)")
    op.create_index("uq_collaborator_subject", "collaborator", ["company_id", "issuer", "subject"], unique=True)
    op.execute("grant update (issuer, subject, version, updated_at) on collaborator to ficha_app")
    index_addresses('lower(email COLLATE "C")')

    op.add_column("history_event", sa.Column("api_key_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_history_event_api_key_id"),
        "history_event",
        "api_key",
        ["company_id", "api_key_id"],
        ["company_id", "id"],
    )
    audit_kinds(f"{KINDS_BEFORE}, 'COLLABORATOR_UNBOUND'")

    # Whose credentials an old key came with is not known; it counts for all of its collaborator's, until it is a day
    # old.
    op.add_column("idempotency_key", sa.Column("credential", sa.Text(), server_default="", nullable=False))
    primary_key("company_id", "collaborator_id", "credential", "key", "field")
    op.execute("revoke update (answer) on idempotency_key from ficha_app")
    op.drop_column("idempotency_key", "answer")


def downgrade() -> None:
    """Keys of requests that came with several credentials are forgotten."""
    op.add_column("idempotency_key", sa.Column("answer", sa.Text(), nullable=True))
    op.execute("grant update (answer) on idempotency_key to ficha_app")
    op.execute(
        "delete from idempotency_key a using idempotency_key b"
        " where (a.company_id, a.collaborator_id, a.key, a.field) = (b.company_id, b.collaborator_id, b.key, b.field)"
        " and a.credential > b.credential"
    )
    primary_key("company_id", "collaborator_id", "key", "field")
    op.drop_column("idempotency_key", "credential")

    op.execute("delete from audit_event where kind = 'COLLABORATOR_UNBOUND'")
    audit_kinds(KINDS_BEFORE)
    op.drop_column("history_event", "api_key_id")

    index_addresses("lower(email)")
    op.execute("revoke update (issuer, subject, version, updated_at) on collaborator from ficha_app")
    op.drop_column("collaborator", "subject")
    op.drop_column("collaborator", "issuer")


def index_addresses(folded: str) -> None:
    """Indexes e-mail addresses by what they are compared by."""
    for table, (name, unique) in ADDRESSES.items():
        op.drop_index(name, table)
        op.create_index(name, table, ["company_id", sa.literal_column(folded)], unique=unique)


def audit_kinds(kinds: str) -> None:
    """What is audited."""
    op.drop_constraint(op.f("ck_audit_event_kind"), "audit_event")
    op.create_check_constraint(op.f("ck_audit_event_kind"), "audit_event", f"kind in ({kinds})")


def primary_key(*columns: str) -> None:
    """What tells the keys of requests apart."""
    op.drop_constraint(op.f("pk_idempotency_key"), "idempotency_key")
    op.create_primary_key(op.f("pk_idempotency_key"), "idempotency_key", list(columns))
