"""SAT's rates and quotas of taxes: which a line may state on a day, added or withheld."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from models.catalogs.catalog import DATA, read_rows

RATES_FILE: Final = "tax_rates.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A row of *c_TasaOCuota*: a tax (c_Impuesto) at one rate, or at any between two. Both days belong to its validity;
    no day means no bound."""

    tax: str
    factor: str
    """RATE, a fraction, or QUOTA, an amount for each unit."""
    ranged: bool
    least: Decimal
    most: Decimal
    transferred: bool
    """Whether it may be added to the price (traslado)."""
    withheld: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


class TaxRates:
    """The rates of all days: those that came with this version, or those of a newer publication in a folder. A file
    that is put there while the process runs is read at the next look-up."""

    def __init__(self) -> None:
        self._path = DATA / RATES_FILE
        self._read_at: int | None = None
        self._rates: Sequence[TaxRate] = ()

    def use(self, folder: Path) -> None:
        """Reads the folder's file instead, as soon as it is there."""
        self._path = folder / RATES_FILE

    def all(self, on: date | None = None) -> Sequence[TaxRate]:
        """The rates in force on a day, or those of all days."""
        rates = self._current()
        return rates if on is None else [rate for rate in rates if rate.valid(on)]

    def of(self, tax: str, factor: str, *, withheld: bool, on: date) -> Sequence[TaxRate]:
        """The rates of a tax that may be added, or withheld, on a day."""
        return [
            rate
            for rate in self._current()
            if (rate.tax, rate.factor) == (tax, factor)
            and (rate.withheld if withheld else rate.transferred)
            and rate.valid(on)
        ]

    def _current(self) -> Sequence[TaxRate]:
        path = self._path
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            path, changed = DATA / RATES_FILE, 0
        if changed != self._read_at:
            self._rates, self._read_at = read_rates(path), changed
        return self._rates


def read_rates(path: Path) -> Sequence[TaxRate]:
    """The rates of a file of our own form."""
    return tuple(TaxRate(**row) for row in read_rows(path))


TAX_RATES: Final = TaxRates()
