"""Folios: a series for each type of sales document, numbered without gaps by a sequence of the company's own."""

import re
from typing import Final

from domain.problem import ProblemCode, reject
from domain.text import single_line
from models.sales_document import SalesDocumentType

SERIES: Final = {
    SalesDocumentType.QUOTE: "COT",
    SalesDocumentType.SALES_NOTE: "NV",
    SalesDocumentType.INVOICE: "F",
    SalesDocumentType.CREDIT_NOTE: "NC",
}
"""The series of a document that names none."""

_SERIES: Final = re.compile(r"[A-Z0-9]{1,25}")


def folio_sequence(type_: SalesDocumentType, series: str) -> str:
    """The name of the company's sequence that numbers these documents."""
    return f"{type_}:{series}"


def parse_series(text: str) -> str:
    """A series in capitals: letters and digits, at most 25, as CFDI takes them (Serie)."""
    series = single_line(text).upper()
    if series and not _SERIES.fullmatch(series):
        raise reject(ProblemCode.SERIES_FORMAT)
    return series
