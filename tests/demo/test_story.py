"""The demo's rows and its history tell one story, and its numbers are sound."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from demo.companies import AJENA, DEMO
from domain.cfdi_profile import (
    CAPITAL_REGIME_IN_NAME,
    CFDI_USE_REQUIRED,
    PAYMENT_FORM_MISSING,
    PAYMENT_METHOD_MISSING,
    TAX_REGIME_REQUIRED,
    TAXPAYER_SUSPENDED,
    readiness,
)
from domain.clabe import Clabe
from domain.company import STAGES
from domain.email import parse_email
from domain.phone import Phone
from domain.rfc import Rfc
from models import CfdiProfile
from models.catalogs import POSTAL_CODES
from models.history import HistoryEventKind
from models.ledger import LedgerEntryKind

Query = Callable[..., list[Any]]


def test_nothing_happens_to_a_record_before_it_is_there(query: Query) -> None:
    """In the order in which the history is read, also within one instant."""
    events = query(
        "select kind, client_id, deal_id, sales_document_id, origin_document_id from history_event"
        " order by occurred_at, id"
    )
    begun: set[UUID] = set()
    for kind, client, deal, document, origin in events:
        if kind == "CLIENT_CREATED":
            begun.add(client)
        if kind == "DEAL_CREATED":
            begun.add(deal)
        if kind in ("SALES_DOCUMENT_ISSUED", "SALES_DOCUMENT_CONVERTED"):
            assert document not in begun
            begun.add(document)
        assert {client, deal, document, origin} - {None} <= begun, kind


def test_every_documents_state_is_what_its_events_made_it(query: Query) -> None:
    state: dict[Any, str] = {}
    events = query(
        "select kind, sales_document_id, origin_document_id, details from history_event"
        " where sales_document_id is not null order by occurred_at, id"
    )
    for kind, document, origin, details in events:
        if kind in ("SALES_DOCUMENT_ISSUED", "SALES_DOCUMENT_CONVERTED"):
            state[document] = "DRAFT"
        if kind == "SALES_DOCUMENT_CONVERTED":
            state[origin] = "CONVERTED"
        if kind == "SALES_DOCUMENT_STATE_CHANGED":
            assert state[document] == details["from_state"]
            state[document] = details["to_state"]
    assert state == dict(query("select id, state from sales_document"))
    assert len(state) > 100


def test_every_deals_state_is_what_its_events_made_it(query: Query) -> None:
    told: dict[Any, str] = {}
    for kind, deal in query(
        "select kind, deal_id from history_event where deal_id is not null and kind <> 'DEAL_CHANGED'"
        " order by occurred_at, id"
    ):
        told[deal] = {"DEAL_CREATED": "OPEN", "DEAL_REOPENED": "OPEN"}.get(kind, kind.removeprefix("DEAL_"))
    assert told == dict(query("select id, state from deal"))
    assert query("select count(*) from deal where state = 'OPEN' and reopened_at is not null") == [1]


def test_paid_is_the_sum_of_what_stands_of_payments(query: Query) -> None:
    assert (
        query(
            "select folio from sales_document d where paid <> (select coalesce(sum(amount), 0) from application"
            " where sales_document_id = d.id and company_id = d.company_id and payment_id is not null"
            " and undone_at is null)"
        )
        == []
    )
    assert query("select count(*) from payment where reversed_at is not null")[0] >= 1


def test_the_ledger_has_an_example_of_everything(query: Query) -> None:
    assert set(query("select distinct kind from ledger_entry")) == {kind.value for kind in LedgerEntryKind} - {
        "ADJUSTMENT"
    }
    assert query(
        "select count(*), count(*) filter (where p.currency <> d.currency), count(*) filter (where p.assumed) from"
        " application a join payment p on p.id = a.payment_id join sales_document d on d.id = a.sales_document_id"
        " where d.folio ~ '^A-1'"
    ) == [(7, 2, 2)]
    over_several = "select count(*) from application group by payment_id having count(*) > 1"
    assert query(over_several) == [2]
    left = "select amount - applied - refunded from payment where reversed_at is null and applied + refunded < amount"
    assert sorted(query(left)) == [Decimal("117.80"), Decimal("25000.00")]
    assert query("select total - credited - refunded from sales_document where type = 'CREDIT_NOTE'") == [
        Decimal("799.82")
    ]
    assert set(query("select distinct type from cfdi_relation")) == {"01", "04"}
    assert query("select count(*) > 10 from sales_document where verification = 'VERIFIED'") == [True]
    assert query("select count(*) from contact where phone_extension is not null") == [1]
    assert query("select count(*) from ledger_entry where reverses_id is not null and kind = 'CHARGE'") == [2]


def test_balances_are_the_sums_of_the_ledger(query: Query) -> None:
    """Each document, payment and credit note is rounded in the company's currency by itself."""
    assert (
        query(
            "select c.legal_name, c.balance, s.owed from client c left join lateral (select coalesce(sum("
            "round(amount * exchange_rate, 2)), 0) as owed from (select sum(amount) as amount, exchange_rate from"
            " ledger_entry l where l.company_id = c.company_id and l.client_id = c.id group by coalesce("
            "sales_document_id, payment_id, credit_note_id), sales_document_id is null, exchange_rate) one) s on true"
            " where c.balance <> s.owed"
        )
        == []
    )


def test_totals_are_the_sums_of_the_lines(query: Query) -> None:
    assert (
        query(
            "select folio from sales_document d where (subtotal, tax) <> (select sum(amount), round(sum(tax), 2)"
            " from sales_document_line where sales_document_id = d.id and company_id = d.company_id)"
        )
        == []
    )


def test_events_carry_the_folios_and_totals_of_their_documents(query: Query) -> None:
    assert (
        query(
            "select d.folio, e.details from history_event e join sales_document d"
            " on (d.company_id, d.id) = (e.company_id, e.sales_document_id)"
            " where e.kind = 'SALES_DOCUMENT_ISSUED' and e.details <> jsonb_build_object('type', d.type, 'folio',"
            " d.folio, 'total', d.total::text, 'currency', d.currency)"
        )
        == []
    )
    assert (
        query(
            "select e.details from history_event e"
            " join sales_document d on (d.company_id, d.id) = (e.company_id, e.sales_document_id)"
            " join sales_document o on (o.company_id, o.id) = (e.company_id, e.origin_document_id)"
            " where d.origin_id is distinct from o.id or e.details <> jsonb_build_object('from_type', o.type,"
            " 'from_folio', o.folio, 'to_type', d.type, 'to_folio', d.folio)"
        )
        == []
    )


def test_events_before_the_conversion_are_the_prospects(query: Query, kemper: UUID) -> None:
    assert (
        query(
            "select c.legal_name, e.kind from history_event e join client c on (c.company_id, c.id) ="
            " (e.company_id, e.client_id) where as_prospect <> (c.kind = 'PROSPECT'"
            " or e.occurred_at < coalesce(c.converted_at, c.created_at))"
        )
        == []
    )
    assert query(
        "select kind, count(*) from history_event where as_prospect and client_id = %s group by 1 order by 1",
        kemper,
    ) == [
        ("CLIENT_CREATED", 1),
        ("DEAL_CREATED", 1),
        ("FOLLOW_UP_CHANGED", 3),
        ("PROSPECT_STATE_CHANGED", 1),
        ("SALES_DOCUMENT_ISSUED", 2),
        ("SALES_DOCUMENT_STATE_CHANGED", 4),
    ]


def test_numbers_follow_time_without_gaps_and_the_sequences_know_the_last(query: Query) -> None:
    last = query(
        "select company_id, type || ':' || series, count(*), max(number),"
        " bool_and(number = place) from (select *, row_number() over (partition by company_id, type, series"
        " order by issued_at, id) place from sales_document) d group by 1, 2"
        " union all select company_id, 'FOLLOW_UP', count(*), max(number), bool_and(number = place)"
        " from (select *, row_number() over (partition by company_id order by created_at, id) place from follow_up) f"
        " group by 1"
    )
    assert all(count == highest and in_order for _, _, count, highest, in_order in last)
    known = query(
        "select company_id, name, value from company_sequence union all"
        " select company_id, type || ':' || series, last_number from folio_series where last_number > 0"
    )
    assert {(company, name): highest for company, name, _, highest, _ in last} == {
        (company, name): value for company, name, value in known
    }


def test_nothing_is_later_than_the_storys_end(query: Query) -> None:
    (last,) = query("select max(occurred_at)::text from history_event")
    assert last == "2026-11-20 15:30:00+00"


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("contact", 4),
        ("address", 3),
        ("bank_account", 2),
        ("receivable_terms", 1),
        ("payment_reminders", 1),
        ("reminder_rule", 3),
        ("cfdi_profile", 2),
        ("document", 5),
        ("deal", 8),
        ("follow_up", 14),
        ("sales_document", 44),
    ],
)
def test_kempers_record_is_complete(query: Query, kemper: UUID, table: str, rows: int) -> None:
    statement = sql.SQL("select count(*) from {} where client_id = %s").format(sql.Identifier(table))
    assert query(statement, kemper) == [rows]


def test_kempers_documents_are_in_every_state(query: Query, kemper: UUID) -> None:
    states = query("select distinct type || ' ' || state from sales_document where client_id = %s", kemper)
    assert set(states) == {
        *(f"QUOTE {state}" for state in ("DRAFT", "SENT", "ACCEPTED", "REJECTED", "CONVERTED", "CANCELLED")),
        *(f"SALES_NOTE {state}" for state in ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "CONVERTED", "CANCELLED")),
        *(
            f"INVOICE {state}"
            for state in ("DRAFT", "STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID", "PAID", "CANCELLED")
        ),
    }


def test_kempers_history_has_an_event_of_every_kind(query: Query, kemper: UUID) -> None:
    kinds = query("select distinct kind from history_event where client_id = %s", kemper)
    assert set(kinds) == {kind.value for kind in HistoryEventKind}
    changed = "select count(*) from history_event where client_id = %s and jsonb_array_length(details -> 'changes') > 0"
    assert query(changed, kemper) == [12]


def test_the_demo_looks_like_a_company(query: Query) -> None:
    """What the pictures show: debts of each age, most of them young; open deals in each stage; no month without events;
    tasks for the days to come, and none that was forgotten for a season."""
    ages = query(
        "select width_bucket('2026-11-20'::date - due_on, array[1, 31, 61, 91]), sum((total - paid) * exchange_rate)"
        " from sales_document where company_id = %s and type <> 'QUOTE' and total > paid and due_on is not null"
        " and state not in ('DRAFT', 'CANCELLED', 'CONVERTED') group by 1 order by 1",
        DEMO,
    )
    assert [age for age, _ in ages] == [0, 1, 2, 3, 4]
    owed = sum(amount for _, amount in ages)
    assert all(amount < owed / 2 for _, amount in ages)
    assert ages[-1][1] < owed / 4
    stages = query(
        "select s.name from deal d join funnel_stage s on s.id = d.stage_id where d.company_id = %s"
        " and d.state = 'OPEN' group by 1",
        DEMO,
    )
    assert set(stages) == set(STAGES)
    months = query(
        "select count(distinct date_trunc('month', occurred_at)), count(*) filter (where occurred_at > '2026-10-20')"
        " from history_event where company_id = %s",
        DEMO,
    )
    assert months[0][0] == 15
    assert months[0][1] > 100
    pending = "select count(*) from follow_up where state = 'PENDING' and starts_at {} '{}'"
    assert query(pending.format(">", "2026-11-20"))[0] > 15
    assert query(pending.format("<", "2026-08-20")) == [0]


def test_kempers_history_by_month(query: Query, kemper: UUID) -> None:
    months = query(
        "select to_char(occurred_at at time zone 'America/Mexico_City', 'YYYY-MM'), count(*) from history_event"
        " where client_id = %s group by 1",
        kemper,
    )
    assert dict(months) == {
        "2025-09": 10,
        "2025-10": 13,
        "2025-11": 15,
        "2025-12": 3,
        "2026-01": 9,
        "2026-02": 6,
        "2026-03": 20,
        "2026-04": 6,
        "2026-05": 12,
        "2026-06": 4,
        "2026-08": 13,
        "2026-09": 6,
        "2026-10": 87,
        "2026-11": 39,
    }
    at_once = "select count(*) from history_event where client_id = %s group by occurred_at having count(*) > 2"
    assert len(query(at_once, kemper)) >= 10


def test_kempers_quote_became_a_note_and_then_an_invoice(query: Query, kemper: UUID) -> None:
    (chains,) = query(
        "select count(*) from sales_document i join sales_document n on n.id = i.origin_id"
        " join sales_document q on q.id = n.origin_id where i.client_id = %s"
        " and (q.type, n.type, i.type) = ('QUOTE', 'SALES_NOTE', 'INVOICE')",
        kemper,
    )
    assert chains == 7


def test_companies_share_an_rfc_but_no_collaborator(query: Query) -> None:
    assert set(query("select company_id from client where rfc = 'EKU9003173C9'")) == {DEMO, AJENA}
    assert dict(query("select email, role from collaborator")) == {
        "admin@demo.mx": "ADMIN",
        "gerencia@demo.mx": "SALES_MANAGER",
        "ventas@demo.mx": "SALES",
        "mostrador@demo.mx": "SALES",
        "cobranza@demo.mx": "BILLING",
        "consulta@demo.mx": "READ_ONLY",
        "nueva@demo.mx": "SALES",
        "admin@ajena.mx": "ADMIN",
        "nuevo@ajena.mx": "BILLING",
    }
    owners = Counter(query("select coalesce(o.email, '-') from client c left join collaborator o on o.id = c.owner_id"))
    assert owners["ventas@demo.mx"] > 5
    assert owners["mostrador@demo.mx"] > 5
    assert owners["-"] > 1


def test_every_number_is_what_the_rules_ask_for(query: Query) -> None:
    rfcs = query("select rfc from client where rfc is not null union select rfc from company")
    assert [rfc for rfc in rfcs if Rfc(rfc).warnings and not Rfc(rfc).is_generic] == []
    clabes = query("select account_number from bank_account where length(account_number) = 18")
    assert [clabe for clabe in clabes if Clabe(clabe).warnings] == []
    phones = query("select phone from contact where phone is not null")
    assert [phone for phone in phones if str(Phone.parse(phone)) != phone] == []
    emails = query("select email from contact where email is not null union select email from collaborator")
    assert [email for email in emails if parse_email(email) != email] == []
    assert min(map(len, (rfcs, clabes, phones, emails))) > 10
    postal_codes = query("select postal_code from address where country = 'MEX' union select postal_code from company")
    assert [code for code in postal_codes if code not in POSTAL_CODES] == []


def test_most_clients_are_ready_to_be_invoiced_and_some_tell_why_not(demo_url: str) -> None:
    engine = create_engine(make_url(demo_url).set(drivername="postgresql+psycopg"))
    with Session(engine) as session:
        current = select(CfdiProfile).where(CfdiProfile.company_id == DEMO, CfdiProfile.valid_to.is_(None))
        found = {profile.name: readiness(profile, date(2026, 11, 25)) for profile in session.scalars(current)}
    engine.dispose()
    assert {name: [p.code for p in r.errors + r.warnings] for name, r in found.items() if r.errors or r.warnings} == {
        "MUEBLES VALLE ALTO S.A. DE C.V.": [CAPITAL_REGIME_IN_NAME],
        "HOTEL BAJA JARDIN": [TAX_REGIME_REQUIRED],
        "TRANSPORTES O'FARRILL HERMANOS": [TAXPAYER_SUSPENDED],
        "AGENCIA GRAFICA DE MONTERREY": [
            CFDI_USE_REQUIRED,
            PAYMENT_FORM_MISSING,
            PAYMENT_METHOD_MISSING,
        ],
    }
    assert len(found) == 27
