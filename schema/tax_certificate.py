"""What a constancia de situación fiscal proposes for the client's record."""

import datetime
from typing import TYPE_CHECKING

import strawberry

from domain import tax_certificate as commands
from domain.policy import ClientAction
from domain.tax_certificate import CertificateStatus, Origin
from models.cfdi_profile import TaxpayerStatus
from resolvers import catalogs as codes
from resolvers import tax_certificate as answers
from schema.catalogs import SatTaxRegime
from schema.cfdi_profile import CfdiProfile
from schema.enums import describe, label
from schema.fields import answered, column, shows
from schema.inputs import Command, Ref, required, value
from schema.mutations import mutation

if TYPE_CHECKING:
    from schema.document import ClientDocument


describe(
    CertificateStatus,
    "Result of reading a document that was uploaded as a constancia de situación fiscal.",
    READ=label("Leída", "Read", "it is one, and was read."),
    NO_TEXT=label("Sin texto", "Without text", "a scan or a photograph. What its QR code says was read."),
    UNREADABLE=label(
        "Ilegible", "Not readable", "it cannot be read: encrypted, damaged, or too large to be a constancia."
    ),
    CONTRADICTORY=label("Contradictoria", "Contradictory", "its text and its QR code name two RFCs: it was altered."),
    OTHER=label("Otro documento", "Another document", "it is something else."),
)

describe(
    Origin,
    "Where on a constancia a value stands.",
    name="CertificateOrigin",
    TEXT=label("Texto", "Text", "in its text."),
    QR=label("Código QR", "QR code", "in its QR code."),
)


@strawberry.type(description="A value that stands on the constancia (dato propuesto), beside the one on record.")
@shows(answers.Value)
class ProposedValue:
    field: str = column(
        "The field that it is for, in API names: of `CfdiProfile` (`rfc`, `name`, `postalCode`) or of the fiscal"
        " `Address` (`fiscalAddress.street` …)."
    )
    value: str = column("What the constancia says.")
    current: str | None = column("What is on record; null when there is nothing.")
    differs: bool = column("Whether the two differ.")
    origin: Origin = column("Where on the constancia it stands.")
    page: int = column("On which page, from 1.")


@strawberry.type(description="A tax regime that the constancia lists (régimen fiscal).")
@shows(answers.Regime)
class ProposedTaxRegime:
    name: str = column("As the constancia calls it.")
    tax_regime: SatTaxRegime | None = answered(codes.tax_regime, "The catalog's entry; null where none is called so.")
    since: datetime.date = column("Since when.")
    until: datetime.date | None = column("Until when; null while it is in force.")
    is_current: bool = column("Whether it is the one on record.")
    page: int = column("On which page it stands, from 1.")


@strawberry.type(
    description="What a constancia de situación fiscal says of the client (propuesta), beside what is on record."
)
@shows(answers.Proposal)
class CfdiProfileProposal:
    status: CertificateStatus = column("Result of reading it.")
    issued_on: datetime.date | None = column("The day it was issued (fecha de emisión).")
    cif_id: str | None = column("The idCIF.")
    taxpayer_status: TaxpayerStatus | None = column(
        "Status in the SAT's register (estatus en el padrón); null where none was read."
    )
    values: list[ProposedValue] = column("The values, in the order of the screen.")
    tax_regimes: list[ProposedTaxRegime] = column("The tax regimes (regímenes), in its order.")
    asks_tax_regime: bool = column(
        "Whether `applyCfdiProfileProposal` needs the regime for invoices: several are in force, as with many personas"
        " físicas, or none was read, or one that the catalog does not have by its name."
    )


@strawberry.input(description="The constancia to apply.")
class ApplyCfdiProfileProposalInput(Command):
    document_id: Ref["ClientDocument"] = required("The constancia.")
    tax_regime: str | None = value(
        "Code of the tax regime, needed where the proposal `asksTaxRegime`: one that the constancia lists, unless one"
        " of its regimes was not recognised."
    )
    cfdi_use: str | None = value(
        "Code of the use, SAT's c_UsoCFDI; needed if the regime does not allow the current one."
    )
    include_address: bool = value("Also updates the fiscal address.", default=True)
    confirmed: bool = value("Required if the constancia is of another RFC than the client's.", default=False)
    expected_version: int | None = value("The CFDI profile's `version` that was read.")


MUTATIONS = (
    mutation(
        ApplyCfdiProfileProposalInput,
        commands.apply_cfdi_profile_proposal,
        CfdiProfile,
        "Applies the data of a constancia de situación fiscal.",
        needs=ClientAction.EDIT,
    ),
)
