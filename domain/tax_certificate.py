"""The constancia de situación fiscal: what is known of it once it is read, and how a record takes it over. How it is
read is in `domain.constancia`."""

import datetime
import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from domain.address import ADDRESSES
from domain.cfdi_profile import UpdateCfdiProfile, allowed_regimes, current_profile, update_cfdi_profile
from domain.inputs import Expecting, Maybe, OnClient, OnRecord, known
from domain.policy import NOT_FOUND, ClientAction
from domain.problem import Problem, Rejected, error, reject, reject_any
from domain.rfc import Rfc
from domain.text import single_line
from domain.work import UnitOfWork
from models import Address, CfdiProfile, Client, Document
from models.address import AddressKind
from models.cfdi_profile import TaxpayerStatus
from models.viewer import Permission
from storage.reading import Reader, Readers, UnreadableError

CERTIFICATE_UNREAD: Final = error(
    "De este documento no se leyó una constancia de situación fiscal.",
    "No constancia de situación fiscal was read in this document.",
)
TAX_REGIME_CHOICE: Final = error(
    "La constancia tiene varios regímenes fiscales: elija uno.", "The constancia has several tax regimes: choose one."
)
TAX_REGIME_NOT_LISTED: Final = error(
    "La constancia no tiene el régimen fiscal {tax_regime} vigente: elija uno de los suyos.",
    "The constancia does not have the tax regime {tax_regime} in force: choose one of its own.",
)
TAX_REGIME_UNREAD: Final = error(
    "La constancia tiene un régimen que no está en el catálogo con ese nombre{name}: elija su clave.",
    "The constancia has a regime that the catalog does not have by that name{name}: choose its code.",
)
TAX_REGIME_NONE: Final = error(
    "No se leyó ningún régimen fiscal vigente en la constancia: elija uno.",
    "No tax regime in force was read in the constancia: choose one.",
)
CERTIFICATE_OF_ANOTHER: Final = error(
    "La constancia es de un contribuyente{rfc} distinto del cliente{current}. Revise que sea la suya y, si el cliente"
    " ha de tener esos datos, confírmelo.",
    "The constancia is that of another taxpayer{rfc} than the client{current}. Check that it is the right one and, if"
    " the client is to have these data, confirm it.",
)


log = logging.getLogger("ficha.documents")

Reading = dict[str, Any]
"""What a document's row keeps, in JSON.

    {"status": "READ", "rfc": {"value": "…", "page": 1, "origin": "TEXT"}, …,
     "taxpayer_status": {"value": "ACTIVE", …},
     "regimes": [{"code": "601", "name": "…", "since": "2008-06-05", "until": null, "page": 2}]}

Values are `rfc`, `name`, `postal_code`, `issued_on`, `cif_id`, `taxpayer_status` and the parts of the address.
"""


class CertificateStatus(StrEnum):
    """What came of reading a document that is said to be a constancia."""

    READ = "READ"
    NO_TEXT = "NO_TEXT"
    UNREADABLE = "UNREADABLE"
    CONTRADICTORY = "CONTRADICTORY"
    OTHER = "OTHER"


class Origin(StrEnum):
    """Where in the document a value stands."""

    TEXT = "TEXT"
    QR = "QR"


PROFILE: Final = ("rfc", "name", "postal_code")
ADDRESS: Final = (
    "street",
    "exterior_number",
    "interior_number",
    "neighborhood",
    "locality",
    "municipality",
    "state",
    "postal_code",
    "reference",
)

_CONSTANCIA: Final = Reader("domain.constancia:read_constancia")


async def read_certificate(readers: Readers, file: BinaryIO, company_id: UUID) -> Reading:
    """Reads a constancia out of a PDF, in a child process."""
    try:
        return await readers.read(_CONSTANCIA, file, company_id)
    except UnreadableError as error:
        log.info("a constancia could not be read: %s", error)
        return {"status": CertificateStatus.UNREADABLE}


# Taking it over.


def regimes_in_force(reading: Reading, on: datetime.date) -> Sequence[Mapping[str, Any]]:
    """The regimes that have not ended by that day."""
    return [each for each in reading.get("regimes", ()) if each["until"] is None or each["until"] >= on.isoformat()]


def values(reading: Reading, names: Sequence[str]) -> dict[str, str]:
    """The values that were read, by name."""
    return {name: reading[name]["value"] for name in names if name in reading}


class ApplyProposal(Expecting):
    """The constancia to apply."""

    document_id: UUID
    tax_regime: Maybe[str]
    cfdi_use: Maybe[str]
    include_address: bool
    confirmed: Maybe[bool]


async def apply_cfdi_profile_proposal(work: UnitOfWork, input: ApplyProposal) -> CfdiProfile | Client:
    """Writes what the constancia says into the CFDI data and, unless told otherwise, into the fiscal address. That of
    another taxpayer than the client has to be `confirmed`."""
    document = await work.get(Document, input.document_id)
    if document is None:
        raise reject(NOT_FOUND).at("document_id")
    client = await work.client(document.client_id, ClientAction.EDIT, "document_id")
    reading = document.reading
    if document.deleted_at is not None or not reading or reading["status"] != CertificateStatus.READ:
        raise reject(CERTIFICATE_UNREAD).at("document_id")
    problems: list[Problem] = []
    rfc = reading["rfc"]["value"]
    if client.rfc is not None and rfc != client.rfc and not input.confirmed:
        named = {
            "rfc": work.disclosed(Permission.DOCUMENTS_READ, rfc),
            "current": work.disclosed(Permission.CLIENTS_READ, client.rfc),
        }
        problems.append(Problem(CERTIFICATE_OF_ANOTHER, ("confirmed",), named))
    stated = values(reading, PROFILE)
    with work.gathering(problems):
        stated["tax_regime"] = _chosen(work, reading, known(input.tax_regime))
    reject_any(problems)
    optional = {name: value for name, value in vars(input).items() if name in ("cfdi_use", "expected_version")}
    status = reading.get("taxpayer_status")
    own = [name for name, value in vars(input).items() if value is not None]
    change = UpdateCfdiProfile(client_id=client.id, **stated, **optional)
    await update_cfdi_profile(work, change, status and TaxpayerStatus(status["value"]), own=own)
    if input.include_address:
        await _write_address(work, client, reading)
    return await current_profile(work, client) or client


def _chosen(work: UnitOfWork, reading: Reading, regime: str | None) -> str:
    """The regime for invoices: the only one, or the one that is stated. Where a name is none of the catalog's, any
    regime may be stated, for it may be that one; whether it fits the RFC is another rule."""
    in_force = regimes_in_force(reading, work.today)
    codes = tuple(dict.fromkeys(code for each in in_force if (code := cast("str | None", each["code"]))))
    unread = [str(each["name"]) for each in in_force if each["code"] is None]
    if regime is None and len(codes) == 1 and not unread:
        return codes[0]
    if regime is not None:
        regime = single_line(regime).upper()
        if regime in codes or unread or not codes:
            return regime
        code, values, possible = TAX_REGIME_NOT_LISTED, {"tax_regime": regime}, codes
    else:
        code = TAX_REGIME_UNREAD if unread else TAX_REGIME_CHOICE if codes else TAX_REGIME_NONE
        values = {"name": work.disclosed(Permission.DOCUMENTS_READ, f"«{unread[0]}»")} if unread else {}
        kind = Rfc(reading["rfc"]["value"]).kind
        possible = codes if codes and not unread else tuple(each.code for each in allowed_regimes(kind, work.today))
    readable = work.viewer.may(Permission.DOCUMENTS_READ)
    raise Rejected(Problem(code, ("tax_regime",), values, possible if readable else ()))


async def _write_address(work: UnitOfWork, client: Client, reading: Reading) -> None:
    stated = dict.fromkeys(ADDRESS, None) | values(reading, ADDRESS)
    if stated["street"] is None:
        return
    fiscal = await work.session.scalar(
        work.of(
            Address,
            Address.client_id == client.id,
            Address.kind == AddressKind.FISCAL,
            Address.deleted_at.is_(None),
        )
    )
    with work.at("document_id"):
        if fiscal:
            await ADDRESSES.update(work, OnRecord(id=fiscal.id, **stated))
        else:
            await ADDRESSES.create(work, OnClient(client_id=client.id, kind=AddressKind.FISCAL, **stated))
