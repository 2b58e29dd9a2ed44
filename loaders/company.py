"""The viewer's company, and what it has set up for its people to choose from."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, select

import models
from loaders.deleted import Deleted
from loaders.entity import HERE, Derived, Entity, Query, of_company
from loaders.relation import Computed, ToMany
from models.base import alias_of


class CompanyEntity(Entity, model=models.Company, prefix="com", type_name="FichaCompany"):
    logo_url = Derived(lambda c: HERE + c["logo_path"])

    collaborators = ToMany(models.Collaborator, key="company_id", order=("name",))
    price_lists = ToMany(models.PriceList, key="company_id", order=("name",), deleted=Deleted.EXCLUDE)
    funnel_stages = ToMany(models.FunnelStage, key="company_id", order=("position",))
    loss_reasons = ToMany(models.LossReason, key="company_id", order=("name",))
    prospect_states = ToMany(models.ProspectState, key="company_id", order=("position",))
    bank_accounts = ToMany(models.CompanyBankAccount, key="company_id", order=("position",), deleted=Deleted.EXCLUDE)
    folio_series = ToMany(models.FolioSeries, key="company_id", order=("type", "series"))
    default_reminders = ToMany(models.DefaultReminder, key="company_id", order=("position",))
    holidays = ToMany(models.Holiday, key="company_id", order=("day",))


def logo_of(parent: FromClause, company_id: ColumnElement[Any]) -> Query:
    """The logo of the company, if it has one."""
    logo = alias_of(models.CompanyLogo)
    return select(logo.c.picture).where(*of_company(logo, logo.c.company_id == company_id)).correlate(parent)


LOGO = Computed("CompanyLogo", ("picture",), logo_of, many=True)
"""Of a company: its logo as PNG, for the files that bear it; nobody else is shown its bytes."""
