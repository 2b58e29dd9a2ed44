"""Sales documents in full: taxes line by line, credit notes, what was converted, items of price lists, CFDI from elsewhere.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("price_list_item", "sales_document_tax")


def upgrade() -> None:
    change_documents()
    change_lines()
    op.add_column("payment", sa.Column("uuid", sa.Uuid(), nullable=True))
    op.create_index("ix_payment_uuid", "payment", ["company_id", "uuid"])
    _check(
        "history_event",
        "kind",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED')",
    )
    create_tables()
    keep_taxes()
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy company on {table} using (company_id = ficha_company())"
            " with check (company_id = ficha_company())"
        )
        op.execute(f"grant select, insert, update, delete on {table} to ficha_app")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def change_documents() -> None:
    for name in ("external_folio", "payment_form", "payment_method"):
        op.add_column("sales_document", sa.Column(name, sa.Text(), nullable=True))
    for name in ("price_list_id", "xml_document_id"):
        op.add_column("sales_document", sa.Column(name, sa.Uuid(), nullable=True))
    for name in ("withheld", "credited"):
        money = sa.Column(name, sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False)
        op.add_column("sales_document", money)
    # Before PostgreSQL 17 the expression of a column cannot be changed.
    op.drop_column("sales_document", "folio")
    expression = sa.Computed("coalesce(external_folio, series || '-' || number::text)", persisted=True)
    op.add_column("sales_document", sa.Column("folio", sa.Text(), expression, nullable=False))
    op.create_index("ix_sales_document_folio", "sales_document", ["company_id", "folio"])

    # A file that is purged takes nothing else with it.
    gone = "SET NULL (xml_document_id)"
    for column, table, ondelete in (("price_list_id", "price_list", None), ("xml_document_id", "document", gone)):
        op.create_foreign_key(
            op.f(f"fk_sales_document_{column}"),
            "sales_document",
            table,
            ["company_id", column],
            ["company_id", "id"],
            ondelete=ondelete,
        )
    _check("sales_document", "type", "type in ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')")
    _check(
        "sales_document",
        "state",
        "type = 'QUOTE' and state in ('DRAFT', 'SENT', 'ACCEPTED', 'REJECTED', 'CONVERTED', 'CANCELLED') or type = 'SALES_NOTE' and state in ('DRAFT', 'SENT', 'PARTIALLY_PAID', 'PAID', 'CONVERTED', 'CANCELLED') or type = 'INVOICE' and state in ('DRAFT', 'STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID', 'PAID', 'CANCELLED') or type = 'CREDIT_NOTE' and state in ('DRAFT', 'STAMPED', 'SENT', 'CANCELLED')",
    )
    _check("sales_document", "total", "total = subtotal - discount + tax - withheld")
    _check("sales_document", "amounts", "least(subtotal, discount, withheld, total) >= 0")
    _check("sales_document", "paid", "least(paid, credited) >= 0 and paid + credited <= total")
    _check("sales_document", "paid_in_full", "state <> 'PAID' or paid + credited = total")
    length = "char_length(external_folio) between 1 and 100"
    op.create_check_constraint(op.f("ck_sales_document_external_folio_length"), "sales_document", length)

    op.drop_index("ix_sales_document_owed", "sales_document")
    op.create_index(
        "ix_sales_document_owed",
        "sales_document",
        ["company_id", "client_id"],
        postgresql_include=["due_on", "total", "paid", "credited", "exchange_rate"],
        postgresql_where=sa.text(
            "type in ('SALES_NOTE', 'INVOICE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
        ),
    )


def change_lines() -> None:
    table = "sales_document_line"
    op.drop_constraint(op.f(f"ck_{table}_amount"), table)
    for name in ("discount", "amount", "tax"):
        op.alter_column(table, name, type_=sa.Numeric(precision=18, scale=6))
    # The amount was net of the discount before.
    op.execute("update sales_document_line set amount = amount + discount where discount > 0")
    op.add_column(table, sa.Column("sku", sa.Text(), nullable=True))
    op.add_column(table, sa.Column("tax_object", sa.Text(), server_default=sa.text("'02'"), nullable=False))
    op.add_column(table, sa.Column("origin_line_id", sa.Uuid(), nullable=True))
    quantity = sa.Numeric(precision=18, scale=6)
    op.add_column(table, sa.Column("converted", quantity, server_default=sa.text("0"), nullable=False))
    op.create_unique_constraint(op.f(f"uq_{table}_id"), table, ["company_id", "client_id", "id"])
    op.create_foreign_key(
        op.f(f"fk_{table}_origin_line_id"),
        table,
        table,
        ["company_id", "client_id", "origin_line_id"],
        ["company_id", "client_id", "id"],
    )
    op.create_index(f"ix_{table}_origin", table, ["company_id", "client_id", "origin_line_id"])
    _check(table, "amounts", "quantity > 0 and unit_price >= 0")
    for name, condition in (
        ("discount", "discount between 0 and amount"),
        ("converted", "converted between 0 and quantity"),
        ("sku_length", "char_length(sku) between 1 and 100"),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def create_tables() -> None:
    op.create_table(
        "price_list_item",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tax_object", sa.Text(), server_default=sa.text("'02'"), nullable=False),
        sa.Column("taxes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("ficha_fold(sku || ' ' || description)", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(sku) between 1 and 100", name=op.f("ck_price_list_item_sku_length")),
        sa.CheckConstraint(
            "char_length(description) between 1 and 1000", name=op.f("ck_price_list_item_description_length")
        ),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_price_list_item_unit_price")),
        sa.ForeignKeyConstraint(
            ["company_id", "price_list_id"],
            ["price_list.company_id", "price_list.id"],
            name=op.f("fk_price_list_item_price_list_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_price_list_item_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_price_list_item")),
    )
    op.create_index(
        "uq_price_list_item_sku",
        "price_list_item",
        ["company_id", "price_list_id", "sku"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "sales_document_tax",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sales_document_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("tax", sa.Text(), nullable=False),
        sa.Column("factor", sa.String(length=40), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("base", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint("kind in ('TRANSFERRED', 'WITHHELD')", name=op.f("ck_sales_document_tax_kind")),
        sa.CheckConstraint("factor in ('RATE', 'QUOTA', 'EXEMPT')", name=op.f("ck_sales_document_tax_factor")),
        sa.CheckConstraint("char_length(tax) between 1 and 100", name=op.f("ck_sales_document_tax_tax_length")),
        sa.CheckConstraint("(rate is null) = (factor = 'EXEMPT')", name=op.f("ck_sales_document_tax_rate")),
        sa.CheckConstraint("least(rate, base, amount) >= 0", name=op.f("ck_sales_document_tax_amounts")),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "sales_document_id"],
            ["sales_document.company_id", "sales_document.client_id", "sales_document.id"],
            name=op.f("fk_sales_document_tax_sales_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id", "line_id"],
            ["sales_document_line.company_id", "sales_document_line.client_id", "sales_document_line.id"],
            name=op.f("fk_sales_document_tax_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sales_document_tax_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_sales_document_tax")),
    )
    op.create_index(
        "ix_sales_document_tax_document", "sales_document_tax", ["company_id", "client_id", "sales_document_id"]
    )
    op.create_index(
        "ix_sales_document_tax_line", "sales_document_tax", ["company_id", "client_id", "line_id", "position"]
    )


def keep_taxes() -> None:
    """The one rate that a line had becomes its IVA."""
    op.execute("""
        insert into sales_document_tax
            (company_id, id, client_id, sales_document_id, line_id, position, kind, tax, factor, rate, base, amount)
        select company_id, gen_random_uuid(), client_id, sales_document_id, id, 0, 'TRANSFERRED', '002',
            case when tax_rate is null then 'EXEMPT' else 'RATE' end, tax_rate, amount - discount, tax
        from sales_document_line
    """)
    op.drop_column("sales_document_line", "tax_rate")


def downgrade() -> None:
    """Credit notes go, and with them what the older tables cannot say: the other taxes, conversions, items of lists."""
    op.execute(
        "delete from history_event where kind in ('SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED')"
    )
    op.execute(
        "delete from history_event e using sales_document d where d.company_id = e.company_id and d.id = e.sales_document_id and d.type = 'CREDIT_NOTE'"
    )
    op.execute("delete from sales_document where type = 'CREDIT_NOTE'")
    _check(
        "history_event",
        "kind",
        "kind in ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED')",
    )
    op.drop_index("ix_payment_uuid", "payment")
    op.drop_column("payment", "uuid")
    restore_lines()
    for table in reversed(TABLES):
        op.drop_table(table)
    restore_documents()


def restore_lines() -> None:
    table = "sales_document_line"
    op.add_column(table, sa.Column("tax_rate", sa.Numeric(precision=8, scale=6), nullable=True))
    op.execute(
        "update sales_document_line l set tax_rate = t.rate from sales_document_tax t where t.company_id = l.company_id and t.line_id = l.id and t.tax = '002' and t.kind = 'TRANSFERRED'"
    )
    for name in ("discount", "converted", "sku_length"):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.drop_index(f"ix_{table}_origin", table)
    op.drop_constraint(op.f(f"fk_{table}_origin_line_id"), table)
    op.drop_constraint(op.f("fk_sales_document_tax_line_id"), "sales_document_tax")
    op.drop_constraint(op.f(f"uq_{table}_id"), table)
    for name in ("sku", "tax_object", "origin_line_id", "converted"):
        op.drop_column(table, name)
    op.execute("update sales_document_line set discount = round(discount, 2), tax = round(tax, 2)")
    op.execute("update sales_document_line set amount = round(quantity * unit_price - discount, 2)")
    for name in ("discount", "amount", "tax"):
        op.alter_column(table, name, type_=sa.Numeric(precision=18, scale=2))
    _check(table, "amounts", "quantity > 0 and unit_price >= 0 and discount >= 0")
    op.create_check_constraint(op.f(f"ck_{table}_amount"), table, "amount = round(quantity * unit_price - discount, 2)")


def restore_documents() -> None:
    table = "sales_document"
    op.drop_constraint(op.f(f"ck_{table}_total"), table)
    op.drop_constraint(op.f(f"ck_{table}_paid"), table)
    op.drop_constraint(op.f(f"ck_{table}_paid_in_full"), table)
    op.execute("update sales_document set tax = tax - withheld, paid = paid + credited")
    op.create_check_constraint(op.f(f"ck_{table}_total"), table, "total = subtotal - discount + tax")
    op.create_check_constraint(op.f(f"ck_{table}_paid"), table, "paid between 0 and total")
    op.create_check_constraint(op.f(f"ck_{table}_paid_in_full"), table, "state <> 'PAID' or paid = total")
    _check(table, "amounts", "least(subtotal, discount, total) >= 0")
    _check(table, "type", "type in ('QUOTE', 'SALES_NOTE', 'INVOICE')")
    _check(
        table,
        "state",
        "type = 'QUOTE' and state in ('DRAFT', 'SENT', 'ACCEPTED', 'REJECTED', 'CONVERTED', 'CANCELLED') or type = 'SALES_NOTE' and state in ('DRAFT', 'SENT', 'PARTIALLY_PAID', 'PAID', 'CONVERTED', 'CANCELLED') or type = 'INVOICE' and state in ('DRAFT', 'STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID', 'PAID', 'CANCELLED')",
    )
    op.drop_index("ix_sales_document_owed", table)
    op.create_index(
        "ix_sales_document_owed",
        table,
        ["company_id", "client_id"],
        postgresql_include=["due_on", "total", "paid", "exchange_rate"],
        postgresql_where=sa.text("type <> 'QUOTE' and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"),
    )
    op.drop_column(table, "folio")
    expression = sa.Computed("series || '-' || number::text", persisted=True)
    op.add_column(table, sa.Column("folio", sa.Text(), expression, nullable=False))
    op.create_index("ix_sales_document_folio", table, ["company_id", "folio"])
    for name in (
        "external_folio",
        "payment_form",
        "payment_method",
        "price_list_id",
        "xml_document_id",
        "withheld",
        "credited",
    ):
        op.drop_column(table, name)
