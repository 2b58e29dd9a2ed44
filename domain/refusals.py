"""What PostgreSQL refused, in words: the one place where its errors about a row are read.

What two transactions at once can each be right about by themselves has a code of its own. A row from before a rule that
breaks it stays as it is (`ficha check` lists it); whoever changes it learns the rule by `RECORD_BREAKS_RULE`. What has
no words here is a fault of ours.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from psycopg import IntegrityError

from domain.problem import Problem, Rejected, error
from errors import FichaError, Forbidden
from models.viewer import Permission

DUPLICATE: Final = error(
    "Ya hay un registro con este dato. Revise antes de duplicarlo; si no lo ve, pregunte a un administrador.",
    "There already is a record with this value. Check before making another; if you do not see it, ask an"
    " administrator.",
)
DUPLICATE_EXTERNAL_ID: Final = error(
    "Este identificador externo ya es de otro registro.", "This external id already belongs to another record."
)
DUPLICATE_NAME: Final = error("Ya existe uno con este nombre.", "There already is one of this name.")
IN_USE: Final = error("Está en uso: no puede desaparecer.", "It is in use: it cannot vanish.")
EXTERNAL_EVENT_DIFFERS: Final = error(
    "Este origen ya registró un evento con este id, con otro valor aquí: la historia no cambia.",
    "This source already recorded an event with this id, with another value here: the history does not change.",
)
DUPLICATE_EMAIL: Final = error(
    "Ya hay un colaborador con este correo; búsquelo también entre los suspendidos.",
    "There already is a collaborator with this e-mail address; look among the suspended ones, too.",
)
INVITATION_ACCOUNT: Final = error(
    "Su cuenta ya es la de otro colaborador de esta empresa: entre con otra.",
    "Your account already is that of another collaborator of this company: sign in with another one.",
)
COMPANY_RFC_TAKEN: Final = error(
    "Este RFC ya es de otra empresa: revíselo.", "This RFC already belongs to another company: check it."
)
CFDI_UUID_TAKEN: Final = error(
    "Este folio fiscal ya es de otro documento de la empresa: revíselo.",
    "This fiscal folio already belongs to another document of the company: check it.",
)
DUPLICATE_DAY: Final = error("Ese día ya está en la lista.", "This day is already listed.")
DUPLICATE_ACCOUNT: Final = error(
    "La empresa ya tiene una cuenta con este número.", "The company already has an account with this number."
)
RECORD_BREAKS_RULE: Final = error(
    "No se guardó: el registro no cumple una regla más nueva que él: {rule}. Corrija ese dato; quien opera el servidor"
    " lo encuentra con «ficha check» ({constraint}).",
    "Not saved: the record breaks a rule that is newer than it: {rule}. Correct that value; whoever runs the server"
    " finds it with “ficha check” ({constraint}).",
)

CONSTRAINTS: Final[Mapping[str, Problem]] = {
    "uq_client_rfc": Problem(DUPLICATE, ("rfc",)),
    "uq_client_external_id": Problem(DUPLICATE_EXTERNAL_ID, ("external_id",)),
    "uq_history_event_external_id": Problem(EXTERNAL_EVENT_DIFFERS, ("client_id",)),
    "uq_collaborator_email": Problem(DUPLICATE_EMAIL, ("email",)),
    "uq_collaborator_subject": Problem(INVITATION_ACCOUNT),
    "uq_price_list_name": Problem(DUPLICATE_NAME, ("name",)),
    "uq_price_list_item_sku": Problem(DUPLICATE_NAME, ("sku",)),
    "uq_funnel_stage_name": Problem(DUPLICATE_NAME, ("name",)),
    "uq_loss_reason_name": Problem(DUPLICATE_NAME, ("name",)),
    "uq_prospect_state_name": Problem(DUPLICATE_NAME, ("name",)),
    "uq_company_rfc": Problem(COMPANY_RFC_TAKEN, ("rfc",)),
    "uq_company_bank_account_number": Problem(DUPLICATE_ACCOUNT, ("account_number",)),
    "uq_sales_document_uuid": Problem(CFDI_UUID_TAKEN, ("uuid",)),
    "uq_folio_series_series": Problem(DUPLICATE_NAME, ("series",)),
    "uq_holiday_day": Problem(DUPLICATE_DAY, ("day",)),
    "fk_deal_stage_id": Problem(IN_USE, ("id",)),
    "fk_deal_loss_reason_id": Problem(IN_USE, ("id",)),
    "fk_client_prospect_state_id": Problem(IN_USE, ("id",)),
}
"""What the database alone can refuse, because two transactions at once can each be right by themselves."""

ADMINISTERED: Final = frozenset({"tg_collaborator_joined", "tg_collaborator_role", "tg_company_role_permissions"})
"""What PostgreSQL lets only an administrator change: by now the viewer, whose role is cached, may be none."""


class Words(NamedTuple):
    """A rule, with its fields, as the rest of a sentence."""

    es: str
    en: str


_ACCOUNT: Final = Words(
    "el número de cuenta debe tener la forma que pide su forma de pago",
    "the account number must have the form that its payment form demands",
)
_SUMS: Final = Words(
    "subtotal, descuento e impuestos deben ser las sumas de las líneas, y el documento debe tenerlas",
    "subtotal, discount and taxes must be the sums of the lines, of which there must be some",
)
_DELETED: Final = Words("el cliente no debe estar en Eliminados", "the client must not be deleted")

BY_RULE: Final[Mapping[str, Words]] = {
    "applied": Words(
        "lo aplicado y lo reembolsado no exceden el importe del pago",
        "what is applied and refunded is not more than the payment's amount",
    ),
    "bank_code": Words("el código del banco son 3 dígitos", "the bank's code has 3 digits"),
    "bank_rfc": Words("el RFC del banco debe tener la forma de un RFC", "the bank's RFC must look like an RFC"),
    "cash_limit": Words("de contado no hay límite de crédito", "cash terms have no credit limit"),
    "cc": Words(
        "cada dirección con copia debe tener la forma nombre@dominio",
        "each address in copy must look like name@domain",
    ),
    "cfdi_use": Words("el uso de CFDI debe ser uno del catálogo del SAT", "the CFDI use must be in SAT's catalog"),
    "client": _DELETED,
    "client_id": Words(
        "solo lo de un prospecto pasa a otro cliente", "only what a prospect has goes to another client"
    ),
    "client_of_restored": _DELETED,
    "content_type": Words(
        "el tipo de contenido debe tener la forma tipo/subtipo", "the content type must look like type/subtype"
    ),
    "country": Words("el país debe ser uno del catálogo", "the country must be in the catalog"),
    "credit": Words(
        "solo una nota de crédito emitida tiene algo aplicado o reembolsado",
        "only a credit note that was issued has something applied or refunded",
    ),
    "currency": Words("la moneda debe ser una del catálogo del SAT", "the currency must be in SAT's catalog"),
    "default": Words("la serie predeterminada debe estar activa", "the default series must be active"),
    "deposit_account": _ACCOUNT,
    "details": Words("los detalles deben ser un objeto", "the details must be an object"),
    "draft": Words(
        "un borrador no tiene pagos, y lo emitido no vuelve a ser borrador",
        "a draft has no payments, and what was issued is not a draft again",
    ),
    "email": Words(
        "el correo electrónico debe tener la forma nombre@dominio", "the e-mail address must look like name@domain"
    ),
    "exchange_rate": Words("el tipo de cambio debe ser mayor que cero", "the exchange rate must be above zero"),
    "expires_at": Words("la caducidad debe ser posterior a la creación", "it must expire after it was created"),
    "final_value": Words("solo un trato ganado tiene valor final", "only a deal that was won has a final value"),
    "fiscal": Words(
        "solo facturas y notas de crédito tienen folio fiscal, folio externo y XML",
        "only invoices and credit notes have a fiscal folio, an external folio and an XML",
    ),
    "number": Words("el número debe ser mayor que cero", "the number must be above zero"),
    "object_key": Words("el archivo debe tener su objeto", "the file must have its object"),
    "origin": Words("el origen debe ser otro documento", "the origin must be another document"),
    "origin_document": Words("el documento de origen debe ser otro", "the document of origin must be another one"),
    "original": Words(
        "solo la primera versión de un archivo no tiene original",
        "only the first revision of a file has no original",
    ),
    "overdue_days": Words("los días de vencido van de 0 a 3650", "the overdue days are 0 to 3650"),
    "partially_paid": Words(
        "lo pagado en parte tiene pagos por menos que el total",
        "what is partially paid has payments of less than the total",
    ),
    "payable": Words("solo notas de venta y facturas tienen pagos", "only sales notes and invoices have payments"),
    "payer_account": _ACCOUNT,
    "payment_form": Words(
        "la forma de pago debe ser una del catálogo del SAT", "the payment form must be in SAT's catalog"
    ),
    "payment_method": Words("el método de pago debe ser PUE o PPD", "the payment method must be PUE or PPD"),
    "phone": Words(
        "el teléfono debe ser + y hasta 15 dígitos, con su país", "the phone number must be + and up to 15 digits"
    ),
    "position": Words(
        "cada contacto, dirección o cuenta tiene su propio lugar en el orden",
        "each contact, address or account has its own place in the order",
    ),
    "postal_code": Words("el código postal debe tener 5 dígitos", "the postal code must have 5 digits"),
    "postal_code_length": Words(
        "el código postal tiene de 1 a 20 caracteres", "the postal code has 1 to 20 characters"
    ),
    "product_code": Words("la clave de producto o servicio son 8 dígitos", "the product code has 8 digits"),
    "rate": Words(
        "el tipo de cambio de la moneda de la empresa es 1", "the exchange rate of the company's own currency is 1"
    ),
    "refunded": Words(
        "solo se reembolsa una nota de crédito, y no más que su total",
        "only a credit note is refunded, and not more than its total",
    ),
    "revision": Words("un archivo tiene una sola versión vigente", "a file has one current revision"),
    "revoked": Words("lo revocado sigue revocado", "what was revoked stays so"),
    "reversed": Words(
        "un pago cancelado no tiene nada aplicado, y sigue cancelado",
        "a reversed payment has nothing applied, and stays reversed",
    ),
    "rfc": Words("el RFC debe tener la forma de un RFC", "the RFC must look like an RFC"),
    "role_permissions": Words("los permisos por rol deben ser un objeto", "the permissions by role must be an object"),
    "series": Words("la serie tiene de 1 a 25 caracteres", "the series has 1 to 25 characters"),
    "state": Words("el estado debe ser uno del catálogo del país", "the state must be in the country's catalog"),
    "sums": _SUMS,
    "tax": Words("los impuestos trasladados no son negativos", "the transferred taxes are not negative"),
    "tax_object": Words(
        "el objeto de impuesto debe ser uno del catálogo del SAT", "the tax object must be in SAT's catalog"
    ),
    "tax_regime": Words(
        "el régimen fiscal debe ser uno del catálogo del SAT", "the tax regime must be in SAT's catalog"
    ),
    "tax_residence_code": Words(
        "la residencia fiscal debe ser un país del catálogo", "the tax residence must be a country of the catalog"
    ),
    "taxes": Words("los impuestos deben ser una lista", "the taxes must be a list"),
    "time_zone": Words("la zona horaria no puede faltar", "the time zone is missing"),
    "totals": _SUMS,
    "unit_code": Words("la clave de unidad tiene de 1 a 3 caracteres", "the unit code has 1 to 3 characters"),
    "unpaid": Words("lo que tiene pagos está pagado en parte o pagado", "what has payments is partially paid or paid"),
    "uuid": Words("el folio fiscal no cambia", "the fiscal folio does not change"),
    "value": Words("la numeración no retrocede", "numbers do not go back"),
    "version": Words("la versión es mayor que cero y no retrocede", "the version is above zero and does not go back"),
}
"""By what a constraint is named after its table."""

BY_NAME: Final[Mapping[str, Words]] = {
    "ck_bank_account_payment_form": BY_RULE["payment_form"],
    "ck_receivable_terms_credit": Words("el crédito tiene al menos un día", "credit terms have at least one day"),
    "ck_sales_document_line_amount": Words(
        "el importe de la línea es cantidad por precio", "a line's amount is its quantity times its price"
    ),
    "ck_sales_document_line_origin": Words("la línea de origen es otra", "the line of origin is another one"),
    "ck_sales_document_tax_base": Words("el impuesto de una línea tiene base", "the tax of a line has a base"),
    "ck_sales_document_tax_exempt": Words("lo exento no tiene importe", "what is exempt has no amount"),
    "ck_tombstone_type": Words("solo clientes y archivos se borran", "only clients and files are erased"),
    "tg_application_credit_note": Words(
        "solo se aplican pagos y notas de crédito", "only payments and credit notes are applied"
    ),
    "tg_application_debt": Words(
        "solo se aplica a notas de venta y facturas", "only sales notes and invoices have something applied"
    ),
    "tg_application_undone": Words("lo deshecho sigue deshecho", "what was undone stays so"),
    "tg_cfdi_profile_past": Words("los datos de CFDI anteriores no cambian", "past CFDI data do not change"),
    "tg_cfdi_profile_rfc": Words(
        "el RFC de los datos de CFDI es el del cliente", "the RFC of the CFDI data is the client's"
    ),
    "tg_cfdi_relation_found": Words("el CFDI relacionado no cambia", "the related CFDI does not change"),
    "tg_cfdi_relation_related": Words(
        "el CFDI relacionado tiene el folio fiscal que se refiere",
        "the related CFDI has the fiscal folio that is referred to",
    ),
    "tg_client_conversion": Words("la fecha de conversión no cambia", "the date of conversion does not change"),
    "tg_client_kind": Words("un cliente no vuelve a ser prospecto", "a client does not become a prospect again"),
    "tg_collaborator_account": Words(
        "la cuenta de un colaborador no pasa a otra", "a collaborator's account does not become another one"
    ),
    "tg_company_sequence_value": BY_RULE["value"],
    "tg_folio_series_last_number": Words(
        "el último folio no es menor que uno ya usado", "the last folio is not below one that was used"
    ),
    "tg_history_event_first": Words("un cliente se crea una vez", "a client is created once"),
    "tg_payment_debt": Words(
        "un pago se registra en una nota de venta o una factura",
        "a payment is registered on a sales note or an invoice",
    ),
    "tg_payment_paid_at": Words("la fecha de pago no es futura", "the payment is not in the future"),
    "tg_sales_document_issued": Words(
        "moneda, tipo de cambio e importes de lo emitido no cambian",
        "currency, exchange rate and amounts of what was issued do not change",
    ),
    "tg_sales_document_line_gone": Words(
        "las líneas de lo emitido no se quitan", "the lines of what was issued are not removed"
    ),
    "tg_statement_link_expires_on": BY_RULE["expires_at"],
}
"""The same of those that mean something else than others of the name."""


def words_of(constraint: str, table: str) -> Words | None:
    """The rule of a constraint, or of a trigger, in words; None where it has none. What is asked of a change is what is
    asked of a new row."""
    constraint = constraint.removesuffix("_changed")
    rule = constraint.removeprefix("ck_").removeprefix("tg_").removeprefix(f"{table}_")
    return BY_NAME.get(constraint) or BY_RULE.get(rule)


def refused_by(error: IntegrityError) -> tuple[str, str]:
    """The constraint that refused a row, and its table. Citus calls them by the names of a part of the table, with a
    number behind; and where that is on another server, only the message has them."""
    diagnosis = error.diag
    constraint, table = diagnosis.constraint_name, diagnosis.table_name
    if not constraint:
        named: list[str] = _NAMED.findall(diagnosis.message_primary or "")
        constraint = next(filter(_CONSTRAINT.match, named), "")
        table = next((name for name in named if name != constraint), "")
    return _PART.sub("", constraint), _PART.sub("", table or "")


_NAMED: Final = re.compile(r"""["«“](\w+)["»”]""")
_CONSTRAINT: Final = re.compile("(?:ck|fk|pk|tg|uq)_")
_PART: Final = re.compile(r"_\d{6,}$")


def refusal_of(error: IntegrityError) -> FichaError | None:
    """What a command says where PostgreSQL refused a row; None: a fault of ours."""
    constraint, table = refused_by(error)
    if problem := CONSTRAINTS.get(constraint):
        return Rejected(problem)
    if constraint in ADMINISTERED:
        return Forbidden("Usted ya no administra la empresa.", Permission.ADMIN.value)
    if words := words_of(constraint, table):
        return Rejected(
            Problem(RECORD_BREAKS_RULE, values={"rule": words.es, "rule_en": words.en, "constraint": constraint})
        )
    return None


@contextmanager
def reading_refusals() -> Generator[None]:
    """Within, what PostgreSQL refuses is what a command says of it."""
    try:
        yield
    except IntegrityError as error:
        if refusal := refusal_of(error):
            raise refusal from error
        raise
