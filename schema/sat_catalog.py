"""The SAT's catalogs that are in the database: of products and services, and of units. Their names are in Spanish; the
SAT has no others."""

import datetime

import strawberry

from schema.fields import column
from schema.node import OfRow


@strawberry.type(
    description="A product or service (clave de producto o servicio), SAT's c_ClaveProdServ. Codes that end in `00` are"
    " of a whole class."
)
class SatProduct(OfRow):
    code: str = column("Eight digits: two each of segment, family, class and product.")
    name: str = column("Its name in the catalog, in Spanish.")
    similar_words: str | None = column("What else it is called (palabras similares), separated by commas, in Spanish.")
    valid_from: datetime.date | None = column("First day on which it is valid, as the source states it.")
    valid_to: datetime.date | None = column("Last day on which it is valid; null if it has no end.")
    requires_iva: bool = column("Whether IVA has to be transferred (incluir IVA trasladado); elsewhere it may be.")
    requires_ieps: bool = column("Whether IEPS has to be transferred (incluir IEPS trasladado); elsewhere it may be.")
    border_incentive: bool = column("Whether the incentive of the border regions applies (estímulo franja fronteriza).")


@strawberry.type(description="A unit of measure (clave de unidad), SAT's c_ClaveUnidad.")
class SatUnit(OfRow):
    code: str = column("One to three letters and digits.")
    name: str = column("Its name in the catalog, in Spanish.")
    valid_from: datetime.date | None = column("First day on which it is valid; null if the source states none.")
    valid_to: datetime.date | None = column("Last day on which it is valid; null if it has no end.")
