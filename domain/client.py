"""The client's record: created with all that is known of it, edited, assigned, deleted, restored, erased."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func

from domain import duplicates, history
from domain.cfdi_profile import FIELDS as PROFILE
from domain.cfdi_profile import revise
from domain.client_form import (
    LISTS,
    ClientForm,
    Duplicating,
    add_rows,
    demand_for_form,
    one_rfc,
    rows_of,
    unless_allowed,
)
from domain.fields import Field, fields_of
from domain.inputs import Input, Maybe, OnRecord, known
from domain.payment_reminders import UpdateReminders, update_payment_reminders
from domain.policy import CLIENT_NOT_PROSPECT, Asking, ClientAction
from domain.problem import Problem, error, reject_any
from domain.prospect_state import first_state
from domain.receivables import set_terms
from domain.rfc import Rfc
from domain.work import UnitOfWork
from models import Client
from models.client import ClientKind
from models.facts import client_facts
from models.history import Change, HistoryEventKind
from models.rights import DERIVED
from models.viewer import Permission

HAS_DOCUMENTS: Final = error(
    "Tiene documentos: no se puede borrar definitivamente.", "It has documents: it cannot be erased."
)
CLIENT_HAS_PAYMENTS: Final = error(
    "Tiene pagos: no se puede borrar definitivamente.", "It has payments: it cannot be erased."
)
NOT_ERASABLE: Final = error("No se puede borrar definitivamente.", "It cannot be erased.")
HAS_BALANCE: Final = error("Tiene saldo: no se puede borrar definitivamente.", "It has a balance: it cannot be erased.")


FIELDS = fields_of(
    Client,
    but=[
        "kind",
        "rfc",
        "prospect_state_id",
        "created_by_id",
        "converted_at",
        "converted_by_id",
        "converted_into_id",
        "deleted_by_id",
        "revision",
        *DERIVED["client"],
    ],
)
CREATION = FIELDS | fields_of(
    Client,
    "kind",
    "rfc",
    "prospect_state_id",
    kind=Field(default=ClientKind.CLIENT),
    rfc=Field(PROFILE["rfc"].read, warn=lambda rfc: Rfc(rfc).warnings),
)


class CreateClient(ClientForm):
    """A new client or prospect with what comes with it."""

    kind: Maybe[str]
    prospect_state_id: Maybe[UUID]
    bank_accounts: Maybe[Sequence[Input]]
    payment_reminders: Maybe[UpdateReminders]


class UpdateClient(OnRecord, Duplicating):
    """Changes to a client."""


async def create_client(work: UnitOfWork, input: CreateClient) -> Client:
    """A new client or prospect, with contacts, addresses, CFDI data and terms in one go.

    The viewer is put in charge of it, unless the input names another collaborator or null. A prospect begins in the
    company's first state, unless the input names another.
    """
    work.viewer.demand(Permission.CLIENTS_WRITE)
    demand_for_form(work, input)
    problems: list[Problem] = []
    rfc: str | None = None
    with work.gathering(problems):
        rfc = one_rfc(input)
    input = input.with_defaults(owner_id=work.viewer.collaborator_id)
    if rfc is not None:
        input = input.with_values(rfc=rfc)
    if _lacks_state(input):
        input = input.with_values(prospect_state_id=await first_state(work))
    client, wrong = await _new(work, input)
    problems += wrong
    resembling: list[Problem] = []
    if client.legal_name != UNNAMED:
        resembling += await duplicates.of_name(work, client.legal_name, client.id)
    for name, parts in LISTS.items():
        parts.begin(work, client)
        wrong, similar = await add_rows(work, client, parts, rows_of(input, name), in_history=False)
        problems += wrong
        resembling += similar
    if input.cfdi_profile:
        with work.gathering(problems), work.at("cfdi_profile"):
            profile = input.cfdi_profile.with_values(rfc=client.rfc)
            await revise(work, client, None, profile, in_history=False, own=PROFILE)
    if input.receivable_terms:
        with work.gathering(problems), work.at("receivable_terms"):
            await set_terms(work, client, None, input.receivable_terms)
    problems += unless_allowed(work, input, resembling)
    work.record(HistoryEventKind.CLIENT_CREATED, client)
    if input.payment_reminders:
        with work.gathering(problems), work.at("payment_reminders"):
            await update_payment_reminders(work, input.payment_reminders.with_values(client_id=client.id))
    reject_any(problems)
    return client


def _lacks_state(input: CreateClient) -> bool:
    """Whether it is a prospect and nothing is said of its state."""
    if known(input.kind) != ClientKind.PROSPECT or input.is_unparsed("prospect_state_id"):
        return False
    return known(input.prospect_state_id) is None


UNNAMED: Final = "-"
"""The name of a client whose own name cannot be. It is there while what comes with it is judged, and is not kept."""


async def _new(work: UnitOfWork, input: CreateClient) -> tuple[Client, Sequence[Problem]]:
    """The new client with its own values, as far as they can be; and what is wrong with the others."""
    values, problems = await work.read_each(CREATION, input, creating=True)
    if values.get("prospect_state_id") and values["kind"] is not ClientKind.PROSPECT:
        problems.append(Problem(CLIENT_NOT_PROSPECT, ("prospect_state_id",)))
    problems += await duplicates.of_rfc(work, values.get("rfc"), ("rfc",))
    problems += await duplicates.of_external_id(work, values.get("external_id"))
    wrong = {problem.path[0] for problem in problems}
    right = {name: value for name, value in values.items() if name not in wrong}
    standing_in = {"legal_name": UNNAMED, "kind": ClientKind.CLIENT}
    client = work.new(Client, created_by_id=work.viewer.collaborator_id, **standing_in | right)
    return await work.add(client), problems


async def update_client(work: UnitOfWork, input: UpdateClient) -> Client:
    """Changes what the input states. The collaborator put in charge can then see the client."""
    client = await work.client(input.id, ClientAction.EDIT, "id")
    work.expect(client, input)
    values, problems = await work.read_each(FIELDS, input)
    problems += await in_the_way(work, client, input, values)
    reject_any(problems)
    await change_client(work, client, values)
    return client


async def in_the_way(
    work: UnitOfWork, client: Client, input: Duplicating, values: Mapping[str, Any]
) -> Sequence[Problem]:
    """Which other records already have the client's new external id, or resemble its new name."""
    problems: list[Problem] = []
    external_id = values.get("external_id", client.external_id)
    if external_id != client.external_id:
        problems += await duplicates.of_external_id(work, external_id, client.id)
    name = values.get("legal_name", client.legal_name)
    if name != client.legal_name:
        problems += unless_allowed(work, input, await duplicates.of_name(work, name, client.id))
    return problems


async def change_client(work: UnitOfWork, client: Client, values: Mapping[str, Any]) -> None:
    """Writes the client's own values, which `in_the_way` has nothing against, with their event."""
    name = values.get("legal_name", client.legal_name)
    await history.edit(work, client, client, FIELDS, values, HistoryEventKind.CLIENT_CHANGED, name)


async def delete_client(work: UnitOfWork, input: OnRecord) -> Client:
    """Moves the client to the deleted ones: it takes no changes and nothing new until it is restored."""
    client = await work.client(input.id, ClientAction.DELETE, "id")
    work.expect(client, input)
    client.deleted_at, client.deleted_by_id = work.now, work.viewer.collaborator_id
    work.touch(client)
    history.note(work, HistoryEventKind.CLIENT_CHANGED, client, Change.DELETED, client.legal_name)
    return client


async def restore_client(work: UnitOfWork, input: OnRecord) -> Client:
    """Brings a deleted client back as it was."""
    client = await work.client(input.id, ClientAction.RESTORE, "id")
    work.expect(client, input)
    client.deleted_at = client.deleted_by_id = None
    work.touch(client)
    history.note(work, HistoryEventKind.CLIENT_CHANGED, client, Change.RESTORED, client.legal_name)
    return client


def erasing(asking: Asking, _: Any, facts: Any) -> Iterator[Problem]:
    """The reasons why a client cannot be erased. For records that the viewer may not see, only that it cannot."""
    may = asking.viewer.may
    papers = (facts.has_files and may(Permission.DOCUMENTS_READ)) or (
        facts.has_sales_documents and may(Permission.SALES_READ)
    )
    sees_money = may(Permission.SALES_READ) or may(Permission.BILLING_READ)
    debts = facts.has_balance and sees_money
    # Payments on documents need no word of their own.
    payments = facts.has_payments and not facts.has_sales_documents and sees_money
    if papers:
        yield Problem(HAS_DOCUMENTS)
    if debts:
        yield Problem(HAS_BALANCE)
    if payments:
        yield Problem(CLIENT_HAS_PAYMENTS)
    if not (papers or debts or payments) and (facts.has_files or facts.has_sales_documents or facts.has_payments):
        yield Problem(NOT_ERASABLE)


async def erase_client(work: UnitOfWork, input: OnRecord) -> None:
    """Erases the record for good, history and all, and with it the prospects that became part of it. Only their ids are
    kept, so that copies elsewhere can follow."""
    client = await work.client(input.id, ClientAction.ERASE, "id")
    work.expect(client, input)
    facts = await work.facts(client_facts(work.company_id, client.id))
    with work.at("id"):
        work.judge(tuple(erasing(work, client, facts)))
    # The application itself may delete neither clients nor their history. Asked of the client's row, the function runs
    # where that is, on whatever server, in the transaction that has locked it.
    row = work.of(Client, Client.id == client.id)
    await work.session.execute(row.with_only_columns(func.ficha_erase_client(Client.id)))
