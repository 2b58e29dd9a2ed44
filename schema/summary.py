"""Counts and sums over clients, deals and debts, by groups (resúmenes)."""

from decimal import Decimal

import strawberry

from models.client import ClientKind
from models.deal import DealState
from resolvers import summary as answers
from schema.collaborator import Collaborator
from schema.deal import FunnelStage
from schema.fields import column, shows
from schema.prospect_state import ProspectState
from schema.receivables import ReceivablesAgeing
from schema.scalars import YearMonth


@strawberry.type(description="The clients of a kind (clientes o prospectos).")
@shows(answers.Group)
class ClientsOfKind:
    key: ClientKind = strawberry.field(name="kind", description="The kind.")
    count: int = column("How many they are.")


@strawberry.type(description="The clients of a collaborator in charge (cartera de un responsable).")
@shows(answers.Group)
class ClientsOfOwner:
    key: Collaborator | None = strawberry.field(
        name="owner", description="The collaborator; null for the clients that nobody is in charge of."
    )
    count: int = column("How many they are.")


@strawberry.type(description="The prospects in a state (prospectos por estado).")
@shows(answers.Group)
class ClientsOfProspectState:
    key: ProspectState | None = strawberry.field(
        name="prospectState", description="The state; null for the prospects without one."
    )
    count: int = column("How many they are.")


@strawberry.type(
    description="How many clients and prospects there are (resumen de clientes), by groups; deleted ones are left out."
)
@shows(answers.ClientsSummary, answers.CLIENTS.permissions)
class ClientsSummary:
    count: int = column("All of them.")
    by_kind: list[ClientsOfKind] = column("By kind, the largest group first.")
    by_owner: list[ClientsOfOwner] = column("By the collaborator in charge, the largest group first.")
    by_prospect_state: list[ClientsOfProspectState] = column(
        "The prospects by state, in the states' order; those without a state come last."
    )


@strawberry.type(description="The deals of one currency, summed (total de tratos).")
class DealsTotal:
    currency: str = column("SAT's c_Moneda (ISO 4217).")
    count: int = column("How many deals.")
    estimated_value: Decimal = column("Their estimated values together, 2 decimals (valor estimado).")
    final_value: Decimal = column("The final values of the won ones together, 2 decimals (valor final).")


@strawberry.type(description="The deals in a stage of the funnel (tratos por etapa).")
@shows(answers.Totals)
class DealsOfStage:
    key: FunnelStage = strawberry.field(name="stage", description="The stage.")
    count: int = column("How many deals.")
    totals: list[DealsTotal] = column("Their sums by currency.")


@strawberry.type(description="The deals of a collaborator (tratos por responsable).")
@shows(answers.Totals)
class DealsOfAssignee:
    key: Collaborator | None = strawberry.field(
        name="assignee", description="The collaborator; null for the deals that nobody is in charge of."
    )
    count: int = column("How many deals.")
    totals: list[DealsTotal] = column("Their sums by currency.")


@strawberry.type(description="The deals that should close in a month (tratos por mes de cierre).")
@shows(answers.Totals)
class DealsOfMonth:
    key: YearMonth | None = strawberry.field(
        name="month", description="The month of the day they should close; null for deals without one."
    )
    count: int = column("How many deals.")
    totals: list[DealsTotal] = column("Their sums by currency.")


@strawberry.type(description="The deals in a state (tratos por estado).")
@shows(answers.Totals)
class DealsOfState:
    key: DealState = strawberry.field(name="state", description="The state.")
    count: int = column("How many deals.")
    totals: list[DealsTotal] = column("Their sums by currency.")


@strawberry.type(
    description="Counts and sums of deals (resumen de tratos), by groups; without deleted deals and deleted clients."
)
@shows(answers.DealsSummary, answers.DEALS.permissions)
class DealsSummary:
    count: int = column("How many deals.")
    totals: list[DealsTotal] = column("The sums of all, by currency.")
    by_stage: list[DealsOfStage] = column("By stage, in the funnel's order.")
    by_assignee: list[DealsOfAssignee] = column("By the collaborator in charge, by name; nobody comes last.")
    by_month: list[DealsOfMonth] = column("By the month of `expectedCloseOn`, earliest first; without one comes last.")
    by_state: list[DealsOfState] = column("By state.")


@strawberry.type(description="What is owed in one currency (cuentas por cobrar).")
@shows(answers.ReceivablesTotal)
class ReceivablesTotal:
    currency: str = column("SAT's c_Moneda (ISO 4217).")
    document_count: int = column("How many invoices and sales notes are owed.")
    client_count: int = column("By how many clients.")
    owed: Decimal = column("What is owed on them (adeudo), 2 decimals. Credit balances are not taken off.")
    overdue_balance: Decimal = column("The part of `owed` whose due date has passed (saldo vencido), 2 decimals.")
    ageing: ReceivablesAgeing = column("`owed` by the days since it fell due (antigüedad de saldos).")


@strawberry.type(description="What the clients of a collaborator owe (cuentas por cobrar de un responsable).")
@shows(answers.Totals)
class ReceivablesOfOwner:
    key: Collaborator | None = strawberry.field(
        name="owner", description="The collaborator in charge of the clients; null for clients without one."
    )
    totals: list[ReceivablesTotal] = column("By currency, each in its own.")


@strawberry.type(
    description="What the clients owe now, by groups (resumen de cuentas por cobrar); deleted clients are left out."
)
@shows(answers.ReceivablesSummary, answers.RECEIVABLES.permissions)
class ReceivablesSummary:
    totals: list[ReceivablesTotal] = column("All of it by currency, each in its own.")
    by_owner: list[ReceivablesOfOwner] = column("By the collaborator in charge, by name; nobody comes last.")
