"""Issuing asks client, company and document for what their CFDI needs; who overrides it is in the history by name."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from domain.conversion import convert_sales_document
from domain.issuing import Terms, lacking, with_defaults
from domain.sales_document import create_sales_document, send_sales_document
from errors import Forbidden
from models import CfdiProfile, HistoryEvent, ReceivableTerms, SalesDocument, SalesDocumentLine
from models.collaborator import Role
from models.viewer import Permission
from tests.fixtures import BILLABLE, global_id, unconstrained
from tests.writing import Writer, events, rows

D = Decimal
CHAIR = {
    "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2), "unit_price": D("500"),
}  # fmt: skip


def draft(writer: Writer, client: Any, type_: str = "INVOICE", **values: Any) -> Any:
    return writer.do(create_sales_document, {"client_id": client, "type": type_, "lines": [CHAIR]} | values)


def codes(problems: list[tuple[str, tuple[Any, ...]]]) -> set[str]:
    assert {path for _, path in problems} == {("id",)}
    return {code for code, _ in problems}


def test_a_client_without_cfdi_data_gets_no_invoice(mine: Any, writer: Writer, owner: Any) -> None:
    document = draft(writer, mine.client())
    assert codes(writer.refused(send_sales_document, {"id": document.id})) == {
        "RFC_REQUIRED", "NAME_REQUIRED", "TAX_REGIME_REQUIRED", "CFDI_USE_REQUIRED", "POSTAL_CODE_REQUIRED",
        "PAYMENT_FORM_REQUIRED", "PAYMENT_METHOD_REQUIRED",
    }  # fmt: skip
    assert rows(owner, mine, SalesDocument, "state") == ["DRAFT"]


@pytest.mark.parametrize("type_", ["QUOTE", "SALES_NOTE"])
def test_what_is_no_cfdi_asks_for_nothing(mine: Any, writer: Writer, type_: str) -> None:
    assert writer.do(send_sales_document, {"id": draft(writer, mine.client(), type_).id}).state == "SENT"


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"rfc": None}, "RFC_REQUIRED"),
        ({"rfc": "EKU9002313C9"}, "RFC_DATE"),
        ({"name": "PUBLICO|GENERAL"}, "NAME_FORBIDDEN_CHARACTER"),
        ({"tax_regime": "601"}, "TAX_REGIME_GENERIC"),
        ({"cfdi_use": "G03"}, "CFDI_USE_NOT_ALLOWED"),
        ({"tax_residence": "USA"}, "TAX_RESIDENCE_NOT_FOREIGN"),
    ],
)
def test_what_the_sat_would_refuse_in_the_client_is_refused(mine: Any, writer: Writer, spoilt: Any, code: str) -> None:
    client = mine.client()
    mine.add(CfdiProfile, client_id=client, **BILLABLE | spoilt)
    assert code in codes(writer.refused(send_sales_document, {"id": draft(writer, client).id}))


@pytest.mark.claims(
    "docs/sales.md",
    "an error in `Client.cfdiReadiness` keeps it a draft, and so does a company without a valid RFC, name, "
    "régimen or postal code.",
)
@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"rfc": "XAXX010101000"}, "COMPANY_RFC_UNSOUND"),
        ({"rfc": "DEMO"}, "COMPANY_RFC_UNSOUND"),
        ({"name": "A|B"}, "COMPANY_NAME_UNSOUND"),
        ({"tax_regime": None}, "COMPANY_TAX_REGIME_UNSOUND"),
        ({"tax_regime": "605"}, "COMPANY_TAX_REGIME_UNSOUND"),
        ({"postal_code": "6000"}, "COMPANY_POSTAL_CODE_UNSOUND"),
        ({"postal_code": "٠٦٠٠٠"}, "COMPANY_POSTAL_CODE_UNSOUND"),
    ],
)
def test_what_is_wrong_with_the_company_is_refused(company: Any, owner: Any, spoilt: Any, code: str) -> None:
    with unconstrained(owner, "company", *({*spoilt} & {"rfc", "postal_code"})):
        mine = company(**spoilt)
    writer = Writer(mine)
    document = draft(writer, mine.billable())
    assert codes(writer.refused(send_sales_document, {"id": document.id})) == {code}


@pytest.mark.claims(
    "docs/sales.md",
    "The document has to state payment method and form, and they have to go together: PUE not with 99, PPD only "
    "with 99.",
)
@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"payment_method": "PUE", "payment_form": "99"}, "PAYMENT_FORM_PUE"),
        ({"payment_method": "PPD", "payment_form": "03"}, "PAYMENT_FORM_PPD"),
        ({"payment_method": None}, "PAYMENT_METHOD_REQUIRED"),
        ({"payment_form": None}, "PAYMENT_FORM_REQUIRED"),
        ({"cfdi_use": "G03"}, "CFDI_USE_NOT_ALLOWED"),
    ],
)
def test_what_the_document_states_is_judged_as_the_profile_is(
    mine: Any, writer: Writer, owner: Any, stated: Any, code: str
) -> None:
    document = draft(writer, mine.billable(), **stated)
    assert codes(writer.refused(send_sales_document, {"id": document.id})) == {code}
    assert rows(owner, mine, SalesDocument, "state") == ["DRAFT"]


def test_a_draft_that_cannot_be_issued_so_is_warned_of(mine: Any, writer: Writer) -> None:
    stated = {"client_id": mine.billable(), "type": "INVOICE", "lines": [CHAIR], "payment_form": "99"}
    assert writer.warned(create_sales_document, stated | {"payment_method": "PUE"}) == [
        ("PAYMENT_FORM_PUE", ("payment_form",))
    ]


@pytest.mark.claims(
    "docs/sales.md",
    "A warning does not keep it a draft.",
)
def test_a_warning_is_no_error(mine: Any, writer: Writer) -> None:
    client = mine.client()
    mine.add(CfdiProfile, client_id=client, **BILLABLE | {"name": "PAPELERIA SA DE CV"})
    assert "NAME_GENERAL_PUBLIC" in codes(writer.warned(send_sales_document, {"id": draft(writer, client).id}))


@pytest.mark.claims(
    "docs/sales.md",
    "With an `overrideReason` it is issued anyway.",
    "This needs `cfdi:override`; the problems become warnings, and the event "
    "`SALES_DOCUMENT_READINESS_OVERRIDDEN` records who overrode which of them and why.",
)
def test_who_may_override_states_why_and_the_history_says_who(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.client(owner_id=mine.people[Role.SALES])
    document = draft(writer, client)
    reason = {"id": document.id, "override_reason": "  Lo timbra el contador "}
    with pytest.raises(Forbidden, match="cfdi:override"):
        Writer(mine, Role.SALES).do(send_sales_document, reason)
    assert codes(writer.refused(send_sales_document, reason | {"override_reason": " "})) >= {"RFC_REQUIRED"}
    assert writer.refused(send_sales_document, reason | {"override_reason": "x" * 501}) == [
        ("TEXT_TOO_LONG", ("override_reason",))
    ]
    assert "RFC_REQUIRED" in codes(writer.warned(send_sales_document, reason))
    assert rows(owner, mine, SalesDocument, "state") == ["SENT"]
    [(kind, details)] = [event for event in events(owner, mine) if event[0] == "SALES_DOCUMENT_READINESS_OVERRIDDEN"]
    assert details == {
        "type": "INVOICE",
        "folio": "F-1",
        "problems": "RFC_REQUIRED, NAME_REQUIRED, TAX_REGIME_REQUIRED, CFDI_USE_REQUIRED, POSTAL_CODE_REQUIRED,"
        " PAYMENT_FORM_REQUIRED, PAYMENT_METHOD_REQUIRED",
        "reason": "Lo timbra el contador",
    }
    actors = dict(
        zip(rows(owner, mine, HistoryEvent, "kind"), rows(owner, mine, HistoryEvent, "actor_id"), strict=True)
    )
    assert actors[kind] == mine.people[Role.ADMIN]


def test_a_reason_without_need_is_not_told(mine: Any, writer: Writer, owner: Any) -> None:
    document = draft(writer, mine.billable())
    writer.do(send_sales_document, {"id": document.id, "override_reason": "Por si acaso"})
    assert "SALES_DOCUMENT_READINESS_OVERRIDDEN" not in [kind for kind, _ in events(owner, mine)]


@pytest.mark.claims(
    "docs/sales.md",
    "The same checks apply to a sales note that becomes an invoice, which is issued at once; a quote becomes a draft.",
)
def test_a_note_that_becomes_an_invoice_is_judged_too(mine: Any, writer: Writer, owner: Any) -> None:
    note = draft(writer, mine.client(), "SALES_NOTE")
    writer.do(send_sales_document, {"id": note.id})
    converted = {"id": note.id, "to": "INVOICE"}
    assert "RFC_REQUIRED" in codes(writer.refused(convert_sales_document, converted))
    assert rows(owner, mine, SalesDocument, "state") == ["SENT"]
    writer.do(convert_sales_document, converted | {"override_reason": "Urge"})
    assert rows(owner, mine, SalesDocument, "state") == ["CONVERTED", "SENT"]
    overridden = [details for kind, details in events(owner, mine) if kind == "SALES_DOCUMENT_READINESS_OVERRIDDEN"]
    assert [(details["folio"], details["reason"]) for details in overridden] == [("F-1", "Urge")]


def test_a_quote_becomes_a_draft_which_is_judged_when_it_is_sent(mine: Any, writer: Writer) -> None:
    quote = draft(writer, mine.client(), "QUOTE")
    writer.do(send_sales_document, {"id": quote.id})
    invoice = writer.do(convert_sales_document, {"id": quote.id, "to": "INVOICE"})
    assert "RFC_REQUIRED" in codes(writer.refused(send_sales_document, {"id": invoice.id}))


def test_the_profile_gives_a_new_invoice_its_defaults(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    draft(writer, client)
    draft(writer, client, "QUOTE")
    draft(writer, client, payment_form="01", cfdi_use=None)
    assert rows(owner, mine, SalesDocument, "payment_form", "payment_method", "cfdi_use") == [
        ("03", "PUE", "S01"), (None, None, None), ("01", "PUE", None),
    ]  # fmt: skip


@pytest.mark.claims(
    "docs/sales.md",
    "A new invoice takes method, form and use from the client's CFDI data, and their currency where its rate is "
    "stated.",
)
def test_the_profiles_currency_is_the_default_where_its_rate_is_stated(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.client()
    mine.add(CfdiProfile, client_id=client, **BILLABLE | {"currency": "USD"})
    draft(writer, client)
    draft(writer, client, exchange_rate=D("18.5"))
    assert rows(owner, mine, SalesDocument, "currency", "exchange_rate") == [("MXN", D(1)), ("USD", D("18.5"))]


@pytest.mark.claims(
    "docs/sales.md",
    "Where they state neither method nor form, credit terms make it PPD and 99.",
)
def test_credit_suggests_what_is_paid_later(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.client()
    mine.add(ReceivableTerms, client_id=client, credit_days=30)
    draft(writer, client)
    assert rows(owner, mine, SalesDocument, "payment_form", "payment_method") == [("99", "PPD")]


@pytest.mark.parametrize(
    ("stated", "usual", "on_credit", "expected"),
    [
        ((None, None), (None, None), False, (None, None)),
        ((None, None), (None, None), True, ("99", "PPD")),
        ((None, None), ("03", "PUE"), True, ("03", "PUE")),
        ((None, None), ("99", None), False, ("99", "PPD")),
        ((None, None), ("03", None), True, ("03", None)),
        (("03", None), ("99", "PPD"), False, ("03", None)),
        (("03", None), (None, None), True, ("03", None)),
        (("99", None), ("03", "PUE"), False, ("99", "PPD")),
        ((None, "PPD"), ("03", "PUE"), False, ("99", "PPD")),
        ((None, "PUE"), ("99", "PPD"), False, (None, "PUE")),
        (("01", "PUE"), ("99", "PPD"), True, ("01", "PUE")),
        (("99", "PUE"), ("03", "PUE"), True, ("99", "PUE")),
    ],
)
def test_defaults_go_with_what_is_stated(stated: Any, usual: Any, on_credit: bool, expected: Any) -> None:
    form, method = stated
    profile = {"payment_form": usual[0], "payment_method": usual[1], "cfdi_use": "G03"}
    terms = with_defaults(Terms(payment_form=form, payment_method=method, cfdi_use=None), profile, on_credit=on_credit)
    assert ((terms.payment_form, terms.payment_method), terms.cfdi_use) == (expected, "G03")


def test_who_may_not_read_clients_learns_nothing_of_theirs(writer: Writer) -> None:
    held = writer.viewer.permissions
    facts = SimpleNamespace(
        issuer={"rfc": "DEM0101018K7", "name": "Empresa", "tax_regime": "601", "postal_code": "06000"},
        receptor=BILLABLE | {"tax_regime": "999", "cfdi_use": "ZZZ"},
        ended_codes=["15101506"],
    )
    terms = Terms(payment_form="99", payment_method="PUE", cfdi_use=None)
    for permissions, expected in (
        (held, ["TAX_REGIME_UNKNOWN", "CFDI_USE_UNKNOWN", "PAYMENT_FORM_PUE", "CODE_NOT_IN_FORCE"]),
        (held - {Permission.CLIENTS_READ}, ["RECEPTOR_NOT_READY", "PAYMENT_FORM_PUE", "CODE_NOT_IN_FORCE"]),
    ):
        asking = SimpleNamespace(
            viewer=SimpleNamespace(may=permissions.__contains__), today=writer.viewer.today(writer.now)
        )
        problems = lacking(asking, terms, "MXN", facts)  # pyright: ignore[reportArgumentType]
        assert [problem.code.name for problem in problems if problem.severity == "ERROR"] == expected


@pytest.mark.claims("docs/sales.md", "So does a code of a line that is not in force on that day (`CODE_NOT_IN_FORCE`).")
@pytest.mark.parametrize("column", ["product_code", "unit_code"])
def test_a_code_that_ended_since_keeps_a_draft(mine: Any, writer: Writer, owner: Any, column: str) -> None:
    """A draft may be older than the SAT's newest catalog. So may the sales note that becomes an invoice."""
    client = mine.billable()
    invoice, note, sound = (draft(writer, client, type_) for type_ in ("INVOICE", "SALES_NOTE", "INVOICE"))
    writer.do(send_sales_document, {"id": note.id})
    ended = {"product_code": "15101506", "unit_code": "ZZ9"}[column]
    for document in (invoice, note):
        owner.execute(
            update(SalesDocumentLine).where(SalesDocumentLine.sales_document_id == document.id).values({column: ended})
        )
    for command, document in ((send_sales_document, invoice), (convert_sales_document, note)):
        stated = {"id": document.id} | ({} if command is send_sales_document else {"to": "INVOICE"})
        assert codes(writer.refused(command, stated)) == {"CODE_NOT_IN_FORCE"}
        actions = mine.insist(ACTIONS, id=global_id(SalesDocument, document.id)).data["salesDocument"]["actions"]
        action = "SEND" if command is send_sales_document else "CONVERT"
        [decided] = [each for each in actions if each["action"] == action]
        assert [reason["code"] for reason in decided["reasons"]] == ["CODE_NOT_IN_FORCE"]
        assert ended in decided["reasons"][0]["message"]
    assert writer.do(send_sales_document, {"id": sound.id}).state == "SENT"
    assert writer.do(send_sales_document, {"id": draft(writer, client, "QUOTE").id}).state == "SENT"
    assert writer.do(send_sales_document, {"id": invoice.id, "override_reason": "Ya la aceptó el SAT"}).state == "SENT"


ACTIONS = """query ($id: ID!) { salesDocument(id: $id) {
    actions { action reasons { code message } }
} }"""
