"""The classes of other rooms whose attributes types of the schema show: what is shown is neither a row nor a resolver's
own class."""

# Each is here to be named by `schema`.
# pyright: reportUnusedImport=false

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
