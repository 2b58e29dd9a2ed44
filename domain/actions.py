"""Whether an action can be taken now, and if not, why: the errors of its mutation for the smallest valid input.

    Decider(SalesDocumentAction.SEND)(asking, row_of(values))

`values` are those of the record's columns and of its facts (`models.facts`) that `columns_of` names. What is in the
way is asked in the order of the commands: of the client its permission and its state, of the record the same, and
then what the noun's own function finds in the facts, which its command asks too. So an action discloses nothing that
its mutation would not disclose.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from domain import address, bank_account, cancellation, client, conversion, payment, policy, sales_document, stamp
from domain.address import FISCAL_ADDRESS_EXISTS
from domain.bank_account import ACCOUNT_WITHDRAWN
from domain.cancellation import (
    CANCELLATION_NOT_REQUESTED,
    CANCELLATION_PENDING,
    CANCELLATION_TRANSITION,
    FISCAL_FOLIO_MISSING,
    HAS_DESCENDANTS,
    HAS_PAYMENTS,
    RELATED_CFDI_IN_FORCE,
)
from domain.client import HAS_BALANCE, HAS_DOCUMENTS, NOT_ERASABLE
from domain.policy import (
    CLIENT_DELETED,
    CLIENT_IS_PROSPECT,
    CLIENT_NOT_PROSPECT,
    CONVERTED_INTO_CLIENT,
    DEAL_NOT_OPEN,
    DEAL_OPEN,
    DOCUMENT_NOT_CURRENT,
    DOCUMENT_STATE,
    FOLLOW_UP_NOT_OPEN,
    FOLLOW_UP_OPEN,
    NOT_FOUND,
    RECORD_DELETED,
    RECORD_NOT_DELETED,
    Action,
    AddressAction,
    Asking,
    BankAccountAction,
    ClientAction,
    ContactAction,
    DealAction,
    DocumentAction,
    FollowUpAction,
    SalesDocumentAction,
)
from domain.problem import PAYMENT_OVER_BALANCE, TOO_MANY, Problem, ProblemCode, Severity, error
from domain.sales_document import (
    CREDIT_LIMIT_EXCEEDED,
    CREDIT_OVER_BALANCE,
    INVOICE_REQUIRED,
    LINES_REQUIRED,
    QUOTE_EXPIRED,
)
from domain.stamp import ALREADY_STAMPED
from models.facts import MOST_PARTS, OF_CLIENT
from models.viewer import Permission

PERMISSION_MISSING: Final = error(
    "Su rol no incluye el permiso {permission}.", "Your role does not include the permission {permission}."
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the viewer can take an action now: they can where there is no reason against it."""

    action: Action
    reasons: tuple["Reason", ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing is in the way."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action cannot be taken."""

    action: Action
    problem: Problem

    @property
    def code(self) -> ProblemCode:
        """As the mutation's user error has it, or PERMISSION_MISSING."""
        return self.problem.code

    @property
    def permission(self) -> str | None:
        """The permission that the viewer lacks, where that is the reason."""
        return str(self.problem.values["permission"]) if self.code is PERMISSION_MISSING else None

    def message(self, language: str) -> str:
        """The problems."""
        return self.problem.message_en if language == "en" else self.problem.message_es

    def help(self, language: str) -> str:
        """What would help."""
        texts = STATES.get(self.action, _AS_STATED) if self.code is DOCUMENT_STATE else None
        es, en = texts or HELP.get(self.code) or OTHERWISE.get(self.action, _AS_STATED)
        return (en if language == "en" else es).format(**self.problem.values)


@dataclass(frozen=True, slots=True)
class Noun:
    """The actions on one kind of record: the columns that their rules look at, and what they ask of its client."""

    columns: tuple[str, ...]
    within: Mapping[Any, ClientAction | None] | ClientAction | None = None

    def of_client(self, action: Action) -> ClientAction | None:
        """What one must be able to start from the client for it."""
        return self.within.get(action) if isinstance(self.within, Mapping) else self.within


@dataclass(frozen=True, slots=True)
class Further:
    """What else can be in the way of an action: found by its noun in some columns and facts."""

    columns: tuple[str, ...]
    refusals: Callable[[Asking, Any, Any], Iterable[Problem]]


NOUNS: Final[Mapping[type[StrEnum], Noun]] = {
    ClientAction: Noun(("kind", "deleted_at", "converted_into_id")),
    ContactAction: Noun(("deleted_at",), ClientAction.EDIT),
    AddressAction: Noun(("deleted_at",), ClientAction.EDIT),
    BankAccountAction: Noun(("deleted_at",), ClientAction.EDIT_BILLING),
    DealAction: Noun(("state", "deleted_at"), ClientAction.CREATE_DEAL),
    FollowUpAction: Noun(("state", "deleted_at"), ClientAction.SCHEDULE_FOLLOW_UP),
    DocumentAction: Noun(("replaced_at", "deleted_at"), ClientAction.ATTACH_DOCUMENT),
    SalesDocumentAction: Noun(
        ("type", "state"),
        dict.fromkeys(SalesDocumentAction, ClientAction.CREATE_QUOTE)
        | {
            SalesDocumentAction.REGISTER_PAYMENT: ClientAction.EDIT_BILLING,
            SalesDocumentAction.CREDIT: ClientAction.CREATE_INVOICE,
            # A system that stamps needs no other permission.
            SalesDocumentAction.REGISTER_STAMP: None,
            SalesDocumentAction.REPORT_CANCELLATION: None,
        },
    ),
}


def _full(fact: str, _: Asking, __: Any, facts: Any) -> Iterable[Problem]:
    """As many as there may be: see `Parts.insert`."""
    return (Problem(TOO_MANY, values={"most": MOST_PARTS}),) if getattr(facts, fact) else ()


_FOR_CFDI: Final = (
    "payment_form", "payment_method", "cfdi_use", "currency", "facts.issuer", "facts.receptor",
    "facts.ended_codes",
)  # fmt: skip
"""What `domain.issuing` looks at."""

FURTHER: Final[Mapping[type[StrEnum], Mapping[Any, Further]]] = {
    ClientAction: {
        ClientAction.ERASE: Further(
            ("facts.has_files", "facts.has_sales_documents", "facts.has_payments", "facts.has_balance"), client.erasing
        ),
        ClientAction.ADD_CONTACT: Further(("facts.full_contacts",), partial(_full, "full_contacts")),
        ClientAction.ADD_ADDRESS: Further(("facts.full_addresses",), partial(_full, "full_addresses")),
        ClientAction.ADD_BANK_ACCOUNT: Further(("facts.full_accounts",), partial(_full, "full_accounts")),
    },
    AddressAction: {
        AddressAction.RESTORE: Further(
            ("kind", "country", "state", "postal_code", "facts.fiscal_elsewhere"), address.restoring
        ),
    },
    BankAccountAction: {
        BankAccountAction.RESTORE: Further(
            ("payment_form", "role", "account_number", "bank_code", "bank_rfc", "facts.withdrawn"),
            bank_account.restoring,
        ),
    },
    SalesDocumentAction: {
        SalesDocumentAction.SEND: Further(
            (
                *_FOR_CFDI,
                "facts.credit_needed",
                "facts.credit_rate",
                "facts.credit_available",
                "facts.days_late",
                "facts.invoice_fits",
                "facts.creditable",
                "facts.credit_fits",
            ),
            sales_document.sending,
        ),
        SalesDocumentAction.ACCEPT: Further(("facts.lapsed",), sales_document.accepting),
        SalesDocumentAction.CONVERT: Further(
            (
                *_FOR_CFDI,
                "on_credit",
                "total",
                "facts.lapsed",
                "facts.has_lines_left",
                "facts.credit_needed",
                "facts.credit_rate",
                "facts.credit_available",
                "facts.days_late",
            ),
            conversion.converting,
        ),
        SalesDocumentAction.REGISTER_STAMP: Further(("uuid",), stamp.stamping),
        SalesDocumentAction.REGISTER_PAYMENT: Further(("facts.balance", "facts.is_assumed_paid"), payment.paying),
        SalesDocumentAction.CANCEL: Further(
            tuple(
                f"facts.{name}"
                for name in ("has_payments", "has_descendants", "related_in_force", "cancellation_pending")
            ),
            cancellation.cancelling,
        ),
        SalesDocumentAction.WITHDRAW_CANCELLATION: Further(("facts.sat_state",), cancellation.withdrawing),
        SalesDocumentAction.REPORT_CANCELLATION: Further(("uuid", "facts.sat_state"), cancellation.reporting),
    },
}
"""By the kind of action: actions of two kinds that have the same name are equal."""


def _further(action: Action) -> Further | None:
    return FURTHER.get(type(action), {}).get(action)


def columns_of(*actions: Action) -> tuple[str, ...]:
    """What deciding over these actions reads of a record: columns, and as `facts.…` its facts."""
    columns: dict[str, None] = {}
    for action in actions:
        noun = NOUNS[type(action)]
        further = _further(action)
        of_client = tuple(f"facts.{name}" for name in OF_CLIENT) if noun.within else ()
        columns |= dict.fromkeys((*noun.columns, *of_client, *(further.columns if further else ())))
    return tuple(columns)


def row_of(values: Mapping[str, Any]) -> Any:
    """The record with these columns and facts, by their names without `facts.`, and its client."""
    kind, deleted_at = values.get("client_kind"), values.get("client_deleted_at")
    # Nothing is left with a prospect that was converted into a client.
    client = SimpleNamespace(kind=kind, deleted_at=deleted_at, converted_into_id=None)
    return SimpleNamespace(client=client, **values)


class Decider:
    """Decides over one action. What does not depend on the record is looked up once: lists have many."""

    def __init__(self, action: Action) -> None:
        self.action = action
        within = NOUNS[type(action)].of_client(action)
        needed = [policy.permission_of(each) for each in (within, action) if each]
        self._needed = tuple(dict.fromkeys(needed))
        self._permissions = frozenset(needed)
        self._first = needed[0]
        self._refused_by_client = policy.rule_of(within).refused if within else None
        self._refused = policy.rule_of(action).refused
        self._further = _further(action)

    def __call__(self, asking: Asking, row: Any) -> Decision:
        """Whether it can be taken, and every reason against it; `row` is made by `row_of`."""
        reasons = tuple(Reason(self.action, problem) for problem in self._problems(asking, row))
        return Decision(self.action, reasons)

    def allows(self, asking: Asking, row: Any) -> bool:
        """Whether it can be taken."""
        return not self._problems(asking, row)

    def _problems(self, asking: Asking, row: Any) -> Sequence[Problem]:
        held = asking.viewer.permissions
        missing = () if self._permissions <= held else tuple(each for each in self._needed if each not in held)
        if self._first in missing:
            return _missing(missing)
        if self._refused_by_client and (code := self._refused_by_client(row.client)):
            return [Problem(code)]
        if missing:
            return _missing(missing)
        if code := self._refused(row):
            return [Problem(code)]
        if self._further is None:
            return ()
        return [each for each in self._further.refusals(asking, row, row) if each.severity is Severity.ERROR]


def _missing(permissions: Iterable[Permission]) -> Sequence[Problem]:
    return [Problem(PERMISSION_MISSING, values={"permission": each.value}) for each in permissions]


# What would help

_AS_STATED: Final = ("Corrija ese dato del registro.", "Correct that value of the record.")

HELP: Final[Mapping[ProblemCode, tuple[str, str]]] = {
    PERMISSION_MISSING: (
        "Pida el permiso {permission} a un administrador.",
        "Ask an administrator for the permission {permission}.",
    ),
    NOT_FOUND: ("Elija un registro que exista.", "Choose a record that exists."),
    CLIENT_DELETED: ("Restaure al cliente.", "Restore the client."),
    CLIENT_IS_PROSPECT: ("Convierta al prospecto en cliente.", "Convert the prospect into a client."),
    CLIENT_NOT_PROSPECT: ("No hace falta: ya es cliente.", "Nothing to do: it already is a client."),
    CONVERTED_INTO_CLIENT: ("Abra el cliente del que es parte.", "Open the client that it is part of."),
    RECORD_DELETED: ("Restáurelo.", "Restore it."),
    RECORD_NOT_DELETED: ("No hace falta: no está eliminado.", "Nothing to do: it is not deleted."),
    HAS_DOCUMENTS: (
        "En lugar de borrarlo, elimínelo: deja las listas y conserva sus documentos.",
        "Delete it instead of erasing it: it leaves the lists and keeps its documents.",
    ),
    NOT_ERASABLE: (
        "En lugar de borrarlo, elimínelo; o pida a quien vea todo su expediente que lo revise.",
        "Delete it instead of erasing it, or ask somebody who sees all of its record to look into it.",
    ),
    HAS_BALANCE: ("Cobre o cancele lo que debe.", "Collect or cancel what it owes."),
    TOO_MANY: ("Elimine alguno primero.", "Delete one first."),
    ACCOUNT_WITHDRAWN: ("Asigne otra cuenta de la empresa.", "Assign another of the company's accounts."),
    FISCAL_ADDRESS_EXISTS: (
        "Elimine la otra dirección fiscal, o haga de ella una sucursal.",
        "Delete the other fiscal address, or make it a branch.",
    ),
    DEAL_NOT_OPEN: ("Reabra el trato.", "Reopen the deal."),
    DEAL_OPEN: ("No hace falta: el trato está abierto.", "Nothing to do: the deal is open."),
    FOLLOW_UP_NOT_OPEN: (
        "Reabra el seguimiento; si está eliminado, restáurelo.",
        "Reopen the follow-up; if it is deleted, restore it.",
    ),
    FOLLOW_UP_OPEN: (
        "No hace falta: el seguimiento está abierto.",
        "Nothing to do: the follow-up is open.",
    ),
    DOCUMENT_NOT_CURRENT: (
        "Use el archivo más reciente del documento; si está eliminado, restáurelo.",
        "Use the newest file of the document; if it is deleted, restore it.",
    ),
    QUOTE_EXPIRED: ("Haga una cotización nueva.", "Draw up a new quote."),
    LINES_REQUIRED: (
        "No queda nada por convertir: cancele el documento que salió de este, o haga otro.",
        "Nothing is left to convert: cancel the document that was made of this one, or draw up another.",
    ),
    ALREADY_STAMPED: (
        "No hace falta: el documento ya tiene folio fiscal.",
        "Nothing to do: the document has its fiscal folio.",
    ),
    HAS_PAYMENTS: ("Revierta sus pagos.", "Reverse its payments."),
    HAS_DESCENDANTS: (
        "Cancele antes los documentos que salieron de este.",
        "First cancel the documents that were made of this one.",
    ),
    RELATED_CFDI_IN_FORCE: (
        "Cancele antes los CFDI que relacionan a este, o espere la respuesta del SAT.",
        "First cancel the CFDI that relate to this one, or wait for the SAT's answer.",
    ),
    CANCELLATION_PENDING: (
        "No hace falta: su cancelación ya está solicitada. Registre la respuesta del SAT cuando llegue.",
        "Nothing to do: its cancelling was asked for. Report the SAT's answer when it comes.",
    ),
    CANCELLATION_NOT_REQUESTED: (
        "No hace falta: no hay una solicitud que espere la respuesta del SAT.",
        "Nothing to do: no request waits for the SAT's answer.",
    ),
    CANCELLATION_TRANSITION: (
        "No hace falta: el SAT ya lo canceló.",
        "Nothing to do: the SAT has cancelled it.",
    ),
    FISCAL_FOLIO_MISSING: (
        "No hace falta: sin folio fiscal se cancela sin el SAT.",
        "Nothing to do: without a fiscal folio it is cancelled without the SAT.",
    ),
    PAYMENT_OVER_BALANCE: ("No hace falta: no se debe nada.", "Nothing to do: nothing is owed."),
    INVOICE_REQUIRED: (
        "Haga la nota de crédito de una factura vigente en la misma moneda.",
        "Make the credit note of an invoice in force, in the same currency.",
    ),
    CREDIT_OVER_BALANCE: (
        "Reduzca la nota de crédito al saldo de la factura.",
        "Reduce the credit note to the invoice's balance.",
    ),
    CREDIT_LIMIT_EXCEEDED: (
        "Cobre antes, amplíe el límite, o pida a quien tenga el permiso credit:override que lo envíe.",
        "Collect first, raise the limit, or ask somebody with the permission credit:override to send it.",
    ),
}
"""What would help, by problem, in Spanish and English."""

_READY: Final = (
    "Complete los datos de CFDI del cliente, de la empresa y del documento; o pida a quien tenga el permiso"
    " cfdi:override que lo emita con un motivo.",
    "Complete the CFDI data of client, company and document; or ask somebody with the permission cfdi:override to issue"
    " it with a reason.",
)
OTHERWISE: Final[Mapping[Action, tuple[str, str]]] = {
    SalesDocumentAction.SEND: _READY,
    SalesDocumentAction.CONVERT: _READY,
}
"""Of what no other text is for, by the action."""

STATES: Final[Mapping[Action, tuple[str, str]]] = {
    SalesDocumentAction.EDIT: (
        "Solo se edita un borrador: cancele este documento y haga otro.",
        "Only a draft is edited: cancel this document and draw up another.",
    ),
    SalesDocumentAction.SEND: (
        "Solo se envía lo que no se ha enviado: haga un documento nuevo.",
        "Only what was not sent is sent: draw up a new document.",
    ),
    SalesDocumentAction.ACCEPT: ("Envíe antes la cotización.", "Send the quote first."),
    SalesDocumentAction.REJECT: ("Envíe antes la cotización.", "Send the quote first."),
    SalesDocumentAction.CONVERT: (
        "Se convierten cotizaciones y notas de venta enviadas: envíe antes el documento.",
        "Quotes and sales notes that were sent are converted: send the document first.",
    ),
    SalesDocumentAction.REGISTER_PAYMENT: (
        "Se pagan facturas y notas de venta enviadas que tienen saldo: envíe antes el documento.",
        "Invoices and sales notes are paid that were sent and have a balance: send the document first.",
    ),
    SalesDocumentAction.REGISTER_STAMP: (
        "Se timbran facturas y notas de crédito emitidas: envíe antes el documento.",
        "Invoices and credit notes are stamped that were issued: send the document first.",
    ),
    SalesDocumentAction.CREDIT: (
        "Una nota de crédito es de una factura enviada con saldo.",
        "A credit note is of an invoice that was sent and has a balance.",
    ),
    SalesDocumentAction.CANCEL: (
        "No hace falta: el documento ya terminó.",
        "Nothing to do: the document has ended already.",
    ),
}
"""Of DOCUMENT_STATE, by the action that the state does not allow."""
