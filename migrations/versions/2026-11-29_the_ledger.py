"""The ledger: what clients owe and are owed, from which what is paid, credited and left follows.

The tables and columns alone, so that nothing is locked for long; the next revision opens the books.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Runs as the tables' owner: the application may add entries, and cannot write what follows from them. It reads only
# rows of the clients whose entries were added, and sums are of the ledger alone, in whatever order entries come.
POST = """
create function ficha_post() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        update sales_document d
        set paid = s.paid, credited = s.credited, state = case
            when d.state in ('DRAFT', 'CONVERTED', 'CANCELLED') then d.state
            when s.paid + s.credited = d.total then 'PAID'
            when s.paid > 0 then 'PARTIALLY_PAID'
            when d.state in ('PAID', 'PARTIALLY_PAID') then 'SENT'
            else d.state
        end
        from (
            select l.company_id, l.sales_document_id as id,
                coalesce(-sum(l.amount) filter (
                    where l.kind = 'PAYMENT' or l.kind = 'APPLICATION' and l.payment_id is not null
                ), 0) as paid,
                coalesce(-sum(l.amount) filter (
                    where l.kind = 'ADJUSTMENT' or l.kind = 'APPLICATION' and l.credit_note_id is not null
                ), 0) as credited
            from ledger_entry l
            where (l.company_id, l.client_id, l.sales_document_id) in (
                select p.company_id, p.client_id, p.sales_document_id from posted p where p.sales_document_id is not null
            )
            group by 1, 2
        ) s
        where d.company_id = s.company_id and d.id = s.id;

        update sales_document d set credited = s.applied, refunded = s.refunded
        from (
            select l.company_id, l.credit_note_id as id,
                coalesce(sum(l.amount) filter (where l.kind = 'APPLICATION'), 0) as applied,
                coalesce(sum(l.amount) filter (where l.kind = 'REFUND'), 0) as refunded
            from ledger_entry l
            where l.sales_document_id is null and (l.company_id, l.client_id, l.credit_note_id) in (
                select p.company_id, p.client_id, p.credit_note_id from posted p where p.credit_note_id is not null
            )
            group by 1, 2
        ) s
        where d.company_id = s.company_id and d.id = s.id;

        update payment m set applied = s.applied, refunded = s.refunded
        from (
            select l.company_id, l.payment_id as id,
                coalesce(sum(l.amount) filter (where l.kind = 'APPLICATION'), 0) as applied,
                coalesce(sum(l.amount) filter (where l.kind = 'REFUND'), 0) as refunded
            from ledger_entry l
            where l.sales_document_id is null and (l.company_id, l.client_id, l.payment_id) in (
                select p.company_id, p.client_id, p.payment_id from posted p where p.payment_id is not null
            )
            group by 1, 2
        ) s
        where m.company_id = s.company_id and m.id = s.id;

        -- In the company's currency each document, payment and credit note is rounded by itself.
        update client c
        set balance = c.balance + s.more, credit_balance = c.credit_balance - s.credit
        from (
            select company_id, client_id, sum(more) as more, coalesce(sum(more) filter (where not owed), 0) as credit
            from (
                select a.company_id, a.client_id, a.owed,
                    round(sum(l.amount) * l.exchange_rate, 2)
                        - round((sum(l.amount) - a.more) * l.exchange_rate, 2) as more
                from (
                    select p.company_id, p.client_id, p.sales_document_id is not null as owed,
                        coalesce(p.sales_document_id, p.payment_id, p.credit_note_id) as id, sum(p.amount) as more
                    from posted p group by 1, 2, 3, 4
                ) a
                join ledger_entry l on l.company_id = a.company_id and l.client_id = a.client_id
                    and case when a.owed then l.sales_document_id = a.id
                        else l.sales_document_id is null and (l.payment_id = a.id or l.credit_note_id = a.id) end
                group by a.company_id, a.client_id, a.owed, a.id, a.more, l.exchange_rate
            ) of_each
            group by 1, 2
        ) s
        where c.company_id = s.company_id and c.id = s.client_id;
        return null;
    end
    $$
"""
TRIGGER = """
create trigger post after insert on ledger_entry referencing new table as posted
    for each statement execute function ficha_post()
"""

DERIVED = {
    "client": ("balance", "credit_balance"),
    "payment": ("applied", "refunded"),
    "sales_document": ("paid", "credited", "refunded"),
}
"""Columns that follow from the ledger, which the application reads."""

CHECKS = {
    ("payment", "applied"): "least(applied, refunded) >= 0 and applied + refunded <= amount",
    ("payment", "exchange_rate"): "exchange_rate > 0",
    ("payment", "reversed"): "reversed_at is null or applied + refunded = 0",
    ("receivable_terms", "overdue_days"): "overdue_days between 0 and 3650",
    ("sales_document", "credit"): "type <> 'CREDIT_NOTE' or state in ('STAMPED', 'SENT') or credited + refunded = 0",
    ("sales_document", "draft"): "state <> 'DRAFT' or paid + credited = 0",
    ("sales_document", "partially_paid"): "state <> 'PARTIALLY_PAID' or paid > 0 and paid + credited < total",
    ("sales_document", "payable"): "type in ('SALES_NOTE', 'INVOICE') or paid = 0",
    (
        "sales_document",
        "refunded",
    ): "refunded >= 0 and (refunded = 0 or type = 'CREDIT_NOTE') and credited + refunded <= total",
    (
        "sales_document",
        "unpaid",
    ): "type not in ('SALES_NOTE', 'INVOICE') or state not in ('STAMPED', 'SENT', 'VIEWED') or paid = 0 and (credited < total or total = 0)",
}


def upgrade() -> None:
    # First, as what comes before it is committed; nobody waits for it. An attempt that was stopped leaves it invalid.
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists uq_payment_id")
        op.execute("create unique index concurrently uq_payment_id on payment (company_id, client_id, id)")
    op.execute("alter table payment add constraint uq_payment_id unique using index uq_payment_id")
    create_tables()
    add_columns()
    for (table, name), check in CHECKS.items():
        op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({check}) not valid")
    for table, rights in (("application", "update"), ("cfdi_relation", "update"), ("ledger_entry", "")):
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy company on {table} using (company_id = ficha_company())"
            " with check (company_id = ficha_company())"
        )
        op.execute(f"grant {', '.join(filter(None, ('select', 'insert', rights)))} on {table} to ficha_app")
    op.execute(POST)
    op.execute(TRIGGER)


def create_tables() -> None:
    op.create_table(
        "application",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("sales_document_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("source_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applied_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(payment_id is null) <> (credit_note_id is null)", name=op.f("ck_application_source")),
        sa.CheckConstraint("credit_note_id <> sales_document_id", name=op.f("ck_application_another")),
        sa.CheckConstraint("least(amount, source_amount) > 0", name=op.f("ck_application_amounts")),
        sa.ForeignKeyConstraint(
            ["company_id", "applied_by_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_application_applied_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "credit_note_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_application_credit_note_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "payment_id"],
            ["payment.company_id", "payment.client_id", "payment.id"],
            name=op.f("fk_application_payment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_application_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_application_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_application")),
        sa.UniqueConstraint("company_id", "client_id", "id", name=op.f("uq_application_id")),
    )
    op.create_index(
        "ix_application_credit_note", "application", ["company_id", "client_id", "credit_note_id"], unique=False
    )
    op.create_index("ix_application_payment", "application", ["company_id", "client_id", "payment_id"], unique=False)
    op.create_index(
        "ix_application_sales_document", "application", ["company_id", "client_id", "sales_document_id"], unique=False
    )
    op.create_table(
        "cfdi_relation",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sales_document_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("related_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("source_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint(
            "(type = 'DR') = (payment_id is not null and amount is not null)", name=op.f("ck_cfdi_relation_paid")
        ),
        sa.CheckConstraint("type ~ '^([0-9]{2}|DR)$'", name=op.f("ck_cfdi_relation_type")),
        sa.CheckConstraint("least(amount, source_amount) > 0", name=op.f("ck_cfdi_relation_amounts")),
        sa.CheckConstraint("num_nonnulls(sales_document_id, payment_id) = 1", name=op.f("ck_cfdi_relation_referrer")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "payment_id"],
            ["payment.company_id", "payment.client_id", "payment.id"],
            name=op.f("fk_cfdi_relation_payment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "related_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_cfdi_relation_related_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_cfdi_relation_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_cfdi_relation_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_cfdi_relation")),
    )
    op.create_index(
        "ix_cfdi_relation_payment", "cfdi_relation", ["company_id", "client_id", "payment_id"], unique=False
    )
    op.create_index(
        "ix_cfdi_relation_related", "cfdi_relation", ["company_id", "client_id", "related_id"], unique=False
    )
    op.create_index(
        "ix_cfdi_relation_sales_document",
        "cfdi_relation",
        ["company_id", "client_id", "sales_document_id"],
        unique=False,
    )
    op.create_index("ix_cfdi_relation_uuid", "cfdi_relation", ["company_id", "client_id", "uuid"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("sales_document_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'APPLICATION') = (application_id is not null)", name=op.f("ck_ledger_entry_application")
        ),
        sa.CheckConstraint(
            "kind <> 'ADJUSTMENT' or (sales_document_id is not null)", name=op.f("ck_ledger_entry_adjustment")
        ),
        sa.CheckConstraint("kind <> 'CHARGE' or (sales_document_id is not null)", name=op.f("ck_ledger_entry_charge")),
        sa.CheckConstraint(
            "kind <> 'CREDIT' or credit_note_id is not null and sales_document_id is null",
            name=op.f("ck_ledger_entry_credit"),
        ),
        sa.CheckConstraint(
            "kind <> 'PAYMENT' or num_nonnulls(payment_id, sales_document_id) = 1", name=op.f("ck_ledger_entry_payment")
        ),
        sa.CheckConstraint(
            "kind <> 'REFUND' or num_nonnulls(payment_id, credit_note_id) = 1 and sales_document_id is null",
            name=op.f("ck_ledger_entry_refund"),
        ),
        sa.CheckConstraint(
            "kind in ('CHARGE', 'PAYMENT', 'CREDIT', 'APPLICATION', 'REFUND', 'ADJUSTMENT')",
            name=op.f("ck_ledger_entry_kind"),
        ),
        sa.CheckConstraint(
            "(application_id is null) or num_nonnulls(payment_id, credit_note_id) = 1",
            name=op.f("ck_ledger_entry_application_source"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_amount")),
        sa.CheckConstraint("exchange_rate > 0", name=op.f("ck_ledger_entry_exchange_rate")),
        sa.ForeignKeyConstraint(
            ["company_id", "actor_id"],
            ["collaborator.company_id", "collaborator.id"],
            name=op.f("fk_ledger_entry_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "api_key_id"], ["api_key.company_id", "api_key.id"], name=op.f("fk_ledger_entry_api_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "application_id"],
            ["application.company_id", "application.client_id", "application.id"],
            name=op.f("fk_ledger_entry_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "credit_note_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_ledger_entry_credit_note_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "payment_id"],
            ["payment.company_id", "payment.client_id", "payment.id"],
            name=op.f("fk_ledger_entry_payment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_ledger_entry_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            ["client.company_id", "client.id"],
            name=op.f("fk_ledger_entry_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "reverses_id"],
            ["ledger_entry.company_id", "ledger_entry.id"],
            name=op.f("fk_ledger_entry_reverses_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_ledger_entry_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(
        "ix_ledger_entry_application", "ledger_entry", ["company_id", "client_id", "application_id"], unique=False
    )
    op.create_index(
        "ix_ledger_entry_credit_note", "ledger_entry", ["company_id", "client_id", "credit_note_id"], unique=False
    )
    op.create_index(
        "ix_ledger_entry_day",
        "ledger_entry",
        ["company_id", "client_id", "effective_on", "recorded_at", "id"],
        unique=False,
    )
    op.create_index("ix_ledger_entry_payment", "ledger_entry", ["company_id", "client_id", "payment_id"], unique=False)
    op.create_index(
        "ix_ledger_entry_sales_document", "ledger_entry", ["company_id", "client_id", "sales_document_id"], unique=False
    )
    op.create_index("uq_ledger_entry_reverses", "ledger_entry", ["company_id", "reverses_id"], unique=True)


def add_columns() -> None:
    money, zero = sa.Numeric(precision=18, scale=2), sa.text("0")
    for table, name in (
        ("client", "balance"),
        ("client", "credit_balance"),
        ("payment", "applied"),
        ("payment", "refunded"),
        ("sales_document", "refunded"),
    ):
        op.add_column(table, sa.Column(name, money, server_default=zero, nullable=False))
    rate = sa.Numeric(precision=18, scale=6)
    # Every payment so far is in its document's currency; the next revision says which.
    op.add_column("payment", sa.Column("currency", sa.Text(), server_default=sa.text("'MXN'"), nullable=False))
    op.alter_column("payment", "currency", server_default=None)
    op.add_column("payment", sa.Column("exchange_rate", rate, server_default=sa.text("1"), nullable=False))
    op.add_column("payment", sa.Column("assumed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.alter_column("payment", "sales_document_id", existing_type=sa.UUID(), nullable=True)
    op.execute(
        "alter table payment add constraint fk_payment_client_id foreign key (company_id, client_id)"
        " references client (company_id, id) on delete cascade not valid"
    )
    op.add_column("receivable_terms", sa.Column("overdue_days", sa.Integer(), nullable=True))
    op.add_column(
        "receivable_terms", sa.Column("assumes_paid", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )


def downgrade() -> None:
    """What was received on no document, applied to several, or refunded, is lost; documents stay as they are."""
    op.execute("drop function ficha_post() cascade")
    for table, name in CHECKS:
        op.execute(f"alter table {table} drop constraint ck_{table}_{name}")
    for table in ("ledger_entry", "cfdi_relation", "application"):
        op.drop_table(table)
    op.execute("delete from payment where sales_document_id is null")
    op.drop_constraint(op.f("fk_payment_client_id"), "payment", type_="foreignkey")
    op.drop_constraint(op.f("uq_payment_id"), "payment", type_="unique")
    op.alter_column("payment", "sales_document_id", existing_type=sa.UUID(), nullable=False)
    columns = {
        "payment": ("assumed", "refunded", "applied", "exchange_rate", "currency"),
        "client": ("credit_balance", "balance"),
        "receivable_terms": ("assumes_paid", "overdue_days"),
        "sales_document": ("refunded",),
    }
    for table, names in columns.items():
        for name in names:
            op.drop_column(table, name)
