"""Companies that were there before they could be set up: their RFCs, folios and accounts are kept."""

import psycopg
from alembic import command

from models.ids import uuid7
from server import migrate

BEFORE = "0009"


def test_what_companies_had_is_kept_and_what_is_doubled_is_marked(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    older, younger, other = uuid7(), uuid7(), uuid7()
    with psycopg.connect(new_database) as owner:
        for number, (id, rfc) in enumerate(
            ((older, "EKU9003173C9"), (younger, "EKU9003173C9"), (other, "IIA040805DZ4"))
        ):
            owner.execute(
                "insert into company (id, name, rfc, postal_code, created_at)"
                " values (%s, 'Empresa', %s, '06000', '2026-01-01'::timestamptz + %s * interval '1 day')",
                (id, rfc, number),
            )
        client = uuid7()
        owner.execute(
            "insert into client (company_id, id, kind, legal_name) values (%s, %s, 'CLIENT', 'X')", (older, client)
        )
        sequences = (("FOLLOW_UP", 7), ("INVOICE:F", 12), ("QUOTE:ESPECIAL", 3))
        for name, value in sequences:
            owner.execute("insert into company_sequence values (%s, %s, %s)", (older, name, value))
        owner.execute(
            "insert into bank_account (company_id, id, client_id, role, payment_form, account_number)"
            " values (%s, %s, %s, 'DEPOSIT', '03', '012180001234567899')",
            (older, uuid7(), client),
        )

    migrate.upgrade(new_database)
    with psycopg.connect(new_database) as owner:

        def read(query: str) -> list[tuple[object, ...]]:
            return owner.execute(query.encode(), (older,) if "%s" in query else ()).fetchall()

        assert read("select id from company where rfc_repeated") == [(younger,)]
        assert read(
            "select type, series, last_number, is_default from folio_series where company_id = %s order by 1, 2"
        ) == [
            ("CREDIT_NOTE", "NC", 0, True),
            ("INVOICE", "F", 12, True),
            ("QUOTE", "COT", 0, True),
            ("QUOTE", "ESPECIAL", 3, False),
            ("SALES_NOTE", "NV", 0, True),
        ]
        assert read("select name, value from company_sequence") == [("FOLLOW_UP", 7)]
        assert read("select account_number, company_account_id from bank_account") == [("012180001234567899", None)]
        assert read("select count(*) from prospect_state where company_id = %s") == [(5,)]

    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    with psycopg.connect(new_database) as owner:
        found = owner.execute("select name, value from company_sequence order by name").fetchall()
    assert found == list(sequences)
