"""The SAT's catalogs that are in the database: of products and services, and of units."""

import datetime
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from strawberry import Info, argument

from errors import BadInput
from loaders import sat_catalog
from loaders.entity import Entity
from loaders.filters import demand_text
from loaders.paging import DEFAULT_PAGE, LONGEST_PAGE, LONGEST_SEARCH, page_size, search_text
from loaders.sat_catalog import SatProductEntity, SatUnitEntity
from resolvers.context import context, operation, viewer

Words = Annotated[
    str | None,
    argument(
        description=f"What codes or names begin with, or words that are all in name and similar words, at most"
        f" {LONGEST_SEARCH} characters; accents, case and endings aside; without a letter or digit in it, it is as if"
        " there were none. Best match first: the code, the beginning of a code, of a name, words of the name, similar"
        " words."
    ),
]
Codes = Annotated[
    list[str] | None,
    argument(description=f"Only these codes, at most {LONGEST_PAGE}; those out of force too, unless `on` is stated."),
]
On = Annotated[
    datetime.date | None, argument(description="The day of validity; today in the company's time zone by default.")
]
First = Annotated[int, argument(description=f"Maximum number of entries, 0 to {LONGEST_PAGE}.")]


def _listed(entity: type[Entity]) -> Callable[..., Any]:
    async def entries(
        info: Info, search: Words = None, codes: Codes = None, on: On = None, first: First = DEFAULT_PAGE
    ) -> Sequence[Any]:
        size = page_size("first", first)
        words = search_text(search)
        read = operation(info).reader.run
        if codes is not None:
            if words is not None:
                raise BadInput("BAD_VALUE", "Indique una búsqueda o claves, no ambas.", "codes")
            if len(codes) > LONGEST_PAGE:
                raise BadInput("PAGE_TOO_LONG", f"A lo más {LONGEST_PAGE} claves a la vez.", "codes")
            demand_text(codes, "codes")
            return await read(sat_catalog.of_codes(entity), codes=codes, day=on, most=size)
        day = on or viewer(info).today(context(info).now)
        if words is None:
            return await read(sat_catalog.first(entity), day=day, most=size)
        return await read(sat_catalog.searched(entity), words=words, day=day, most=size)

    return entries


products = _listed(SatProductEntity)
units = _listed(SatUnitEntity)
