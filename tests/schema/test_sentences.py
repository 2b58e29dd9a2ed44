"""The history in sentences: grammatical, in both languages, for every kind; fields and values as people read them."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.sentences import change_label, field_label, summary, value_label
from models.history import UNSAID, Change, HistoryEventKind, edited, event
from models.labels import LANGUAGES, enum_of
from models.viewer import Permission
from schema import SCHEMA

ZONE = ZoneInfo("America/Mexico_City")
QUOTE = {"type": "QUOTE", "folio": "COT-12"}
PAID = {"type": "INVOICE", "folio": "F-3", "amount": "1250.00", "currency": "MXN"}
_K = HistoryEventKind


@pytest.mark.parametrize(
    ("kind", "details", "es", "en"),
    [
        (_K.CLIENT_CREATED, {}, "Cliente creado", "Client created"),
        (
            _K.SALES_DOCUMENT_STATE_CHANGED,
            QUOTE | {"to_state": "SENT"},
            "Cotización COT-12 enviada",
            "Quote COT-12 sent",
        ),
        (_K.SALES_DOCUMENT_STATE_CHANGED, PAID | {"to_state": "PAID"}, "Factura F-3 pagada", "Invoice F-3 paid"),
        (
            _K.SALES_DOCUMENT_STATE_CHANGED,
            PAID | {"to_state": "SENT", "credit_exceeded_by": "10.50"},
            "Factura F-3 enviada, con exceso de crédito de 10.50 MXN",
            "Invoice F-3 sent, exceeding the credit by 10.50 MXN",
        ),
        (
            _K.SALES_DOCUMENT_CONVERTED,
            {"from_type": "QUOTE", "from_folio": "COT-12", "to_type": "SALES_NOTE", "to_folio": "NV-3"},
            "Cotización COT-12 convertida en nota de venta NV-3",
            "Quote COT-12 converted into sales note NV-3",
        ),
        (
            _K.SALES_DOCUMENT_PAYMENT_REGISTERED,
            PAID,
            "Pago de 1,250.00 MXN registrado en la factura F-3",
            "Payment of 1,250.00 MXN registered on invoice F-3",
        ),
        (_K.DEAL_WON, {"title": "Robot"}, "Trato «Robot» ganado", "Deal “Robot” won"),
        (
            _K.DEAL_LOST,
            {"title": "{x} [y]", "reason": "Precio"},
            "Trato «{x} [y]» no ganado: Precio",
            "Deal “{x} [y]” lost: Precio",
        ),
        (
            _K.PROSPECT_CONVERTED,
            {"prospect": None},
            "Prospecto convertido en cliente",
            "Prospect converted into a client",
        ),
        (
            _K.PROSPECT_CONVERTED,
            {"prospect": "Acme"},
            "Prospecto «Acme» convertido en cliente",
            "Prospect “Acme” converted into a client",
        ),
        (_K.CONTACT_CHANGED, {"change": "CREATED", "label": "Ana"}, "Contacto «Ana» agregado", "Contact “Ana” added"),
        (
            _K.ADDRESS_CHANGED,
            {"change": "DELETED", "label": "Sur"},
            "Dirección «Sur» eliminada",
            "Address “Sur” deleted",
        ),
        (_K.CONTACT_CHANGED, {"change": "REORDERED", "label": "A, B"}, "Contactos reordenados", "Contacts reordered"),
        (
            _K.BANK_ACCOUNT_CHANGED,
            {"change": "REORDERED", "label": "A, B"},
            "Cuentas bancarias reordenadas",
            "Bank accounts reordered",
        ),
        (
            _K.RECEIVABLE_TERMS_CHANGED,
            {"change": "UPDATED", "label": "CREDIT"},
            "Condiciones de pago editadas",
            "Payment terms edited",
        ),
        (_K.CFDI_PROFILE_CHANGED, {"change": "CREATED", "label": ""}, "Datos de CFDI agregados", "CFDI data added"),
    ],
)
def test_an_event_is_a_sentence(kind: HistoryEventKind, details: Any, es: str, en: str) -> None:
    assert (summary(kind, details, "es"), summary(kind, details, "en")) == (es, en)


def test_what_happened_to_a_prospect_says_so() -> None:
    details = {"change": "RESTORED", "label": "Acme"}
    assert summary(_K.CLIENT_CHANGED, details, "es", as_prospect=True) == "Prospecto «Acme» restaurado"
    assert summary(_K.CLIENT_CREATED, {}, "en", as_prospect=True) == "Prospect created"


def _value(kind: Any) -> Any:
    enum = enum_of(kind)
    samples = {Decimal: "5.00", datetime.date: "2026-11-29", UUID: "00000000-0000-0000-0000-000000000000"}
    return (
        next(iter(enum)).value
        if enum
        else next((samples[k] for k in samples if k in (kind, *getattr(kind, "__args__", ()))), "X-1")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", _K)
def test_every_kind_has_a_sentence_for_every_value(kind: HistoryEventKind, language: str) -> None:
    declared = kind.declared
    edit = [{"change": change.value, "label": "X-1"} for change in Change]
    all_details = edit if declared.is_edit else [{each.key: _value(each.kind) for each in declared.details}]
    for details in all_details:
        text = summary(kind, details, language)
        assert text[0].isupper()
        assert not text.endswith(".")
        assert not any(code in text for code in (kind.value, "{", "[", "None", "…", *Change, "QUOTE", "DRAFT"))
    assert declared.is_edit or declared.says, f"{kind} has no sentence of its own"


def test_a_kind_without_a_sentence_of_its_own_has_one() -> None:
    class Tomorrow:
        _, declared = event("Llamada recibida", "Call received", "A call came in", Permission.CLIENTS_READ)

    class Edited:
        _, declared = edited("Cambio en las notas", "Note changed", "A note changed", Permission.CLIENTS_READ)

    kind: Any = Tomorrow
    assert (summary(kind, {}, "es"), summary(kind, {}, "en")) == ("Llamada recibida", "Call received")
    kind = Edited
    assert summary(kind, {"change": "UPDATED", "label": "X"}, "es") == "Cambio en las notas: X"


def test_a_change_agrees_with_what_it_was_done_to() -> None:
    assert change_label(_K.ADDRESS_CHANGED, Change.CREATED, "es") == "Agregada"
    assert change_label(_K.CONTACT_CHANGED, Change.CREATED, "es") == "Agregado"
    assert change_label(_K.RECEIVABLE_TERMS_CHANGED, Change.UPDATED, "es") == "Editadas"
    assert change_label(_K.ADDRESS_CHANGED, Change.CREATED, "en") == "Added"


@pytest.mark.parametrize(
    ("kind", "field", "value", "es", "en"),
    [
        (_K.RECEIVABLE_TERMS_CHANGED, "terms", "CREDIT", "Crédito", "Credit"),
        (_K.RECEIVABLE_TERMS_CHANGED, "credit_limit", "1250.00", "1,250.00", "1,250.00"),
        (_K.CONTACT_CHANGED, "is_primary", "true", "Sí", "Yes"),
        (_K.CONTACT_CHANGED, "is_primary", "false", "No", "No"),
        (_K.CONTACT_CHANGED, "name", "true", "true", "true"),
        (_K.DEAL_CHANGED, "expected_close_on", "2026-11-29", "29/11/2026", "2026-11-29"),
        (_K.FOLLOW_UP_CHANGED, "starts_at", "2026-11-29T22:30:00+00:00", "29/11/2026 16:30", "2026-11-29 16:30"),
        (_K.CFDI_PROFILE_CHANGED, "tax_regime", "601", *["601 General de Ley Personas Morales"] * 2),
        (_K.CLIENT_CHANGED, "owner_id", "Laura Méndez", "Laura Méndez", "Laura Méndez"),
        (_K.PAYMENT_REMINDERS_CHANGED, "rules", "ON 9:00", "el día del vencimiento 9:00", "on the due date 9:00"),
        (_K.DEAL_CHANGED, "expected_close_on", "pronto", "pronto", "pronto"),
        (_K.DEAL_CHANGED, "priority", "FORMER", "FORMER", "FORMER"),
        (_K.CONTACT_CHANGED, "email", None, None, None),
    ],
)
def test_values_are_shown_as_people_read_them(kind: Any, field: str, value: Any, es: Any, en: Any) -> None:
    assert value_label(kind, field, value, "es", ZONE) == es
    assert value_label(kind, field, value, "en", ZONE) == en


def test_fields_have_the_names_of_the_screen() -> None:
    assert field_label(_K.CLIENT_CHANGED, "owner_id", "es") == "Colaborador a cargo"
    assert field_label(_K.SALES_DOCUMENT_CHANGED, "lines", "en") == "Lines"
    assert field_label(_K.CONTACT_CHANGED, "former_field", "es") == "Former field"
    assert SCHEMA


@pytest.mark.parametrize("kind", HistoryEventKind)
def test_no_sentence_has_what_is_not_read_for_it(kind: HistoryEventKind) -> None:
    """The long details are not sent to where sentences are made."""
    declared = kind.declared
    keys = {detail.key for detail in declared.details} | {"change", "label", "changes"}
    details = dict.fromkeys(keys, "1") | {"change": "UPDATED", "changes": [{"field": "a", "from": "b", "to": "c"}]}
    for language in LANGUAGES:
        whole = summary(kind, details, language)
        assert summary(kind, {key: value for key, value in details.items() if key not in UNSAID}, language) == whole
