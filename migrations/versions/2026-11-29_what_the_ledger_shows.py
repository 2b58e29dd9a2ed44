"""What the ledger shows: events of payments without a document, of what is applied and refunded; an index of advances;
and what a prospect owes passes to the client that it becomes part of.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = (
    "'CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'SALES_DOCUMENT_ISSUED',"
    " 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED',"
    " 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED',"
    " 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED',"
    " 'PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED',"
    " 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED',"
    " 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED',"
    " 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED'"
)
NEW = " 'PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED',"

# Entries pass to another client only with their documents, payments and credit notes, each of them whole: so what they
# come to in the company's currency, where each is rounded by itself, passes from one client's balance to the other's.
MOVE = """
create function ficha_move_balance() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
    as $$
    begin
        update client c
        set balance = c.balance + s.sign * s.owed, credit_balance = c.credit_balance - s.sign * s.credit
        from (
            select company_id, client_id, sign, sum(owed) as owed, coalesce(sum(owed) filter (where not document), 0) as credit
            from (
                select r.company_id, r.client_id, r.sign, r.sales_document_id is not null as document,
                    round(sum(r.amount) * r.exchange_rate, 2) as owed
                from (select before.*, -1 as sign from before union all select after.*, 1 from after) r
                group by r.company_id, r.client_id, r.sign, r.sales_document_id is not null,
                    coalesce(r.sales_document_id, r.payment_id, r.credit_note_id), r.exchange_rate
            ) each
            group by 1, 2, 3
        ) s
        where c.company_id = s.company_id and c.id = s.client_id;
        return null;
    end
    $$
"""
TRIGGER = """
create trigger move after update on ledger_entry referencing old table as before new table as after
    for each statement execute function ficha_move_balance()
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():  # writers do not wait for it
        op.execute("drop index concurrently if exists ix_sales_document_line_advance")  # of an attempt that was stopped
        op.create_index(
            "ix_sales_document_line_advance",
            "sales_document_line",
            ["company_id", "client_id", "sales_document_id"],
            unique=False,
            postgresql_where=sa.text("product_code = '84111506'"),
            postgresql_concurrently=True,
        )
    _allow(KINDS)
    op.execute(MOVE)
    op.execute(TRIGGER)
    op.execute("grant update (client_id) on ledger_entry to ficha_app")


def _allow(kinds: str) -> None:
    op.drop_constraint(op.f("ck_history_event_kind"), "history_event", type_="check")
    op.execute(f"alter table history_event add constraint ck_history_event_kind check (kind in ({kinds})) not valid")
    with op.get_context().autocommit_block():  # nobody waits while the rows are looked through
        op.execute("alter table history_event validate constraint ck_history_event_kind")


def downgrade() -> None:
    op.execute("revoke update (client_id) on ledger_entry from ficha_app")
    op.execute("drop trigger move on ledger_entry")
    op.execute("drop function ficha_move_balance()")
    op.execute(
        "delete from history_event"
        " where kind in ('PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED')"
    )
    _allow(KINDS.replace(NEW, ""))
    op.drop_index("ix_sales_document_line_advance", table_name="sales_document_line")
