"""All that is known of a client at once: its own values, contacts, addresses, CFDI data and terms.

A new record is made of it, and a prospect that becomes a client is completed with it. What is wrong with it is told
together, each problem at its own field, before anything is written.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from domain import duplicates
from domain import fields as values_of
from domain.address import ADDRESSES
from domain.bank_account import BANK_ACCOUNTS
from domain.cfdi_profile import ProfileInput, current_profile, revise
from domain.contact import CONTACTS
from domain.inputs import Input, Maybe, known
from domain.parts import Parts, Path, Row
from domain.problem import TOO_MANY, Problem, Rejected, error, reject
from domain.receivables import TermsInput, change_terms, terms_of
from domain.rfc import Rfc
from domain.work import UnitOfWork
from models import Client
from models.facts import MOST_PARTS
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


def rows_of(form: ClientForm, name: str) -> list[Row]:
    """The rows of one of the form's lists."""
    return [((name, place), row) for place, row in enumerate(known(getattr(form, name)) or ())]


async def add_rows(
    work: UnitOfWork, client: Client, parts: Parts[Any], rows: Sequence[Row], *, in_history: bool = True
) -> tuple[list[Problem], list[Problem]]:
    """Adds contacts, addresses or accounts. Returns what is in the way of it, and what resembles other records."""
    problems: list[Problem] = []
    added = await parts.insert(work, client, rows, problems, in_history=in_history)
    return problems, await duplicates.of_contacts(work, added) if parts is CONTACTS else []


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


async def _with_twins(
    work: UnitOfWork, client: Client, parts: Parts[Any], rows: Sequence[Row]
) -> tuple[list[tuple[Path, Input, Any]], list[Row]]:
    """The rows of a list: those that the client has already, each beside the part, which is changed at most once; and
    the others, which are new."""
    there = [*await parts.alive(work, client)]
    twins: list[tuple[Path, Input, Any]] = []
    new: list[Row] = []
    for path, row in rows:
        twin = _twin(parts, row, there)
        if twin is None:
            new.append((path, row))
        else:
            there.remove(twin)
            twins.append((path, row, twin))
    return twins, new


def _twin(parts: Parts[Any], row: Input, there: Sequence[Any]) -> Any | None:
    try:
        stated = values_of.read(parts.fields, row, creating=False)
    except Rejected:
        return None  # what is wrong with it is told with the rest
    return next((part for part in there if parts.is_same(part, stated)), None)


async def complete_lists(work: UnitOfWork, client: Client, form: ClientForm) -> list[Problem]:
    """Writes the contacts and addresses that the form states, each with its event; one that the client has already is
    changed. Returns what is in the way of it; then nothing may be kept."""
    problems: list[Problem] = []
    for name, parts in LISTS.items():
        rows = rows_of(form, name)
        if len(rows) > MOST_PARTS:
            problems.append(Problem(TOO_MANY, (name,), {"most": MOST_PARTS}))
        if not 0 < len(rows) <= MOST_PARTS:
            continue
        twins, new = await _with_twins(work, client, parts, rows)
        for path, row, twin in twins:
            with work.gathering(problems), work.at(*path):
                await parts.change(work, client, twin, row)
        wrong, resembling = await add_rows(work, client, parts, new)
        problems += [*wrong, *unless_allowed(work, form, resembling)]
    return problems


async def complete_singles(work: UnitOfWork, client: Client, form: ClientForm) -> list[Problem]:
    """Writes the terms and CFDI data that the form states, each with its event. Returns what is in the way of it; then
    nothing may be kept."""
    problems: list[Problem] = []
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
