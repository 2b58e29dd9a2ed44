"""The client's record: created with all that is known of it, edited, assigned, converted, deleted, restored, erased."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import delete

from domain import duplicates, history
from domain import fields as values_of
from domain.address import ADDRESSES
from domain.cfdi_profile import FIELDS as PROFILE
from domain.cfdi_profile import ProfileInput, revise
from domain.contact import CONTACTS
from domain.fields import Field, Fields, fields_of
from domain.inputs import Input, Maybe, OnRecord, known
from domain.parts import Parts
from domain.policy import CLIENT_NOT_PROSPECT, Asking, ClientAction
from domain.problem import Problem, Rejected, error, reject
from domain.receivables import FIELDS as TERMS
from domain.receivables import TermsInput, set_terms
from domain.rfc import Rfc
from domain.work import UnitOfWork
from models import Client, Tombstone
from models.client import ClientKind
from models.facts import client_facts
from models.history import Change, HistoryEventKind
from models.viewer import Permission

RFC_DIFFERS: Final = error(
    "RFC_DIFFERS",
    "El RFC del cliente y el de sus datos de CFDI deben ser el mismo.",
    "The client's RFC and that of its CFDI data must be the same.",
)
HAS_DOCUMENTS: Final = error(
    "HAS_DOCUMENTS", "Tiene documentos: no se puede borrar definitivamente.", "It has documents: it cannot be erased."
)
NOT_ERASABLE: Final = error("NOT_ERASABLE", "No se puede borrar definitivamente.", "It cannot be erased.")
HAS_BALANCE: Final = error(
    "HAS_BALANCE", "Tiene saldo: no se puede borrar definitivamente.", "It has a balance: it cannot be erased."
)


FIELDS = fields_of(Client, but=["kind", "rfc", "created_by_id", "converted_at", "converted_by_id", "deleted_by_id"])
CREATION = FIELDS | fields_of(
    Client,
    "kind",
    "rfc",
    kind=Field(default=ClientKind.CLIENT),
    rfc=Field(PROFILE["rfc"].read, warn=lambda rfc: Rfc(rfc).warnings),
)

Path = tuple[str | int, ...]


class Duplicating(Input):
    """Refused where it resembles another record, unless that is allowed."""

    allow_duplicates: Maybe[bool]


class CreateClient(Duplicating):
    """A new client with what comes with it."""

    rfc: Maybe[str]
    contacts: Maybe[Sequence[Input]]
    addresses: Maybe[Sequence[Input]]
    cfdi_profile: Maybe[ProfileInput]
    receivable_terms: Maybe[TermsInput]


class UpdateClient(OnRecord, Duplicating):
    """Changes to a client."""


class ConvertProspect(OnRecord):
    """The prospect that becomes a client."""

    validate_only: Maybe[bool]


async def create_client(work: UnitOfWork, input: CreateClient) -> Client:
    """A new client or prospect, with contacts, addresses, CFDI data and terms in one go.

    The viewer is put in charge of it, unless the input names another collaborator or null.
    """
    work.viewer.demand(Permission.CLIENTS_WRITE)
    profile, terms = input.cfdi_profile, input.receivable_terms
    if terms:
        work.viewer.demand(Permission.BILLING_WRITE)
    rfc = _one_rfc(known(input.rfc), known(profile.rfc) if profile else None)
    input = input.with_defaults(owner_id=work.viewer.collaborator_id).with_values(rfc=rfc)
    values = await _read_whole(work, input)
    taken = await duplicates.of_rfc(work, values["rfc"], ("rfc",))
    if taken := taken + await duplicates.of_external_id(work, values["external_id"]):
        raise Rejected(*taken)

    client = work.new(Client, created_by_id=work.viewer.collaborator_id, **values)
    resembling = await duplicates.of_name(work, client.legal_name, client.id)
    await work.add(client)
    problems: list[Problem] = []
    for path, parts, part in _parts(input):
        with work.gathering(problems), work.at(*path):
            added = await parts.insert(work, client, part)
            if parts is CONTACTS:
                resembling += await duplicates.of_contact(work, added, path)
    if profile:
        with work.gathering(problems), work.at("cfdi_profile"):
            await revise(work, client, None, profile.with_values(rfc=rfc), in_history=False)
    if terms:
        with work.gathering(problems), work.at("receivable_terms"):
            await set_terms(work, client, None, terms)
    problems += _unless_allowed(work, input, resembling)
    if problems:
        raise Rejected(*problems)
    work.record(HistoryEventKind.CLIENT_CREATED, client)
    return client


def _parts(input: CreateClient) -> Iterator[tuple[Path, Parts[Any], Input]]:
    """The parts that come with a new client, each with the path that leads to it."""
    for name, parts, inputs in (("contacts", CONTACTS, input.contacts), ("addresses", ADDRESSES, input.addresses)):
        for place, part in enumerate(inputs or ()):
            yield (name, place), parts, part


def _one_rfc(client: str | None, profile: str | None) -> str | None:
    """The RFC may stand in either place, or in both if it is the same."""
    if client and profile:
        try:
            same = Rfc.parse(client) == Rfc.parse(profile)
        except Rejected:
            same = True  # what is wrong with it is told with the rest
        if not same:
            raise reject(RFC_DIFFERS).at("cfdi_profile", "rfc")
    return client or profile


async def _read_whole(work: UnitOfWork, input: CreateClient) -> dict[str, Any]:
    """The client's own values; `Rejected` with every problem of these and of what comes with it."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    with work.gathering(problems):
        values = await work.read(CREATION, input, creating=True)
    nested: list[tuple[Path, Fields, Input]] = [(path, parts.fields, part) for path, parts, part in _parts(input)]
    if input.cfdi_profile:
        nested.append((("cfdi_profile",), PROFILE, input.cfdi_profile))
    if input.receivable_terms:
        nested.append((("receivable_terms",), TERMS, input.receivable_terms))
    for path, fields, part in nested:
        with work.gathering(problems), work.at(*path):
            values_of.read(fields, part, creating=True)
    if problems:
        raise Rejected(*problems)
    return values


def _unless_allowed(work: UnitOfWork, input: Duplicating, resembling: list[Problem]) -> list[Problem]:
    """Possible duplicates: errors, or warnings if the input allows duplicates."""
    if input.allow_duplicates:
        work.warnings += resembling
        return []
    return resembling


async def update_client(work: UnitOfWork, input: UpdateClient) -> Client:
    """Changes what the input states. The collaborator put in charge can then see the client."""
    client = await work.client(input.id, ClientAction.EDIT, "id")
    work.expect(client, input)
    values = await work.read(FIELDS, input)
    external_id = values.get("external_id", client.external_id)
    if external_id != client.external_id and (taken := await duplicates.of_external_id(work, external_id, client.id)):
        raise Rejected(*taken)
    name = values.get("legal_name", client.legal_name)
    if name != client.legal_name:
        resembling = await duplicates.of_name(work, name, client.id)
        if problems := _unless_allowed(work, input, resembling):
            raise Rejected(*problems)
    await history.edit(work, client, client, FIELDS, values, HistoryEventKind.CLIENT_CHANGED, name)
    return client


async def convert_prospect(work: UnitOfWork, input: ConvertProspect) -> Client:
    """Makes a client of a prospect, which keeps its history. Repeating it changes nothing."""
    client = await work.client(input.id, ClientAction.EDIT, "id")
    if client.kind is ClientKind.CLIENT:
        # Repeating it changes nothing; `actions` reports that there is nothing to do.
        if known(input.validate_only):
            raise reject(CLIENT_NOT_PROSPECT).at("id")
        return client
    work.expect(client, input)
    client.kind = ClientKind.CLIENT
    client.converted_at, client.converted_by_id = work.now, work.viewer.collaborator_id
    work.touch(client)
    work.record(HistoryEventKind.PROSPECT_CONVERTED, client)
    return client


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
    debts = facts.has_balance and (may(Permission.SALES_READ) or may(Permission.BILLING_READ))
    if papers:
        yield Problem(HAS_DOCUMENTS)
    if debts:
        yield Problem(HAS_BALANCE)
    if not (papers or debts) and (facts.has_files or facts.has_sales_documents):
        yield Problem(NOT_ERASABLE)


async def erase_client(work: UnitOfWork, input: OnRecord) -> None:
    """Erases the record for good, history and all. Only its id is kept, so that copies elsewhere can follow."""
    client = await work.client(input.id, ClientAction.ERASE, "id")
    work.expect(client, input)
    facts = await work.facts(client_facts(work.company_id, client.id))
    with work.at("id"):
        work.judge(tuple(erasing(work, client, facts)))
    await work.add(
        work.new(
            Tombstone,
            id=client.id,
            type=Client.__tablename__,
            erased_at=work.now,
            erased_by_id=work.viewer.collaborator_id,
        )
    )
    await work.session.execute(delete(Client).where(Client.company_id == work.company_id, Client.id == client.id))
