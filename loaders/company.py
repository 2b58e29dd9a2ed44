"""The viewer's company, and what it has set up for its people to choose from."""

import models
from loaders.deleted import Deleted
from loaders.entity import Entity
from loaders.relation import ToMany


class CompanyEntity(Entity, model=models.Company, prefix="com", type_name="FichaCompany"):
    collaborators = ToMany(models.Collaborator, key="company_id", order=("name",))
    price_lists = ToMany(models.PriceList, key="company_id", order=("name",), deleted=Deleted.EXCLUDE)
    funnel_stages = ToMany(models.FunnelStage, key="company_id", order=("position",))
    loss_reasons = ToMany(models.LossReason, key="company_id", order=("name",))
    prospect_states = ToMany(models.ProspectState, key="company_id", order=("position",))
    bank_accounts = ToMany(models.CompanyBankAccount, key="company_id", order=("position",), deleted=Deleted.EXCLUDE)
    folio_series = ToMany(models.FolioSeries, key="company_id", order=("type", "series"))
    default_reminders = ToMany(models.DefaultReminder, key="company_id", order=("position",))
    holidays = ToMany(models.Holiday, key="company_id", order=("day",))
