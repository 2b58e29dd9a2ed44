"""The SAT's list of art. 69-B of the CFF: a warning where a document is issued to a taxpayer on it.

Whoever is presumed or held to invoice operations that do not exist may still be invoiced; the company should know.
"""

import datetime
from typing import Final

from sqlalchemy import case, select

from domain.problem import Problem, ProblemCode, warning
from domain.work import UnitOfWork
from models import Client, TaxpayerListing
from models.taxpayer_listing import PLACE, ListingStatus
from models.viewer import Permission

TAXPAYER_PRESUMED: Final = warning(
    "El SAT presume que el cliente{rfc} factura operaciones inexistentes (art. 69-B del CFF, publicado el {day}):"
    " revise la operación.",
    "The SAT presumes that the client{rfc} invoices operations that do not exist (CFF, art. 69-B, published on {day}):"
    " review the operation.",
)
TAXPAYER_FINAL: Final = warning(
    "El SAT listó en definitiva al cliente{rfc} por facturar operaciones inexistentes (art. 69-B del CFF, publicado el"
    " {day}): revise la operación.",
    "The SAT definitely lists the client{rfc} for invoicing operations that do not exist (CFF, art. 69-B, published on"
    " {day}): review the operation.",
)
_WARNINGS: Final[dict[ListingStatus, ProblemCode]] = {
    ListingStatus.PRESUMED: TAXPAYER_PRESUMED,
    ListingStatus.FINAL: TAXPAYER_FINAL,
}


async def warn(work: UnitOfWork, client: Client, on: datetime.date | None = None) -> None:
    """Warns where the client is presumed or definite on a day, by default today."""
    if client.rfc is None:
        return
    newest = (
        select(TaxpayerListing.status, TaxpayerListing.published_on)
        .where(TaxpayerListing.rfc == client.rfc, TaxpayerListing.published_on <= (on or work.today))
        .order_by(TaxpayerListing.published_on.desc(), case(PLACE, value=TaxpayerListing.status).desc())
        .limit(1)
    )
    listed = (await work.session.execute(newest)).one_or_none()
    if listed and (code := _WARNINGS.get(listed.status)):
        rfc = work.disclosed(Permission.CLIENTS_READ, client.rfc)
        work.warnings.append(Problem(code, ("id",), {"rfc": rfc, "day": listed.published_on}))
