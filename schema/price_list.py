"""Price lists."""

import strawberry

from schema.fields import column
from schema.node import Node


@strawberry.type(description="A named list of prices (tarifa).")
class PriceList(Node):
    name: str = column("Name, unique in the company.")
    description: str | None = column("What it is for.")
    currency: str = column("The currency of its prices, SAT's c_Moneda (ISO 4217).")
