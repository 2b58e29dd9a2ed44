"""Price lists: what the company sells, at what price, with which taxes, unless a line says otherwise."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from domain.audit import edit_setting, tell_created, tell_setting
from domain.fields import Field, Fields, currency_code, fields_of
from domain.inputs import ABSENT, Input, Maybe, OnRecord
from domain.policy import NOT_FOUND
from domain.problem import Problem, reject, reject_any
from domain.refusals import IN_USE
from domain.sales_document import PRODUCT, taxes_shown
from domain.sat_catalog import codes_in, sat_codes
from domain.taxes import USUAL, Tax, tax_problems
from domain.work import UnitOfWork
from models import Client, PriceList, PriceListItem
from models.history import Change
from models.viewer import Permission

LIST = fields_of(PriceList, currency=Field(currency_code))
ITEM = PRODUCT | fields_of(PriceListItem, "sku")
_LIST: Final = PriceList.__tablename__
_ITEM: Final = PriceListItem.__tablename__
_STORED: Final[Fields] = ITEM | {"taxes": Field(shown=lambda taxes: taxes_shown([Tax.of(tax) for tax in taxes]))}
"""An item's values as its row has them."""


class CreatePriceListItem(Input):
    """A new item of a list; which taxes it has, where it does not say, is told by whether it has any."""

    price_list_id: UUID
    tax_object: Maybe[str]
    taxes: Maybe[Sequence[Input]]


async def create_price_list(work: UnitOfWork, input: Input) -> PriceList:
    """A new list."""
    work.viewer.demand(Permission.ADMIN)
    values = await work.read(LIST, input, creating=True)
    prices = await work.add(work.new(PriceList, **values))
    await tell_created(work, _LIST, prices.name, LIST, values)
    return prices


async def update_price_list(work: UnitOfWork, input: OnRecord) -> PriceList:
    """Changes what the input states."""
    prices: PriceList = await _locked(work, PriceList, input)
    await edit_setting(work, _LIST, prices.name, prices, LIST, await work.read(LIST, input))
    return prices


async def delete_price_list(work: UnitOfWork, input: OnRecord) -> PriceList:
    """Deletes a list that no client has by default; documents keep naming it."""
    prices: PriceList = await _locked(work, PriceList, input)
    query = select(func.count()).select_from(Client)
    if await work.session.scalar(query.where(Client.company_id == work.company_id, Client.price_list_id == prices.id)):
        raise reject(IN_USE).at("id")
    prices.deleted_at = work.now
    work.touch(prices)
    tell_setting(work, _LIST, prices.name, Change.DELETED)
    return prices


async def create_price_list_item(work: UnitOfWork, input: CreatePriceListItem) -> PriceListItem:
    """A new item of a list, by default with IVA at 16 %."""
    prices = await _locked(work, PriceList, OnRecord(id=input.price_list_id), "price_list_id")
    usual = [USUAL.as_json()] if input.tax_object in (ABSENT, "02") else []
    input = input.with_defaults(taxes=usual)
    input = input.with_defaults(tax_object="02" if input.taxes else "01")
    values = _judged(work, await _read(work, input, creating=True))
    item = await work.add(work.new(PriceListItem, price_list_id=prices.id, **values))
    await tell_created(work, _ITEM, await _named(work, item), _STORED, values)
    return item


async def update_price_list_item(work: UnitOfWork, input: OnRecord) -> PriceListItem:
    """Changes what the input states; documents that were drawn up keep what they have."""
    item: PriceListItem = await _locked(work, PriceListItem, input)
    values = await _read(work, input)
    now = {"taxes": [Tax.of(tax) for tax in item.taxes], "tax_object": item.tax_object}
    await edit_setting(work, _ITEM, await _named(work, item), item, _STORED, _judged(work, now | values))
    return item


async def delete_price_list_item(work: UnitOfWork, input: OnRecord) -> PriceListItem:
    """Takes it off the list."""
    item: PriceListItem = await _locked(work, PriceListItem, input)
    item.deleted_at = work.now
    work.touch(item)
    tell_setting(work, _ITEM, await _named(work, item), Change.DELETED)
    return item


async def _read(work: UnitOfWork, input: Input, *, creating: bool = False) -> dict[str, Any]:
    """The input's values, with codes that can be stated today."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    with work.gathering(problems):
        values = await work.read(ITEM, input, creating=creating)
    codes = codes_in(vars(input))
    paths = {problem.path for problem in problems}
    listed = await sat_codes(work, [codes], work.today)
    problems += [problem for problem in listed.problems.values() if problem.path not in paths]
    reject_any(problems)
    return {**values, **listed.of(codes)}


def _judged(work: UnitOfWork, values: dict[str, Any]) -> dict[str, Any]:
    taxes: list[Tax] = values["taxes"] or []
    reject_any(tax_problems(values["tax_object"], taxes, work.today))
    return values | {"taxes": [tax.as_json() for tax in taxes]}


async def _locked(work: UnitOfWork, model: Any, input: OnRecord, path: str = "id") -> Any:
    work.viewer.demand(Permission.ADMIN)
    record = await work.get(model, input.id, lock=True)
    if record is None or record.deleted_at is not None:
        raise reject(NOT_FOUND).at(path)
    work.expect(record, input)
    return record


async def _named(work: UnitOfWork, item: PriceListItem) -> dict[str, str]:
    """What people know an item by."""
    prices = await work.session.get_one(PriceList, (work.company_id, item.price_list_id))
    return {"price_list": prices.name, "sku": item.sku}
