"""Which payment reminder would go out when."""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

from strawberry import ID, Info

from domain.payment_reminders import Configuration, Reminder, preview, sentence_of
from domain.working_days import USUAL, WorkCalendar
from loaders.client import ClientEntity
from loaders.company import CompanyEntity
from loaders.ids import decode_as
from models.viewer import Permission
from resolvers.context import Context, context, operation, viewer
from resolvers.reading import filled


@filled("moment", "days", "hour", "repeat_every_days", "repeat_at_most")
def summary(context: Context, rule: Mapping[str, Any]) -> str:
    """The rule as a sentence in the viewer's language."""
    return sentence_of(rule, context.language)


async def reminder_preview(info: Info, client: ID) -> list[Reminder] | None:
    """The reminders of everything that the client owes, as things stand."""
    viewer(info).demand(Permission.BILLING_READ)
    row = await operation(info).record(ClientEntity, decode_as(ClientEntity, client, "client"))
    if row is None:
        return None

    async def related(of: Any, name: str) -> Any:
        loaded = operation(info).load(of, name)
        return await loaded if isawaitable(loaded) else loaded

    reminders = await related(row, "payment_reminders")
    company = await operation(info).record(CompanyEntity, viewer(info).company_id)
    configuration = Configuration(
        enabled=reminders is not None and reminders.enabled,
        working_days_only=reminders is None or reminders.working_days_only,
        rules=await related(reminders, "rules") if reminders else (),
        recipients=await related(reminders, "recipients") if reminders else (),
        cc=reminders.cc if reminders else (),
        calendar=WorkCalendar(
            frozenset(company.working_weekdays),
            company.keeps_official_holidays,
            frozenset(holiday.day for holiday in await related(company, "holidays")),
        )
        if company
        else USUAL,
    )
    return preview(configuration, await related(row, "owed_documents"), context(info).now, viewer(info).time_zone)
