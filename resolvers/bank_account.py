"""Bank accounts of a client."""

from typing import Any

from strawberry import Info

from domain.bank_account import mask_account_number
from models.viewer import Permission
from resolvers.context import viewer


def account_number(root: Any, info: Info) -> str | None:
    """Whole for those who may read billing data, masked for everybody else."""
    number = root.account_number
    return number if number is None or viewer(info).may(Permission.BILLING_READ) else mask_account_number(number)
