"""What decides over the actions on a record, joined to as many records as are asked: see `models.facts`.

None asks for a permission: what is made of the facts tells no more than trying the action would.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import null

from loaders.entity import COMPANY
from loaders.relation import Computed
from models.facts import Facts, part_facts


def facts_of(name: str, of: Callable[..., Facts], *more: Any, on: str = "id") -> Computed:
    """The facts of a row that `of` states of the company, the row's key `on`, and what more it takes."""
    columns = of(COMPANY, null(), *more).selected_columns.keys()
    return Computed(name, columns, lambda parent, key: of(COMPANY, key, *more).correlate(parent), on=on)


def facts_of_part() -> Computed:
    """Of a part of a client's record that is decided over by itself and its client."""
    return facts_of("PartFacts", part_facts, on="client_id")
