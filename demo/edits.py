"""What was edited, refunded and reported from elsewhere in the demo's complete client; with its story, an event of each
kind."""

from typing import Any

from demo.ledger import Ledger
from demo.story import Story
from domain.bank_account import label as account_label
from models import (
    Address,
    BankAccount,
    CfdiProfile,
    Contact,
    Document,
    FollowUp,
    PaymentReminders,
    ReceivableTerms,
    SalesDocument,
)
from models.history import Change
from models.history import HistoryEventKind as Kind
from models.sales_document import SalesDocumentState, SalesDocumentType


def tell_edits(story: Story) -> None:
    """Events of edits. The records are as the last one left them."""
    _people_and_places(story)
    _billing(story)
    _work(story)
    _sales(story)
    _elsewhere(story)


def tell_money(ledger: Ledger) -> None:
    """A credit balance that is applied by mistake, taken back and refunded."""
    invoice = ledger.charge("2026-11-13 11:30", "F-2201", (1, "support"))
    payment = ledger.receive("2026-11-13 17:10", "500.00", reference="SPEI 1113570")
    application = ledger.apply("2026-11-13 17:15", payment, invoice, "500.00")
    ledger.undo("2026-11-17 09:20", application, SalesDocumentState.SENT)
    ledger.refund("2026-11-17 09:35", payment, "500.00")


def _all(story: Story, model: type[Any]) -> list[Any]:
    return [row for row in story.book.of(model) if row.client_id == story.client.id]


def _one(story: Story, model: type[Any], **values: Any) -> Any:
    """The client's only row with these values."""
    (row,) = [row for row in _all(story, model) if all(getattr(row, name) == values[name] for name in values)]
    return row


def _is_stamped(document: SalesDocument) -> bool:
    return document.type is SalesDocumentType.INVOICE and document.state is SalesDocumentState.STAMPED


def _people_and_places(story: Story) -> None:
    client = story.client
    note = ("internal_note", "Compran dos veces al año: enero y agosto.", client.internal_note)
    story.note("2025-10-15 10:20", Kind.CLIENT_CHANGED, Change.UPDATED, client.legal_name, note, record=client)
    list_ = ("price_list_id", "General", "Escolar")
    by = story.manager
    story.note("2026-01-07 12:30", Kind.CLIENT_CHANGED, Change.UPDATED, client.legal_name, list_, record=client, by=by)

    oscar = _one(story, Contact, name="Óscar Treviño Peña")
    phone = (("phone", "+527717130100", oscar.phone), ("phone_extension", None, "104"))
    story.note(
        "2026-03-02 09:50", Kind.CONTACT_CHANGED, Change.UPDATED, oscar.name, *phone, record=oscar, subject_id=oscar.id
    )
    inaki = _one(story, Contact, name="Iñaki O'Connor")
    story.note("2026-08-12 10:00", Kind.CONTACT_CHANGED, Change.CREATED, inaki.name, subject_id=inaki.id)
    branch = _one(story, Address, label="Plantel Querétaro")
    story.note("2026-02-03 12:00", Kind.ADDRESS_CHANGED, Change.CREATED, branch.label, subject_id=branch.id)
    interior = ("interior_number", None, "2")
    story.note(
        "2026-10-21 13:05",
        Kind.ADDRESS_CHANGED,
        Change.UPDATED,
        branch.label,
        interior,
        record=branch,
        subject_id=branch.id,
    )
    contract = _one(
        story, Document, content_type="application/pdf", expires_on=story.book.day(_at(story, "2027-12-31"))
    )
    described = ("description", None, contract.description)
    story.note(
        "2026-11-12 17:20",
        Kind.DOCUMENT_CHANGED,
        Change.UPDATED,
        contract.name,
        described,
        record=contract,
        subject_id=contract.id,
    )


def _at(story: Story, day: str) -> Any:
    return story.book.at(f"{day} 12:00")


def _billing(story: Story) -> None:
    def edit(at: str, kind: Kind, change: Change, label: str, *changes: Any, **more: Any) -> None:
        story.note(at, kind, change, label, *changes, by=story.biller, **more)

    terms = _one(story, ReceivableTerms)
    edit("2025-10-14 13:00", Kind.RECEIVABLE_TERMS_CHANGED, Change.CREATED, terms.terms)
    raised = ("credit_limit", "300000.00", "500000.00")
    edit("2026-08-05 11:00", Kind.RECEIVABLE_TERMS_CHANGED, Change.UPDATED, terms.terms, raised, record=terms)

    reminders, name = _one(story, PaymentReminders), story.client.legal_name
    edit("2025-10-14 13:05", Kind.PAYMENT_REMINDERS_CHANGED, Change.CREATED, name)
    attached = ("attach_xml", "false", "true")
    edit("2026-11-05 12:10", Kind.PAYMENT_REMINDERS_CHANGED, Change.UPDATED, name, attached, record=reminders)

    profile = _one(story, CfdiProfile, valid_to=None)
    former = next(row for row in _all(story, CfdiProfile) if row.valid_to)
    fields = ("name", "postal_code", "payment_form", "payment_method")
    moved = [(field, getattr(former, field), getattr(profile, field)) for field in fields]
    edit("2026-01-08 10:00", Kind.CFDI_PROFILE_CHANGED, Change.UPDATED, profile.rfc, *moved)

    payer = next(row for row in _all(story, BankAccount) if row.company_account_id is None)
    edit("2025-11-20 10:00", Kind.BANK_ACCOUNT_CHANGED, Change.CREATED, account_label(payer), subject_id=payer.id)


def _work(story: Story) -> None:
    done = _one(story, FollowUp, name="Levantamiento de la red inalámbrica")
    state = ("state", "PENDING", "DONE")
    story.note("2026-10-14 11:00", Kind.FOLLOW_UP_CHANGED, Change.UPDATED, done.name, state, subject_id=done.id)
    for at, content_type in (("2026-09-28 12:00", "text/plain; charset=utf-8"), ("2026-09-21 09:00", "image/png")):
        file = _one(story, Document, content_type=content_type)
        story.note(at, Kind.DOCUMENT_CHANGED, Change.CREATED, file.name, subject_id=file.id)


def _sales(story: Story) -> None:
    quote = next(row for row in _all(story, SalesDocument) if row.issued_at == story.book.at("2026-11-19 13:15"))
    longer = ("expires_on", story.book.day(quote.issued_at).isoformat(), quote.expires_on.isoformat())
    story.note(
        "2026-11-19 16:40", Kind.SALES_DOCUMENT_CHANGED, Change.UPDATED, "", longer, record=quote,
        sales_document_id=quote.id,
    )  # fmt: skip
    invoice = next(row for row in _all(story, SalesDocument) if _is_stamped(row))
    story.override(invoice, "PAYMENT_FORM_MISSING", "La directora confirma la forma de pago por teléfono")
    story.stamp(invoice, "2026-11-13 16:42")


def _elsewhere(story: Story) -> None:
    story.external(
        "2026-11-03 10:05", Kind.EXTERNAL_CALL, direction="OUTBOUND", source="Conmutador",
        external_id="20261103-0017", title="Negociación de la red inalámbrica", body="Duración: 14 min 5 s.",
    )  # fmt: skip
    story.external(
        "2026-11-05 09:12", Kind.EXTERNAL_MESSAGE, direction="INBOUND", source="WhatsApp",
        external_id="wamid.HBgKEMPER1", title="¿Puede venir el técnico el martes?",
    )  # fmt: skip
    story.external(
        "2026-11-09 18:30", Kind.EXTERNAL_EMAIL, direction="OUTBOUND", source="Correo",
        external_id="<contrato-2026@demo.mx>", title="Contrato de la red, para firma",
        body="Maestra Úrsula:\nLe mando el contrato con los tres planteles. Saludos.",
    )  # fmt: skip
    story.external(
        "2026-11-10 12:00", Kind.EXTERNAL_VISIT, source="Rutas", external_id="R-2026-1182",
        title="Medición de señal en el plantel Querétaro",
    )  # fmt: skip
    story.external(
        "2026-11-12 11:00", Kind.EXTERNAL_MEETING, source="Calendario", external_id="cal-88341",
        title="Revisión del contrato con dirección", body="Asistieron: dirección, administración y ventas.",
    )  # fmt: skip
    story.external(
        "2026-11-14 21:47", Kind.EXTERNAL_ORDER, source="Tienda en línea", external_id="W-20981",
        title="Pedido W-20981: 5 paquetes de papel", url="https://tienda.example.com/pedidos/W-20981",
    )  # fmt: skip
    story.external(
        "2026-11-18 08:55", Kind.EXTERNAL_TICKET, source="Mesa de ayuda", external_id="T-4471",
        title="Un proyector no enciende", url="https://ayuda.example.com/T-4471",
    )  # fmt: skip
    story.external(
        "2026-11-19 10:30", Kind.EXTERNAL_OTHER, source="Boletín", external_id="B-11/kemper",
        title="Abrió el boletín de noviembre",
    )  # fmt: skip
