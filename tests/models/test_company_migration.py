"""Companies that were there before they could be set up: their RFCs, folios, accounts and prospects are kept."""

import json

import psycopg
from alembic import command

from domain.company import REMINDERS
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
        usual = [("BEFORE", 3, 9, None, None), ("ON", 0, 9, None, None), ("AFTER", 1, 9, 7, 4)]
        assert usual == read(
            "select moment, days, hour, repeat_every_days, repeat_at_most from default_reminder"
            " where company_id = %s order by position"
        )

    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    with psycopg.connect(new_database) as owner:
        found = owner.execute("select name, value from company_sequence order by name").fetchall()
    assert found == list(sequences)


BEFORE_PROSPECTS = "0014"


def test_prospects_come_into_the_first_state_and_companies_get_the_usual_reminders(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE_PROSPECTS))
    usual, stateless, emptied, recent = uuid7(), uuid7(), uuid7(), uuid7()
    prospect, deleted, client, lost = uuid7(), uuid7(), uuid7(), uuid7()
    with psycopg.connect(new_database) as owner:
        for number, id in enumerate((usual, stateless, emptied, recent)):
            owner.execute(
                "insert into company (id, name, rfc, rfc_repeated, postal_code)"
                " values (%s, %s, 'EKU9003173C9', true, '06000')",
                (id, f"Empresa {number}"),
            )
        for place, (name, active) in enumerate((("Retirado", False), ("Nuevo", True), ("Contactado", True))):
            owner.execute(
                "insert into prospect_state (company_id, id, name, position, active) values (%s, %s, %s, %s, %s)",
                (usual, uuid7(), name, place, active),
            )
        for company, id, kind, deleted_at in (
            (usual, prospect, "PROSPECT", None),
            (usual, deleted, "PROSPECT", "2026-01-01"),
            (usual, client, "CLIENT", None),
            (stateless, lost, "PROSPECT", None),
        ):
            owner.execute(
                "insert into client (company_id, id, kind, legal_name, deleted_at) values (%s, %s, %s, 'X', %s)",
                (company, id, kind, deleted_at),
            )
        for company, kind, details in (
            (usual, "COMPANY_CHANGED", {"changes": [{"field": "name", "from": "A", "to": "B"}]}),
            (emptied, "COMPANY_CHANGED", {"changes": [{"field": "default_reminders", "from": "X", "to": None}]}),
            (recent, "COMPANY_CREATED", {}),
        ):
            owner.execute(
                "insert into audit_event (company_id, id, kind, details) values (%s, %s, %s, %s)",
                (company, uuid7(), kind, json.dumps(details)),
            )

    migrate.upgrade(new_database)
    with psycopg.connect(new_database) as owner:
        in_states = owner.execute(
            "select client.id, state.name from client"
            " left join prospect_state state on state.id = client.prospect_state_id"
        ).fetchall()
        assert dict(in_states) == {prospect: "Nuevo", deleted: "Nuevo", client: None, lost: None}
        rules = owner.execute(
            "select company_id, moment, days, hour, repeat_every_days, repeat_at_most from default_reminder"
            " order by company_id, position"
        ).fetchall()
    names = ("moment", "days", "hour", "repeat_every_days", "repeat_at_most")
    assert rules == [(id, *(rule.get(name) for name in names)) for id in (usual, stateless) for rule in REMINDERS]
