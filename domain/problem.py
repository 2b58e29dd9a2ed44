"""What may be wrong with a value: one table of coded problems in Spanish and English, and the exception with them.

A rule that only looks returns problems; a parser that cannot go on raises `Rejected`, one of the tree in `errors`. Both
carry the same `Problem`, so one translation at the edge makes `UserError {code, message, path}` of either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, unique
from functools import partial
from typing import Final
from uuid import UUID

from errors import FichaError


class Severity(StrEnum):
    """ERROR: it would be refused. WARNING: it may be. UNVERIFIED: only SAT's private list can tell."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a problem code stands for; the texts are `str.format` templates over a problem's values."""

    severity: Severity
    es: str
    en: str
    sat_code: str | None = None


_error: Final = partial(Meaning, Severity.ERROR)
_warning: Final = partial(Meaning, Severity.WARNING)
_unverified: Final = partial(Meaning, Severity.UNVERIFIED)


@unique
class ProblemCode(Enum):
    """Every problem there is: severity, text in Spanish and English, and the code SAT would answer with, if any."""

    # Plain values
    TEXT_REQUIRED = _error("Este dato es obligatorio.", "This value is required.")
    TEXT_TOO_LONG = _error("Excede el máximo de {maximum} caracteres.", "It is longer than {maximum} characters.")
    YEAR_MONTH_INVALID = _error(
        "El mes debe tener la forma AAAA-MM, entre 1900-01 y 2999-12.",
        "The month must read YYYY-MM, between 1900-01 and 2999-12.",
    )
    TIME_ZONE_UNKNOWN = _error(
        "La zona horaria «{zone}» no existe en la base de IANA.", "The time zone “{zone}” is not in the IANA database."
    )
    EMAIL_INVALID = _error("El correo electrónico no es válido.", "The e-mail address is not valid.")
    PHONE_INVALID = _error(
        "El teléfono no es válido: en México son 10 dígitos; de otro país, con + y su clave.",
        "The phone number is not valid: 10 digits in Mexico; elsewhere + and the country's code.",
    )
    PHONE_EXTENSION = _error(
        "El teléfono no lleva extensión: anótela aparte.", "A phone number holds no extension: note it elsewhere."
    )
    PHONE_UNASSIGNED = _warning(
        "El número no corresponde a un rango telefónico conocido.", "The number is in no known range."
    )

    AMOUNT_DECIMALS = _error("El importe lleva a lo más 2 decimales.", "An amount has at most 2 decimals.")
    OUT_OF_RANGE = _error("Debe estar entre {least} y {most}.", "It must be between {least} and {most}.")
    CODE_UNKNOWN = _error("El código {code} no está en el catálogo.", "The code {code} is not in the catalog.")

    # Records
    NOT_FOUND = _error("No existe, o no está a su alcance.", "Not found, or not visible to you.")
    CONFLICT = _error(
        "Alguien más lo cambió: la versión es {version}. Revise y vuelva a guardar.",
        "Somebody else changed it: the version is {version}. Review it and save again.",
    )
    RECORD_DELETED = _error("Está eliminado: restáurelo primero.", "It is deleted: restore it first.")
    RECORD_NOT_DELETED = _error("No está eliminado.", "It is not deleted.")
    CLIENT_DELETED = _error(
        "El cliente está eliminado: no admite cambios ni registros nuevos.",
        "The client is deleted: it takes no changes and nothing new.",
    )
    CLIENT_NOT_PROSPECT = _error("Ya es cliente.", "It already is a client.")
    CLIENT_REQUIRED = _error("Indique el cliente o el trato.", "Name the client or the deal.")
    DUPLICATE = _error(
        "Ya hay un registro con este dato. Revise antes de duplicarlo; si no lo ve, pregunte a un administrador.",
        "There already is a record with this value. Check before making another; if you do not see it, ask an"
        " administrator.",
    )
    DUPLICATES_LIMITED = _error(
        "No se puede revisar ahora si este dato ya es de otro cliente: ya se le avisó de muchos que no están a su"
        " alcance. Intente en una hora, o pida a un administrador que lo registre.",
        "Whether another client has this value cannot be checked now: you were told of many that you do not see. Try"
        " again in an hour, or ask an administrator to enter it.",
    )
    DUPLICATE_EXTERNAL_ID = _error(
        "Este identificador externo ya es de otro registro.", "This external id already belongs to another record."
    )
    DUPLICATE_NAME = _error("Ya existe uno con este nombre.", "There already is one of this name.")
    RFC_DIFFERS = _error(
        "El RFC del cliente y el de sus datos de CFDI deben ser el mismo.",
        "The client's RFC and that of its CFDI data must be the same.",
    )
    IN_USE = _error("Está en uso: no puede desaparecer.", "It is in use: it cannot vanish.")
    INACTIVE = _error("Ya no se puede elegir.", "It can no longer be chosen.")
    HAS_DOCUMENTS = _error(
        "Tiene documentos: no se puede borrar definitivamente.", "It has documents: it cannot be erased."
    )
    NOT_ERASABLE = _error("No se puede borrar definitivamente.", "It cannot be erased.")
    HAS_BALANCE = _error("Tiene saldo: no se puede borrar definitivamente.", "It has a balance: it cannot be erased.")
    FISCAL_ADDRESS_EXISTS = _error(
        "Ya tiene una dirección fiscal; solo puede haber una.", "It already has a fiscal address; there is only one."
    )
    ORDER_INCOMPLETE = _error(
        "El orden debe nombrar todos los registros, una vez cada uno.", "The order must name every record, once each."
    )
    TOO_MANY = _error("Son a lo más {most}.", "There may be {most} at most.")
    BULK_REJECTED = _error("Otra fila tiene errores: no se guardó ninguna.", "Another row has errors: none was saved.")

    # Collaborators
    DUPLICATE_EMAIL = _error(
        "Ya hay un colaborador con este correo; búsquelo también entre los suspendidos.",
        "There already is a collaborator with this e-mail address; look among the suspended ones, too.",
    )
    LAST_ADMINISTRATOR = _error(
        "Es el último administrador que puede entrar: dé antes ese rol a otra persona.",
        "It is the last administrator who can sign in: give that role to somebody else first.",
    )
    HAND_OVER_REQUIRED = _error(
        "Tiene {clients} clientes, {deals} tratos abiertos y {follow_ups} seguimientos pendientes: indique a quién"
        " pasan.",
        "There are {clients} clients, {deals} open deals and {follow_ups} pending follow-ups: say who takes them over.",
    )
    HAND_OVER_SELF = _error(
        "No pueden pasar a la misma persona que se suspende.", "Who is suspended cannot take them over."
    )
    COLLABORATOR_SUSPENDED = _error("Está suspendido: reactívelo primero.", "It is suspended: resume it first.")
    COLLABORATOR_BOUND = _error(
        "Ya entra con su cuenta: para darle otra, desvincúlela primero.",
        "It signs in with its account already: to give it another one, unbind it first.",
    )
    IMAGE_REFUSED = _error(
        "No es una imagen PNG, JPEG o WebP que se pueda leer.", "It is no PNG, JPEG or WebP image that can be read."
    )
    INVITATION_NOT_OPEN = _error("No tiene una invitación abierta.", "It has no open invitation.")
    INVITATION_INVALID = _error(
        "La invitación no es válida: ábrala de nuevo, completa, o pida otra.",
        "The invitation is not valid: open it again, whole, or ask for another one.",
    )
    INVITATION_EXPIRED = _error(
        "La invitación ya venció: pida otra a quien lo invitó.", "The invitation has expired: ask for another one."
    )
    INVITATION_REVOKED = _error(
        "La invitación fue retirada, o hay otra más nueva: pida la vigente a quien lo invitó.",
        "The invitation was taken back, or there is a newer one: ask for the one that holds.",
    )
    INVITATION_USED = _error(
        "La invitación ya se usó: entre con la cuenta que la aceptó, o pida otra.",
        "The invitation was used: sign in with the account that accepted it, or ask for another one.",
    )
    INVITATION_ACCOUNT = _error(
        "Su cuenta ya es la de otro colaborador de esta empresa: entre con otra.",
        "Your account already is that of another collaborator of this company: sign in with another one.",
    )
    INVITATION_COMPANY = _error(
        "Su cuenta no puede entrar a la empresa de la invitación: su emisor o su token son de otra.",
        "Your account cannot enter the invitation's company: its issuer or its token is another's.",
    )

    # Terms and reminders
    CASH_WITHOUT_CREDIT = _error(
        "De contado no hay días de crédito ni límite.", "Cash terms have neither credit days nor a limit."
    )
    CREDIT_DAYS_REQUIRED = _error("A crédito, indique los días.", "On credit, state the days.")
    CREDIT_LIMIT_BELOW_USED = _warning(
        "El límite es menor que lo ya usado ({used}). Confírmelo.",
        "The limit is below what is already used ({used}). Please confirm it.",
    )
    REMINDER_DAYS = _error(
        "Antes o después son 1 a 365 días; el día del vencimiento, 0.",
        "Before or after is 1 to 365 days; on the due date, 0.",
    )
    REMINDER_REPEAT = _error(
        "Solo después del vencimiento se repite, y con ambos datos: cada cuántos días y cuántas veces.",
        "Only after the due date is it repeated, and with both: every how many days and how many times.",
    )
    REMINDER_NO_RECIPIENT = _warning(
        "Ningún contacto con correo los recibe: no saldrá ninguno.",
        "No contact with an e-mail address receives them: none will go out.",
    )

    # The company
    COMPANY_RFC_TAKEN = _error(
        "Este RFC ya es de otra empresa: revíselo.", "This RFC already belongs to another company: check it."
    )
    COMPANY_RFC_GENERIC = _error(
        "{rfc} es un RFC genérico: escriba el de la empresa.", "{rfc} is a generic RFC: state the company's own."
    )
    COMPANY_CURRENCY_FIXED = _error(
        "La empresa ya tiene documentos: su moneda sigue siendo {currency}.",
        "The company already has documents: its currency stays {currency}.",
    )
    FOLIO_USED = _error(
        "El folio {number} de la serie {series} ya se usó: el siguiente puede ser {least} o mayor.",
        "Folio {number} of the series {series} was already used: the next can be {least} or more.",
    )
    SEQUENCE_FULL = _error(
        "La serie {series} llegó a su último folio, {most}: use otra serie.",
        "The series {series} reached its last folio, {most}: use another series.",
    )
    SERIES_DEFAULT_REQUIRED = _error(
        "Siempre hay una serie predeterminada y activa de cada tipo: haga predeterminada a otra.",
        "Each type always has an active default series: make another the default.",
    )
    DUPLICATE_DAY = _error("Ese día ya está en la lista.", "This day is already listed.")
    DUPLICATE_ACCOUNT = _error(
        "La empresa ya tiene una cuenta con este número.", "The company already has an account with this number."
    )
    ACCOUNT_ASSIGNED = _error(
        "La cuenta es de la empresa: cámbiela en las cuentas de la empresa, o asigne otra.",
        "The account is the company's: change it there, or assign another.",
    )
    ACCOUNT_WITHDRAWN = _error(
        "La empresa ya no usa esta cuenta: asigne otra.", "The company no longer uses this account: assign another."
    )

    # Deals and follow-ups
    DEAL_NOT_OPEN = _error("El trato no está abierto.", "The deal is not open.")
    DEAL_OPEN = _error("El trato ya está abierto.", "The deal is already open.")
    CLOSED_IN_FUTURE = _error("La fecha de cierre no puede ser futura.", "The close date cannot be in the future.")
    DEAL_OF_ANOTHER_CLIENT = _error("El trato es de otro cliente.", "The deal is another client's.")
    FOLLOW_UP_NOT_OPEN = _error("El seguimiento ya no está abierto.", "The follow-up is no longer open.")
    FOLLOW_UP_OPEN = _error("El seguimiento ya está abierto.", "The follow-up is already open.")
    ENDS_BEFORE_START = _error("El fin no puede ser anterior al inicio.", "The end cannot be before the start.")

    # Sales documents and payments
    CLIENT_IS_PROSPECT = _error(
        "Solo a un cliente se le factura: conviértalo primero.", "Only a client is invoiced: convert it first."
    )
    DOCUMENT_STATE = _error(
        "El tipo o el estado del documento no lo permite.", "The document's type or state does not allow it."
    )
    LINES_REQUIRED = _error("Agregue al menos un concepto.", "Add at least one line.")
    TOO_MANY_DECIMALS = _error("Lleva a lo más {most} decimales.", "It has at most {most} decimals.")
    DISCOUNT_OVER_AMOUNT = _error(
        "El descuento excede el importe del concepto.", "The discount is more than the line's amount."
    )
    PRICE_REQUIRED = _error(
        "Indique descripción, claves y precio, o la clave de un producto de la tarifa.",
        "State description, codes and price, or the code of an item of the price list.",
    )
    SKU_UNKNOWN = _error("La tarifa no tiene el producto {sku}.", "The price list has no item {sku}.")
    PRICE_CURRENCY = _error(
        "La tarifa está en {currency}: indique el precio en la moneda del documento.",
        "The price list is in {currency}: state the price in the document's currency.",
    )
    EXCHANGE_RATE_REQUIRED = _error(
        "Indique el tipo de cambio; en la moneda de la empresa es 1.",
        "State the exchange rate; in the company's currency it is 1.",
    )
    SERIES_FORMAT = _error("La serie son 1 a 25 letras o dígitos.", "A series is 1 to 25 letters or digits.")
    TAX_RATE_UNKNOWN = _error(
        "El SAT no tiene este impuesto con esta tasa o cuota.", "SAT has no such tax at this rate or quota."
    )
    TAX_TWICE = _error("El impuesto se repite.", "The tax is stated twice.")
    TAX_OBJECT_MISMATCH = _error(
        "El objeto de impuesto {tax_object} no corresponde a los impuestos del concepto.",
        "The tax object {tax_object} does not go with the line's taxes.",
    )
    DUE_BEFORE_ISSUE = _error("No puede ser anterior a la emisión.", "It cannot be before the day of issue.")
    QUOTE_EXPIRED = _error("La vigencia de la cotización ya pasó.", "The quote's last day has passed.")
    CREDIT_LIMIT_EXCEEDED = _error(
        # Amounts are for those who may read receivables, where they find them.
        "Excede el crédito disponible del cliente: cobre antes o pida que lo autoricen.",
        "It exceeds the client's available credit: collect first, or have it authorized.",
    )
    CREDIT_LIMIT_OVERRIDDEN = _warning(
        "Excede el crédito disponible del cliente; queda registrado por cuánto.",
        "It exceeds the client's available credit; by how much is on record.",
    )
    CONVERSION_TARGET = _error(
        "Una cotización se convierte en nota de venta o factura; una nota de venta, en factura.",
        "A quote becomes a sales note or an invoice; a sales note becomes an invoice.",
    )
    QUANTITY_OVER_REMAINING = _error(
        "Solo quedan {remaining} por convertir.", "Only {remaining} remain to be converted."
    )
    PAID_CONVERTED_WHOLE = _error(
        "Una nota de venta con pagos se convierte completa.", "A sales note with payments is converted as a whole."
    )
    HAS_PAYMENTS = _error("Tiene pagos: reviértalos primero.", "It has payments: reverse them first.")
    HAS_DESCENDANTS = _error(
        "Otro documento salió de él: cancele ese primero.", "Another document was made of it: cancel that one first."
    )
    PAYMENT_OVER_BALANCE = _error("Excede el saldo, {balance}.", "It is more than the balance, {balance}.")
    PAYMENT_REVERSED = _error("El pago ya está revertido.", "The payment is already reversed.")
    PAID_IN_FUTURE = _error("La fecha de pago no puede ser futura.", "The payment cannot be in the future.")
    INVOICE_REQUIRED = _error(
        "Una nota de crédito es de una factura con saldo del mismo cliente y moneda.",
        "A credit note is of an invoice with a balance, of the same client and currency.",
    )
    CREDIT_OVER_BALANCE = _error(
        "Excede el saldo de la factura, {balance}.", "It is more than the invoice's balance, {balance}."
    )

    # CFDI issued elsewhere
    CFDI_TOO_LARGE = _error("El CFDI excede {most} bytes.", "The CFDI is larger than {most} bytes.")
    CFDI_DOCTYPE = _error(
        "El XML declara un DOCTYPE, que un CFDI no lleva.", "The XML declares a DOCTYPE, which a CFDI does not have."
    )
    CFDI_NOT_XML = _error("El archivo no es un XML legible: {reason}.", "The file is no readable XML: {reason}.")
    CFDI_NOT_CFDI = _error("El XML no es un CFDI: su raíz es {root}.", "The XML is no CFDI: its root is {root}.")
    CFDI_RETENTION = _error(
        "Es una constancia de retenciones, no un CFDI de ingreso, egreso o pago.",
        "It is a certificate of retentions, not a CFDI of income, credit or payment.",
    )
    CFDI_VERSION = _error(
        "La versión {version} no se admite: solo 3.3 y 4.0.", "Version {version} is not taken: only 3.3 and 4.0."
    )
    CFDI_TYPE = _error(
        "El tipo de comprobante {type} no se admite: solo I, E y P.",
        "A CFDI of type {type} is not taken: only I, E and P.",
    )
    CFDI_INCOMPLETE = _error("Falta o no es legible {name}.", "{name} is missing or cannot be read.")
    CFDI_OUT_OF_RANGE = _error(
        "{name} dice {value}: debe estar entre {least} y {most}.",
        "{name} says {value}: it must be between {least} and {most}.",
    )
    CFDI_TOO_MANY = _error(
        "El CFDI tiene {count} nodos {name}: se admiten a lo más {most}.",
        "The CFDI has {count} nodes {name}: at most {most} are taken.",
    )
    CFDI_NOT_STAMPED = _error("El CFDI no tiene timbre fiscal.", "The CFDI bears no fiscal stamp.")
    CFDI_ISSUER_OTHER = _error("Lo emitió {rfc}, no esta empresa.", "It was issued by {rfc}, not by this company.")
    CFDI_TOTALS = _error(
        "Las sumas no cuadran: {name} dice {stated} y es {computed}.",
        "The sums do not hold: {name} says {stated} and is {computed}.",
    )
    CFDI_CLIENT_UNKNOWN = _error("Ningún cliente es {name} ({rfc}).", "No client is {name} ({rfc}).")
    CFDI_CLIENT_AMBIGUOUS = _error("Varios clientes son {name} ({rfc}).", "Several clients are {name} ({rfc}).")
    CFDI_FOLIO_TAKEN = _error(
        "El folio {folio} ya es de otro documento.", "The folio {folio} belongs to another document."
    )
    CFDI_RELATED_UNKNOWN = _error(
        "Paga la factura {uuid}, que no está registrada con este cliente y moneda.",
        "It pays the invoice {uuid}, which is not on record with this client and currency.",
    )
    CFDI_CREDITED_UNKNOWN = _warning(
        "No se registró la factura que reduce: no cambia ningún saldo.",
        "The invoice that it reduces is not on record: it changes no balance.",
    )
    CFDI_CREDITED_PARTLY = _warning(
        "Excede el saldo de la factura: solo se aplicaron {applied}.",
        "It is more than the invoice's balance: only {applied} were applied.",
    )
    CFDI_ALREADY_IMPORTED = _warning("Este CFDI ya estaba registrado.", "This CFDI was already on record.")
    CFDI_RECEPTOR_DIFFERS = _warning(
        "En el CFDI dice «{stated}» y en el registro «{recorded}».",
        "The CFDI says “{stated}” and the record “{recorded}”.",
    )
    CFDI_PLACE_UNKNOWN = _warning(
        "El lugar de expedición {postal_code} no está en el catálogo: se usó la zona horaria de la empresa.",
        "The place of issue {postal_code} is not in the catalog: the company's time zone was used.",
    )

    # Documents
    DOCUMENT_NOT_CURRENT = _error(
        "El documento está eliminado, o un archivo más nuevo lo sustituye.",
        "The document is deleted, or a newer file replaces it.",
    )
    FILE_TOO_LARGE = _error("El documento excede {most} bytes.", "The document is larger than {most} bytes.")
    FILE_TYPE_REFUSED = _error(
        "No se aceptan archivos de este tipo, o el archivo está dañado.",
        "Files of this type are not accepted, or the file is damaged.",
    )
    FILE_TYPE_DIFFERS = _error(
        "Se anunció {declared}, pero el archivo es {found}.", "It was announced as {declared}, but the file is {found}."
    )
    FILE_MISSING = _error("El archivo no ha llegado al almacén.", "The file has not arrived in the store.")
    FILE_DIFFERS = _error(
        "El archivo que llegó no es el anunciado: su tamaño o su SHA-256 es otro.",
        "The file that arrived is not the announced one: its size or its SHA-256 is another.",
    )
    FILE_ALREADY_THERE = _warning(
        "El mismo archivo ya está en el expediente: «{name}».", "The same file is already on record: “{name}”."
    )
    SHA256_FORMAT = _error("El SHA-256 son 64 dígitos hexadecimales.", "A SHA-256 is 64 hexadecimal digits.")
    UPLOAD_EXPIRED = _error(
        "Venció el plazo para subir el archivo: empiece de nuevo.",
        "The time to upload the file has run out: start again.",
    )
    STORE_UNAVAILABLE = _error(
        "El almacén de archivos no responde: intente de nuevo.", "The file store does not answer: try again."
    )
    CERTIFICATE_UNREAD = _error(
        "De este documento no se leyó una constancia de situación fiscal.",
        "No constancia de situación fiscal was read in this document.",
    )
    TAX_REGIME_CHOICE = _error(
        "La constancia tiene varios regímenes fiscales: elija uno.",
        "The constancia has several tax regimes: choose one.",
    )

    # Permissions
    PERMISSION_UNKNOWN = _error("El permiso {permission} no existe.", "There is no permission {permission}.")
    PERMISSION_MISSING = _error(
        "Su rol no incluye el permiso {permission}.", "Your role does not include the permission {permission}."
    )
    PERMISSION_NOT_HELD = _error(
        "No puede dar el permiso {permission}: usted no lo tiene.",
        "The permission {permission} is not yours to give.",
    )
    ROLE_FIXED = _error("El rol ADMIN conserva todos sus permisos.", "The role ADMIN keeps all of its permissions.")

    # RFC
    RFC_REQUIRED = _error("Falta el RFC.", "The RFC is missing.")
    RFC_WITHOUT_HOMOCLAVE = _error(
        "Al RFC le faltan los 3 caracteres de la homoclave.", "The RFC lacks its last 3 characters, the homoclave."
    )
    RFC_FORMAT = _error(
        "El RFC debe tener 12 caracteres (persona moral) o 13 (persona física): letras, fecha AAMMDD y homoclave.",
        "An RFC has 12 characters (company) or 13 (person): letters, date YYMMDD and homoclave.",
    )
    RFC_DATE = _error("La fecha {date} del RFC no existe.", "The date {date} in the RFC does not exist.")
    RFC_CHECK_DIGIT = _warning(
        "El dígito verificador del RFC debería ser {expected}. Hay RFC reales que no lo cumplen: confírmelo.",
        "The check digit of the RFC should be {expected}. Some real RFCs break this rule: please confirm it.",
    )
    RFC_NOT_VERIFIED = _unverified(
        "Solo el SAT puede confirmar que el RFC está inscrito y no cancelado.",
        "Only SAT can confirm that the RFC is registered and not cancelled.",
        "CFDI40143",
    )

    # Name
    NAME_REQUIRED = _error("Falta el nombre o razón social.", "The legal name is missing.")
    NAME_TOO_LONG = _error("El nombre excede {maximum} caracteres.", "The name is longer than {maximum} characters.")
    NAME_FORBIDDEN_CHARACTER = _error("El nombre no puede contener «|».", "The name must not contain “|”.")
    NAME_NOT_NORMALIZED = _warning(
        "El SAT registra el nombre en mayúsculas y sin espacios dobles.",
        "SAT registers names in upper case and without double spaces.",
    )
    CAPITAL_REGIME_IN_NAME = _warning(
        "El nombre termina en un régimen de capital ({capital_regime}), que la constancia fiscal no lleva.",
        "The name ends in a capital regime ({capital_regime}), which the tax certificate leaves out.",
    )
    NAME_RESERVED = _error(
        "El nombre PUBLICO EN GENERAL exige el RFC XAXX010101000.",
        "The name PUBLICO EN GENERAL demands the RFC XAXX010101000.",
        "CFDI40146",
    )
    NAME_GENERAL_PUBLIC = _warning(
        "Con el RFC XAXX010101000, una factura global lleva el nombre PUBLICO EN GENERAL.",
        "With the RFC XAXX010101000, a global invoice bears the name PUBLICO EN GENERAL.",
    )
    NAME_NOT_VERIFIED = _unverified(
        "Solo el SAT puede confirmar que el nombre está en su lista de inscritos.",
        "Only SAT can confirm that the name is in its list of taxpayers.",
        "CFDI40144",
    )
    NAME_MATCH_NOT_VERIFIED = _unverified(
        "Solo el SAT puede confirmar que el nombre corresponde al RFC.",
        "Only SAT can confirm that the name belongs to the RFC.",
        "CFDI40145",
    )

    # Postal code
    POSTAL_CODE_REQUIRED = _error(
        "Falta el código postal del domicilio fiscal.", "The postal code of the fiscal address is missing."
    )
    POSTAL_CODE_FORMAT = _error("El código postal debe tener 5 dígitos.", "The postal code must have 5 digits.")
    POSTAL_CODE_UNKNOWN = _warning(
        "El código postal no está en el catálogo del SAT.", "The postal code is not in SAT's catalog."
    )
    POSTAL_CODE_ELSEWHERE = _warning(
        "El código postal es de otro estado: {state}.", "The postal code is of another state: {state}."
    )
    POSTAL_CODE_OF_ISSUER = _warning(
        "Con un RFC genérico el código postal es el del emisor; el registrado aquí no se usará.",
        "With a generic RFC the postal code is the issuer's; the one on record will not be used.",
        "CFDI40149",
    )
    POSTAL_CODE_NOT_VERIFIED = _unverified(
        "Solo el SAT puede confirmar que el código postal está en su lista de inscritos.",
        "Only SAT can confirm that the postal code is in its list of taxpayers.",
        "CFDI40147",
    )
    POSTAL_CODE_MATCH_NOT_VERIFIED = _unverified(
        "Solo el SAT puede confirmar que el código postal corresponde al RFC.",
        "Only SAT can confirm that the postal code belongs to the RFC.",
        "CFDI40148",
    )

    # Residence abroad
    TAX_RESIDENCE_UNKNOWN = _error(
        "La residencia fiscal no está en el catálogo de países.",
        "The tax residence is not in the catalog of countries.",
        "CFDI40150",
    )
    TAX_RESIDENCE_NOT_FOREIGN = _error(
        "La residencia fiscal solo va con el RFC genérico extranjero XEXX010101000.",
        "A tax residence only goes with the foreign generic RFC XEXX010101000.",
        "CFDI40151",
    )
    TAX_RESIDENCE_MEXICO = _error(
        "La residencia fiscal de un extranjero no puede ser MEX.",
        "The tax residence of a foreigner cannot be MEX.",
        "CFDI40152",
    )
    TAX_RESIDENCE_REQUIRED = _error(
        "Hay número de registro tributario: falta la residencia fiscal.",
        "There is a foreign tax id: its tax residence is missing.",
        "CFDI40153",
    )
    TAX_RESIDENCE_MISSING = _warning(
        "Sin residencia fiscal no se podrá facturar una exportación.",
        "Without a tax residence an export cannot be invoiced.",
        "CFDI40153",
    )
    TAX_ID_NOT_FOREIGN = _error(
        "El número de registro tributario solo va con el RFC genérico extranjero XEXX010101000.",
        "A foreign tax id only goes with the foreign generic RFC XEXX010101000.",
        "CFDI40154",
    )
    TAX_ID_MISSING = _warning(
        "Sin número de registro tributario no se podrá facturar una exportación.",
        "Without a foreign tax id an export cannot be invoiced.",
        "CFDI40155",
    )
    TAX_ID_PATTERN = _error(
        "El número de registro tributario no tiene la forma de {country}.",
        "The foreign tax id does not have the form of {country}.",
        "CFDI40156",
    )

    # Tax regime and use
    TAX_REGIME_REQUIRED = _error("Falta el régimen fiscal.", "The tax regime is missing.")
    TAX_REGIME_UNKNOWN = _error(
        "El régimen fiscal {tax_regime} no está vigente en el catálogo del SAT.",
        "The tax regime {tax_regime} is not in force in SAT's catalog.",
        "CFDI40157",
    )
    TAX_REGIME_PERSON_KIND = _error(
        "El régimen fiscal {tax_regime} no corresponde al tipo de persona del RFC.",
        "The tax regime {tax_regime} does not go with the RFC's kind of person.",
        "CFDI40158",
    )
    TAX_REGIME_GENERIC = _error(
        "Un RFC genérico exige el régimen fiscal 616.", "A generic RFC demands tax regime 616.", "CFDI40159"
    )
    CFDI_USE_REQUIRED = _error("Falta el uso del CFDI.", "The CFDI use is missing.")
    CFDI_USE_UNKNOWN = _error(
        "El uso de CFDI {cfdi_use} no está vigente en el catálogo del SAT.",
        "The CFDI use {cfdi_use} is not in force in SAT's catalog.",
        "CFDI40160",
    )
    CFDI_USE_NOT_ALLOWED = _error(
        "El uso de CFDI {cfdi_use} no corresponde al tipo de persona y al régimen fiscal.",
        "The CFDI use {cfdi_use} does not go with the kind of person and the tax regime.",
        "CFDI40161",
    )
    CFDI_USE_GENERIC = _warning(
        "Con un RFC genérico el uso del CFDI es S01.", "With a generic RFC the CFDI use is S01."
    )

    # Payment
    PAYMENT_FORM_UNKNOWN = _error(
        "La forma de pago {payment_form} no está vigente en el catálogo del SAT.",
        "The payment form {payment_form} is not in force in SAT's catalog.",
        "CFDI40104",
    )
    PAYMENT_FORM_MISSING = _warning(
        "Sin forma de pago habitual, habrá que elegirla en cada factura.",
        "Without a default payment form, each invoice will have to state it.",
    )
    PAYMENT_FORM_PPD = _error(
        "El método de pago PPD exige la forma de pago 99.", "Payment method PPD demands payment form 99.", "CFDI40105"
    )
    PAYMENT_FORM_PUE = _error(
        "El método de pago PUE no admite la forma de pago 99.", "Payment method PUE does not admit payment form 99."
    )
    PAYMENT_METHOD_UNKNOWN = _error(
        "El método de pago {payment_method} no está vigente en el catálogo del SAT.",
        "The payment method {payment_method} is not in force in SAT's catalog.",
        "CFDI40124",
    )
    PAYMENT_METHOD_MISSING = _warning(
        "Sin método de pago habitual, habrá que elegirlo en cada factura.",
        "Without a default payment method, each invoice will have to state it.",
    )
    CURRENCY_UNKNOWN = _error(
        "La moneda {currency} no está vigente en el catálogo del SAT.",
        "The currency {currency} is not in force in SAT's catalog.",
        "CFDI40113",
    )

    # Bank accounts
    CLABE_FORMAT = _error("La CLABE debe tener 18 dígitos.", "A CLABE has 18 digits.")
    CLABE_CONTROL_DIGIT = _error(
        "El dígito de control de la CLABE no corresponde: revise el número.",
        "The control digit of the CLABE is wrong: please check the number.",
    )
    CLABE_BANK_UNKNOWN = _warning(
        "El banco {bank} de la CLABE no está en el catálogo.", "The CLABE's bank {bank} is not in the catalog."
    )
    CLABE_BANK_INACTIVE = _warning("{bank} ya no participa en el SPEI.", "{bank} no longer takes part in SPEI.")
    ACCOUNT_FORBIDDEN = _error(
        "La forma de pago {payment_form} no admite un número de cuenta.",
        "Payment form {payment_form} admits no account number.",
    )
    PAYER_ACCOUNT_PATTERN = _error(
        "La cuenta ordenante no tiene la forma que pide la forma de pago {payment_form}.",
        "The payer's account does not have the form that payment form {payment_form} asks for.",
        "CRP20225",
    )
    DEPOSIT_ACCOUNT_PATTERN = _error(
        "La cuenta beneficiaria no tiene la forma que pide la forma de pago {payment_form}.",
        "The deposit account does not have the form that payment form {payment_form} asks for.",
        "CRP20226",
    )
    BANK_UNKNOWN = _error("El banco {bank} no está en el catálogo.", "The bank {bank} is not in the catalog.")
    BANK_MISMATCH = _warning(
        "La CLABE es de {bank}, no del banco elegido.", "The CLABE belongs to {bank}, not to the chosen bank."
    )
    BANK_RFC_MISMATCH = _warning("El RFC conocido de {bank} es {expected}.", "The known RFC of {bank} is {expected}.")


_LONGEST: Final = 200
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value.

    `path` leads to the value in what was given, in Python's names (`("contacts", 0, "email")`); the edge turns them
    into the API's. `values` fill the texts. `allowed` lists the codes that would be right, `suggestion` is the one to
    offer. `records` are the ids of the clients that it is about, as far as the viewer sees them.
    """

    code: ProblemCode
    path: tuple[str | int, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    records: tuple[UUID, ...] = ()

    @property
    def severity(self) -> Severity:
        return self.code.value.severity

    @property
    def sat_code(self) -> str | None:
        return self.code.value.sat_code

    @property
    def message_es(self) -> str:
        return self.code.value.es.format(**self._shown)

    @property
    def message_en(self) -> str:
        return self.code.value.en.format(**self._shown)

    @property
    def _shown(self) -> Mapping[str, str]:
        """The values as a message has them: what somebody sent can be long."""
        texts = {name: str(value) for name, value in self.values.items()}
        return {name: text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for name, text in texts.items()}

    def at(self, *path: str | int) -> "Problem":
        """The same problem, seen from further out: `path` comes before its own."""
        return replace(self, path=path + self.path)


class Rejected(FichaError):
    """A value cannot be taken: at least one of `problems` is an ERROR."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message_es)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{'.'.join(map(str, p.path)) or 'value'}: {p.code.name}" for p in self.problems)

    def at(self, *path: str | int) -> "Rejected":
        return Rejected(*(problem.at(*path) for problem in self.problems))


def reject(code: ProblemCode, /, **values: object) -> Rejected:
    """`raise reject(CODE, …)`: the exception with this one problem."""
    return Rejected(Problem(code, values=values))
