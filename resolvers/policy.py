"""Whether the viewer can do something to a record now, and why not: asked of the rules that the mutations ask."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from strawberry import Info

from domain.actions import Decider, Decision, Reason, columns_of, row_of
from domain.policy import (
    Action,
    AddressAction,
    BankAccountAction,
    ClientAction,
    ContactAction,
    DealAction,
    DocumentAction,
    FollowUpAction,
    SalesDocumentAction,
)
from loaders.reads import Filled, reads
from models.viewer import Viewer
from resolvers.context import Context, context, operation


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and on which day where the company is."""

    viewer: Viewer
    now: datetime.datetime

    @property
    def today(self) -> datetime.date:
        """Looked up by the few rules that ask for it."""
        return self.viewer.today(self.now)


def _answered(actions: tuple[Action, ...], answer: Callable[[Asking, Any], Any]) -> Any:
    """A resolver of what decides over these actions: the record's columns and its facts."""
    columns = columns_of(*actions)
    names = tuple(column.rpartition(".")[2] for column in columns)
    facts = tuple(column.removeprefix("facts.") for column in columns if column.startswith("facts."))
    own = tuple(column for column in columns if not column.startswith("facts."))

    def decided(given: Context, values: Mapping[str, Any]) -> Any:
        return answer(Asking(given.viewer, given.now), row_of(values))

    def compute(given: Context, row: Mapping[str, Any]) -> Any:
        return decided(given, dict(zip(names, (row[column] for column in columns), strict=True)))

    def of_row(root: Any, info: Info) -> Any:
        return decided(context(info), {name: getattr(root, name) for name in own})

    async def of_facts(root: Any, info: Info) -> Any:
        found = await operation(info).load(root, "facts")
        values = {name: getattr(root, name) for name in own} | {name: getattr(found, name) for name in facts}
        return decided(context(info), values)

    return reads(Filled(columns, compute))(of_facts if facts else of_row)


def _can(action: Action) -> Any:
    return _answered((action,), Decider(action).allows)


def _states(kind: type[StrEnum]) -> Any:
    """Every action on the kind of record, each with what is in its way."""
    actions: Any = tuple(kind)
    deciders = [Decider(action) for action in actions]
    return _answered(actions, lambda asking, row: [decide(asking, row) for decide in deciders])


def _available(kind: type[StrEnum]) -> Any:
    """The actions that nothing is in the way of."""
    actions: Any = tuple(kind)
    deciders = [Decider(action) for action in actions]
    return _answered(actions, lambda asking, row: [decide.action for decide in deciders if decide.allows(asking, row)])


client_states = _states(ClientAction)
client_actions = _available(ClientAction)
update_client = _can(ClientAction.EDIT)
update_client_billing = _can(ClientAction.EDIT_BILLING)
convert_client = _can(ClientAction.CONVERT_TO_CLIENT)
delete_client = _can(ClientAction.DELETE)
restore_client = _can(ClientAction.RESTORE)
erase_client = _can(ClientAction.ERASE)

contact_states = _states(ContactAction)
address_states = _states(AddressAction)
bank_account_states = _states(BankAccountAction)

deal_states = _states(DealAction)
update_deal = _can(DealAction.EDIT)
finish_deal = _can(DealAction.CLOSE)
reopen_deal = _can(DealAction.REOPEN)

follow_up_states = _states(FollowUpAction)
update_follow_up = _can(FollowUpAction.EDIT)
finish_follow_up = _can(FollowUpAction.COMPLETE)
reopen_follow_up = _can(FollowUpAction.REOPEN)
delete_follow_up = _can(FollowUpAction.DELETE)
restore_follow_up = _can(FollowUpAction.RESTORE)

sales_document_states = _states(SalesDocumentAction)
sales_document_actions = _available(SalesDocumentAction)
update_sales_document = _can(SalesDocumentAction.EDIT)
send_sales_document = _can(SalesDocumentAction.SEND)
convert_sales_document = _can(SalesDocumentAction.CONVERT)
register_payment = _can(SalesDocumentAction.REGISTER_PAYMENT)
cancel_sales_document = _can(SalesDocumentAction.CANCEL)

document_states = _states(DocumentAction)
update_document = _can(DocumentAction.EDIT)
restore_document = _can(DocumentAction.RESTORE)


# What a state shows


def allowed(root: Decision) -> bool:
    """Whether nothing is in the way."""
    return root.allowed


def message(root: Reason, info: Info) -> str:
    """What is in the way, in the reader's language."""
    return root.message(context(info).language)


def help_with(root: Reason, info: Info) -> str:
    """What would help, in the reader's language."""
    return root.help(context(info).language)
