"""The company and the viewer."""

import datetime

import strawberry

from domain.company import update_company
from domain.company_logo import set_company_logo
from domain.default_reminder import set_default_reminders
from models.viewer import Permission
from resolvers import catalogs as codes
from resolvers import company_logo as logos
from resolvers import viewer as answers
from schema.catalogs import SatTaxRegime
from schema.collaborator import Collaborator, Locale, Role
from schema.company_bank_account import CompanyBankAccount
from schema.deal import FunnelStage, LossReason
from schema.default_reminder import DefaultReminder
from schema.fields import answered, column, related
from schema.folio_series import FolioSeries
from schema.holiday import CompanyHoliday
from schema.inputs import Command, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.payment_reminders import ReminderRuleInput
from schema.price_list import SalesPriceList
from schema.prospect_state import ProspectState
from schema.scalars import PostalCode, Rfc, Url


@strawberry.type(description="The company whose records these are (empresa).")
class FichaCompany(Node):
    name: str = column("Legal name (razón social).")
    rfc: Rfc = column("RFC.")
    tax_regime: SatTaxRegime | None = answered(
        codes.tax_regime, "Its tax regime as issuer of CFDIs (régimen fiscal); null while it is not stated."
    )
    postal_code: PostalCode = column("Where it issues its documents (lugar de expedición).")
    time_zone: str = column("IANA time zone in which its days and months begin, as `America/Mexico_City`.")
    currency: str = column("The currency of its balances and credit limits, SAT's c_Moneda (ISO 4217).")
    logo_url: Url | None = column(
        "Absolute URL of its logo (logotipo), which its statements of account bear: PNG of at most 600 × 200 pixels."
        " It needs no credentials; a new logo has a new URL. Null without one."
    )
    collaborators: list[Collaborator] = related("Its people, by name, those who have left included.")
    price_lists: list[SalesPriceList] = related("Its price lists (tarifas), by name.", deletable=True)
    funnel_stages: list[FunnelStage] = related(
        "The stages of its sales funnel, in their order, inactive ones included."
    )
    loss_reasons: list[LossReason] = related("Its reasons for losing deals, by name, inactive ones included.")
    prospect_states: list[ProspectState] = related(
        "The states of its prospects, in their order, inactive ones included."
    )
    bank_accounts: list[CompanyBankAccount] | None = related(
        "Its own bank accounts (cuentas de la empresa), which clients can be assigned, in their order.",
        deletable=True,
    )
    folio_series: list[FolioSeries] | None = related("The series of its sales documents (series y folios).")
    default_reminders: list[DefaultReminder] | None = related(
        "The reminders that a client's configuration begins with, in their order."
    )
    working_weekdays: list[int] = column("The days of the week on which it works, from 1, Monday, to 7.")
    keeps_official_holidays: bool = column("Whether Mexico's official holidays are days off.")
    holidays: list[CompanyHoliday] = related("Its own days off (días inhábiles), by day.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="The viewer: the collaborator whom the request's credentials identify.")
class FichaViewer:
    collaborator: Collaborator = answered(answers.collaborator, "The collaborator.")
    company: FichaCompany = answered(answers.company, "Their company.")
    role: Role = answered(answers.role, "Their role; an API key has its own permissions.")
    locale: Locale = answered(answers.locale, "Preferred language and region.")
    permissions: list[str] = answered(
        answers.permissions, "What they may do, as `clients:read_all`, in alphabetical order."
    )


@strawberry.input(description="Changes to the company.")
class UpdateCompanyInput(Command):
    name: str | None = value("Legal name (razón social), no `|`; it cannot be empty.")
    rfc: Rfc | None = value("RFC, of no other company, not a generic one; it cannot be empty.")
    tax_regime: str | None = value("Code of its tax regime, SAT's c_RegimenFiscal, one of its kind of person.")
    postal_code: str | None = value("Where it issues its documents, 5 digits; it cannot be empty.")
    time_zone: str | None = value(
        "IANA time zone, as `America/Tijuana`. Days and months begin where it says from then on, in the past too; each"
        " process knows after at most `FICHA_VIEWER_CACHE_SECONDS`."
    )
    currency: str | None = value("The currency of its balances, SAT's c_Moneda; fixed by its first document.")
    working_weekdays: list[int] | None = value("The days of the week on which it works, 1, Monday, to 7; at least one.")
    keeps_official_holidays: bool | None = value("Whether Mexico's official holidays are days off.")
    expected_version: int | None = value("The `version` that was read; `CONFLICT` if the record has another by now.")


@strawberry.input(description="The logo of the company.")
class SetCompanyLogoInput(Command):
    image: str | None = value(
        "PNG, JPEG or WebP in base64, at most 512 KiB before encoding; scaled down to at most 600 × 200 pixels."
        " Null or absent removes the logo."
    )
    expected_version: int | None = value("The company's `version` that was read.")


@strawberry.input(description="The reminders that clients' configurations begin with.")
class SetDefaultRemindersInput(Command):
    rules: list[ReminderRuleInput] = required("All of them, in their order, at most 20.")
    expected_version: int | None = value("The company's `version` that was read.")


MUTATIONS = (
    mutation(UpdateCompanyInput, update_company, FichaCompany, "Edits the company.", needs=Permission.COMPANY_WRITE),
    mutation(
        SetCompanyLogoInput,
        set_company_logo,
        FichaCompany,
        "Gives the company a logo (logotipo), which its statements of account bear.",
        needs=Permission.COMPANY_WRITE,
        around=logos.drawing,
    ),
    mutation(
        SetDefaultRemindersInput,
        set_default_reminders,
        FichaCompany,
        "Sets the default reminders for new configurations; existing ones do not change.",
        needs=Permission.COMPANY_WRITE,
    ),
)
