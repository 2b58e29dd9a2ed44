"""Price lists: what the company sells, at what price, with which taxes, unless a line says otherwise."""

from typing import Any

from sqlalchemy import func, select

from domain.fields import Field, Fields, Given, code_of, line, lines
from domain.problem import ProblemCode, Rejected, reject
from domain.sales_document import PRODUCT
from domain.taxes import USUAL, Tax, tax_problems
from domain.work import UnitOfWork
from models import Client, PriceList, PriceListItem
from models.catalogs import CURRENCIES
from models.viewer import Permission

LIST: Fields = {
    "name": Field(line(120), required=True),
    "description": Field(lines(1000)),
    "currency": Field(code_of(CURRENCIES), required=True, default="MXN"),
}
ITEM: Fields = {**PRODUCT, "sku": Field(line(100), required=True)}


async def create_price_list(work: UnitOfWork, given: Given) -> PriceList:
    """A new list."""
    work.viewer.demand(Permission.ADMIN)
    return await work.add(work.new(PriceList, **await work.read(LIST, given, creating=True)))


async def update_price_list(work: UnitOfWork, given: Given) -> PriceList:
    """Changes what is given."""
    prices: PriceList = await _found(work, PriceList, given)
    _write(work, prices, await work.read(LIST, given))
    return prices


async def delete_price_list(work: UnitOfWork, given: Given) -> PriceList:
    """Deletes a list that no client has by default; documents keep naming it."""
    prices: PriceList = await _found(work, PriceList, given)
    query = select(func.count()).select_from(Client)
    if await work.session.scalar(query.where(Client.company_id == work.company_id, Client.price_list_id == prices.id)):
        raise reject(ProblemCode.IN_USE).at("id")
    prices.deleted_at = work.now
    work.touch(prices)
    return prices


async def create_price_list_item(work: UnitOfWork, given: Given) -> PriceListItem:
    """A new item of a list; IVA at 16 % unless other taxes are given."""
    prices = await _found(work, PriceList, {"id": given["price_list_id"]}, "price_list_id")
    usual = [USUAL.as_json()] if given.get("tax_object", "02") == "02" else []
    given = {"taxes": usual} | {**given}
    given = {"tax_object": "02" if given["taxes"] else "01"} | given
    values = _judged(await work.read(ITEM, given, creating=True))
    return await work.add(work.new(PriceListItem, price_list_id=prices.id, **values))


async def update_price_list_item(work: UnitOfWork, given: Given) -> PriceListItem:
    """Changes what is given; documents that were drawn up keep what they have."""
    item: PriceListItem = await _found(work, PriceListItem, given)
    values = await work.read(ITEM, given)
    now = {"taxes": [Tax.of(tax) for tax in item.taxes], "tax_object": item.tax_object}
    _write(work, item, _judged(now | values))
    return item


async def delete_price_list_item(work: UnitOfWork, given: Given) -> PriceListItem:
    """Takes it off the list."""
    item: PriceListItem = await _found(work, PriceListItem, given)
    item.deleted_at = work.now
    work.touch(item)
    return item


def _judged(values: dict[str, Any]) -> dict[str, Any]:
    taxes: list[Tax] = values["taxes"] or []
    if problems := tax_problems(values["tax_object"], taxes):
        raise Rejected(*problems)
    return values | {"taxes": [tax.as_json() for tax in taxes]}


async def _found(work: UnitOfWork, model: Any, given: Given, path: str = "id") -> Any:
    work.viewer.demand(Permission.ADMIN)
    found = await work.get(model, given["id"], lock=True)
    if found is None or found.deleted_at is not None:
        raise reject(ProblemCode.NOT_FOUND).at(path)
    work.expect(found, given)
    return found


def _write(work: UnitOfWork, record: Any, values: Given) -> None:
    if any(getattr(record, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(record, name, value)
        work.touch(record)
