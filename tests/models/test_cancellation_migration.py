"""What was cancelled before reasons were asked for stays cancelled, and what is owed stays what it was."""

import psycopg
import pytest
from alembic import command

from models.ids import uuid7
from server import migrate
from server.checks.people import findings
from server.settings import Settings

BEFORE = "0013"
OWED = """
select sum(total - paid - credited) from sales_document
where type in ('INVOICE', 'SALES_NOTE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
"""


@pytest.mark.claims(
    "docs/cancelling.md",
    "What was cancelled with a fiscal folio before reasons were asked for has neither reason nor state until one is"
    " reported; `ficha check` lists it.",
)
def test_what_was_cancelled_stays_so_without_a_reason(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    company, client = uuid7(), uuid7()
    documents = {
        (type_, state, stamped): uuid7()
        for type_ in ("INVOICE", "CREDIT_NOTE")
        for state in ("DRAFT", "STAMPED", "SENT", "CANCELLED")
        for stamped in (False, True)
    }
    with psycopg.connect(new_database) as owner:
        owner.execute(
            "insert into company (id, name, rfc, postal_code) values (%s, 'Empresa', 'EKU9003173C9', '06000')",
            (company,),
        )
        owner.execute(
            "insert into client (company_id, id, kind, legal_name) values (%s, %s, 'CLIENT', 'X')", (company, client)
        )
        for number, ((type_, state, stamped), id) in enumerate(documents.items(), 1):
            owner.execute(
                "insert into sales_document"
                " (company_id, id, client_id, type, series, number, state, issued_at, subtotal, total, uuid)"
                " values (%s, %s, %s, %s, 'A', %s, %s, now(), 100, 100, %s)",
                (company, id, client, type_, number, state, uuid7() if stamped or state == "STAMPED" else None),
            )
        [owed] = owner.execute(OWED).fetchall()

    migrate.upgrade(new_database)
    with psycopg.connect(new_database) as owner:
        assert owner.execute(OWED).fetchall() == [owed]
        migrated = owner.execute(
            "select sales_document_id, reason, sat_state, requested_at from cancellation"
        ).fetchall()
        assert sorted(migrated) == sorted(
            (id, None, None, None) for (_, state, stamped), id in documents.items() if state == "CANCELLED" and stamped
        )
        owner.execute(
            "insert into history_event (company_id, id, client_id, occurred_at, kind, details)"
            " values (%s, %s, %s, now(), 'SALES_DOCUMENT_CANCELLATION_REQUESTED', '{}')",
            (company, uuid7(), client),
        )
    settings = Settings.from_env({"FICHA_DATABASE_URL": new_database})
    assert sum("cancelled before the SAT's answer" in line for line in findings(settings)) == 1

    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    with psycopg.connect(new_database) as owner:
        assert owner.execute(OWED).fetchall() == [owed]
        assert owner.execute("select count(*) from history_event").fetchone() == (0,)
