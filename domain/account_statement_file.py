"""A statement of account as a file, PDF or XLSX. It is written in a child process with limits (`storage.reading`), from
data alone: names and references come from strangers."""

import base64
import datetime
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

import orjson

from domain.account_statement import AGES, NOTHING, AccountStatement, Period, StatementLine
from errors import Unavailable
from storage.reading import Reader, Readers, UnreadableError


class StatementFormat(StrEnum):
    """What a statement can be written as."""

    PDF = "PDF"
    XLSX = "XLSX"


CONTENT_TYPES: Final = {
    StatementFormat.PDF: "application/pdf",
    StatementFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement as a file: of which client and period, in which currency, and how it is written."""

    client_id: UUID
    period: Period
    currency: str
    language: str
    format: StatementFormat

    def name(self, client: str) -> str:
        """The file's, by the client's name, without an extension."""
        named = client.replace("/", "-").replace("\\", "-")  # what stands before one would be a folder's
        return f"{LABELS[self.language]['title']} {named} {self.period.first} {self.period.last}"


_MOST_BYTES: Final = 1 << 24
CPU_SECONDS: Final = 7
"""Of writing one: 2,000 lines of long texts take two, on a slow machine four."""
_WRITERS: Final = {
    StatementFormat.PDF: Reader("domain.account_statement_file:write_pdf", _MOST_BYTES, CPU_SECONDS),
    StatementFormat.XLSX: Reader("domain.account_statement_file:write_xlsx", _MOST_BYTES, CPU_SECONDS),
}
_LOGO_MM: Final = (60, 20)
"""How wide and how high a logo is printed at most."""
_LOGO_PIXELS: Final = (240, 80)
"""The same in a workbook, of 96 to the inch."""
_TEMPLATE: Final = Path(__file__).with_name("account_statement.typ")

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        "title": "Estado de cuenta",
        "logo": "Logotipo de {name}",
        "period": "Del {first} al {last}",
        "issued": "Fecha de emisión:",
        "currency": "Moneda:",
        "page": "Página",
        "of": "de",
        "day": "Fecha",
        "text": "Concepto",
        "reference": "Referencia",
        "charge": "Cargo",
        "credit": "Abono",
        "balance": "Saldo",
        "opening": "Saldo inicial",
        "closing": "Saldo final",
        "ageing": "Antigüedad de lo que se debe",
        "current": "Por vencer",
        "up_to_30": "1 a 30 días",
        "up_to_60": "31 a 60 días",
        "up_to_90": "61 a 90 días",
        "over_90": "Más de 90 días",
        "credit_balance": "Saldo a favor",
    },
    "en": {
        "title": "Statement of account",
        "logo": "Logo of {name}",
        "period": "From {first} to {last}",
        "issued": "Issued on",
        "currency": "Currency:",
        "page": "Page",
        "of": "of",
        "day": "Date",
        "text": "Description",
        "reference": "Reference",
        "charge": "Charge",
        "credit": "Credit",
        "balance": "Balance",
        "opening": "Opening balance",
        "closing": "Closing balance",
        "ageing": "Ageing of what is owed",
        "current": "Not yet due",
        "up_to_30": "1 to 30 days",
        "up_to_60": "31 to 60 days",
        "up_to_90": "61 to 90 days",
        "over_90": "Over 90 days",
        "credit_balance": "Credit balance",
    },
}


async def write_file(readers: Readers, kind: StatementFormat, data: Mapping[str, Any], company_id: UUID) -> bytes:
    """The file of `statement_data`. Raises `errors.Overloaded` and `errors.Unavailable`."""
    try:
        content = await readers.read_content(_WRITERS[kind], orjson.dumps(data), company_id)
    except UnreadableError as error:
        raise Unavailable("No se pudo generar el estado de cuenta: intente de nuevo.") from error
    return base64.b64decode(content)


def statement_data(
    statement: AccountStatement,
    lines: Sequence[StatementLine],
    company: Any,
    logo: bytes | None,
    today: datetime.date,
    language: str,
) -> dict[str, Any]:
    """All that the file says, as JSON: days as `2026-11-30`, amounts as text with two decimals, the logo, a PNG, in
    Base64."""
    return {
        "language": language,
        "labels": LABELS[language],
        "company": {"name": company.name, "rfc": company.rfc},
        "logo": logo and base64.b64encode(logo).decode(),
        "client": {"name": statement.client.legal_name, "rfc": statement.client.rfc},
        "currency": statement.currency,
        "issued": today.isoformat(),
        "first": statement.period.first.isoformat(),
        "last": statement.period.last.isoformat(),
        "opening": str(statement.opening_balance),
        "closing": str(statement.closing_balance),
        "charges": str(sum((line.charge for line in lines if line.charge), NOTHING)),
        "credits": str(sum((line.credit for line in lines if line.credit), NOTHING)),
        "ageing": [[name, str(getattr(statement.ageing, name))] for name in AGES]
        + [["credit_balance", str(statement.credit_balance)]],
        "lines": [
            [
                line.day.isoformat(),
                line.text(language),
                line.reference,
                line.charge and str(line.charge),
                line.credit and str(line.credit),
                str(line.balance),
            ]
            for line in lines
        ],
    }


# In the child


@dataclass(frozen=True, slots=True)
class _Logo:
    """A company's logo: a PNG, and what it is called where it cannot be seen."""

    picture: bytes
    alt: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "_Logo | None":
        """That of the data, if there is one."""
        if data["logo"] is None:
            return None
        return cls(base64.b64decode(data["logo"]), data["labels"]["logo"].format(name=data["company"]["name"]))

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height in pixels, which a PNG begins with (RFC 2083, 4.1.1)."""
        width, height = struct.unpack_from(">II", self.picture, 16)
        return width, height

    def scale(self, most_width: float, most_height: float) -> float:
        """Units a pixel, so that it is as large as this allows."""
        width, height = self.size
        return min(most_width / width, most_height / height)


def write_pdf(file: BinaryIO) -> str:
    """The statement as PDF (tagged, PDF/UA-1), in Base64; of the data in the file."""
    import typst  # for the child alone

    data = orjson.loads(file.read())
    write = cast("Callable[..., bytes]", partial(typst.compile, str(_TEMPLATE), root=str(_TEMPLATE.parent)))
    inputs = {"data": orjson.dumps(_formatted(data, _Logo.of(data))).decode()}
    try:
        content = write(sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"])
    except typst.TypstError:
        # The standard forbids characters that the font cannot show, as names in other scripts have.
        content = write(sys_inputs=inputs, ignore_system_fonts=True)
    return base64.b64encode(content).decode()


def _formatted(data: Mapping[str, Any], logo: _Logo | None) -> dict[str, Any]:
    """The data as the template shows them."""
    labels = data["labels"]
    shown = {name: _day(data[name], data["language"]) for name in ("issued", "first", "last")}
    amounts = {name: _amount(data[name]) for name in ("opening", "closing", "charges", "credits")}
    return {
        **data,
        **shown,
        **amounts,
        # typst reads no Base64, and the child writes no file: numbers are what both know.
        "logo": logo and {"alt": logo.alt, "width": logo.size[0] * logo.scale(*_LOGO_MM), "bytes": list(logo.picture)},
        "title": labels["title"],
        "period": labels["period"].format(first=shown["first"], last=shown["last"]),
        "ageing": [[labels[name], _amount(amount)] for name, amount in data["ageing"]],
        "lines": [
            [_day(day, data["language"]), text, reference, *(each and _amount(each) for each in amounts)]
            for day, text, reference, *amounts in data["lines"]
        ],
    }


def _day(day: str, language: str) -> str:
    """As people write it: in Mexico the day comes first; in English no order is certain."""
    return day if language == "en" else "/".join(reversed(day.split("-")))


def _amount(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"


def write_xlsx(file: BinaryIO) -> str:
    """The statement as a workbook, in Base64; of the data in the file. Texts are never formulas nor links."""
    from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs]  # for the child alone

    data = orjson.loads(file.read())
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = Workbook(content, options)
    _Sheet(workbook, data).write()
    workbook.close()
    return base64.b64encode(content.getvalue()).decode()


class _Sheet:
    """The one sheet of a workbook."""

    def __init__(self, workbook: Any, data: Mapping[str, Any]) -> None:
        self._data = data
        self._labels = data["labels"]
        self._sheet = workbook.add_worksheet(self._labels["title"])
        self._bold = workbook.add_format({"bold": True})
        self._money = workbook.add_format({"num_format": "#,##0.00"})
        self._date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._row = 0
        self._logo = _Logo.of(data)
        workbook.set_properties({"title": self._labels["title"], "author": data["company"]["name"]})

    def write(self) -> None:
        """Everything, from the top."""
        data = self._data
        self._sheet.set_column(0, 0, 12)
        self._sheet.set_column(1, 1, 48)
        self._sheet.set_column(2, 2, 24)
        self._sheet.set_column(3, 5, 16)
        if self._logo:
            self._picture(self._logo)
        period = self._labels["period"].format(first=data["first"], last=data["last"])
        for text in (data["company"]["name"], data["company"]["rfc"], self._labels["title"], data["client"]["name"]):
            self._line(text)
        self._line(data["client"]["rfc"])
        self._line(f"{period} · {data['currency']}")
        self._line()
        self._header("day", "text", "reference", "charge", "credit", "balance")
        self._sheet.freeze_panes(self._row, 0)
        self._entry([data["first"], self._labels["opening"], None, None, None, data["opening"]])
        for line in data["lines"]:
            self._entry(line)
        closing = data["charges"], data["credits"], data["closing"]
        self._entry([data["last"], self._labels["closing"], None, *closing])
        self._line()
        self._line(self._labels["ageing"])
        for name, amount in data["ageing"]:
            self._sheet.write_string(self._row, 1, self._labels[name])
            self._sheet.write_number(self._row, 5, float(amount), self._money)
            self._row += 1

    def _picture(self, logo: _Logo) -> None:
        scale = logo.scale(*_LOGO_PIXELS)
        options = {"image_data": BytesIO(logo.picture), "x_scale": scale, "y_scale": scale, "description": logo.alt}
        self._sheet.set_row_pixels(self._row, _LOGO_PIXELS[1] + 4)
        self._sheet.insert_image(self._row, 0, "logo.png", options)
        self._row += 1

    def _line(self, text: str | None = None) -> None:
        if text:
            self._sheet.write_string(self._row, 0, text)
        self._row += 1

    def _header(self, *names: str) -> None:
        for column, name in enumerate(names):
            self._sheet.write_string(self._row, column, self._labels[name], self._bold)
        self._row += 1

    def _entry(self, values: Sequence[str | None]) -> None:
        day, text, reference, *amounts = values
        self._sheet.write_datetime(self._row, 0, datetime.datetime.fromisoformat(str(day)), self._date)
        for column, each in ((1, text), (2, reference)):
            if each:
                self._sheet.write_string(self._row, column, each)
        for column, amount in enumerate(amounts, 3):
            if amount is not None:
                # Excel knows no decimals but these; the amounts are those of the PDF to the cent up to 15 digits.
                self._sheet.write_number(self._row, column, float(amount), self._money)
        self._row += 1
