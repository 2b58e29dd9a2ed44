"""Detection of duplicate records. All of the company's records are compared, including deleted ones and those out of
the viewer's sight; a problem names only those that the viewer may see.

The existence of a record out of sight is itself a disclosure: a viewer who could try any RFC, address or telephone
would learn which of them the company knows. A viewer who creates a client has to be warned, but not without limit:
disclosures are audited and limited by `Disclosures`. Beyond the limit names, addresses and telephones are compared
only with the records that they see, and a value that must be unique, such as an RFC, is refused whether another
record has it or not.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, and_, any_, column, func, literal, select

from domain import policy
from domain.email import fold_email
from domain.legal_name import normalize_name, without_capital_regime
from domain.problem import Problem, error
from domain.refusals import DUPLICATE, DUPLICATE_EXTERNAL_ID
from domain.work import UnitOfWork
from models import Client, Contact
from models.catalogs import fold
from models.client import GENERIC_RFCS

DUPLICATES_LIMITED: Final = error(
    "No se puede revisar ahora si este dato ya es de otro cliente: ya se le avisó de muchos que no están a su"
    " alcance. Intente en una hora, o pida a un administrador que lo registre.",
    "It cannot be checked now whether another client has this value: you have already been told"
    " about many clients that you cannot see. Try again in an hour, or ask an administrator to enter"
    " it.",
)


ALIKE: Final = 0.9
"""From which ratio of common characters on two names, their capital regime aside, are very similar."""


def _bare(name: str) -> str:
    return fold(without_capital_regime(normalize_name(name)))


async def _may_learn(work: UnitOfWork) -> bool:
    """Whether a record out of sight may be disclosed to the viewer."""
    if policy.reads_all(work.viewer):
        return True
    # One look of a viewer after the other, until its transaction ends: else many at once would all be within the bound.
    key = func.hashtextextended(f"duplicates {work.viewer.collaborator_id}", 0)
    await work.session.execute(select(func.pg_advisory_xact_lock(key)))
    return await work.disclosures.allowed(work.viewer)


async def _problems(
    work: UnitOfWork, path: Sequence[str | int], clients: Iterable[Client], *, may_learn: bool
) -> list[Problem]:
    """The problem of resembling these clients, as far as it may be disclosed to the viewer."""
    matches = list(clients)
    seen = tuple(client.id for client in matches if policy.reads(work.viewer, client))
    if not matches or not (seen or may_learn):
        return []
    if not seen:
        await work.disclosures.disclosed(work.viewer, str(path[-1]), [client.id for client in matches])
    return [Problem(DUPLICATE, tuple(path), records=seen)]


async def of_rfc(
    work: UnitOfWork, rfc: str | None, path: Sequence[str | int], but: UUID | None = None
) -> list[Problem]:
    """An RFC is unique, except for the generic ones."""
    if rfc is None or rfc in GENERIC_RFCS:
        return []
    may_learn = await _may_learn(work)
    other = await work.session.scalar(work.of(Client, Client.rfc == rfc, Client.id != but))
    problems = await _problems(work, path, [other] if other else [], may_learn=may_learn)
    return problems or _unless(path, may_learn=may_learn)


async def of_external_id(work: UnitOfWork, external_id: str | None, but: UUID | None = None) -> list[Problem]:
    """An external id is unique."""
    if external_id is None:
        return []
    may_learn = await _may_learn(work)
    other = await work.session.scalar(work.of(Client, Client.external_id == external_id, Client.id != but))
    if await _problems(work, ("external_id",), [other] if other else [], may_learn=may_learn):
        return [Problem(DUPLICATE_EXTERNAL_ID, ("external_id",))]
    return _unless(("external_id",), may_learn=may_learn)


def _unless(path: Sequence[str | int], *, may_learn: bool) -> list[Problem]:
    return [] if may_learn else [Problem(DUPLICATES_LIMITED, tuple(path))]


async def of_name(work: UnitOfWork, name: str, but: UUID | None = None) -> list[Problem]:
    """Very similar names: accents, case, a typo, the capital regime."""
    may_learn = await _may_learn(work)
    bare = _bare(name)
    hits = func.ficha_search_clients(bare).table_valued(column("client_id"), column("rank"))
    query = (
        # A prospect that became part of a client is not there by itself.
        work.of(Client, Client.id != but, Client.converted_into_id.is_(None))
        .join(hits, hits.c.client_id == Client.id)
        .order_by(hits.c.rank.desc(), Client.id)
        .limit(50)
    )
    alike = [
        client
        for client in await work.session.scalars(query)
        if SequenceMatcher(None, bare, _bare(client.legal_name), autojunk=False).ratio() >= ALIKE
    ]
    return await _problems(work, ("legal_name",), alike, may_learn=may_learn)


async def of_contacts(work: UnitOfWork, contacts: Sequence[tuple[Sequence[str | int], Contact]]) -> list[Problem]:
    """The same e-mail address or telephone at another client than theirs; beside each contact its place in the input.
    One statement for all addresses, and one for all telephones."""
    stated = [
        (path, contact, {"email": contact.email and fold_email(contact.email), "phone": contact.phone})
        for path, contact in contacts
    ]
    own = {contact.client_id for _, contact in contacts}
    others = {
        name: await _clients_by(work, key, own, [values[name] for *_, values in stated])
        for name, key in (("email", func.lower(Contact.email.collate("C"))), ("phone", Contact.phone))
    }
    problems: list[Problem] = []
    for path, _, values in stated:
        for name, value in values.items():
            if matches := others[name].get(value):
                may_learn = await _may_learn(work)
                problems += await _problems(work, (*path, name), matches, may_learn=may_learn)
    return problems


async def _clients_by(
    work: UnitOfWork, key: Any, but: Collection[UUID], values: Sequence[str | None]
) -> Mapping[str | None, Sequence[Client]]:
    """The other clients with one of the values in a contact, by it."""
    sought = sorted({value for value in values if value})
    if not sought:
        return {}
    query = (
        select(key, Client)
        .join(Contact, and_(Contact.company_id == work.company_id, Contact.client_id == Client.id))
        .where(Client.company_id == work.company_id, Client.id.not_in(but), key == any_(literal(sought, ARRAY(Text()))))
        .order_by(Client.id)
    )
    clients: dict[str | None, dict[UUID, Client]] = {}
    for value, client in await work.session.execute(query):
        clients.setdefault(value, {})[client.id] = client
    return {value: [*those.values()] for value, those in clients.items()}
