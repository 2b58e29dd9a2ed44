"""What a line costs and what taxes are on it, rounded as CFDI 4.0 rounds; and whether somebody else's sums hold.

Source: SAT's Anexo 20 and its guide to CFDI 4.0. A line's amount, its taxes' bases and their amounts have up to 6
decimals. Sums are rounded once, half up, to the decimals of the currency: that of the lines, that of the discounts, and
that of each tax at each rate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from domain.problem import Problem, error
from models.catalogs import CURRENCIES, TAX_RATES, TaxRate
from models.sales_document import TaxFactor, TaxKind

TAX_RATE_UNKNOWN: Final = error(
    "El SAT no tiene el impuesto {tax} con la tasa o cuota {rate} el {day}; admite {allowed}.",
    "SAT has no tax {tax} at the rate or quota {rate} on {day}; it takes {allowed}.",
)
TAX_TWICE: Final = error("El impuesto se repite.", "The tax is stated twice.")
TAX_OBJECT_MISMATCH: Final = error(
    "El objeto de impuesto {tax_object} no corresponde a los impuestos del concepto.",
    "The tax object {tax_object} does not match the line's taxes.",
)


ISR: Final = "001"
IVA: Final = "002"
IEPS: Final = "003"

LINE_DECIMALS: Final = 6
MONEY_DECIMALS: Final = 2
"""What the record holds of a total; a few currencies have more."""


MOST_AMOUNT: Final = Decimal(10) ** 12
MOST_TOTAL: Final = Decimal(10) ** 15
"""What the record holds of an amount of a line, and of a total in the company's currency, is less."""
_LARGEST: Final = Decimal(10) ** 16
"""What is more cannot be rounded by Python's decimals either."""


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as PostgreSQL's `round` does too."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def decimals_of(currency: str) -> int:
    """How many decimals a total has in the currency."""
    entry = CURRENCIES.get(currency)
    return min(entry.decimals, MONEY_DECIMALS) if entry else MONEY_DECIMALS


def most_at(rate: Decimal) -> Decimal:
    """The largest amount that the record also holds in the company's currency, at the rate. Refusals name it."""
    return ((MOST_TOTAL - 1) / rate).quantize(Decimal("0.01"), ROUND_DOWN)


def payable(value: Decimal, currency: str) -> Decimal:
    """A positive amount as it can be paid in the currency: rounded to its decimals, and never nothing."""
    decimals = decimals_of(currency)
    return max(rounded(min(value, _LARGEST), decimals), Decimal(1).scaleb(-decimals))


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax at a rate: a fraction of the base, a quota for each unit, or exempt (no rate)."""

    kind: TaxKind
    tax: str
    factor: TaxFactor
    rate: Decimal | None

    def problem(self, on: date) -> Problem | None:
        """What is wrong with it on a day: SAT's c_TasaOCuota has no such tax then, or not at this rate."""
        withheld = self.kind is TaxKind.WITHHELD
        if self.factor is TaxFactor.EXEMPT:
            fits, rates = self.rate is None and not withheld and self.tax in (IVA, IEPS), ()
        else:
            rates = TAX_RATES.of(self.tax, self.factor.value, withheld=withheld, on=on)
            fits = self.rate is not None and any(rate.least <= self.rate <= rate.most for rate in rates)
        if fits:
            return None
        rate = "–" if self.rate is None else format(self.rate.normalize(), "f")
        return Problem(
            TAX_RATE_UNKNOWN, values={"tax": self.tax, "rate": rate, "day": on, "allowed": _allowed(rates) or "–"}
        )

    def as_json(self) -> dict[str, Any]:
        """As the item of a price list keeps it."""
        rate = None if self.rate is None else format(self.rate, "f")
        return {"kind": self.kind.value, "tax": self.tax, "factor": self.factor.value, "rate": rate}

    @classmethod
    def of(cls, values: Any) -> "Tax":
        """From a mapping; the rate is a Decimal or a text."""
        rate = values.get("rate")
        return cls(
            TaxKind(values.get("kind") or TaxKind.TRANSFERRED),
            values["tax"],
            TaxFactor(values.get("factor") or TaxFactor.RATE),
            None if rate is None else rounded(Decimal(rate), LINE_DECIMALS),
        )


USUAL: Final = Tax(TaxKind.TRANSFERRED, IVA, TaxFactor.RATE, Decimal("0.160000"))
"""IVA at 16 %, where nothing else is said."""

_WITHOUT: Final = ("01", "03", "04", "05", "08")


def _allowed(rates: Sequence[TaxRate]) -> str:
    """The rates in words that need no language."""
    bounds = (tuple(format(bound.normalize(), "f") for bound in (rate.least, rate.most)) for rate in rates)
    return ", ".join(least if least == most else f"{least}–{most}" for least, most in bounds)


def tax_problems(tax_object: str, taxes: Sequence[Tax], on: date) -> list[Problem]:
    """Whether a line may have these taxes on a day, and whether they go with its c_ObjetoImp."""
    problems = [problem.at("taxes", place) for place, tax in enumerate(taxes) if (problem := tax.problem(on))]
    kinds = [(tax.kind, tax.tax, tax.factor, tax.rate) for tax in taxes]
    problems += [Problem(TAX_TWICE, ("taxes", n)) for n, kind in enumerate(kinds) if kind in kinds[:n]]
    transferred = {tax.tax for tax in taxes if tax.kind is TaxKind.TRANSFERRED}
    fits = {
        **dict.fromkeys(_WITHOUT, not taxes),
        "02": bool(taxes),
        "06": IVA not in transferred,
        "07": IVA not in transferred and IEPS in transferred,
    }
    if not fits.get(tax_object, False):
        problems.append(Problem(TAX_OBJECT_MISMATCH, ("tax_object",), {"tax_object": tax_object}))
    return problems


@dataclass(frozen=True, slots=True)
class Charge:
    """A tax with what it is on and what it comes to, 6 decimals. Of a quota the base is a number of units."""

    tax: Tax
    base: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line's amount (quantity × unit price), its discount and its taxes, 6 decimals."""

    amount: Decimal
    discount: Decimal
    charges: tuple[Charge, ...]

    @property
    def tax(self) -> Decimal:
        """The taxes that are added."""
        return sum((c.amount for c in self.charges if c.tax.kind is TaxKind.TRANSFERRED), Decimal(0))


def line_of(quantity: Decimal, unit_price: Decimal, discount: Decimal, taxes: Iterable[Tax]) -> Line:
    """Computes a line. IVA is also on the IEPS of the line (LIVA, art. 12); what is withheld is on the price alone."""
    amount = rounded(quantity * unit_price, LINE_DECIMALS)
    net = amount - discount
    listed = list(taxes)
    charges: dict[int, Charge] = {}
    extra = Decimal(0)
    # IEPS first, as it is part of the base of IVA.
    for place, tax in sorted(enumerate(listed), key=lambda pair: pair[1].tax != IEPS):
        base = quantity if tax.factor is TaxFactor.QUOTA else net
        if tax.kind is TaxKind.TRANSFERRED and tax.tax == IVA:
            base += extra
        value = rounded(base * (tax.rate or 0), LINE_DECIMALS)
        if tax.kind is TaxKind.TRANSFERRED and tax.tax == IEPS:
            extra += value
        charges[place] = Charge(tax, rounded(base, LINE_DECIMALS), value)
    return Line(amount, discount, tuple(charges[place] for place in range(len(listed))))


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's sums, in the currency's decimals: `total = subtotal - discount + tax - withheld`."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    withheld: Decimal

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.tax - self.withheld


def totals_of(lines: Sequence[Line], currency: str, local: Sequence[Charge] = ()) -> Totals:
    """Sums lines; each tax at each rate is summed and rounded by itself. `local` taxes are of the document."""
    decimals = decimals_of(currency)

    def total(amounts: Iterable[Decimal]) -> Decimal:
        # Kept with the record's two decimals, also where the currency has none.
        return rounded(rounded(sum(amounts, Decimal(0)), decimals), MONEY_DECIMALS)

    charges = [charge for line in lines for charge in line.charges] + list(local)
    groups: dict[Tax, list[Decimal]] = {}
    for charge in charges:
        groups.setdefault(charge.tax, []).append(charge.amount)
    taxes = {
        kind: sum((total(g) for tax, g in groups.items() if tax.kind is kind), Decimal("0.00")) for kind in TaxKind
    }
    return Totals(
        total(line.amount for line in lines),
        total(line.discount for line in lines),
        taxes[TaxKind.TRANSFERRED],
        taxes[TaxKind.WITHHELD],
    )


def within_limits(result: Decimal, one: Decimal, other: Decimal, decimals: int) -> bool:
    """SAT's tolerance for a product that somebody else computed: each factor may have been rounded in its last decimal,
    the lower limit is cut and the upper one raised to the result's decimals."""
    step = Decimal(1).scaleb(-decimals)
    half = [Decimal(5).scaleb(_exponent(factor) - 1) for factor in (one, other)]
    least = max(one - half[0], Decimal(0)) * max(other - half[1], Decimal(0))
    most = (one + half[0]) * (other + half[1])
    return least.quantize(step, ROUND_FLOOR) <= result <= most.quantize(step, ROUND_CEILING)


def _exponent(value: Decimal) -> int:
    """That of the last decimal as it was written; of a whole number, that of its units."""
    exponent = value.as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
