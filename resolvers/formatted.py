"""Addresses, telephones and accounts as people read them."""

from collections.abc import Mapping
from typing import Any

from domain.bank_account import mask_account_number
from domain.formatted import (
    FormattedAccount,
    FormattedAddress,
    FormattedPhone,
    format_account,
    format_address,
    format_phone,
)
from models.viewer import Permission
from resolvers.context import Context
from resolvers.reading import filled


@filled(
    "street",
    "exterior_number",
    "interior_number",
    "neighborhood",
    "locality",
    "municipality",
    "state",
    "postal_code",
    "country",
)
def address(_: Context, row: Mapping[str, Any]) -> FormattedAddress:
    """Whoever sees the client sees its addresses whole."""
    return format_address(row)


@filled("phone", "phone_extension")
def phone(_: Context, contact: Mapping[str, Any]) -> FormattedPhone | None:
    """Whoever sees the client sees its telephones whole."""
    number = contact["phone"]
    return None if number is None else format_phone(number, contact["phone_extension"])


@filled("account_number")
def account(context: Context, row: Mapping[str, Any]) -> FormattedAccount | None:
    """Whole for those who may read billing data, masked for everybody else."""
    number: str | None = row["account_number"]
    if number is None:
        return None
    if not context.viewer.may(Permission.BILLING_READ):
        return format_account(number, mask_account_number)
    context.disclosed["accountNumbers"] += 1
    return format_account(number)
