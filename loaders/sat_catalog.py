"""The SAT's products and services, and units: by their codes, and by what people call them."""

from typing import Any

from sqlalchemy import ARRAY, Date, Integer, Text, and_, any_, case, collate, func, or_, select, true
from sqlalchemy.dialects.postgresql import TSQUERY

import models
from loaders.entity import Columns, Entity, bind
from loaders.rows import Joined
from loaders.statement import Statement, compiled

_LAST = "\U0010ffff"
"""Comes after every character, so that `text` to `text` and this is all that begins with the text."""


class SatProductEntity(Entity, model=models.SatProduct, prefix="cps"):
    is_node = False
    hidden = frozenset({"folded", "stems"})


class SatUnitEntity(Entity, model=models.SatUnit, prefix="cun"):
    is_node = False
    hidden = frozenset({"folded", "stems"})


def _day_is_in(c: Columns) -> Any:
    """Whether a row is valid on the bind `day`; any is where that is null."""
    day = bind("day", Date())
    return or_(
        day.is_(None),
        and_(func.coalesce(c["valid_from"] <= day, true()), func.coalesce(c["valid_to"] >= day, true())),
    )


def of_codes(entity: type[Entity]) -> Statement:
    """The rows with one of the `codes`, by code; of them those that are valid on the `day`, where there is one."""

    def make() -> Statement:
        table = entity.table
        conditions = (table.c.code == any_(bind("codes", ARRAY(Text()))), _day_is_in(table.c))
        joined = Joined(entity)
        query = joined.select(table).where(*conditions).order_by(table.c.code).limit(bind("most", Integer()))
        return Statement.of(query, joined.maker())

    return compiled((entity, "of codes"), make)


def first(entity: type[Entity]) -> Statement:
    """The first rows by code that are valid on the `day`, at most `most`."""

    def make() -> Statement:
        table, joined = entity.table, Joined(entity)
        query = joined.select(table).where(_day_is_in(table.c)).order_by(table.c.code)
        return Statement.of(query.limit(bind("most", Integer())), joined.maker())

    return compiled((entity, "first"), make)


def searched(entity: type[Entity]) -> Statement:
    """The rows whose code or name begins with the `words`, or in whose name and similar words all of them are; of them
    those that are valid on the `day`, best match first, at most `most`.

    Each of the three has an index, which a statement that was planned once for all texts can use, as bounds are ranges.
    """

    def make() -> Statement:
        table, joined = entity.table, Joined(entity)
        c = table.c
        words = bind("words", Text())
        # In subqueries, so that each is computed once and not for every row that is ranked.
        code = select(collate(func.upper(words), "C")).scalar_subquery()
        folded = select(collate(func.ficha_fold(words, type_=Text()), "C")).scalar_subquery()
        stems = select(func.ficha_stem_query(words, type_=TSQUERY())).scalar_subquery()
        of_code = and_(c.code >= code, c.code < code.concat(_LAST))
        of_name = and_(c.folded >= folded, c.folded < folded.concat(_LAST))
        rank = case(
            (c.code == code, 0),
            (of_code, 1),
            (or_(c.folded == folded, func.starts_with(c.folded, folded.concat(" "))), 2),
            (of_name, 3),
            (func.ts_filter(c.stems, "{a}").bool_op("@@")(stems), 4),
            else_=5,
        )
        matches = or_(of_code, of_name, c.stems.bool_op("@@")(stems))
        query = joined.select(table).where(matches, _day_is_in(c))
        short = case((of_code, 0), else_=func.length(c.name))
        query = query.order_by(rank, short, c.code).limit(bind("most", Integer()))
        return Statement.of(query, joined.maker())

    return compiled((entity, "searched"), make)
