"""Bank accounts of a client."""

from collections.abc import Mapping
from typing import Any

from domain.bank_account import mask_account_number
from models.viewer import Permission
from resolvers.context import Context
from resolvers.reading import filled


@filled("account_number")
def account_number(context: Context, account: Mapping[str, Any]) -> str | None:
    """Whole for those who may read billing data, masked for everybody else."""
    number: str | None = account["account_number"]
    if number is None or not context.viewer.may(Permission.BILLING_READ):
        return number and mask_account_number(number)
    context.disclosed["accountNumbers"] += 1
    return number
