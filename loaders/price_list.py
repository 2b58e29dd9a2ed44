"""Price lists and what they price."""

import models
from loaders.deleted import Deleted
from loaders.entity import Entity
from loaders.relation import Connection, ToOne


class PriceListEntity(Entity, model=models.PriceList, prefix="prl", type_name="SalesPriceList"):
    items = Connection(models.PriceListItem, key="price_list_id", deleted=Deleted.EXCLUDE)


class PriceListItemEntity(Entity, model=models.PriceListItem, prefix="itm", type_name="SalesPriceListItem"):
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {"SKU": lambda c: c["sku"], "UNIT_PRICE": lambda c: c["unit_price"]}

    product = ToOne(models.SatProduct, on="product_code", key="code", joined=True)
    unit = ToOne(models.SatUnit, on="unit_code", key="code", joined=True)
