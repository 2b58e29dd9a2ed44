"""Bank accounts of a client."""

from collections.abc import Mapping
from typing import Any

from strawberry import Info

from domain.bank_account import mask_account_number
from loaders.reads import Filled, reads
from models.viewer import Permission
from resolvers.context import Context, context


def _account_number(context: Context, account: Mapping[str, Any]) -> str | None:
    number: str | None = account["account_number"]
    if number is None or not context.viewer.may(Permission.BILLING_READ):
        return number and mask_account_number(number)
    context.disclosed["accountNumbers"] += 1
    return number


@reads(Filled(("account_number",), _account_number))
def account_number(root: Any, info: Info) -> str | None:
    """Whole for those who may read billing data, masked for everybody else."""
    return _account_number(context(info), root._asdict())
