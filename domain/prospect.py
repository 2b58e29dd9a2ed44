"""Prospects: the state they are in, and how they become clients: by themselves, or as part of a client that is there.

A prospect that becomes part of a client gives it all that it has and stays behind deleted, as what old links lead to.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, func, literal, select, update

from domain import policy
from domain.address import ADDRESSES
from domain.bank_account import BANK_ACCOUNTS
from domain.cfdi_profile import FIELDS as PROFILE
from domain.cfdi_profile import ProfileInput, current_profile, revise
from domain.client import FIELDS, change_client, in_the_way
from domain.client_form import ClientForm, complete_lists, complete_singles, demand_for_form
from domain.contact import CONTACTS
from domain.fields import Field, fields_of
from domain.history import snapshot
from domain.inputs import Maybe, OnRecord, known
from domain.policy import CLIENT_NOT_PROSPECT, NOT_FOUND, ClientAction
from domain.problem import error, reject, reject_any
from domain.prospect_state import held
from domain.receivables import terms_of
from domain.work import UnitOfWork
from models import Base, Client, PaymentReminders, ProspectState
from models.client import GENERIC_RFCS, ClientKind
from models.history import HistoryEventKind
from models.viewer import Permission

CONVERTED_INTO_ITSELF: Final = error(
    "Es el mismo prospecto: elija otro cliente, o conviértalo sin elegir ninguno.",
    "It is the same prospect: choose another client, or convert it without choosing one.",
)
CONVERTED_INTO_PROSPECT: Final = error(
    "El registro elegido{name} todavía es prospecto: conviértalo primero en cliente, o elija un cliente.",
    "The chosen record{name} still is a prospect: convert it into a client first, or choose a client.",
)
RFCS_DIFFER: Final = error(
    "El prospecto y el cliente tienen distinto RFC{rfcs}: no son el mismo contribuyente. Corrija uno de los dos, o"
    " convierta el prospecto por sí mismo.",
    "The prospect and the client have different RFCs{rfcs}: they are not the same taxpayer. Correct one of them, or"
    " convert the prospect by itself.",
)


STATE: Final = fields_of(Client, "prospect_state_id", prospect_state_id=Field(required=True))


class SetProspectState(OnRecord):
    """The state that a prospect comes into."""


class ConvertProspect(ClientForm, OnRecord):
    """The prospect that becomes a client and what is known of it by then; or the client that it becomes part of."""

    into_client_id: Maybe[UUID]
    validate_only: Maybe[bool]


_BARE: Final = {"id", "expected_version", "into_client_id", "allow_duplicates", "validate_only"}
"""What the input of a conversion has that states nothing of the client."""


async def set_prospect_state(work: UnitOfWork, input: SetProspectState) -> Client:
    """Brings a prospect into another of the company's states."""
    client = await work.client(input.id, ClientAction.SET_PROSPECT_STATE, "id")
    work.expect(client, input)
    values = await work.read(STATE, input)
    state = await held(work, values["prospect_state_id"])
    if state is None:
        raise reject(NOT_FOUND).at("prospect_state_id")
    if state.id != client.prospect_state_id:
        names = {"from_prospect_state": await _state_of(work, client), "to_prospect_state": state.name}
        client.prospect_state_id = state.id
        work.touch(client)
        work.record(HistoryEventKind.PROSPECT_STATE_CHANGED, client, details=names)
    return client


async def _state_of(work: UnitOfWork, client: Client) -> str | None:
    """The name of the prospect's state."""
    state = client.prospect_state_id and await work.get(ProspectState, client.prospect_state_id)
    return state.name if state else None


async def convert_prospect(work: UnitOfWork, input: ConvertProspect) -> Client:
    """Makes a client of a prospect, or a part of a client that is there, and changes that client as the form states.
    The prospect's history stays. Repeating it changes nothing."""
    into_id = known(input.into_client_id)
    if into_id is not None:
        await work.lock_clients({input.id, into_id})
    if await _is_done(work, input, into_id):
        return await work.client(into_id or input.id, ClientAction.EDIT, "into_client_id" if into_id else "id")
    prospect = await work.client(input.id, ClientAction.EDIT, "id")
    if prospect.kind is ClientKind.CLIENT:
        raise reject(CLIENT_NOT_PROSPECT).at("id")
    work.expect(prospect, input)
    client = prospect if into_id is None else await _into(work, prospect, into_id)
    demand_for_form(work, input)
    values, problems = await work.read_each(FIELDS, input)
    if into_id is None:
        await _become_client(work, prospect)
    problems += await in_the_way(work, client, input, values)
    problems += await complete_lists(work, client, input)
    problems += await complete_singles(work, client, input)
    reject_any(problems)
    await change_client(work, client, values)
    work.flush()
    return client


async def _is_done(work: UnitOfWork, input: ConvertProspect, into_id: UUID | None) -> bool:
    """Whether the prospect was converted as is asked for. Sent twice it is done once; who only asks, or states what
    would not be written, is told that it was."""
    if known(input.validate_only) or vars(input).keys() - _BARE:
        return False
    client = await work.get(Client, input.id, lock=True)
    if client is None or not policy.sees(work.viewer, client):
        return False
    return client.kind is ClientKind.CLIENT if into_id is None else client.converted_into_id == into_id


async def _become_client(work: UnitOfWork, prospect: Client) -> None:
    state = await _state_of(work, prospect)
    prospect.kind, prospect.prospect_state_id = ClientKind.CLIENT, None
    prospect.converted_at, prospect.converted_by_id = work.now, work.viewer.collaborator_id
    work.touch(prospect)
    work.record(HistoryEventKind.PROSPECT_CONVERTED, prospect, details={"prospect_state": state})


# Into a client that is there

TAKEN_OVER: Final = ("trade_name", "price_list_id", "internal_note", "external_id")
"""What a client takes over of a prospect where it has none."""


async def _into(work: UnitOfWork, prospect: Client, client_id: UUID) -> Client:
    """Makes the prospect part of the client, which gets all that hangs from it."""
    if client_id == prospect.id:
        raise reject(CONVERTED_INTO_ITSELF).at("into_client_id")
    client = await work.client(client_id, ClientAction.EDIT, "into_client_id")
    state = await _state_of(work, prospect)
    with work.at("into_client_id"):
        if client.kind is ClientKind.PROSPECT:
            raise reject(CONVERTED_INTO_PROSPECT, name=work.disclosed(Permission.CLIENTS_READ, client.legal_name))
        if prospect.rfc and prospect.rfc not in GENERIC_RFCS and client.rfc is not None:
            rfcs = work.disclosed(Permission.CLIENTS_READ, prospect.rfc, client.rfc)
            raise reject(RFCS_DIFFER, rfcs=rfcs)
        for parts in (CONTACTS, ADDRESSES, BANK_ACCOUNTS):
            await parts.hand_over(work, prospect, client)
        await _move(work, prospect, client)
        await _take_over(work, prospect, client)
    prospect.converted_into_id, prospect.prospect_state_id = client.id, None
    prospect.converted_at = prospect.deleted_at = work.now
    prospect.converted_by_id = prospect.deleted_by_id = work.viewer.collaborator_id
    work.touch(prospect)
    work.touch(client)
    work.record(HistoryEventKind.PROSPECT_CONVERTED, prospect, details={"prospect_state": state})
    details = {"prospect_state": state, "prospect": prospect.legal_name}
    work.record(HistoryEventKind.PROSPECT_CONVERTED, client, details=details)
    return client


async def _move(work: UnitOfWork, prospect: Client, client: Client) -> None:
    """Moves deals, follow-ups, documents, sales documents and history; terms and reminders where the client has none.

    In one statement, at whose end the references between them are checked: before, some would be of either client.
    """
    stays = {parts.model.__tablename__ for parts in (CONTACTS, ADDRESSES, BANK_ACCOUNTS)} | {
        "cfdi_profile",
        "client_note",
        "statement_link",
    }
    if await terms_of(work, client):
        stays |= {"receivable_terms"}
    if await work.session.scalar(work.of(PaymentReminders, PaymentReminders.client_id == client.id)):
        stays |= {"payment_reminders", "reminder_rule"}
    moved = (
        _moving(work, table, prospect, client).cte(f"moved_{table.name}")
        for table in _tables_of_clients()
        if table.name not in stays
    )
    work.flush()
    await work.session.execute(select(literal(1)).add_cte(*moved))


def _tables_of_clients() -> Iterator[Table]:
    """The tables of what hangs from a client."""
    return (table for table in Base.metadata.sorted_tables if "client_id" in table.c)


def _moving(work: UnitOfWork, table: Table, prospect: Client, client: Client) -> Any:
    values: dict[str, Any] = {"client_id": client.id}
    if "version" in table.c:
        values |= {"version": table.c.version + 1, "updated_at": func.greatest(table.c.updated_at, work.now)}
    return update(table).where(table.c.company_id == work.company_id, table.c.client_id == prospect.id).values(values)


async def _take_over(work: UnitOfWork, prospect: Client, client: Client) -> None:
    """Gives the client what it lacks itself. Of an RFC and an external id there is one: the prospect loses its own."""
    lacking = {
        name: value for name in TAKEN_OVER if getattr(client, name) is None and (value := getattr(prospect, name))
    }
    profile, own = await current_profile(work, prospect), await current_profile(work, client)
    stated: dict[str, Any] = {}
    if client.rfc is None:
        stated = snapshot(profile, PROFILE) if profile and own is None else {}
        if prospect.rfc:
            stated["rfc"], prospect.rfc = prospect.rfc, None
    if "external_id" in lacking:
        prospect.external_id = None
    work.flush()
    await change_client(work, client, lacking)
    if stated:
        before = len(work.warnings)
        await revise(work, client, own, ProfileInput(**stated), in_history=True, own=())
        del work.warnings[before:]  # of what nobody has stated now
