"""Price lists and what they price."""

import datetime
from decimal import Decimal

import strawberry

from domain import price_list as commands
from models.sales_document import TaxFactor, TaxKind
from models.viewer import Permission
from resolvers import price_list as answers
from schema.enums import describe, label
from schema.fields import answered, column, connection, related
from schema.filters import FichaDecimalFilter, FichaIdFilter, FichaStringFilter, filter_input, ordering
from schema.inputs import Command, Ref, about, changes, demanding, new, required, value
from schema.mutations import mutation
from schema.node import Connection, Node
from schema.sat_catalog import SatProduct, SatUnit

describe(
    TaxKind,
    "Whether a tax is added to the price or kept back (traslado o retención).",
    name="SatTaxKind",
    TRANSFERRED=label("Trasladado", "Transferred", "added, for the client to pay."),
    WITHHELD=label("Retenido", "Withheld", "kept back by the client, who pays it to the SAT."),
)

describe(
    TaxFactor,
    "How a tax is computed (tipo de factor), SAT's c_TipoFactor.",
    name="SatTaxFactor",
    RATE=label("Tasa", "Rate", "a fraction of the base."),
    QUOTA=label("Cuota", "Fixed amount", "an amount for each unit."),
    EXEMPT=label("Exento", "Exempt"),
)


@filter_input("Conditions on a price list.")
class SalesPriceListFilter:
    id: FichaIdFilter | None = value("Id.")
    name: FichaStringFilter | None = value("Name.")
    currency: FichaStringFilter | None = value("Currency.")


@filter_input("Conditions on an item of a price list.")
class SalesPriceListItemFilter:
    id: FichaIdFilter | None = value("Id.")
    sku: FichaStringFilter | None = value("The company's own code.")
    description: FichaStringFilter | None = value("Description.")
    product_code: FichaStringFilter | None = value("SAT's c_ClaveProdServ.")
    unit_price: FichaDecimalFilter | None = value("Unit price.")


SalesPriceListItemOrder = ordering(
    "SalesPriceListItemOrder",
    "A term of an order of a price list's items.",
    "What the items of a price list can be ordered by.",
    SKU=label("Clave del producto", "Product code", "the company's own code."),
    UNIT_PRICE=label("Precio unitario", "Unit price"),
)


@strawberry.type(description="A tax that lines of an item have (impuesto).")
class SalesPriceListItemTax:
    kind: TaxKind = column("Added or withheld.")
    tax: str = column("SAT's c_Impuesto: `001` ISR, `002` IVA, `003` IEPS.")
    factor: TaxFactor = column("How it is computed.")
    rate: Decimal | None = column("A fraction, or an amount for each unit, 6 decimals; null when exempt.")


@strawberry.type(
    description="What a line of a sales document is and costs (producto o servicio), unless the line says otherwise."
)
class SalesPriceListItem(Node):
    sku: str = column("The company's own code of it, unique in the list.")
    description: str = column("Description (descripción).")
    product_code: str = column("SAT's c_ClaveProdServ.")
    product: SatProduct | None = related("What the SAT's catalog says of that code; null where it has no such code.")
    unit_code: str = column("SAT's c_ClaveUnidad.")
    unit: SatUnit | None = related("What the SAT's catalog says of that code; null where it has no such code.")
    unit_price: Decimal = column("Price (precio unitario) without taxes, in the list's currency, 6 decimals.")
    currency: str = column("The list's currency, SAT's c_Moneda (ISO 4217).")
    tax_object: str = column("Whether it is subject to taxes, SAT's c_ObjetoImp.")
    taxes: list[SalesPriceListItemTax] = answered(answers.taxes, "The taxes on it.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="A named list of prices (tarifa).")
class SalesPriceList(Node):
    name: str = column("Name, unique in the company.")
    description: str | None = column("What it is for.")
    currency: str = column("The currency of its prices, SAT's c_Moneda (ISO 4217).")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")
    items: Connection[SalesPriceListItem] | None = connection(
        "What it prices. `search` looks in code and description.",
        SalesPriceListItemFilter,
        SalesPriceListItemOrder,
        deletable=True,
    )


@strawberry.input(description="A price list; not a type of the schema itself.")
class PriceListInput:
    name: str | None = value("Name, unique.")
    description: str | None = value("What it is for.")
    currency: str | None = value("The currency of its prices, SAT's c_Moneda; `MXN` by default.")


@strawberry.input(description="A tax on a line.")
class SatTaxInput:
    tax: str = required("SAT's c_Impuesto: `001` ISR, `002` IVA, `003` IEPS.")
    kind: TaxKind = value("Added or withheld.", default=TaxKind.TRANSFERRED)
    factor: TaxFactor = value("How it is computed.", default=TaxFactor.RATE)
    rate: Decimal | None = value("A fraction as `0.16`, or an amount for each unit; null when exempt.", default=None)


@strawberry.input(description="What is sold; not a type of the schema itself.")
class PriceListItemInput:
    sku: str | None = value("The company's own code of it.")
    description: str | None = value("Description.")
    product_code: str | None = value("SAT's c_ClaveProdServ, 8 digits.")
    unit_code: str | None = value("SAT's c_ClaveUnidad.")
    unit_price: Decimal | None = value("Price without taxes, at most 6 decimals.")
    tax_object: str | None = value("SAT's c_ObjetoImp; by default `02` with taxes and `01` without.")
    taxes: list[SatTaxInput] | None = value("Its taxes; IVA at 16 % by default, none if the list is empty.")


@strawberry.input(description="A new item of a price list.")
@demanding("sku", "description", "product_code", "unit_code", "unit_price")
class CreatePriceListItemInput(PriceListItemInput, Command):
    price_list_id: Ref["SalesPriceList"] = required("The list.")


MUTATIONS = (
    mutation(
        new("CreatePriceListInput", PriceListInput, "A new price list.", needed=("name",)),
        commands.create_price_list,
        SalesPriceList,
        "A new price list.",
        needs=Permission.ADMIN,
    ),
    mutation(
        changes("UpdatePriceListInput", PriceListInput, "Changes to a price list."),
        commands.update_price_list,
        SalesPriceList,
        "Edits a price list.",
        needs=Permission.ADMIN,
    ),
    mutation(
        about("DeletePriceListInput", "The list to be deleted."),
        commands.delete_price_list,
        SalesPriceList,
        "Deletes a price list that is no client's default.",
        needs=Permission.ADMIN,
    ),
    mutation(
        CreatePriceListItemInput,
        commands.create_price_list_item,
        SalesPriceListItem,
        "A new item of a list.",
        needs=Permission.ADMIN,
    ),
    mutation(
        changes("UpdatePriceListItemInput", PriceListItemInput, "Changes to an item of a price list."),
        commands.update_price_list_item,
        SalesPriceListItem,
        "Edits an item.",
        needs=Permission.ADMIN,
    ),
    mutation(
        about("DeletePriceListItemInput", "The item to be deleted."),
        commands.delete_price_list_item,
        SalesPriceListItem,
        "Takes an item off its list.",
        needs=Permission.ADMIN,
    ),
)
