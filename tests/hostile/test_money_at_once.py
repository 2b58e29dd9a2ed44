"""Twenty at once on one payment and one sales note: whatever comes first, nothing is used twice, and what is owed
follows from what was answered."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Any

import pytest
from sqlalchemy import select, text

from domain.payment import register_payment
from models import Client, Payment, SalesDocument
from tests.domain.test_conversion_commands import DESK, sent
from tests.fixtures import Company, global_id
from tests.hostile.test_books import IMPOSSIBLE, LEDGER
from tests.writing import Writer

D = Decimal
AT_ONCE = 20
ACTIONS: Mapping[str, tuple[Callable[[str, str], Mapping[str, Any]], int, int]] = {
    "applyCredit": (lambda paid, note: {"paymentId": paid, "salesDocumentId": note, "amount": "600"}, 0, 1),
    "refundCredit": (lambda paid, _: {"paymentId": paid, "amount": "600"}, 600, 1),
    "reversePayment": (lambda paid, _: {"id": paid}, 1160, 1),
    "cancelSalesDocument": (lambda _, note: {"id": note}, -1160, 1),
    "registerPayment": (lambda _, note: {"salesDocumentId": note, "amount": "600", "paymentForm": "03"}, -600, 2),
    "convertSalesDocument": (lambda _, note: {"id": note, "to": "INVOICE"}, 0, 1),
}
"""Of each mutation: its input for a payment and a sales note of 1,160, what the client owes more after it, and how
often it can be done."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("names", list(combinations_with_replacement(ACTIONS, 2)), ids="-".join)
def test_twenty_at_once(company: Callable[..., Company], owner: Any, names: tuple[str, str]) -> None:
    mine = company()
    writer, client = Writer(mine), mine.billable()
    note = sent(writer, client, "SALES_NOTE", DESK)
    paid = writer.do(register_payment, {"client_id": client, "amount": D(1160), "payment_form": "03"})
    ids = global_id(Payment, paid.id), global_id(SalesDocument, note.id)

    def send(name: str) -> tuple[str, bool]:
        kind = f"{name[0].upper()}{name[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code message }} }} }}"
        answer = mine.ask(query, input=ACTIONS[name][0](*ids))
        while answer.errors == [("OVERLOADED", name)]:  # a busy machine: it comes again
            answer = mine.ask(query, input=ACTIONS[name][0](*ids))
        errors = answer.data[name]["userErrors"]
        assert all(error["code"] != "RECORD_BREAKS_RULE" for error in errors), errors
        return name, not errors

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(send, names * (AT_ONCE // 2)))
    done = {name: answers.count((name, True)) for name in names}
    assert any(done.values())
    assert all(times <= ACTIONS[name][2] for name, times in done.items()), done

    expected = sum((D(ACTIONS[name][1]) * times for name, times in done.items()), D(0))
    table = Client.__table__
    [(balance, left)] = owner.execute(select(table.c.balance, table.c.credit_balance).where(table.c.id == client)).all()
    ledger = owner.execute(text(LEDGER), {"company": mine.id, "day": writer.now.date()}).one()
    assert (balance, left) == (expected, ledger.credit)
    assert balance == ledger.owed - ledger.credit
    assert owner.execute(text(IMPOSSIBLE), {"company": mine.id}).all() == []
    used = owner.execute(
        text("select amount, applied + refunded from payment where company_id = :id and reversed_at is null"),
        {"id": mine.id},
    ).all()
    assert all(amount >= taken for amount, taken in used)
