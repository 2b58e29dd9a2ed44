"""Addresses of a client."""

import strawberry

from resolvers import catalogs as codes
from schema.catalogs import Country, State
from schema.enums import AddressKind
from schema.fields import answered, column
from schema.node import Node
from schema.scalars import PostalCode


@strawberry.type(description="An address of the client (dirección), in Mexico or abroad.")
class Address(Node):
    kind: AddressKind = column("Whether it is the fiscal address or a branch's.")
    label: str | None = column("The branch's name (sucursal).")
    street: str = column("Street (calle).")
    exterior_number: str | None = column("Número exterior.")
    interior_number: str | None = column("Número interior.")
    neighborhood: str | None = column("Colonia.")
    locality: str | None = column("Localidad.")
    municipality: str | None = column("Municipio or alcaldía.")
    state: State | None = answered(codes.state, "State (estado), SAT's c_Estado; null abroad when it is not listed.")
    postal_code: PostalCode | None = column("Postal code (código postal).")
    country: Country | None = answered(codes.country, "Country (país), SAT's c_Pais.")
    reference: str | None = column("How to find it (referencia).")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
