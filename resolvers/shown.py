"""The classes of other rooms whose attributes types of the schema show: what is shown is neither a row nor a resolver's
own class."""

from domain.actions import Decision, Reason
from domain.cfdi_profile import Readiness
from domain.payment_reminders import Reminder
from domain.problem import Problem
from loaders.operation import Edge, PageInfo, Rows
from models.catalogs import (
    Bank,
    CfdiUse,
    Country,
    Currency,
    Entry,
    PaymentForm,
    PaymentMethod,
    PostalCode,
    State,
    TaxObject,
    TaxRegime,
)

__all__ = [
    "Bank",
    "CfdiUse",
    "Country",
    "Currency",
    "Decision",
    "Edge",
    "Entry",
    "PageInfo",
    "PaymentForm",
    "PaymentMethod",
    "PostalCode",
    "Problem",
    "Readiness",
    "Reason",
    "Reminder",
    "Rows",
    "State",
    "TaxObject",
    "TaxRegime",
]
