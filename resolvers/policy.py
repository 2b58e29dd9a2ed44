"""Whether the viewer can take an action on a record now, and why not, by the same rules as the mutations."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from strawberry import Info

from domain.actions import Decider, Reason, columns_of, row_of
from domain.policy import (
    Action,
    AddressAction,
    Asking,
    BankAccountAction,
    ClientAction,
    ContactAction,
    DealAction,
    DocumentAction,
    FollowUpAction,
    SalesDocumentAction,
)
from resolvers.context import Context, context
from resolvers.reading import filled


def _answered(actions: tuple[Action, ...], answer: Callable[[Asking, Any], Any]) -> Any:
    """A field that is answered by what decides over these actions: the record's columns and its facts."""
    columns = columns_of(*actions)
    names = {column: column.removeprefix("facts.") for column in columns}

    @filled(*columns)
    def compute(context: Context, values: Mapping[str, Any]) -> Any:
        return answer(context, row_of({name: values[column] for column, name in names.items()}))

    return compute


def _can(action: Action) -> Any:
    return _answered((action,), Decider(action).allows)


def _states(kind: type[StrEnum]) -> Any:
    """Every action on the kind of record, each with its problems."""
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
delete_deal = _can(DealAction.DELETE)
restore_deal = _can(DealAction.RESTORE)

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


def message(root: Reason, info: Info) -> str:
    """The message of the problem, in the viewer's language."""
    return root.message(context(info).language)


def help_with(root: Reason, info: Info) -> str:
    """What would help, in the reader's language."""
    return root.help(context(info).language)
