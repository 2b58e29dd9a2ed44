"""Cancelling at the SAT: the reason, the substitute, and the state that the SAT's answer brings about.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PAID = "'SALES_DOCUMENT_PAYMENT_REGISTERED'"
EVENTS_BEFORE = (
    "'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED',"
    " 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN',"
    f" {PAID},"
    " 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED',"
    " 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED',"
    " 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED'"
)
EVENTS = "'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED'"
XML = "'CFDI_XML'"
FILES_BEFORE = f"'TAX_STATUS_CERTIFICATE', 'CONTRACT', 'PAYMENT_RECEIPT', {XML}, 'TECHNICAL', 'OTHER'"
FILE = "'CANCELLATION_ACUSE'"

# What was cancelled with a fiscal folio was cancelled without a reason, and the SAT's answer was not told.
CANCELLED_BEFORE = """
insert into cancellation (company_id, id, client_id, sales_document_id)
select company_id, gen_random_uuid(), client_id, id from sales_document where state = 'CANCELLED' and uuid is not null
"""


def upgrade() -> None:
    kinds("history_event", EVENTS_BEFORE.replace(PAID, f"{EVENTS}, {PAID}"))
    for table in ("document", "document_upload"):
        kinds(table, FILES_BEFORE.replace(XML, f"{XML}, {FILE}"))
    create_table()
    op.execute("alter table cancellation enable row level security")
    op.execute(
        "create policy company on cancellation using (company_id = ficha_company())"
        " with check (company_id = ficha_company())"
    )
    op.execute("grant select, insert, update on cancellation to ficha_app")
    op.execute(CANCELLED_BEFORE)


def kinds(table: str, values: str) -> None:
    """What the rows of the table can be."""
    name = op.f(f"ck_{table}_kind")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"kind in ({values})")


def create_table() -> None:
    op.create_table(
        "cancellation",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sales_document_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("substitute_uuid", sa.Uuid(), nullable=True),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("sat_state", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acuse_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "reason in ('ERRORS_WITH_RELATION', 'ERRORS_WITHOUT_RELATION', 'OPERATION_NOT_CARRIED_OUT',"
            " 'NOMINATIVE_IN_GLOBAL_INVOICE')",
            name=op.f("ck_cancellation_reason"),
        ),
        sa.CheckConstraint(
            "sat_state in ('REQUESTED', 'NOT_CANCELLABLE', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS',"
            " 'CANCELLED_WITHOUT_ACCEPTANCE', 'ACCEPTED', 'ACCEPTED_BY_SILENCE', 'REFUSED')",
            name=op.f("ck_cancellation_sat_state"),
        ),
        sa.CheckConstraint("(reason is null) = (requested_at is null)", name=op.f("ck_cancellation_requested")),
        sa.CheckConstraint("reason is null or sat_state is not null", name=op.f("ck_cancellation_state_of_request")),
        sa.CheckConstraint(
            "coalesce(reason = 'ERRORS_WITH_RELATION', false) = (substitute_uuid is not null)",
            name=op.f("ck_cancellation_substitute"),
        ),
        sa.CheckConstraint(
            "substitute_id is null or substitute_uuid is not null", name=op.f("ck_cancellation_substitute_id")
        ),
        sa.CheckConstraint("substitute_id <> sales_document_id", name=op.f("ck_cancellation_substitutes_another")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_cancellation_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_cancellation_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "substitute_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_cancellation_substitute_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "requested_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_cancellation_requested_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "acuse_id"],
            ["document.company_id", "document.id"],
            name=op.f("fk_cancellation_acuse_id"),
            ondelete="SET NULL (acuse_id)",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_cancellation")),
        sa.UniqueConstraint("company_id", "sales_document_id", name=op.f("uq_cancellation_sales_document_id")),
    )
    op.create_index("ix_cancellation_substitute", "cancellation", ["company_id", "substitute_uuid"], unique=False)


def downgrade() -> None:
    """Reasons and the SAT's answers are lost; what is not yet cancelled at the SAT stays in force."""
    op.drop_table("cancellation")
    op.execute(f"delete from history_event where kind in ({EVENTS})")  # noqa: S608  # our own literals
    kinds("history_event", EVENTS_BEFORE)
    for table in ("document", "document_upload"):
        op.execute(f"update {table} set kind = 'OTHER' where kind = {FILE}")  # noqa: S608  # our own literals
        kinds(table, FILES_BEFORE)
