"""Price lists and what they price."""

from decimal import Decimal

import strawberry

from resolvers import price_list as answers
from schema import inputs
from schema.commands import Command, OnRecord
from schema.enums import TaxFactor, TaxKind
from schema.fields import answered, column, connection
from schema.inputs import where as value
from schema.node import Connection, Node


@strawberry.type(description="A tax that lines of an item have (impuesto).")
class ItemTax:
    kind: TaxKind = column("Added or withheld.")
    tax: str = column("SAT's c_Impuesto: `001` ISR, `002` IVA, `003` IEPS.")
    factor: TaxFactor = column("How it is computed.")
    rate: Decimal | None = column("A fraction, or an amount for each unit, 6 decimals; null when exempt.")


@strawberry.type(
    description="What a line of a sales document is and costs (producto o servicio), unless the line says otherwise."
)
class PriceListItem(Node):
    sku: str = column("The company's own code of it, unique in the list.")
    description: str = column("Description (descripción), at most 1,000 characters.")
    product_code: str = column("SAT's c_ClaveProdServ.")
    unit_code: str = column("SAT's c_ClaveUnidad.")
    unit_price: Decimal = column("Price (precio unitario) without taxes, in the list's currency, 6 decimals.")
    tax_object: str = column("Whether it is subject to taxes, SAT's c_ObjetoImp.")
    taxes: list[ItemTax] = answered(answers.taxes, "The taxes on it.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")


@strawberry.type(description="A named list of prices (tarifa).")
class PriceList(Node):
    name: str = column("Name, unique in the company.")
    description: str | None = column("What it is for.")
    currency: str = column("The currency of its prices, SAT's c_Moneda (ISO 4217).")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    items: Connection[PriceListItem] | None = connection(
        "What it prices. `search` looks in code and description.",
        inputs.PriceListItemFilter,
        inputs.PriceListItemOrder,
    )


@strawberry.input(description="A price list; not a type of the schema itself.")
class PriceListInput:
    name: str | None = value("Name, unique, at most 120 characters; a list needs one.")
    description: str | None = value("What it is for, at most 1,000 characters.")
    currency: str | None = value("The currency of its prices, SAT's c_Moneda; `MXN` by default.")


@strawberry.input(description="A new price list.")
class CreatePriceListInput(PriceListInput, Command):
    pass


@strawberry.input(description="Changes to a price list.")
class UpdatePriceListInput(PriceListInput, OnRecord):
    pass
