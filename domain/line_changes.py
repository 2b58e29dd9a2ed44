"""What the history says of a sales document's lines that were edited: those added, removed and changed, as text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from domain.taxes import Tax
from models.sales_document import TaxFactor

MOST: Final = 50
"""Lines that are told one by one; beyond them, how many more there are."""
_LONGEST: Final = 80
"""Characters of a line's description."""


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as the history has it, and what it is known by."""

    key: str
    """What tells the line from others: its own code, or its description."""
    text: str
    content: tuple[Any, ...]
    """All of its values: two lines with the same are one."""


def line_text(values: Any, discount: Decimal, taxes: Sequence[Tax]) -> LineText:
    """Of a line's values by name: `3 H87 × 12.50 Silla (A-1, 56101504, 02) −5.00 +IVA`."""
    names = ("sku", "description", "product_code", "unit_code", "tax_object")
    sku, description, product_code, unit_code, tax_object = (values[name] for name in names)
    quantity, price = values["quantity"], values["unit_price"]
    short = description if len(description) <= _LONGEST else f"{description[: _LONGEST - 1]}…"
    codes = ", ".join(filter(None, (sku, product_code, tax_object)))
    parts = (
        f"{_plain(quantity)} {unit_code} × {_plain(price)} {short} ({codes})",
        f"−{_plain(discount)}" if discount else "",
        *map(_tax, taxes),
    )
    content = (sku, description, product_code, unit_code, tax_object, quantity, price, discount, frozenset(taxes))
    return LineText(sku or description, " ".join(filter(None, parts)), content)


def line_changes(before: Sequence[LineText], after: Sequence[LineText]) -> list[dict[str, Any]]:
    """One {field, from, to} for each line that differs: without `from` it was added, without `to` removed. Lines that
    only changed places are told as one, which names them in their former and their new order."""
    pairs = list(_pairs(_without(before, after), _without(after, before)))
    if not pairs:
        moved = [(old, new) for old, new in zip(before, after, strict=True) if old.content != new.content]
        return [_change(_named(old for old, _ in moved), _named(new for _, new in moved))] if moved else []
    changes = [_change(old and old.text, new and new.text) for old, new in pairs[:MOST]]
    if rest := pairs[MOST:]:
        counts = (sum(line is not None for line in side) for side in zip(*rest, strict=True))
        changes.append(_change(*(f"… +{count}" if count else None for count in counts)))
    return changes


def _without(lines: Sequence[LineText], others: Sequence[LineText]) -> list[LineText]:
    """Those of the lines that are not among the others, each as often as it is there more often."""
    left = Counter(line.content for line in others)
    rest: list[LineText] = []
    for line in lines:
        if left[line.content] > 0:
            left[line.content] -= 1
        else:
            rest.append(line)
    return rest


def _pairs(former: Sequence[LineText], later: Sequence[LineText]) -> Iterator[tuple[LineText | None, LineText | None]]:
    """Each former line with the one that it became: one that is known by the same, in their order. What is left over
    was removed or added."""
    keys = dict.fromkeys(line.key for line in (*former, *later))
    olds: dict[str, list[LineText]] = {key: [] for key in keys}
    news: dict[str, list[LineText]] = {key: [] for key in keys}
    for line in former:
        olds[line.key].append(line)
    for line in later:
        news[line.key].append(line)
    for key in keys:
        yield from zip_longest(olds[key], news[key])


def _named(lines: Iterator[LineText]) -> str:
    keys = [line.key if len(line.key) <= _LONGEST else f"{line.key[: _LONGEST - 1]}…" for line in lines]
    return "; ".join(keys[:MOST]) + (f"; … +{len(keys) - MOST}" if len(keys) > MOST else "")


def _change(before: str | None, after: str | None) -> dict[str, Any]:
    return {"field": "lines", "from": before, "to": after}


def _plain(number: Decimal) -> str:
    """Without the zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tax(tax: Tax) -> str:
    """`+002 16%`, `-001 10%`, `+003 3.5`, `+002 exento`: added or withheld, SAT's code, rate or quota."""
    sign = "+" if tax.kind == "TRANSFERRED" else "−"
    if tax.rate is None:
        return f"{sign}{tax.tax} exento"
    rate = f"{_plain(tax.rate * 100)}%" if tax.factor is TaxFactor.RATE else _plain(tax.rate)
    return f"{sign}{tax.tax} {rate}"
