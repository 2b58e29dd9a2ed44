"""Cancelling: reasons, substitutes, what the SAT says, what it means for what is owed, and who may say so."""

import datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.acuse import Acuse
from domain.cancellation import cancel_sales_document, report_cancellation, withdraw_cancellation
from domain.inputs import known
from domain.payment import apply_credit, register_payment, reverse_payment
from domain.problem import Rejected
from errors import Forbidden
from models import Cancellation, Payment, SalesDocument
from models.cancellation import SAT_CANCELLED, CancellationReason, SatCancellationState
from models.collaborator import Role
from tests.cancelling import CANCELLED, STATES, TABLE, Standing, broken, standing, step
from tests.writing import Writer, events, rows

D = Decimal
AT = datetime.datetime(2026, 3, 12, 16, tzinfo=datetime.UTC)
WITHOUT = {"reason": "ERRORS_WITHOUT_RELATION"}
REQUEST = "SALES_DOCUMENT_CANCELLATION_REQUESTED"
REPORT = "SALES_DOCUMENT_CANCELLATION_REPORTED"


def stamped(mine: Any, client: UUID, **values: Any) -> UUID:
    """An invoice of 1,160.00 with a fiscal folio, sent."""
    sums = {"subtotal": D(1000), "tax": D(160), "total": D(1160)}
    return mine.add(SalesDocument, client_id=client, **{"state": "SENT", "uuid": uuid4(), **sums, **values})


def answered(code: str, document: Any, rfc: str = "DEM0101018K7") -> dict[str, Any]:
    return {"read_acuse": Acuse(rfc, AT, [(document, code)])}


def owed(owner: Any, mine: Any) -> Decimal:
    query = (
        "select coalesce(sum(total - paid - credited), 0) from sales_document where company_id = :company"
        " and type in ('INVOICE', 'SALES_NOTE') and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')"
    )
    return owner.execute(text(query), {"company": mine.id}).scalar_one()


# Grounds


@pytest.mark.claims(
    "docs/cancelling.md",
    "Cancelling an invoice or a credit note that has a fiscal folio needs the reason; whatever has none is cancelled"
    " at once and takes no reason.",
)
@pytest.mark.parametrize("type_", ["QUOTE", "SALES_NOTE", "INVOICE", "CREDIT_NOTE"])
@pytest.mark.parametrize("state", ["DRAFT", "SENT"])
def test_what_has_no_fiscal_folio_is_cancelled_at_once(
    mine: Any, writer: Writer, owner: Any, type_: str, state: str
) -> None:
    document = stamped(mine, mine.client(), type=type_, state=state, uuid=None)
    grounds = {"substitute_id": document, "substitute_uuid": uuid4(), **WITHOUT}
    assert writer.refused(cancel_sales_document, {"id": document, **grounds}) == [
        ("CANCELLATION_REASON_UNWANTED", ("reason",)),
        ("SUBSTITUTE_UNWANTED", ("substitute_id",)),
        ("SUBSTITUTE_UNWANTED", ("substitute_uuid",)),
    ]
    assert writer.do(cancel_sales_document, {"id": document, "reason": None}).state == "CANCELLED"
    assert rows(owner, mine, Cancellation, "id") == []
    assert [kind for kind, _ in events(owner, mine)] == ["SALES_DOCUMENT_STATE_CHANGED"]
    assert writer.refused(report_cancellation, {"id": document, "sat_state": "ACCEPTED"}) == [
        ("FISCAL_FOLIO_MISSING", ("id",))
    ]


@pytest.mark.claims(
    "docs/cancelling.md",
    "| `ERRORS_WITH_RELATION` | 01 | issued with errors, and another CFDI takes its place: `substituteId`, or"
    " `substituteUuid` where it is not in Ficha |",
    "| `ERRORS_WITHOUT_RELATION` | 02 | issued with errors, and none takes its place |",
    "| `OPERATION_NOT_CARRIED_OUT` | 03 | the operation did not take place |",
    "| `NOMINATIVE_IN_GLOBAL_INVOICE` | 04 | a sale to a named client that is in a global invoice too |",
)
@pytest.mark.parametrize("type_", ["INVOICE", "CREDIT_NOTE"])
@pytest.mark.parametrize("reason", CancellationReason)
def test_each_reason_of_each_cfdi(mine: Any, writer: Writer, owner: Any, type_: str, reason: str) -> None:
    client = mine.client()
    document, uuid = stamped(mine, client, type=type_), uuid4()
    assert writer.refused(cancel_sales_document, {"id": document}) == [("CANCELLATION_REASON_REQUIRED", ("reason",))]
    related = reason == "ERRORS_WITH_RELATION"
    bare, with_it = {"id": document, "reason": reason}, {"id": document, "reason": reason, "substitute_uuid": uuid}
    wrong, right = (bare, with_it) if related else (with_it, bare)
    assert writer.refused(cancel_sales_document, wrong) == [
        ("SUBSTITUTE_REQUIRED", ("substitute_id",)) if related else ("SUBSTITUTE_UNWANTED", ("substitute_uuid",))
    ]
    assert writer.do(cancel_sales_document, right).state == "SENT"
    assert rows(owner, mine, Cancellation, "reason", "substitute_uuid", "substitute_id", "sat_state") == [
        (reason, uuid if related else None, None, "REQUESTED")
    ]
    [(kind, details)] = events(owner, mine)
    assert (kind, details["reason"], details["substitute_uuid"]) == (REQUEST, reason, str(uuid) if related else None)


@pytest.mark.claims(
    "docs/cancelling.md",
    "A request with the wrong reason, or by mistake, can be withdrawn (`withdrawCancellation`) while no answer was"
    " reported, and be made anew.",
)
def test_a_request_is_withdrawn_until_an_answer_comes(mine: Any, writer: Writer, owner: Any) -> None:
    document = stamped(mine, mine.client())
    refused = [("CANCELLATION_NOT_REQUESTED", ("id",))]
    assert writer.refused(withdraw_cancellation, {"id": document}) == refused
    writer.do(cancel_sales_document, {"id": document, "reason": "OPERATION_NOT_CARRIED_OUT"})
    assert writer.do(withdraw_cancellation, {"id": document}).state == "SENT"
    assert rows(owner, mine, Cancellation, "id") == []
    [*_, (kind, details)] = events(owner, mine)
    changes = [{"field": "cancellation_reason", "from": "OPERATION_NOT_CARRIED_OUT", "to": None}]
    assert (kind, details["changes"]) == ("SALES_DOCUMENT_CHANGED", changes)
    assert writer.refused(withdraw_cancellation, {"id": document}) == refused
    writer.do(cancel_sales_document, {"id": document, **WITHOUT})
    for state in ("IN_PROCESS", "REFUSED"):
        writer.do(report_cancellation, {"id": document, "sat_state": state})
        assert writer.refused(withdraw_cancellation, {"id": document}) == refused
    assert rows(owner, mine, Cancellation, "reason", "sat_state") == [(WITHOUT["reason"], "REFUSED")]


def test_requests_withdrawals_and_reports_at_once(mine: Any, writer: Writer, owner: Any) -> None:
    """A report keeps the request on record, or finds none: then it lacks its reason."""
    document = stamped(mine, mine.client())
    writer.do(cancel_sales_document, {"id": document, **WITHOUT})

    async def either(work: Any, input: Any) -> Any:
        command = report_cancellation if known(input.sat_state) else withdraw_cancellation
        return await command(work, input)

    together = [{"id": document}, {"id": document, "sat_state": "IN_PROCESS"}] * 10
    outcomes = writer.together(either, together)
    codes = {problem.code.name for each in outcomes if isinstance(each, Rejected) for problem in each.problems}
    left = rows(owner, mine, Cancellation, "sat_state")
    assert (left, codes) in (
        (["IN_PROCESS"], {"CANCELLATION_NOT_REQUESTED"}),
        ([], {"CANCELLATION_NOT_REQUESTED", "CANCELLATION_REASON_REQUIRED"}),
    )


@pytest.mark.claims(
    "docs/cancelling.md",
    "The substitute is another document of the same type and client, with a fiscal folio, in force, and not"
    " being cancelled itself.",
)
def test_a_substitute_is_another_cfdi_in_force_of_the_same_client(mine: Any, writer: Writer, owner: Any) -> None:
    client, uuid = mine.client(), uuid4()
    document = stamped(mine, client, uuid=uuid)
    right = stamped(mine, client)
    cases = {
        "SUBSTITUTE_SAME": [{"substitute_id": document}, {"substitute_uuid": uuid}],
        "SUBSTITUTE_UNKNOWN": [
            {"substitute_id": uuid4()},
            {"substitute_id": stamped(mine, mine.client(legal_name="OTRO"))},
            {"substitute_id": stamped(mine, client, uuid=None)},
            {"substitute_id": stamped(mine, client, type="CREDIT_NOTE")},
            {"substitute_uuid": uuid_of(owner, stamped(mine, client, type="CREDIT_NOTE"))},
        ],
        "SUBSTITUTE_NOT_IN_FORCE": [
            {"substitute_id": stamped(mine, client, state="CANCELLED")},
            {"substitute_uuid": uuid_of(owner, stamped(mine, client, state="CANCELLED"))},
            {"substitute_id": pending(mine, client, "REQUESTED")},
            {"substitute_id": pending(mine, client, "IN_PROCESS")},
        ],
        "SUBSTITUTE_TWICE": [{"substitute_id": right, "substitute_uuid": uuid4()}],
    }
    for code, inputs in cases.items():
        for values in inputs:
            stated = {"id": document, "reason": "ERRORS_WITH_RELATION", **values}
            assert writer.refused(cancel_sales_document, stated) == [(code, ([*values][-1],))], values
    by_uuid = {"reason": "ERRORS_WITH_RELATION", "substitute_uuid": uuid_of(owner, right)}
    writer.do(cancel_sales_document, {"id": document, **by_uuid})
    assert rows(owner, mine, Cancellation, "sales_document_id", "substitute_id")[-1] == (document, right)


def uuid_of(owner: Any, document: UUID) -> UUID:
    return owner.execute(text("select uuid from sales_document where id = :id"), {"id": document}).scalar_one()


def pending(mine: Any, client: UUID, sat_state: str | None, **values: Any) -> UUID:
    """A document whose cancelling was asked for and stands like this."""
    document = stamped(mine, client, **values)
    request = {"reason": "ERRORS_WITHOUT_RELATION", "requested_at": AT} if sat_state else {}
    mine.add(Cancellation, client_id=client, sales_document_id=document, sat_state=sat_state, **request)
    return document


@pytest.mark.claims(
    "docs/cancelling.md",
    "It cannot be cancelled while it is needed.",
)
def test_a_substitute_stays_while_it_is_needed(mine: Any, writer: Writer) -> None:
    client = mine.client()
    first, second = stamped(mine, client), stamped(mine, client)
    stated = {"id": first, "reason": "ERRORS_WITH_RELATION", "substitute_id": second}
    writer.do(cancel_sales_document, stated)
    assert writer.refused(cancel_sales_document, {"id": second, **WITHOUT}) == [("RELATED_CFDI_IN_FORCE", ("id",))]
    writer.do(report_cancellation, {"id": first, "sat_state": "ACCEPTED"})
    assert writer.do(cancel_sales_document, {"id": second, **WITHOUT}).state == "SENT"


# States


@pytest.mark.claims(
    "docs/cancelling.md",
    "| none yet | `REQUESTED` | yes | any |",
    "| No cancelable | `NOT_CANCELLABLE` | yes | any, or asked for again |",
    "| Cancelable sin aceptación | `CANCELLABLE_WITHOUT_ACCEPTANCE` | yes | `NOT_CANCELLABLE`, `IN_PROCESS`,"
    " `CANCELLED_WITHOUT_ACCEPTANCE` |",
    "| En proceso | `IN_PROCESS` | yes | the four below |",
    "| Cancelado sin aceptación | `CANCELLED_WITHOUT_ACCEPTANCE` | no | |",
    "| Cancelado con aceptación | `ACCEPTED` | no | |",
    "| Plazo vencido | `ACCEPTED_BY_SILENCE` | no | |",
    "| Solicitud rechazada | `REFUSED` | yes | asked for again |",
)
@pytest.mark.claims(
    "docs/cancelling.md",
    "What cannot follow is refused (`CANCELLATION_TRANSITION`), and the same again changes nothing.",
)
def test_every_step_of_the_table(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.client()
    tried = 0
    for before in STATES:
        for after in STATES:
            state = "CANCELLED" if before in CANCELLED else "SENT"
            document = pending(mine, client, before, state=state)
            seen = len(events(owner, mine))
            expected = Standing(state, before).reported(after)
            if isinstance(expected, str):
                assert writer.refused(report_cancellation, {"id": document, "sat_state": after}) == [
                    (expected, ("sat_state",))
                ], (before, after)
                expected = Standing(state, before)
            else:
                version = writer.do(report_cancellation, {"id": document, "sat_state": after}).version
                assert (version == 1) is (before == after)
            assert standing(owner, document) == expected, (before, after)
            new = [kind for kind, _ in events(owner, mine)][seen:]
            moved = after in TABLE.get(before, "").split()
            cancelled = moved and after in CANCELLED
            assert new == [REPORT] * moved + ["SALES_DOCUMENT_STATE_CHANGED"] * cancelled, (before, after)
            tried += 1
    assert tried == 64


@pytest.mark.parametrize("after", STATES)
def test_what_was_cancelled_before_reasons_learns_only_that_it_is_cancelled(
    mine: Any, writer: Writer, owner: Any, after: str
) -> None:
    document = pending(mine, mine.client(), None, state="CANCELLED")
    report = {"id": document, "sat_state": after}
    if after in CANCELLED:
        writer.do(report_cancellation, report)
        assert rows(owner, mine, Cancellation, "reason", "sat_state") == [(None, after)]
    else:
        for grounds in ({}, WITHOUT):
            assert writer.refused(report_cancellation, report | grounds) == [
                ("CANCELLATION_TRANSITION", ("sat_state",))
            ]
        # Nor does what was cancelled before it got its fiscal folio, and was never asked for.
        never = stamped(mine, mine.client(legal_name="OTRO"), state="CANCELLED")
        assert writer.refused(report_cancellation, report | WITHOUT | {"id": never}) == [
            ("CANCELLATION_TRANSITION", ("sat_state",))
        ]
    assert standing(owner, document) == Standing("CANCELLED", after if after in CANCELLED else None)


def test_what_was_cancelled_before_reasons_can_get_its_reason(mine: Any, writer: Writer, owner: Any) -> None:
    document = pending(mine, mine.client(), None, state="CANCELLED")
    writer.do(report_cancellation, {"id": document, "sat_state": "ACCEPTED", **WITHOUT})
    assert rows(owner, mine, Cancellation, "reason", "sat_state") == [("ERRORS_WITHOUT_RELATION", "ACCEPTED")]
    assert [kind for kind, _ in events(owner, mine)] == [REQUEST, REPORT]


@pytest.mark.parametrize("before", [None, *STATES])
def test_what_can_be_asked_for_again(mine: Any, writer: Writer, owner: Any, before: str | None) -> None:
    client = mine.client()
    document = pending(mine, client, before) if before else stamped(mine, client)
    if before in CANCELLED:
        mine.change(SalesDocument, document, state="CANCELLED")
    expected = Standing("CANCELLED" if before in CANCELLED else "SENT", before).requested()
    request = {"id": document, "reason": "OPERATION_NOT_CARRIED_OUT"}
    if isinstance(expected, str):
        assert writer.refused(cancel_sales_document, request) == [(expected, ("id",))]
    else:
        writer.do(cancel_sales_document, request)
        assert standing(owner, document) == expected
        assert rows(owner, mine, Cancellation, "reason", "answered_at") == [("OPERATION_NOT_CARRIED_OUT", None)]


@pytest.mark.claims(
    "docs/cancelling.md",
    "Until the SAT has cancelled it, the document is in force: it is owed, counts against the credit limit, and takes"
    " payments.",
)
@pytest.mark.parametrize("outcome", SatCancellationState)
def test_what_is_owed_follows_what_is_in_force(
    mine: Any, writer: Writer, owner: Any, outcome: SatCancellationState
) -> None:
    document = stamped(mine, mine.client())
    assert owed(owner, mine) == D(1160)
    writer.do(cancel_sales_document, {"id": document, **WITHOUT})
    assert owed(owner, mine) == D(1160)
    writer.do(report_cancellation, {"id": document, "sat_state": outcome})
    assert owed(owner, mine) == (0 if outcome in SAT_CANCELLED else D(1160))
    assert broken(owner, mine) == []


@pytest.mark.claims(
    "docs/cancelling.md",
    "A report that it is cancelled is refused while the document has payments or a CFDI in force relates to it: what"
    " becomes of the money is a person's decision, after which the report is sent again.",
)
def test_money_is_not_stranded(mine: Any, writer: Writer, owner: Any) -> None:
    document = stamped(mine, mine.client())
    writer.do(cancel_sales_document, {"id": document, **WITHOUT})
    paid = {"sales_document_id": document, "amount": D(160), "payment_form": "03"}
    payment = writer.do(register_payment, paid)
    report = {"id": document, "sat_state": "ACCEPTED"}
    assert writer.refused(report_cancellation, report) == [("HAS_PAYMENTS", ("id",))]
    assert standing(owner, document) == Standing("PARTIALLY_PAID", "REQUESTED")
    writer.do(reverse_payment, {"id": payment.id})
    writer.do(report_cancellation, report)
    assert standing(owner, document) == Standing("CANCELLED", "ACCEPTED")
    assert broken(owner, mine) == []


@pytest.mark.parametrize("credited", [D(0), D(580)])
def test_an_invoice_is_not_cancelled_before_its_credit_notes(
    mine: Any, writer: Writer, owner: Any, credited: Decimal
) -> None:
    client = mine.client()
    invoice = stamped(mine, client)
    note = stamped(mine, client, type="CREDIT_NOTE", origin_id=invoice, subtotal=D(580), tax=D(0), total=D(580))
    if credited:
        writer.do(apply_credit, {"credit_note_id": note, "sales_document_id": invoice})
    code = "HAS_DESCENDANTS" if credited else "RELATED_CFDI_IN_FORCE"
    assert writer.refused(cancel_sales_document, {"id": invoice, **WITHOUT}) == [(code, ("id",))]
    report = {"id": invoice, "sat_state": "CANCELLED_WITHOUT_ACCEPTANCE", **WITHOUT}
    assert writer.refused(report_cancellation, report) == [(code, ("id",))]
    writer.do(cancel_sales_document, {"id": note, **WITHOUT})
    assert owed(owner, mine) == D(1160) - credited
    assert writer.refused(cancel_sales_document, {"id": invoice, **WITHOUT}) == [(code, ("id",))]
    writer.do(report_cancellation, {"id": note, "sat_state": "ACCEPTED"})
    assert owed(owner, mine) == D(1160)
    writer.do(report_cancellation, report)
    assert (owed(owner, mine), broken(owner, mine)) == (0, [])


# Reports


@pytest.mark.claims(
    "docs/cancelling.md",
    "Sent again after a refusal, the same reason is another request only with an `answeredAt` later than the refusal.",
)
@pytest.mark.claims(
    "docs/cancelling.md",
    "Where the cancelling was asked for elsewhere, as in the SAT's portal, the report has the reason too.",
)
def test_a_request_made_elsewhere_comes_with_its_reason(mine: Any, writer: Writer, owner: Any) -> None:
    document = stamped(mine, mine.client())
    report = {"id": document, "sat_state": "IN_PROCESS"}
    assert writer.refused(report_cancellation, report) == [("CANCELLATION_REASON_REQUIRED", ("reason",))]
    for _ in range(2):
        writer.do(report_cancellation, report | WITHOUT)
    assert [kind for kind, _ in events(owner, mine)] == [REQUEST, REPORT]
    other = {"reason": "OPERATION_NOT_CARRIED_OUT"}
    assert writer.refused(report_cancellation, report | other) == [("CANCELLATION_REASON_DIFFERS", ("reason",))]
    refused = report | WITHOUT | {"sat_state": "REFUSED", "answered_at": AT}
    for _ in range(2):
        writer.do(report_cancellation, refused)
    # What was sent before the refusal and comes again begins nothing anew.
    assert writer.refused(report_cancellation, report | WITHOUT) == [("CANCELLATION_TRANSITION", ("sat_state",))]
    late = report | WITHOUT | {"answered_at": AT - datetime.timedelta(days=1)}
    assert writer.refused(report_cancellation, late) == [("CANCELLATION_TRANSITION", ("sat_state",))]
    writer.do(report_cancellation, report | WITHOUT | {"answered_at": AT + datetime.timedelta(days=1)})
    assert standing(owner, document) == Standing("SENT", "IN_PROCESS")
    writer.do(report_cancellation, refused | {"answered_at": AT + datetime.timedelta(days=2)})
    writer.do(report_cancellation, report | other)
    assert rows(owner, mine, Cancellation, "reason", "sat_state") == [("OPERATION_NOT_CARRIED_OUT", "IN_PROCESS")]


ACUSES = {
    ("REQUESTED", "201"): "IN_PROCESS",
    ("REQUESTED", "202"): "IN_PROCESS",
    ("REQUESTED", "204"): "NOT_CANCELLABLE",
    ("NOT_CANCELLABLE", "201"): "IN_PROCESS",
    ("CANCELLABLE_WITHOUT_ACCEPTANCE", "201"): "CANCELLED_WITHOUT_ACCEPTANCE",
    ("CANCELLABLE_WITHOUT_ACCEPTANCE", "204"): "NOT_CANCELLABLE",
    ("IN_PROCESS", "201"): "IN_PROCESS",
    ("ACCEPTED", "201"): "ACCEPTED",
    ("ACCEPTED", "202"): "ACCEPTED",
    ("REFUSED", "201"): "REFUSED",
    (None, "201"): None,
}


@pytest.mark.claims(
    "docs/cancelling.md",
    "An acknowledgement that comes late is filed and changes no state.",
)
@pytest.mark.claims(
    "docs/cancelling.md",
    "201 and 202 say that the SAT took the request: it is in process, or cancelled where that needs no acceptance; 204"
    " that it is not cancellable.",
)
@pytest.mark.parametrize(("before", "code"), ACUSES)
def test_what_an_acknowledgement_alone_says(
    mine: Any, writer: Writer, owner: Any, before: str | None, code: str
) -> None:
    state = "CANCELLED" if before in (None, *CANCELLED) else "SENT"
    uuid = uuid4()
    document = pending(mine, mine.client(), before, state=state, uuid=uuid)
    writer.do(report_cancellation, {"id": document, **answered(code, uuid)})
    after = ACUSES[before, code]
    assert standing(owner, document) == Standing("CANCELLED" if after in CANCELLED else state, after)
    if after != before:
        assert rows(owner, mine, Cancellation, "answered_at") == [AT]


@pytest.mark.claims(
    "docs/cancelling.md",
    "It has to be of the company's RFC and answer for the document's fiscal folio.",
    "Any other code is `ACUSE_REFUSED`, and nothing is recorded.",
    "`reportCancellation` takes the SAT's acknowledgement (acuse) as `acuse`, with a `satState` or without one.",
)
def test_an_acknowledgement_is_of_this_cfdi_and_this_company(mine: Any, writer: Writer, owner: Any) -> None:
    uuid = uuid4()
    document = pending(mine, mine.client(), "REQUESTED", uuid=uuid)

    def refused(**values: Any) -> Any:
        return writer.refused(report_cancellation, {"id": document, **values})

    assert refused() == [("TEXT_REQUIRED", ("sat_state",))]
    assert refused(**answered("201", uuid4())) == [("ACUSE_FOLIO", ("acuse",))]
    assert refused(read_acuse=Acuse("DEM0101018K7", AT, [(uuid, "201"), (uuid, "204")])) == [
        ("ACUSE_FOLIO", ("acuse",))
    ]
    assert refused(**answered("201", uuid, "EKU9003173C9")) == [("CFDI_ISSUER_OTHER", ("acuse",))]
    for code in ("203", "205", "301", "x"):
        assert refused(**answered(code, uuid)) == [("ACUSE_REFUSED", ("acuse",))]
    assert refused(sat_state="ACCEPTED", **answered("204", uuid)) == [("ACUSE_DIFFERS", ("acuse",))]
    assert refused(sat_state="NOT_CANCELLABLE", **answered("201", uuid)) == [("ACUSE_DIFFERS", ("acuse",))]
    for at in (writer.now + datetime.timedelta(days=2), AT.replace(year=1999)):
        assert refused(sat_state="ACCEPTED", answered_at=at) == [("OUT_OF_RANGE", ("answered_at",))]
    assert standing(owner, document) == Standing("SENT", "REQUESTED")
    assert writer.do(report_cancellation, {"id": document, "sat_state": "ACCEPTED", **answered("202", uuid)})


@pytest.mark.claims(
    "docs/cancelling.md", "`reportCancellation` needs `cfdi:report`, which an integration's API key can have alone."
)
def test_who_may_report(mine: Any, owner: Any) -> None:
    document = pending(mine, mine.client(), "REQUESTED")
    report = {"id": document, "sat_state": "IN_PROCESS"}
    for role in (Role.SALES, Role.SALES_MANAGER, Role.READ_ONLY):
        with pytest.raises(Forbidden, match="cfdi:report"):
            Writer(mine, role).do(report_cancellation, report)
    Writer(mine, Role.BILLING).do(report_cancellation, report)
    mine.change(SalesDocument, document, state="CANCELLED")
    deleted = pending(mine, mine.client(deleted_at=AT), "REQUESTED")
    writer = Writer(mine)
    assert writer.refused(report_cancellation, report | {"id": deleted}) == [("CLIENT_DELETED", ("id",))]
    assert writer.refused(report_cancellation, report | {"id": uuid4()}) == [("NOT_FOUND", ("id",))]
    assert events(owner, mine)[0][0] == REPORT


# At once


@pytest.mark.claims("docs/cancelling.md", "Reports and requests that come at once have one outcome.")
def test_twenty_requests_at_once_are_one(mine: Any, writer: Writer, owner: Any) -> None:
    document = stamped(mine, mine.client())
    reasons = ["ERRORS_WITHOUT_RELATION", "OPERATION_NOT_CARRIED_OUT"] * 10
    done = writer.together(cancel_sales_document, [{"id": document, "reason": reason} for reason in reasons])
    refusals = [each for each in done if isinstance(each, BaseException)]
    assert len(refusals) == 19
    assert {str(each) for each in refusals} == {"id: CANCELLATION_PENDING"}
    assert [kind for kind, _ in events(owner, mine)] == [REQUEST]


def test_twenty_reports_at_once_are_one_outcome(mine: Any, writer: Writer, owner: Any) -> None:
    document = pending(mine, mine.client(), "IN_PROCESS")
    states = ["ACCEPTED", "REFUSED", "ACCEPTED_BY_SILENCE", "CANCELLED_WITHOUT_ACCEPTANCE"] * 5
    done = writer.together(report_cancellation, [{"id": document, "sat_state": state} for state in states])
    [sat_state] = rows(owner, mine, Cancellation, "sat_state")
    for state, each in zip(states, done, strict=True):
        assert isinstance(each, Rejected) is (state != sat_state), (state, each)
    assert [kind for kind, _ in events(owner, mine)].count(REPORT) == 1
    assert broken(owner, mine) == []


def test_requests_reports_and_payments_at_once(mine: Any, writer: Writer, owner: Any) -> None:
    document = stamped(mine, mine.client())
    writer.do(cancel_sales_document, {"id": document, **WITHOUT})

    async def either(work: Any, input: Any) -> Any:
        return await (register_payment if input.amount else report_cancellation)(work, input)

    paid = {"sales_document_id": document, "amount": D(100), "payment_form": "03"}
    report = {"id": document, "sat_state": "ACCEPTED"}
    writer.together(either, [paid, report] * 10)
    # Either the money came first, and the CFDI stays until somebody decides, or the CFDI was cancelled first.
    assert (standing(owner, document).state == "CANCELLED") is (rows(owner, mine, Payment, "id") == [])
    assert broken(owner, mine) == []


# Whatever is done


def walk(mine: Any, owner: Any, seed: int, steps: int) -> None:
    random, writer = Random(seed), Writer(mine)  # noqa: S311  # test data
    document = stamped(mine, mine.client(legal_name=f"CLIENTE {seed}"), type=random.choice(["INVOICE", "CREDIT_NOTE"]))
    state = Standing("SENT", None)
    for _ in range(steps):
        state = step(random, writer, document, state)
        assert standing(owner, document) == state
    assert broken(owner, mine) == []


def walks(mine: Any, owner: Any, *, examples: int, derandomize: bool) -> None:
    @settings(
        max_examples=examples,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 1 << 64))
    def walked(seed: int) -> None:
        walk(mine, owner, seed, 12)

    walked()


def test_whatever_is_done_it_is_cancelled_here_and_at_the_sat_or_at_neither(mine: Any, owner: Any) -> None:
    walks(mine, owner, examples=10, derandomize=True)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_a_thousand_ways_through_cancelling(mine: Any, owner: Any) -> None:
    walks(mine, owner, examples=1000, derandomize=False)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("requested", {"reason": "OPERATION_NOT_CARRIED_OUT", "sat_state": "REQUESTED"}),
        ("requested", {"requested_at": AT}),
        ("state_of_request", {"reason": "OPERATION_NOT_CARRIED_OUT", "requested_at": AT}),
        ("substitute", {"reason": "ERRORS_WITH_RELATION", "requested_at": AT, "sat_state": "REQUESTED"}),
        ("substitute", {"substitute_uuid": uuid4()}),
        ("reason", {"reason": "05", "requested_at": AT, "sat_state": "REQUESTED"}),
        ("sat_state", {"sat_state": "CANCELADO"}),
    ],
)
def test_the_database_holds_its_promises(mine: Any, constraint: str, values: dict[str, Any]) -> None:
    client = mine.client()
    document = stamped(mine, client)
    row = {"company_id": mine.id, "id": uuid4(), "client_id": client, "sales_document_id": document, **values}
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    with pytest.raises(IntegrityError, match=f'ck_cancellation_{constraint}"'):
        mine.owner.execute(text(f"insert into cancellation ({names}) values ({places})"), row)  # noqa: S608  # literals
