"""All that is known of a client at once: its own values, contacts, addresses, CFDI data and terms.

A new record is made of it, and a prospect that becomes a client is completed with it. What is wrong with it is told
together, each problem at its own field, before anything is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from domain import duplicates
from domain import fields as values_of
from domain.address import ADDRESSES
from domain.bank_account import BANK_ACCOUNTS
from domain.cfdi_profile import ProfileInput, current_profile, revise
from domain.contact import CONTACTS
from domain.inputs import Input, Maybe, known
from domain.parts import Parts
from domain.problem import Problem, Rejected, error, reject
from domain.receivables import TermsInput, change_terms, terms_of
from domain.rfc import Rfc
from domain.work import UnitOfWork
from models import Client
from models.history import Change
from models.viewer import Permission

RFC_DIFFERS: Final = error(
    "El RFC del cliente y el de sus datos de CFDI deben ser el mismo.",
    "The client's RFC and that of its CFDI data must be the same.",
)


class Duplicating(Input):
    """Refused where it resembles another record, unless that is allowed."""

    allow_duplicates: Maybe[bool]


class ClientForm(Duplicating):
    """What is stated of a client, beside its own values."""

    rfc: Maybe[str]
    contacts: Maybe[Sequence[Input]]
    addresses: Maybe[Sequence[Input]]
    cfdi_profile: Maybe[ProfileInput]
    receivable_terms: Maybe[TermsInput]


LISTS: Final[dict[str, Parts[Any]]] = {"contacts": CONTACTS, "addresses": ADDRESSES, "bank_accounts": BANK_ACCOUNTS}
"""The lists of a form, by their names; bank accounts are in some forms only."""


class Piece(NamedTuple):
    """A contact, address or account of the form, where it is in the input, and which of the client's own it changes."""

    path: tuple[str | int, ...]
    parts: Parts[Any]
    input: Input
    changes: Any = None


def pieces_of(form: ClientForm) -> Iterator[Piece]:
    """The contacts, addresses and bank accounts, as new ones."""
    for name, parts in LISTS.items():
        for place, part in enumerate(getattr(form, name) or ()):
            yield Piece((name, place), parts, part)


def one_rfc(form: ClientForm) -> str | None:
    """The RFC may stand in either place, or in both if it is the same."""
    client = known(form.rfc)
    profile = known(form.cfdi_profile.rfc) if form.cfdi_profile else None
    if client and profile:
        try:
            same = Rfc.parse(client) == Rfc.parse(profile)
        except Rejected:
            same = True  # what is wrong with it is told with the rest
        if not same:
            raise reject(RFC_DIFFERS).at("cfdi_profile", "rfc")
    return client or profile


def demand_for_form(work: UnitOfWork, form: ClientForm) -> None:
    """Terms ask for a permission of their own."""
    if form.receivable_terms:
        work.viewer.demand(Permission.BILLING_WRITE)


def unless_allowed(work: UnitOfWork, input: Duplicating, resembling: list[Problem]) -> list[Problem]:
    """Possible duplicates: in the way, or only told of where the caller insists."""
    if input.allow_duplicates:
        work.warnings += resembling
        return []
    return resembling


# Of a record that is there


async def changing(work: UnitOfWork, client: Client, form: ClientForm) -> list[Piece]:
    """The contacts and addresses; one that the client has already is changed, each at most once."""
    pieces: list[Piece] = []
    there: dict[str, list[Any]] = {}
    for piece in pieces_of(form):
        name = str(piece.path[0])
        if name not in there:
            there[name] = [*await piece.parts.alive(work, client)]
        twin = _twin(piece, there[name])
        if twin is not None:
            there[name].remove(twin)
        pieces.append(piece._replace(changes=twin))
    return pieces


def _twin(piece: Piece, there: Sequence[Any]) -> Any | None:
    try:
        stated = values_of.read(piece.parts.fields, piece.input, creating=False)
    except Rejected:
        return None  # what is wrong with it is told with the rest
    return next((part for part in there if piece.parts.is_same(part, stated)), None)


async def complete(work: UnitOfWork, client: Client, form: ClientForm, pieces: Sequence[Piece]) -> list[Problem]:
    """Writes the contacts, addresses, terms and CFDI data that the form states, each with its event. Returns what is in
    the way of it; then nothing may be kept."""
    problems: list[Problem] = []
    resembling: list[Problem] = []
    for path, parts, part, twin in pieces:
        with work.gathering(problems), work.at(*path):
            if twin is not None:
                await parts.change(work, client, twin, part)
                continue
            added = await parts.insert(work, client, part)
            parts.tell(work, client, Change.CREATED, added)
            if parts is CONTACTS:
                resembling += await duplicates.of_contact(work, added, path)
    problems += unless_allowed(work, form, resembling)
    if form.receivable_terms:
        with work.gathering(problems), work.at("receivable_terms"):
            await change_terms(work, client, await terms_of(work, client), form.receivable_terms)
    # Last: where two records take one RFC at once the database refuses it, and takes no further statement.
    profile, rfc = form.cfdi_profile or ProfileInput(), None
    with work.gathering(problems):
        rfc = one_rfc(form)
    if rfc is not None:
        profile = profile.with_values(rfc=rfc)
    if profile:
        refused: list[Problem] = []
        with work.gathering(refused), work.at("cfdi_profile"):
            await revise(work, client, await current_profile(work, client), profile, in_history=True)
        problems += (_where_stated(form, problem) for problem in refused)
    return problems


def _where_stated(form: ClientForm, problem: Problem) -> Problem:
    """The client's RFC and that of its CFDI data are one: what is wrong with it is so where it was stated."""
    at_client = known(form.rfc) is not None and problem.path == ("cfdi_profile", "rfc")
    return replace(problem, path=("rfc",)) if at_client else problem
