"""The company and the viewer."""

import strawberry

from resolvers import viewer as answers
from schema.collaborator import Collaborator, Locale, Role
from schema.deal import FunnelStage, LossReason
from schema.fields import answered, column, related
from schema.node import Node
from schema.price_list import PriceList
from schema.scalars import PostalCode, Rfc


@strawberry.type(description="The company whose records these are (empresa).")
class Company(Node):
    name: str = column("Legal name (razón social).")
    rfc: Rfc = column("RFC.")
    postal_code: PostalCode = column("Where it issues its documents (lugar de expedición).")
    time_zone: str = column("IANA time zone in which its days and months begin, as `America/Mexico_City`.")
    currency: str = column("The currency of its balances and credit limits, SAT's c_Moneda (ISO 4217).")
    collaborators: list[Collaborator] = related("Its people, by name, those who have left included.")
    price_lists: list[PriceList] = related("Its price lists (tarifas), by name.")
    funnel_stages: list[FunnelStage] = related(
        "The stages of its sales funnel, in their order, inactive ones included."
    )
    loss_reasons: list[LossReason] = related("Its reasons for losing deals, by name, inactive ones included.")


@strawberry.type(description="Who asks: the collaborator that the credentials of the request stand for.")
class Viewer:
    collaborator: Collaborator = answered(answers.collaborator, "The collaborator.")
    company: Company = answered(answers.company, "Their company.")
    role: Role = answered(answers.role, "Their role; an API key has it with the permissions that it was given.")
    locale: Locale = answered(answers.locale, "By whose customs they want to read.")
    permissions: list[str] = answered(
        answers.permissions, "What they may do, as `clients:read_all`, in alphabetical order."
    )
