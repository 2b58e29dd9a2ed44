"""The constancia de situación fiscal: what is known of it once it is read, and how a record takes it over. How it is
read is in `domain.constancia`."""

import datetime
import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from domain.address import ADDRESSES
from domain.cfdi_profile import UpdateCfdiProfile, current_profile, update_cfdi_profile
from domain.inputs import Expecting, Maybe, OnClient, OnRecord, known
from domain.policy import NOT_FOUND, ClientAction
from domain.problem import Problem, Rejected, error, reject
from domain.work import UnitOfWork
from models import Address, CfdiProfile, Client, Document
from models.address import AddressKind
from storage.reading import Reader, Readers, UnreadableError

CERTIFICATE_UNREAD: Final = error(
    "CERTIFICATE_UNREAD",
    "De este documento no se leyó una constancia de situación fiscal.",
    "No constancia de situación fiscal was read in this document.",
)
TAX_REGIME_CHOICE: Final = error(
    "TAX_REGIME_CHOICE",
    "La constancia tiene varios regímenes fiscales: elija uno.",
    "The constancia has several tax regimes: choose one.",
)


log = logging.getLogger("ficha.documents")

Reading = dict[str, Any]
"""What a document's row keeps, in JSON.

    {"status": "READ", "rfc": {"value": "…", "page": 1, "origin": "TEXT"}, …,
     "regimes": [{"code": "601", "name": "…", "since": "2008-06-05", "until": null, "page": 2}]}

Values are `rfc`, `name`, `postal_code`, `issued_on`, `cif_id` and the parts of the address.
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


async def apply_cfdi_profile_proposal(work: UnitOfWork, input: ApplyProposal) -> CfdiProfile | Client:
    """Writes what the constancia says into the CFDI data and, unless told otherwise, into the fiscal address."""
    document = await work.get(Document, input.document_id)
    if document is None:
        raise reject(NOT_FOUND).at("document_id")
    client = await work.client(document.client_id, ClientAction.EDIT, "document_id")
    reading = document.reading
    if document.deleted_at is not None or not reading or reading["status"] != CertificateStatus.READ:
        raise reject(CERTIFICATE_UNREAD).at("document_id")
    stated = values(reading, PROFILE) | {"tax_regime": _chosen(reading, known(input.tax_regime), work.today)}
    optional = {name: value for name, value in vars(input).items() if name in ("cfdi_use", "expected_version")}
    await update_cfdi_profile(work, UpdateCfdiProfile(client_id=client.id, **stated, **optional))
    if input.include_address:
        await _write_address(work, client, reading)
    return await current_profile(work, client) or client


def _chosen(reading: Reading, regime: str | None, on: datetime.date) -> str:
    codes = tuple(code for each in regimes_in_force(reading, on) if (code := cast("str | None", each["code"])))
    if regime is None and len(codes) == 1:
        return codes[0]
    if regime not in codes:
        raise Rejected(Problem(TAX_REGIME_CHOICE, ("tax_regime",), allowed=codes))
    return regime


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
