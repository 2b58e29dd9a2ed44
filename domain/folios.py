"""Folios: the series of sales documents, each numbered without gaps."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.audit import audit
from domain.fields import Field, Fields, between, fields_of, shown
from domain.history import apply
from domain.inputs import Input, Maybe, OnRecord
from domain.problem import SEQUENCE_FULL, Problem, Rejected, error, reject
from domain.text import single_line
from domain.work import INACTIVE, UnitOfWork
from models import FolioSeries, SalesDocument
from models.audit import AuditEventKind
from models.folio_series import LAST_FOLIO
from models.ids import uuid7
from models.sales_document import SalesDocumentType
from models.viewer import Permission

FOLIO_USED: Final = error(
    "El folio {number} de la serie {series} ya se usó: el siguiente puede ser {least} o mayor.",
    "Folio {number} of the series {series} was already used: the next can be {least} or more.",
)
SERIES_DEFAULT_REQUIRED: Final = error(
    "Siempre hay una serie predeterminada y activa de cada tipo: haga predeterminada a otra.",
    "Each type always has an active default series: make another the default.",
)
SERIES_FORMAT: Final = error("La serie son 1 a 25 letras o dígitos.", "A series is 1 to 25 letters or digits.")


SERIES: Final = {
    SalesDocumentType.QUOTE: "COT",
    SalesDocumentType.SALES_NOTE: "NV",
    SalesDocumentType.INVOICE: "F",
    SalesDocumentType.CREDIT_NOTE: "NC",
}
"""The default series that a company begins with."""

_SERIES: Final = re.compile(r"[A-Z0-9]{1,25}")


def parse_series(text: str) -> str:
    """A series in capitals: letters and digits, at most 25, as CFDI takes them (Serie)."""
    series = single_line(text).upper()
    if series and not _SERIES.fullmatch(series):
        raise reject(SERIES_FORMAT)
    return series


async def default_series(work: UnitOfWork, type_: SalesDocumentType) -> str:
    """The series of a document that names none."""
    query = select(FolioSeries.series).where(
        FolioSeries.company_id == work.company_id, FolioSeries.type == type_, FolioSeries.is_default
    )
    return await work.session.scalar(query) or SERIES[type_]


async def next_folio(work: UnitOfWork, type_: SalesDocumentType, series: str) -> int:
    """The series' next number; a series that is named for the first time is made. Its row stays locked to the end, so a
    number that is not kept is given out again. SEQUENCE_FULL after the last, INACTIVE of a series out of use."""
    row = insert(FolioSeries).values(
        company_id=work.company_id, id=uuid7(), type=type_, series=series, last_number=1, is_default=False
    )
    step = row.on_conflict_do_update(
        index_elements=[FolioSeries.company_id, FolioSeries.type, FolioSeries.series],
        set_={"last_number": FolioSeries.last_number + 1},
        where=FolioSeries.last_number < LAST_FOLIO,
    )
    advanced = (await work.session.execute(step.returning(FolioSeries.last_number, FolioSeries.active))).one_or_none()
    if advanced is None:
        raise reject(SEQUENCE_FULL, series=series, most=LAST_FOLIO).at("series")
    if not advanced.active:
        raise reject(INACTIVE).at("series")
    return advanced.last_number


# What an administrator sets up


FIELDS: Fields = {
    "next_number": Field(between(1, LAST_FOLIO), required=True, default=1),
    **fields_of(FolioSeries, "is_default", "active"),
}
IDENTITY = fields_of(FolioSeries, "type", "series", series=Field(parse_series))


class CreateFolioSeries(Input):
    """A new series."""

    next_number: Maybe[int]


class UpdateFolioSeries(OnRecord):
    """Changes to a series."""

    next_number: Maybe[int]


async def create_folio_series(work: UnitOfWork, input: CreateFolioSeries) -> FolioSeries:
    """A new series of a type of documents."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    values = await work.read({**IDENTITY, **FIELDS}, input, creating=True)
    _demand_usable(values)
    named = {name: values[name] for name in ("type", "series", "active")}
    series = await work.add(work.new(FolioSeries, last_number=0, is_default=False, **named))
    await _settle(work, series, values)
    work.flush()
    _tell(work, series, [])
    return series


async def update_folio_series(work: UnitOfWork, input: UpdateFolioSeries) -> FolioSeries:
    """Changes what the input states. The next folio cannot be one that a document has, or had before a later one."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    series = await work.named(FolioSeries, input)
    values = await work.read(FIELDS, input)
    _demand_usable({"is_default": series.is_default, "active": series.active} | values)
    if series.is_default and values.get("is_default") is False:
        # A type has one as long as it has any: another takes its place by becoming it.
        raise reject(SERIES_DEFAULT_REQUIRED).at("is_default")
    changes = await _settle(work, series, values)
    if changes:
        work.touch(series)
        _tell(work, series, changes)
        work.flush()
    return series


def _demand_usable(values: Mapping[str, Any]) -> None:
    if values["is_default"] and not values["active"]:
        raise reject(SERIES_DEFAULT_REQUIRED).at("active")


async def _settle(work: UnitOfWork, series: FolioSeries, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Writes the values into the series and returns the differences. Its row is locked against concurrent numbering."""
    used = select(func.coalesce(func.max(SalesDocument.number), 0)).where(
        SalesDocument.company_id == work.company_id,
        SalesDocument.type == series.type,
        SalesDocument.series == series.series,
    )
    stored = {name: value for name, value in values.items() if name in ("is_default", "active")}
    if "next_number" in values:
        last = await work.session.scalar(used) or 0
        if values["next_number"] <= last:
            problem = {"number": values["next_number"], "series": series.series, "least": last + 1}
            raise Rejected(Problem(FOLIO_USED, ("next_number",), problem))
        stored["last_number"] = values["next_number"] - 1
    with work.session.no_autoflush:
        if stored.get("is_default"):
            await _give_way(work, series)
        return await apply(work, series, {name: Field() for name in stored}, stored)


async def _give_way(work: UnitOfWork, series: FolioSeries) -> None:
    """Another is the type's default from now on; sent at once, for there is never more than one."""
    same_type = (FolioSeries.type == series.type, FolioSeries.is_default, FolioSeries.id != series.id)
    for former in await work.session.scalars(work.of(FolioSeries, *same_type).with_for_update(key_share=True)):
        former.is_default = False
        work.touch(former)
        _tell(work, former, [{"field": "is_default", "from": shown(True), "to": shown(False)}])
    work.flush()


def _tell(work: UnitOfWork, series: FolioSeries, changes: list[dict[str, Any]]) -> None:
    said = {"type": series.type.value, "series": series.series, "next_number": series.last_number + 1}
    audit(work, AuditEventKind.COMPANY_CHANGED, folio_series=said, changes=changes)
