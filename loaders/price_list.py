"""Price lists and what they price."""

import models
from loaders.entity import Entity, alive
from loaders.relation import Connection


class PriceListEntity(Entity, model=models.PriceList, prefix="prl", type_name="SalesPriceList"):
    items = Connection(models.PriceListItem, key="price_list_id", where=alive)


class PriceListItemEntity(Entity, model=models.PriceListItem, prefix="itm", type_name="SalesPriceListItem"):
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {"SKU": lambda c: c["sku"], "UNIT_PRICE": lambda c: c["unit_price"]}
