"""Prospects: their state, and how they become clients: with a whole form at once, by themselves or into a client."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.client import create_client, delete_client, erase_client, restore_client, update_client
from domain.deal import update_deal
from domain.prospect import convert_prospect, set_prospect_state
from domain.prospect_state import STATES
from errors import Forbidden
from models import (
    Address,
    BankAccount,
    Base,
    CfdiProfile,
    Client,
    Contact,
    Deal,
    Document,
    FollowUp,
    HistoryEvent,
    Payment,
    PaymentReminders,
    ProspectState,
    ReceivableTerms,
    ReminderRule,
    SalesDocument,
    SalesDocumentLine,
    SalesDocumentTax,
    Tombstone,
)
from models.collaborator import Role
from tests.fixtures import NOON
from tests.writing import Writer, events, rows

FORM = {
    "legal_name": "Escuela Kemper Urgate",
    "rfc": "EKU9003173C9",
    "contacts": [{"name": "Ana", "phone": "55 1234 5678", "email": "ana@kemper.mx"}],
    "addresses": [{"kind": "FISCAL", "street": "Av. Juárez", "postal_code": "44100"}],
    "cfdi_profile": {"name": "ESCUELA KEMPER URGATE", "tax_regime": "601", "cfdi_use": "G03", "postal_code": "42501"},
    "receivable_terms": {"terms": "CREDIT", "credit_days": 30},
}


def states(company: Any, *names: str) -> list[Any]:
    """States of the company's, in this order."""
    return [company.add(ProspectState, name=name, position=place) for place, name in enumerate(names)]


# The state


@pytest.mark.claims(
    "docs/companies.md",
    "A new prospect is in the first state that can be chosen; `setProspectState` brings it into another.",
)
def test_a_new_prospect_is_in_the_first_state_that_can_be_chosen(company: Any, owner: Any) -> None:
    mine = company()
    _, first, other = states(mine, "Retirado", "Nuevo", "Contactado")
    mine.change(ProspectState, _, active=False)
    writer = Writer(mine)
    writer.do(create_client, {"kind": "PROSPECT", "legal_name": "Uno"})
    writer.do(create_client, {"kind": "PROSPECT", "legal_name": "Dos", "prospect_state_id": other})
    writer.do(create_client, {"legal_name": "Tres"})
    assert rows(owner, mine, Client, "prospect_state_id") == [first, other, None]
    refused = [("CLIENT_NOT_PROSPECT", ("prospect_state_id",))]
    assert writer.refused(create_client, {"legal_name": "Cuatro", "prospect_state_id": other}) == refused


def test_without_states_a_prospect_has_none(company: Any, owner: Any) -> None:
    mine = company()
    Writer(mine).do(create_client, {"kind": "PROSPECT", "legal_name": "Uno"})
    assert rows(owner, mine, Client, "prospect_state_id") == [None]


def test_the_history_says_from_which_state_to_which(company: Any, owner: Any) -> None:
    mine = company()
    first, second = states(mine, "Nuevo", "Contactado")
    prospect, writer = mine.client(kind="PROSPECT"), Writer(mine)
    for state in (first, second, second):
        writer.do(set_prospect_state, {"id": prospect, "prospect_state_id": state})
    assert events(owner, mine) == [
        ("PROSPECT_STATE_CHANGED", {"from_prospect_state": None, "to_prospect_state": "Nuevo"}),
        ("PROSPECT_STATE_CHANGED", {"from_prospect_state": "Nuevo", "to_prospect_state": "Contactado"}),
    ]
    assert rows(owner, mine, Client, "version", "prospect_state_id") == [(3, second)]


def test_states_that_cannot_be_come_into(company: Any) -> None:
    mine, other = company(), company()
    [state] = states(mine, "Nuevo")
    [theirs] = states(other, "Ajeno")
    retired = mine.add(ProspectState, name="Retirado", position=1, active=False)
    writer = Writer(mine)
    prospect = mine.client(kind="PROSPECT")
    for wrong, code in ((theirs, "NOT_FOUND"), (prospect, "NOT_FOUND"), (retired, "INACTIVE"), (None, "TEXT_REQUIRED")):
        refused = writer.refused(set_prospect_state, {"id": prospect, "prospect_state_id": wrong})
        assert refused == [(code, ("prospect_state_id",))]
    deleted = mine.client(kind="PROSPECT", deleted_at=NOON)
    for record, code in ((mine.client(), "CLIENT_NOT_PROSPECT"), (deleted, "CLIENT_DELETED"), (state, "NOT_FOUND")):
        assert writer.refused(set_prospect_state, {"id": record, "prospect_state_id": state}) == [(code, ("id",))]
    with pytest.raises(Forbidden, match="clients:write"):
        Writer(mine, Role.READ_ONLY).do(set_prospect_state, {"id": prospect, "prospect_state_id": state})


@pytest.mark.claims(
    "docs/companies.md",
    "A state that a prospect is in cannot be deleted (`IN_USE`): make it inactive, or bring its prospects into another"
    " first.",
)
def test_a_state_in_use_cannot_vanish(company: Any, owner: Any) -> None:
    mine = company()
    state, other = states(mine, "Nuevo", "Contactado")
    writer = Writer(mine)
    prospect = mine.client(kind="PROSPECT", prospect_state_id=state)
    assert writer.refused(STATES.delete, {"id": state}) == [("IN_USE", ("id",))]
    writer.do(STATES.update, {"id": state, "active": False})
    writer.do(set_prospect_state, {"id": prospect, "prospect_state_id": other})
    writer.do(STATES.delete, {"id": state})
    writer.do(convert_prospect, {"id": prospect})
    writer.do(STATES.delete, {"id": other})
    assert rows(owner, mine, ProspectState, "id") == []


def test_prospects_coming_into_states_that_vanish_meanwhile_are_told_so(company: Any) -> None:
    mine = company()
    writer = Writer(mine)
    for number in range(5):
        state = writer.do(STATES.create, {"name": f"Estado {number}"}).id
        prospects = [mine.client(kind="PROSPECT") for _ in range(4)]

        async def either(work: Any, input: Any) -> Any:
            command = set_prospect_state if input.prospect_state_id else STATES.delete
            return await command(work, input)

        inputs = [{"id": prospect, "prospect_state_id": state} for prospect in prospects]
        outcomes = writer.together(either, [*inputs[:2], {"id": state}, *inputs[2:]])
        for outcome in outcomes:
            problems = [problem.code.name for problem in getattr(outcome, "problems", ())]
            assert problems in ([], ["NOT_FOUND"], ["IN_USE"]), outcome
            assert not isinstance(outcome, BaseException) or problems, outcome


# With a form


@pytest.mark.claims(
    "docs/writing.md",
    "The state that the prospect was in is cleared and stays in the event `PROSPECT_CONVERTED`.",
)
def test_converting_clears_the_state_and_the_history_keeps_it(company: Any, owner: Any) -> None:
    mine = company()
    [state] = states(mine, "Interesado")
    prospect = mine.client(kind="PROSPECT", prospect_state_id=state)
    Writer(mine).do(convert_prospect, {"id": prospect})
    assert rows(owner, mine, Client, "kind", "prospect_state_id") == [("CLIENT", None)]
    assert events(owner, mine) == [("PROSPECT_CONVERTED", {"prospect_state": "Interesado"})]


@pytest.mark.claims(
    "docs/writing.md",
    "Each part has the event that its own mutation would write.",
)
def test_the_whole_form_at_once(company: Any, owner: Any) -> None:
    mine = company()
    prospect = mine.client(kind="PROSPECT", legal_name="Kemper", owner_id=mine.people[Role.SALES])
    form = FORM | {"id": prospect, "expected_version": 1, "owner_id": mine.people[Role.ADMIN], "external_id": "A-1"}
    Writer(mine).do(convert_prospect, form)
    assert rows(owner, mine, Client, "kind", "legal_name", "rfc", "owner_id", "external_id") == [
        ("CLIENT", "Escuela Kemper Urgate", "EKU9003173C9", mine.people[Role.ADMIN], "A-1")
    ]
    assert rows(owner, mine, Contact, "client_id", "phone", "email") == [(prospect, "+525512345678", "ana@kemper.mx")]
    assert rows(owner, mine, Address, "kind", "state") == [("FISCAL", "JAL")]
    assert rows(owner, mine, CfdiProfile, "rfc", "tax_regime", "valid_to") == [("EKU9003173C9", "601", None)]
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days") == [("CREDIT", 30)]
    assert [kind for kind, _ in events(owner, mine)] == [
        "PROSPECT_CONVERTED",
        "CONTACT_CHANGED",
        "ADDRESS_CHANGED",
        "RECEIVABLE_TERMS_CHANGED",
        "CFDI_PROFILE_CHANGED",
        "CLIENT_CHANGED",
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "A contact or an address that the prospect has already is changed, not doubled: a contact with the same e-mail"
    " address, or with the same name and no other telephone; the fiscal address, or a branch at the same place.",
)
def test_what_the_prospect_has_already_is_changed_and_not_doubled(company: Any, owner: Any) -> None:
    mine = company()
    prospect = mine.client(kind="PROSPECT", rfc="EKU9003173C9")
    mine.add(Contact, client_id=prospect, name="Ana", email="Ana@kemper.mx")
    mine.add(Contact, client_id=prospect, name="José", phone="+525511112222")
    mine.add(Contact, client_id=prospect, name="Luis", email="luis@kemper.mx")
    mine.add(Address, client_id=prospect, kind="FISCAL", street="Vieja")
    mine.add(Address, client_id=prospect, street="Sucursal", postal_code="44100")
    mine.add(CfdiProfile, client_id=prospect, rfc="EKU9003173C9", tax_regime="601")
    mine.add(ReceivableTerms, client_id=prospect, credit_days=10)
    form = {
        "id": prospect,
        "contacts": [
            {"name": "Ana Ríos", "email": "ana@Kemper.MX"},
            {"name": "JOSE", "job_title": "Compras"},
            {"name": "Luis", "email": "otro.luis@kemper.mx"},
        ],
        "addresses": [
            {"kind": "FISCAL", "street": "Nueva"},
            {"street": "SUCURSAL", "postal_code": "44100", "label": "Centro"},
        ],
        "cfdi_profile": {"cfdi_use": "G03"},
        "receivable_terms": {"credit_days": 45},
    }
    Writer(mine).do(convert_prospect, form)
    assert rows(owner, mine, Contact, "name", "email", "phone", "job_title") == [
        ("Ana Ríos", "ana@kemper.mx", None, None),
        ("JOSE", None, "+525511112222", "Compras"),
        ("Luis", "luis@kemper.mx", None, None),
        ("Luis", "otro.luis@kemper.mx", None, None),
    ]
    assert rows(owner, mine, Address, "kind", "street", "label") == [
        ("FISCAL", "Nueva", None),
        ("BRANCH", "SUCURSAL", "Centro"),
    ]
    current = [row for row in rows(owner, mine, CfdiProfile, "tax_regime", "cfdi_use", "valid_to") if row[2] is None]
    assert current == [("601", "G03", None)]
    assert rows(owner, mine, ReceivableTerms, "terms", "credit_days") == [("CREDIT", 45)]


def untouched(owner: Any, company: Any) -> list[Any]:
    models: list[type[Base]] = [Client, Contact, Address, CfdiProfile, ReceivableTerms, HistoryEvent]
    return [
        owner.execute(select(model.__table__).where(model.__table__.c.company_id == company.id)).all()
        for model in models
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "`convertProspect` takes what `createClient` takes, all in one transaction: problems lead to the field"
    " (`contacts.1.email`), and while there is one, nothing was done.",
)
@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        ({"legal_name": ""}, [("TEXT_REQUIRED", ("legal_name",))]),
        ({"rfc": "ABC"}, [("RFC_FORMAT", ("rfc",))]),
        ({"contacts": [{"name": "A"}, {"name": "B", "email": "x"}]}, [("EMAIL_INVALID", ("contacts", 1, "email"))]),
        ({"contacts": [{"email": "b@x.mx"}]}, [("TEXT_REQUIRED", ("contacts", 0, "name"))]),
        ({"addresses": [{"street": "A", "postal_code": "1"}]},
         [("POSTAL_CODE_FORMAT", ("addresses", 0, "postal_code"))]),
        ({"cfdi_profile": {"tax_regime": "605"}}, [("TAX_REGIME_PERSON_KIND", ("cfdi_profile", "tax_regime"))]),
        ({"cfdi_profile": {"rfc": "URE180429TM6"}}, [("RFC_DIFFERS", ("cfdi_profile", "rfc"))]),
        ({"receivable_terms": {"terms": "CASH", "credit_days": 3}},
         [("CASH_WITHOUT_CREDIT", ("receivable_terms", "terms"))]),
        ({"receivable_terms": {"credit_days": 9999}}, [("OUT_OF_RANGE", ("receivable_terms", "credit_days"))]),
        ({"rfc": "IIA040805DZ4"}, [("DUPLICATE", ("rfc",))]),
        ({"rfc": None, "cfdi_profile": {"rfc": "IIA040805DZ4"}}, [("DUPLICATE", ("cfdi_profile", "rfc"))]),
        ({"external_id": "TOMADO"}, [("DUPLICATE_EXTERNAL_ID", ("external_id",))]),
        ({"legal_name": "INDISTRIA ILUMINADORA DE ALMACENES"}, [("DUPLICATE", ("legal_name",))]),
        ({"owner_id": NOON}, [("NOT_FOUND", ("owner_id",))]),
        (
            {"contacts": [{"name": "A", "email": "x"}], "addresses": [{}], "receivable_terms": {"credit_days": -1}},
            [
                ("EMAIL_INVALID", ("contacts", 0, "email")),
                ("TEXT_REQUIRED", ("addresses", 0, "street")),
                ("OUT_OF_RANGE", ("receivable_terms", "credit_days")),
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_undoes_the_whole(
    company: Any, owner: Any, wrong: Any, problems: Any
) -> None:
    mine = company()
    taken = mine.client(rfc="IIA040805DZ4", legal_name="INDISTRIA ILUMINADORA DE ALMACENES SA DE CV")
    mine.change(Client, taken, external_id="TOMADO")
    prospect = mine.client(kind="PROSPECT", legal_name="Kemper")
    before = untouched(owner, mine)
    if "owner_id" in wrong:
        wrong = {"owner_id": prospect}
    assert Writer(mine).refused(convert_prospect, FORM | {"id": prospect} | wrong) == problems
    assert untouched(owner, mine) == before


def test_terms_ask_for_their_own_permission(company: Any) -> None:
    mine = company()
    prospect = mine.client(kind="PROSPECT", owner_id=mine.people[Role.SALES])
    with pytest.raises(Forbidden, match="billing:write"):
        Writer(mine, Role.SALES).do(convert_prospect, FORM | {"id": prospect})


def test_of_many_forms_at_once_one_is_taken_and_the_others_are_told(company: Any, owner: Any) -> None:
    mine = company()
    prospect = mine.client(kind="PROSPECT")
    inputs = [{"id": prospect, "legal_name": f"Nombre {number}", "allow_duplicates": True} for number in range(20)]
    outcomes = Writer(mine).together(convert_prospect, inputs)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Client"] + ["Rejected"] * 19
    assert [kind for kind, _ in events(owner, mine)] == ["PROSPECT_CONVERTED", "CLIENT_CHANGED"]


def test_of_two_at_once_with_one_rfc_one_is_refused(company: Any, owner: Any) -> None:
    mine = company()
    inputs = [
        {"id": mine.client(kind="PROSPECT"), "rfc": "EKU9003173C9", "contacts": [{"name": "Ana"}]} for _ in range(4)
    ]
    outcomes = Writer(mine).together(convert_prospect, inputs)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Client", "Rejected", "Rejected", "Rejected"]
    assert sorted(rows(owner, mine, Client, "kind")) == ["CLIENT", "PROSPECT", "PROSPECT", "PROSPECT"]
    assert len(rows(owner, mine, Contact, "id")) == 1


# Into a client that is there


def whole(company: Any, client: Any) -> dict[type[Base], Any]:
    """Something of every table for the client, with references between them."""
    of = {"client_id": client}
    deal = company.add(Deal, **of)
    quote = company.add(SalesDocument, **of, type="QUOTE", subtotal=100, total=100, deal_id=deal)
    sums = {"subtotal": 100, "total": 100, "paid": 40, "origin_id": quote, "deal_id": deal}
    note = company.add(SalesDocument, **of, type="SALES_NOTE", state="PARTIALLY_PAID", **sums)
    line = {"quantity": 1, "unit_price": 100, "amount": 100, "position": 1}
    product = {"description": "Silla", "product_code": "56101504", "unit_code": "H87"}
    first = company.add(SalesDocumentLine, **of, sales_document_id=quote, **line, **product)
    second = company.add(SalesDocumentLine, **of, sales_document_id=note, origin_line_id=first, **line, **product)
    tax = {"kind": "TRANSFERRED", "tax": "002", "factor": "EXEMPT", "base": 100, "amount": 0, "position": 1}
    return {
        Deal: deal,
        SalesDocument: note,
        SalesDocumentLine: second,
        SalesDocumentTax: company.add(SalesDocumentTax, **of, sales_document_id=note, line_id=second, **tax),
        Payment: company.add(Payment, **of, sales_document_id=note, amount=40, payment_form="03", paid_at=NOON),
        FollowUp: company.add(FollowUp, **of, deal_id=deal),
        Document: company.add(Document, **of),
        Contact: company.add(Contact, **of, name="Ana", email="ana@x.mx", is_primary=True),
        Address: company.add(Address, **of, kind="FISCAL", street="Uno"),
        BankAccount: company.add(BankAccount, **of, account_number="002180000000000004", is_default=True),
        PaymentReminders: company.add(PaymentReminders, **of),
        ReminderRule: company.add(ReminderRule, **of, position=0, moment="ON", days=0, hour=9),
        ReceivableTerms: company.add(ReceivableTerms, **of),
        HistoryEvent: company.add(
            HistoryEvent, **of, as_prospect=True, deal_id=deal, sales_document_id=note, origin_document_id=quote
        ),
    }


@pytest.mark.claims(
    "docs/writing.md",
    "With `intoClientId` the prospect becomes part of a client that is there.",
    "Contacts, addresses, accounts, deals, follow-ups, files, sales documents and history move to it in one statement;",
)
def test_all_that_a_prospect_has_goes_to_the_client(company: Any, owner: Any) -> None:
    mine = company()
    [state] = states(mine, "Interesado")
    prospect = mine.client(
        kind="PROSPECT",
        legal_name="Kemper",
        rfc="EKU9003173C9",
        prospect_state_id=state,
        trade_name="K",
        external_id="1",
    )
    client = mine.client(legal_name="Escuela Kemper", internal_note="Nota")
    parts = whole(mine, prospect)
    mine.add(CfdiProfile, client_id=prospect, rfc="EKU9003173C9", tax_regime="601")
    assert (
        Writer(mine).do(convert_prospect, {"id": prospect, "into_client_id": client, "expected_version": 1}).id
        == client
    )
    tables = [table for table in Base.metadata.sorted_tables if "client_id" in table.c]
    left = {
        table.name
        for table in tables
        if owner.execute(select(table.c.client_id).where(table.c.client_id == prospect)).first()
    }
    assert left == {"cfdi_profile", "history_event"}
    for model in parts:
        assert client in rows(owner, mine, model, "client_id")
    assert rows(owner, mine, Client, "kind", "rfc", "trade_name", "external_id", "converted_into_id") == [
        ("PROSPECT", None, "K", None, client),
        ("CLIENT", "EKU9003173C9", "K", "1", None),
    ]
    assert rows(owner, mine, Client, "prospect_state_id") == [None, None]
    profiles = rows(owner, mine, CfdiProfile, "client_id", "rfc", "tax_regime")
    assert (client, "EKU9003173C9", "601") in profiles
    history = rows(owner, mine, HistoryEvent, "client_id", "kind", "as_prospect", "details")
    assert (client, "CLIENT_CREATED", True, {}) in history
    converted = [(of, at, details) for of, kind, at, details in history if kind == "PROSPECT_CONVERTED"]
    assert converted == [
        (prospect, True, {"prospect_state": "Interesado"}),
        (client, False, {"prospect_state": "Interesado", "prospect": "Kemper"}),
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "its own values, terms, reminders and CFDI data stay, and what it lacks it takes over.",
)
def test_what_the_client_has_stays_and_nothing_is_doubled(company: Any, owner: Any) -> None:
    mine = company()
    prospect, client = mine.client(kind="PROSPECT", trade_name="P"), mine.client(rfc="EKU9003173C9", trade_name="C")
    for record, name in ((client, "De él"), (prospect, "Del prospecto")):
        mine.add(Contact, client_id=record, name=name, email="ana@x.mx", is_primary=True)
        mine.add(Address, client_id=record, kind="FISCAL", street=name)
        mine.add(Address, client_id=record, street="La misma", postal_code="44100")
        mine.add(BankAccount, client_id=record, account_number="002180000000000004", is_default=True)
        mine.add(ReceivableTerms, client_id=record, credit_days=len(name))
        mine.add(PaymentReminders, client_id=record)
    mine.add(Contact, client_id=prospect, name="Luis", job_title="Compras", is_primary=False, position=1)
    mine.add(Contact, client_id=prospect, name="Borrada", deleted_at=NOON)
    mine.change(Contact, rows(owner, mine, Contact, "id")[1], phone="+525511112222")
    Writer(mine).do(convert_prospect, {"id": prospect, "into_client_id": client})

    def alive(model: type[Base], *columns: str) -> list[Any]:
        found = rows(owner, mine, model, "client_id", "deleted_at", *columns)
        assert {of for of, *_ in found} == {client}
        return [values for _, deleted_at, *values in found if deleted_at is None]

    assert alive(Contact, "name", "email", "phone", "is_primary") == [
        ["De él", "ana@x.mx", "+525511112222", True],
        ["Luis", None, None, False],
    ]
    assert alive(Address, "kind", "street") == [
        ["FISCAL", "De él"],
        ["BRANCH", "La misma"],
        ["BRANCH", "Del prospecto"],
    ]
    assert alive(BankAccount, "account_number", "is_default") == [["002180000000000004", True]]
    terms = rows(owner, mine, ReceivableTerms, "client_id", "credit_days")
    assert (client, 5) in terms
    assert rows(owner, mine, Client, "trade_name") == ["P", "C"]


def test_the_form_is_then_the_clients(company: Any, owner: Any) -> None:
    mine = company()
    prospect, client = mine.client(kind="PROSPECT", legal_name="Kemper"), mine.client(legal_name="Otra razón")
    mine.add(Contact, client_id=prospect, name="Ana", email="ana@kemper.mx")
    Writer(mine).do(convert_prospect, FORM | {"id": prospect, "into_client_id": client, "legal_name": "Kemper"})
    assert rows(owner, mine, Client, "kind", "legal_name", "rfc") == [
        ("PROSPECT", "Kemper", None),
        ("CLIENT", "Kemper", "EKU9003173C9"),
    ]
    assert rows(owner, mine, Contact, "client_id", "email", "phone") == [(client, "ana@kemper.mx", "+525512345678")]
    assert rows(owner, mine, Address, "client_id") == [client]


@pytest.mark.claims(
    "docs/writing.md",
    "Two taxpayers are not one client (`RFCS_DIFFER`).",
    "The viewer needs sight of both.",
)
@pytest.mark.parametrize("validate_only", [False, True])
def test_clients_that_a_prospect_cannot_become_part_of(company: Any, owner: Any, validate_only: bool) -> None:
    mine, other = company(), company()
    sales = mine.people[Role.SALES]
    prospect = mine.client(kind="PROSPECT", owner_id=sales, rfc="EKU9003173C9")
    wrong = {
        "CONVERTED_INTO_ITSELF": prospect,
        "CONVERTED_INTO_PROSPECT": mine.client(kind="PROSPECT", owner_id=sales),
        "CLIENT_DELETED": mine.client(owner_id=sales, deleted_at=NOON),
        "RFCS_DIFFER": mine.client(owner_id=sales, rfc="IIA040805DZ4"),
    }
    # Out of sight, of another company, not there: all alike.
    hidden = [mine.client(), mine.client(owner_id=mine.people[Role.ADMIN]), other.client(), mine.stage]
    before = untouched(owner, mine)
    writer = Writer(mine, Role.SALES)
    for code, into in (*wrong.items(), *(("NOT_FOUND", each) for each in hidden)):
        given = {"id": prospect, "into_client_id": into, "validate_only": validate_only}
        assert writer.refused(convert_prospect, given) == [(code, ("into_client_id",))]
    fitting = mine.client(owner_id=sales)
    for record, code in (
        (mine.client(kind="PROSPECT"), "NOT_FOUND"),
        (mine.client(kind="PROSPECT", owner_id=sales, deleted_at=NOON), "CLIENT_DELETED"),
        (mine.client(owner_id=sales), "CLIENT_NOT_PROSPECT"),
    ):
        given = {"id": record, "into_client_id": fitting, "validate_only": validate_only}
        assert writer.refused(convert_prospect, given) == [(code, ("id",))]
    assert untouched(owner, mine)[1:] == before[1:]


def test_twice_is_once_and_two_clients_at_once_are_one(company: Any, owner: Any) -> None:
    mine = company()
    prospect, one, two = mine.client(kind="PROSPECT"), mine.client(), mine.client()
    mine.add(Contact, client_id=prospect)
    inputs = [{"id": prospect, "into_client_id": into} for into in (one, two)] * 10
    outcomes = Writer(mine).together(convert_prospect, inputs)
    [into] = {outcome.id for outcome in outcomes if isinstance(outcome, Client)}
    for sent, outcome in zip(inputs, outcomes, strict=True):
        if sent["into_client_id"] != into:
            assert [problem.code.name for problem in outcome.problems] == ["CONVERTED_INTO_CLIENT"]
        else:
            assert outcome.id == into
    assert rows(owner, mine, Contact, "client_id") == [into]
    assert len(events(owner, mine)) == 2
    bare = Writer(mine).refused(convert_prospect, {"id": prospect})
    assert bare == [("CONVERTED_INTO_CLIENT", ("id",))]


def test_crossing_conversions_do_not_wait_for_each_other(company: Any, owner: Any) -> None:
    """Each converts into what others convert into, and edits go on meanwhile: no deadlock, nothing lost."""
    mine = company()
    clients = [mine.client() for _ in range(3)]
    prospects = [mine.client(kind="PROSPECT", legal_name=f"P {number}") for number in range(12)]
    for prospect in prospects:
        mine.add(Contact, client_id=prospect, name=f"De {prospect}")
        mine.add(Deal, client_id=prospect)

    async def either(work: Any, input: Any) -> Any:
        return await (convert_prospect if input.into_client_id else update_client)(work, input)

    inputs: list[Any] = [{"id": each, "into_client_id": clients[i % 3]} for i, each in enumerate(prospects)]
    inputs += [{"id": client, "trade_name": str(number)} for number in range(4) for client in clients]
    outcomes = Writer(mine).together(either, inputs)
    assert {type(outcome) for outcome in outcomes} == {Client}, outcomes
    assert set(rows(owner, mine, Deal, "client_id")) == set(clients)
    assert len(rows(owner, mine, Contact, "id")) == 12


def test_what_is_edited_while_it_moves_is_edited_or_told_so(company: Any, owner: Any) -> None:
    mine = company()
    client, prospect = mine.client(), mine.client(kind="PROSPECT")
    deals = [mine.add(Deal, client_id=prospect) for _ in range(12)]

    async def either(work: Any, input: Any) -> Any:
        return await (convert_prospect if input.into_client_id else update_deal)(work, input)

    inputs: list[Any] = [{"id": deal, "title": "Otro"} for deal in deals]
    inputs.insert(6, {"id": prospect, "into_client_id": client})
    outcomes = Writer(mine).together(either, inputs)
    codes = {problem.code.name for outcome in outcomes for problem in getattr(outcome, "problems", ())}
    assert codes <= {"CONVERTED_INTO_CLIENT"}
    edited = sum(isinstance(outcome, Deal) for outcome in outcomes)
    assert edited + len([outcome for outcome in outcomes if hasattr(outcome, "problems")]) == 12
    assert rows(owner, mine, Deal, "title").count("Otro") == edited
    assert set(rows(owner, mine, Deal, "client_id")) == {client}


@pytest.mark.claims(
    "docs/writing.md",
    "The prospect stays behind deleted: old links find it, `convertedInto` leads on where the viewer sees that client,"
    " and it takes nothing new and is not restored (`CONVERTED_INTO_CLIENT`).",
    "Erasing the client erases it too.",
)
def test_the_prospect_that_is_left_takes_nothing_and_is_erased_with_its_client(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    prospect, client = mine.client(kind="PROSPECT"), mine.client()
    writer.do(convert_prospect, {"id": prospect, "into_client_id": client})
    refused = [("CONVERTED_INTO_CLIENT", ("id",))]
    for command in (update_client, restore_client, delete_client):
        assert writer.refused(command, {"id": prospect}) == refused
    assert writer.refused(set_prospect_state, {"id": prospect, "prospect_state_id": prospect}) == refused
    writer.do(erase_client, {"id": client})
    assert rows(owner, mine, Client, "id") == []
    assert rows(owner, mine, Tombstone, "id") == [prospect, client]


def test_a_prospect_that_became_part_of_a_client_is_no_duplicate(company: Any) -> None:
    mine = company()
    writer = Writer(mine)
    client = mine.client(legal_name="CLIENTE")
    prospect = mine.client(kind="PROSPECT", legal_name="FERRETERÍA EL TORNILLO DE ORO")
    form = {"legal_name": "FERRETERIA EL TORNILLO DE ORO"}
    assert writer.refused(create_client, form) == [("DUPLICATE", ("legal_name",))]
    writer.do(convert_prospect, {"id": prospect, "into_client_id": client})
    writer.do(create_client, form)


def test_too_many_contacts_are_told(company: Any) -> None:
    mine = company()
    prospect, client = mine.client(kind="PROSPECT"), mine.client()
    for record, number in ((prospect, 2), (client, 499)):
        for place in range(number):
            mine.add(Contact, client_id=record, name=f"{record} {place}", position=place)
    refused = Writer(mine).refused(convert_prospect, {"id": prospect, "into_client_id": client})
    assert refused == [("TOO_MANY", ("into_client_id",))]


NAMES = st.sampled_from(["Ana", "ANA", "Luis", "José"])
EMAILS = st.sampled_from([None, "a@x.mx", "A@x.mx", "b@x.mx"])
PHONES = st.sampled_from([None, "+525511112222", "+525533334444"])
PEOPLE = st.lists(st.tuples(NAMES, EMAILS, PHONES), max_size=4)


def test_no_person_is_lost_or_doubled_whoever_is_where(company: Any, owner: Any) -> None:
    """Every e-mail address that either had is the client's afterwards; none is there twice that was not."""
    mine, number = company(), count()

    @settings(max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(theirs=PEOPLE, prospects=PEOPLE)
    def holds(theirs: Any, prospects: Any) -> None:
        client, prospect = mine.client(), mine.client(kind="PROSPECT", legal_name=f"Prospecto {next(number)}")
        for record, people in ((client, theirs), (prospect, prospects)):
            for place, (name, email, phone) in enumerate(people):
                primary = place == 0
                mine.add(
                    Contact, client_id=record, name=name, email=email, phone=phone, is_primary=primary, position=place
                )
        Writer(mine).do(convert_prospect, {"id": prospect, "into_client_id": client})
        table = Contact.__table__
        of = select(table.c.email, table.c.phone, table.c.is_primary, table.c.deleted_at).where(
            table.c.client_id == client
        )
        everybody = owner.execute(of).all()
        assert len(everybody) == len(theirs) + len(prospects)
        alive = [(email, phone) for email, phone, _, deleted_at in everybody if deleted_at is None]
        assert sum(row.is_primary for row in everybody if row.deleted_at is None) == bool(theirs or prospects)
        assert {email.lower() for email, _ in alive if email} == {
            email.lower() for _, email, _ in (*theirs, *prospects) if email
        }
        for address in {email.lower() for email, _ in alive if email}:
            most = max(
                1, *(sum((email or "").lower() == address for _, email, _ in people) for people in (theirs, prospects))
            )
            assert sum((email or "").lower() == address for email, _ in alive) <= most

    holds()
