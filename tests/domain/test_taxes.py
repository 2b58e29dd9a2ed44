"""What lines and documents come to: worked by hand, and for every input there is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversion import share
from domain.taxes import IEPS, ISR, IVA, USUAL, Charge, Tax, line_of, rounded, tax_problems, totals_of, within_limits
from models.sales_document import TaxFactor, TaxKind

D = Decimal
TODAY = date(2026, 11, 28)


def added(tax: str, rate: str | None, factor: str = "RATE") -> Tax:
    return Tax(TaxKind.TRANSFERRED, tax, TaxFactor(factor), None if rate is None else D(rate))


def withheld(tax: str, rate: str) -> Tax:
    return Tax(TaxKind.WITHHELD, tax, TaxFactor.RATE, D(rate))


EXEMPT = added(IVA, None, "EXEMPT")

# Each line: quantity, unit price, discount, taxes. Expected: subtotal, discount, tax, withheld, total.
WORKED: list[Any] = [
    pytest.param(
        [("2", "100", "0", [USUAL])], ("200.00", "0.00", "32.00", "0.00", "232.00"), id="IVA at 16 %"
    ),
    pytest.param(
        [("1", "1000", "0", [added(IVA, "0.08")])], ("1000.00", "0.00", "80.00", "0.00", "1080.00"), id="border"
    ),
    pytest.param(
        [("10", "12.5", "0", [added(IVA, "0")]), ("1", "50", "0", [EXEMPT])],
        ("175.00", "0.00", "0.00", "0.00", "175.00"),
        id="zero rate and exempt",
    ),
    pytest.param(
        # 1,000 + IEPS 265.00; IVA is on 1,265.00: 202.40.
        [("1", "1000", "0", [USUAL, added(IEPS, "0.265")])],
        ("1000.00", "0.00", "467.40", "0.00", "1467.40"),
        id="IVA is on the IEPS too",
    ),
    pytest.param(
        # 40 l at 20.00 = 800.00; quota 6.1752 × 40 = 247.008; IVA 16 % of 1,047.008 = 167.52128.
        [("40", "20", "0", [added(IEPS, "6.1752", "QUOTA"), USUAL])],
        ("800.00", "0.00", "414.53", "0.00", "1214.53"),
        id="a quota is of the units",
    ),
    pytest.param(
        # Fees of 10,000: IVA 1,600, less ISR 10 % and two thirds of the IVA.
        [("1", "10000", "0", [USUAL, withheld(ISR, "0.1"), withheld(IVA, "0.106667")])],
        ("10000.00", "0.00", "1600.00", "2066.67", "9533.33"),
        id="professional fees",
    ),
    pytest.param(
        [("1", "5000", "0", [USUAL, withheld(IVA, "0.04")])],
        ("5000.00", "0.00", "800.00", "200.00", "5600.00"),
        id="freight",
    ),
    pytest.param(
        # The discount is taken off before the tax: 2,000 - 500 = 1,500; with 1,000 and 300 the base is 2,800.
        [("4", "500", "500", [USUAL]), ("1", "1000", "0", [USUAL]), ("1", "300", "0", [USUAL])],
        ("3300.00", "500.00", "448.00", "0.00", "3248.00"),
        id="discounts",
    ),
    pytest.param(
        # Three lines of 0.005: each has 0.0008 of tax; rounded line by line there were none of it, nor of the sum.
        [("1", "0.005", "0", [USUAL])] * 3,
        ("0.02", "0.00", "0.00", "0.00", "0.02"),
        id="sums are rounded, lines are not",
    ),
    pytest.param(
        # 3 × 33.333333 = 99.999999; IVA 15.99999984 is 16.000000 on the line.
        [("3", "33.333333", "0", [USUAL])], ("100.00", "0.00", "16.00", "0.00", "116.00"), id="six decimals"
    ),
    pytest.param(
        # 10.05 × 0.16 = 1.608 a line; three are 4.824, which is 4.82 and not three times 1.61.
        [("1", "10.05", "0", [USUAL])] * 3, ("30.15", "0.00", "4.82", "0.00", "34.97"), id="one rounding for each tax"
    ),
    pytest.param(
        # 0.125 is half a cent: up.
        [("1", "0.125", "0", [EXEMPT])], ("0.13", "0.00", "0.00", "0.00", "0.13"), id="half up"
    ),
]  # fmt: skip


@pytest.mark.claims(
    "docs/sales.md",
    "Everything on a line has 6 decimals.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "A line's amount is quantity × unit price; taxes are on that less the discount, IVA also on the "
    "line's IEPS; a quota is on the number of units.",
)
@pytest.mark.parametrize(("lines", "expected"), WORKED)
def test_worked_by_hand(lines: Any, expected: Any) -> None:
    totals = totals_of([line_of(D(q), D(p), D(d), taxes) for q, p, d, taxes in lines], "MXN")
    found = (totals.subtotal, totals.discount, totals.tax, totals.withheld, totals.total)
    assert tuple(map(str, found)) == expected


def test_a_currency_without_decimals_has_whole_totals() -> None:
    totals = totals_of([line_of(D(3), D("33.4"), D(0), [USUAL])], "JPY")
    assert [str(part) for part in (totals.subtotal, totals.tax, totals.total)] == ["100.00", "16.00", "116.00"]


def test_local_taxes_are_of_the_document() -> None:
    # A hotel's bill: 1,709.12, IVA 273.46, lodging tax (IH) 27.43.
    lines = [line_of(D(1), D("1355.67"), D(0), [USUAL]), line_of(D(1), D("353.45"), D(0), [USUAL])]
    totals = totals_of(lines, "MXN", [Charge(added("IH", "0.025"), None, D("27.43"))])
    assert (totals.tax, totals.total) == (D("300.89"), D("2010.01"))


@pytest.mark.parametrize(
    ("tax", "known"),
    [
        (USUAL, True),
        (added(IVA, "0.15"), False),
        (EXEMPT, True),
        (Tax(TaxKind.TRANSFERRED, IVA, TaxFactor.EXEMPT, D("0.16")), False),
        (added(IVA, None), False),
        (added(IEPS, "0.53"), True),
        (added(IEPS, "0.54"), False),
        (added(ISR, "0.1"), False),
        (withheld(ISR, "0.35"), True),
        (withheld(ISR, "0.350001"), False),
        (withheld(IVA, "0.106667"), True),
        (withheld(IVA, "0.17"), False),
    ],
)  # fmt: skip
def test_rates_are_those_of_the_catalog(tax: Tax, known: bool) -> None:
    assert (tax.problem(TODAY) is None) is known


QUOTA: Any = [
    ("2023-12-31", "59.1449"),
    ("2024-01-01", "66.5062"),
    ("2024-12-31", "66.5062"),
    ("2025-01-01", "69.5255"),
    ("2025-12-31", "69.5255"),
    ("2026-01-01", "72.1605"),
    ("2026-11-28", "72.1605"),
]


@pytest.mark.parametrize("kind", TaxKind)
@pytest.mark.parametrize(("day", "most"), QUOTA)
def test_the_quota_of_ieps_is_that_of_the_day(kind: TaxKind, day: str, most: str) -> None:
    on = date.fromisoformat(day)

    def problem(rate: Decimal) -> Any:
        return Tax(kind, IEPS, TaxFactor.QUOTA, rate).problem(on)

    assert problem(D(most)) is problem(D(0)) is problem(D("6.1752")) is None
    more = (D(most) + D("0.0001")).normalize()
    over = problem(more)
    assert over.code.name == "TAX_RATE_UNKNOWN"
    assert over.message_es == (f"El SAT no tiene el impuesto 003 con la tasa o cuota {more} el {day}; admite 0–{most}.")


def test_what_holds_today_is_asked_for_today() -> None:
    assert added(IEPS, "60", "QUOTA").problem(date(2026, 11, 28)) is None
    assert added(IEPS, "72.1606", "QUOTA").problem(date(2026, 11, 28))
    assert added(IEPS, "70", "QUOTA").problem(date(2025, 12, 31))
    assert added(IEPS, "70", "QUOTA").problem(date(2026, 1, 1)) is None
    assert added(IVA, "0.16").problem(date(2021, 12, 31)), "the table of CFDI 4.0 begins in 2022"


@pytest.mark.parametrize(
    ("tax", "rate", "known"),
    [
        (IEPS, "0.08", True), (IEPS, "0.06", True), (IEPS, "1.6", True), (IEPS, "0.03", False), (IEPS, "0", False),
        (IEPS, "0.081", False), (IVA, "0", True), (IVA, "0.16", True), (IVA, "0.160001", False), (ISR, "0", True),
        (ISR, "0.0125", True), (ISR, "0.36", False), ("004", "0.1", False),
    ],
)  # fmt: skip
def test_what_may_be_withheld(tax: str, rate: str, known: bool) -> None:
    assert (withheld(tax, rate).problem(TODAY) is None) is known


def test_only_ieps_has_quotas() -> None:
    assert added(IVA, "1", "QUOTA").problem(TODAY)
    assert Tax(TaxKind.WITHHELD, ISR, TaxFactor.QUOTA, D(1)).problem(TODAY)
    assert Tax(TaxKind.WITHHELD, IVA, TaxFactor.EXEMPT, None).problem(TODAY)


@pytest.mark.parametrize(
    ("tax_object", "taxes", "codes"),
    [
        ("02", [USUAL], []),
        ("02", [], ["TAX_OBJECT_MISMATCH"]),
        ("01", [], []),
        ("01", [USUAL], ["TAX_OBJECT_MISMATCH"]),
        ("07", [added(IEPS, "0.08")], []),
        ("07", [USUAL, added(IEPS, "0.08")], ["TAX_OBJECT_MISMATCH"]),
        ("06", [withheld(ISR, "0.1")], []),
        ("02", [USUAL, USUAL], ["TAX_TWICE"]),
        ("02", [USUAL, added(IVA, "0.08")], []),
        ("99", [USUAL], ["TAX_OBJECT_MISMATCH"]),
    ],
)
def test_the_tax_object_goes_with_the_taxes(tax_object: str, taxes: list[Tax], codes: list[str]) -> None:
    assert [problem.code.name for problem in tax_problems(tax_object, taxes, TODAY)] == codes


@pytest.mark.parametrize(
    ("result", "one", "other", "within"),
    [
        # A hotel's real line: twice 677.83 is 1,355.66, and 1,355.67 was charged.
        ("1355.67", "2.00", "677.83", True),
        ("1355.67", "2", "677.83", True),
        ("10.00", "1.00", "10.00", True),
        ("10.06", "1.00", "10.00", True),
        ("10.07", "1.00", "10.00", False),
        ("9.94", "1.00", "10.00", True),
        ("9.93", "1.00", "10.00", False),
        ("2250000", "1.5", "1500000", True),
        ("2500000", "1.5", "1500000", False),
    ],
)
def test_tolerance_of_somebody_elses_product(result: str, one: str, other: str, within: bool) -> None:
    assert within_limits(D(result), D(one), D(other), 2) is within


quantities = st.decimals(D("0.000001"), D(10**6), places=6)
prices = st.decimals(0, D(10**6), places=6)
taxes = st.sampled_from(
    [[], [USUAL], [EXEMPT], [USUAL, added(IEPS, "0.08")], [USUAL, withheld(ISR, "0.1"), withheld(IVA, "0.106667")]]
)


@pytest.mark.claims(
    "docs/sales.md",
    "The sum of the amounts, that of the discounts, and that of each tax at each rate are rounded once, half up.",
)
@given(st.lists(st.tuples(quantities, prices, taxes), min_size=1, max_size=20))
def test_sums_are_of_cents_and_within_half_a_cent_for_each_rounding(given: Any) -> None:
    lines = [line_of(quantity, price, D(0), of) for quantity, price, of in given]
    totals = totals_of(lines, "MXN")
    for part in (totals.subtotal, totals.discount, totals.tax, totals.withheld, totals.total):
        assert part == rounded(part, 2)
    assert totals.total == totals.subtotal - totals.discount + totals.tax - totals.withheld
    exact = sum(line.amount for line in lines) + sum(
        charge.amount * (1 if charge.tax.kind is TaxKind.TRANSFERRED else -1)
        for line in lines
        for charge in line.charges
    )
    groups = len({charge.tax for line in lines for charge in line.charges})
    assert abs(totals.total - exact) <= D("0.005") * (1 + groups)


@given(st.lists(st.tuples(quantities, prices, taxes), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(given: Any, chance: Any) -> None:
    lines = [line_of(quantity, price, D(0), of) for quantity, price, of in given]
    other = [*lines]
    chance.shuffle(other)
    assert totals_of(lines, "MXN") == totals_of(other, "MXN")


@given(
    st.decimals(0, D(10**6), places=6), st.lists(st.decimals(D("0.000001"), D(1000), places=6), min_size=1, max_size=9)
)
def test_shares_of_a_discount_add_up_to_it(discount: Decimal, parts: list[Decimal]) -> None:
    whole = sum(parts, D(0))
    before, shared = D(0), D(0)
    for part in parts:
        shared += share(discount, before, part, whole)
        before += part
    assert shared == discount


def test_a_share_is_what_the_line_keeps_of_it() -> None:
    assert [share(D(10), D(before), D(1), D(3)) for before in range(3)] == [D("3.333333"), D("3.333334"), D("3.333333")]
