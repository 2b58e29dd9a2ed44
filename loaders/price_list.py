"""Price lists and what they price."""

import models
from loaders.deleted import Deleted
from loaders.entity import Derived, Entity, value_of
from loaders.relation import Connection, ToOne


class PriceListEntity(Entity, model=models.PriceList, prefix="prl", type_name="SalesPriceList"):
    is_small = True
    items = Connection(models.PriceListItem, key="price_list_id", deleted=Deleted.EXCLUDE)


class PriceListItemEntity(Entity, model=models.PriceListItem, prefix="itm", type_name="SalesPriceListItem"):
    currency = Derived(lambda c: value_of(models.PriceList, "currency", c["price_list_id"]))
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {"SKU": lambda c: c["sku"], "UNIT_PRICE": lambda c: c["unit_price"]}

    product = ToOne(models.SatProduct, on="product_code", key="code", joined=True)
    unit = ToOne(models.SatUnit, on="unit_code", key="code", joined=True)
