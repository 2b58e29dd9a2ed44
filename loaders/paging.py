"""The arguments of a connection, checked: which page is requested."""

import base64
import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy.types import REAL, BigInteger, Date, DateTime, Integer, Numeric, Text, TypeEngine, Uuid

from errors import BadInput
from loaders.deleted import Deleted
from loaders.entity import Entity
from loaders.filters import Shape, Splitter, demand_text
from loaders.ids import CANONICAL
from loaders.ordering import Newest
from loaders.page import RELEVANCE, Order, Page, order_name, order_types
from loaders.relation import Connection
from models.deal import MOST_DECIMALS
from models.spelling import bare_line, respelt_words
from models.viewer import Viewer

LONGEST_PAGE = 100
DEFAULT_PAGE = 20
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page: its shape, and the values that go with the shape's binds."""

    shape: Page
    values: Mapping[str, Any]

    def counted(self, *, filtered: bool = True) -> "PageRequest":
        """All rows that the pages are cut from, with the values of the filter and the search alone; not `filtered`, all
        that there are."""
        named = {name: value for name, value in self.values.items() if name[len(self.shape.prefix)] != "c"}
        return PageRequest(self.shape.counted(filtered=filtered), named if filtered else {})

    @property
    def key(self) -> tuple[Any, ...]:
        """Tells this request from others on the same connection."""
        return (self.shape, repr(self.values))


def page_request(
    viewer: Viewer,
    connection: Connection,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    order: Sequence[Order] = (),
    filter: Mapping[str, Any] | None = None,
    search: str | None = None,
    prefix: str = "",
    deleted: Deleted | None = None,
) -> PageRequest:
    """The page that the arguments ask for; BadInput names the argument that cannot be used. Forbidden if the order
    goes by what the viewer may not see.

    Forward with `first` (20 by default) and `after`, backward with `last` and `before`, at most 100 rows. The text of
    `search` has at most 200 characters; one without any letter or digit searches nothing. The names of the values
    begin with `prefix`, to tell apart several pages in one statement.
    """
    backward = is_backward(first, after, last, before)
    size = page_size("last", last) if backward else page_size("first", first)

    entity = connection.target
    binds: dict[str, Any] = {}
    shape = Splitter(viewer, binds, prefix).split(entity, filter or {}, "filter")
    words = search_words(search)
    if words:
        binds[f"{prefix}search"] = words

    for term in order:
        viewer.demand(entity.needs.get(term.name))
    terms = tuple(_seen(entity, term, viewer) for term in order) or _default_order(
        entity, ranked=bool(words) and entity.search is None
    )
    through = tuple(
        name for name in entity.search_through if entity.relations[name].permission in (None, *viewer.permissions)
    )
    page = Page(
        order=terms,
        backward=backward,
        filter=shape,
        search=bool(words),
        whole=bool(words) and entity.search is None and (bool(order) or not _is_of_all(entity, shape)),
        through=through if words else (),
        size=size,
        prefix=prefix,
        deleted=deleted,
    )
    token, field = (before, "before") if backward else (after, "after")
    if token is not None:
        place = _decode(entity, page, token, field)
        page = replace(page, cursor=tuple(value is not None for value in place))
        binds |= {f"{prefix}c{index}": value for index, value in enumerate(place) if value is not None}
    return PageRequest(page, binds)


def is_backward(first: int | None, after: str | None, last: int | None, before: str | None) -> bool:
    """Whether the page is cut from the end; BadInput where it is cut from both sides."""
    backward = last is not None or before is not None
    if backward and (first is not None or after is not None):
        raise BadInput(
            "BAD_PAGE", "Use first y after, o bien last y before, pero no ambos.", "before" if last is None else "last"
        )
    return backward


def page_size(field: str, size: int | None) -> int:
    if size is None:
        return DEFAULT_PAGE
    if size < 0:
        raise BadInput("BAD_PAGE", "El tamaño de la página no puede ser negativo.", field)
    if size > LONGEST_PAGE:
        raise BadInput(
            "PAGE_TOO_LONG", f"Una página tiene a lo más {LONGEST_PAGE} elementos; se pidieron {size}.", field
        )
    return size


def search_text(text: str | None, field: str = "search") -> str | None:
    """The text to look for, on one line; None, which searches nothing, where there is no letter or digit in it.
    BadInput names the field whose text is too long or no text."""
    if text is None:
        return None
    if len(text) > LONGEST_SEARCH:
        raise BadInput("SEARCH_TOO_LONG", f"La búsqueda tiene a lo más {LONGEST_SEARCH} caracteres.", field)
    demand_text(text, field)
    return bare_line(text) if any(c.isalnum() for c in text) else None


def search_words(text: str | None, field: str = "search") -> str | None:
    """As `search_text`, as it is compared with records."""
    text = search_text(text, field)
    if text is None:
        return None
    words = respelt_words(text)
    if all(c.isdigit() or c in " +-()." for c in words):
        # A telephone number as people write it; ours are E.164.
        return "".join(c for c in words if c.isdigit())
    # A word that is said again finds nothing more, and is compared with every name again.
    return " ".join(dict.fromkeys(words.split()))


def _is_of_all(entity: type[Entity], filter: Shape) -> bool:
    """Whether a filter holds for all rows that are not deleted."""
    return entity.tally is not None and filter == (entity.tally.condition,)


def _seen(entity: type[Entity], term: Order, viewer: Viewer) -> Order:
    """The term, by no more than the viewer sees."""
    order = entity.orders.get(term.name)
    if not isinstance(order, Newest):
        return term
    return replace(term, hidden=frozenset(order.columns) - viewer.permissions)


@cache
def _default_order(entity: type[Entity], *, ranked: bool) -> tuple[Order, ...]:
    """Best match first in a ranked search, otherwise the entity's first order: names from A, dates from the newest."""
    if ranked:
        return (Order(RELEVANCE, True),)
    name = next(iter(entity.orders))
    return (Order(name, descending=isinstance(order_types(entity, (Order(name, False),))[0], DateTime)),)


def _decode(entity: type[Entity], page: Page, token: str, field: str) -> list[Any]:
    """The values of a cursor, checked against the order that it is used with."""
    wrong = BadInput("BAD_CURSOR", "El cursor no es válido para esta lista y este orden.", field)
    types = order_types(entity, page.order)
    nullable = [*(term.name in entity.nullable_orders() for term in page.order), False]
    try:
        padded = token + "=" * (-len(token) % 4)
        name, *place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order_name(entity, page.order):
            raise wrong
        return [_parse(*part) for part in zip(place, types, nullable, strict=True)]
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise wrong from None


def _parse(text: Any, type_: TypeEngine[Any], nullable: bool) -> Any:
    """Parses a value from PostgreSQL's text for it; ValueError, TypeError or ArithmeticError if it is invalid."""
    if text is None and nullable:
        return None
    pattern, read = next((rule for kind, rule in _FORMS if isinstance(type_, kind)), _NONE)
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError
    return read(text)


def _instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def _integer(text: str, *, bits: int) -> int:
    value = int(text)
    if abs(value) >= 1 << bits - 1:
        raise ValueError
    return value


_NONE = (re.compile(r"(?!)"), str)
_FORMS: tuple[tuple[type[TypeEngine[Any]], tuple[re.Pattern[str], Callable[[str], Any]]], ...] = (
    (DateTime, (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00", re.ASCII), _instant)),
    (Date, (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), datetime.date.fromisoformat)),
    (Uuid, (CANONICAL, UUID)),
    (REAL, (re.compile(r"[0-9.]{1,20}(e-\d{1,2})?", re.ASCII), float)),
    (BigInteger, (re.compile(r"-?\d{1,19}", re.ASCII), partial(_integer, bits=64))),
    (Integer, (re.compile(r"-?\d{1,10}", re.ASCII), partial(_integer, bits=32))),
    (Numeric, (re.compile(rf"-?\d{{1,16}}(\.\d{{1,{MOST_DECIMALS}}})?", re.ASCII), Decimal)),
    (Text, (re.compile(r"[^\0\ud800-\udfff]*", re.DOTALL), str)),
)
"""How PostgreSQL writes the values that our orders are by, in a session whose time zone is UTC."""
