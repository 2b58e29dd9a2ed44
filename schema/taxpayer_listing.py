"""What the SAT published of a client under art. 69-B of the CFF."""

import datetime

import strawberry

from models.taxpayer_listing import ListingStatus
from schema.enums import describe, label
from schema.fields import column

describe(
    ListingStatus,
    "What the SAT published of a taxpayer under art. 69-B of the CFF (situación del contribuyente).",
    name="TaxpayerListingStatus",
    PRESUMED=label("Presunto", "Presumed", "its operations are presumed not to exist."),
    DISPROVED=label("Desvirtuado", "Disproved", "it disproved the presumption."),
    FINAL=label("Definitivo", "Definitive", "its operations are definitely held not to exist."),
    FAVOURABLE=label("Sentencia favorable", "Favourable ruling", "a court decided for it."),
)


@strawberry.type(
    description="A publication of a taxpayer in the SAT's list of art. 69-B (lista negra del SAT): presumed or definite"
    " issuers of invoices for operations that do not exist (EFOS). The list is public and the same for every company."
)
class TaxpayerListing:
    status: ListingStatus = column("What was published.")
    published_on: datetime.date = column("When, on the SAT's page; in the Diario Oficial where only that is stated.")
    gazetted_on: datetime.date | None = column("When it was published in the Diario Oficial de la Federación.")
    name: str = column("The taxpayer's name, as listed.")
    notice: str | None = column("Number and date of the SAT's notice (oficio global).")
    listed_as_of: datetime.date = column("The day of the SAT's list that was taken in last.")
