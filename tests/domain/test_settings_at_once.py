"""While somebody changes the company's settings, the others go on writing."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from database.opening import open_pool
from domain.company_bank_account import create_company_bank_account
from domain.contact import CONTACTS
from domain.default_reminder import set_default_reminders
from domain.holiday import create_holiday
from domain.inputs import Input
from domain.role import set_role_permissions
from domain.work import UnitOfWork
from models import Contact
from server.work import UnitsOfWork
from tests.fixtures import Company
from tests.writing import Writer, rows

CHANGES: dict[str, tuple[Callable[[UnitOfWork, Any], Awaitable[Any]], dict[str, Any]]] = {
    "an account": (create_company_bank_account, {"payment_form": "03", "account_number": "012180001234567899"}),
    "a holiday": (create_holiday, {"day": datetime.date(2027, 5, 10), "name": "Aniversario"}),
    "the reminders": (set_default_reminders, {"rules": []}),
    "a role": (set_role_permissions, {"role": "SALES", "permissions": ["clients:read"]}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_changes_the_settings_keeps_nobody_from_writing(
    company: Callable[..., Company], owner: Any, change: str
) -> None:
    mine = company()
    client, writer = mine.client(), Writer(mine)
    command, values = CHANGES[change]

    async def both() -> None:
        pool = open_pool(mine.ficha.settings.database_url, 2)
        units = UnitsOfWork(pool)
        changed, written = asyncio.Event(), asyncio.Event()

        async def settings(work: UnitOfWork) -> None:
            await command(work, Input(**values))
            changed.set()
            await written.wait()

        async def contact() -> None:
            await changed.wait()
            input = Input(client_id=client, name="Ana")
            await units.run(writer.viewer, writer.now, lambda work: CONTACTS.create(work, input))
            written.set()

        try:
            async with asyncio.timeout(60):
                await asyncio.gather(units.run(writer.viewer, writer.now, settings), contact())
        finally:
            await pool.close()

    asyncio.run(both())
    assert rows(owner, mine, Contact, "name") == ["Ana"]
