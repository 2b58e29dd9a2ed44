"""Whose a CFDI is: the client that its receptor is on record as, the one that was chosen, or a new one.

A taxpayer is known by its RFC, also by one that it had before. A foreigner (XEXX010101000) is known by its registration
in its country, and by name only where one of the two does not state that; the general public (XAXX010101000) by name.
Names are compared without legal form. What is ambiguous is told and never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import column, func, select

from domain import policy
from domain.cfdi import Cfdi
from domain.cfdi_attributes import CFDI_INCOMPLETE
from domain.cfdi_profile import FIELDS as PROFILE
from domain.cfdi_profile import ProfileInput, Receptor, current_profile, readiness
from domain.client import CreateClient, create_client
from domain.history import snapshot
from domain.inputs import Maybe, known
from domain.legal_name import normalize_name, without_capital_regime
from domain.policy import NOT_FOUND
from domain.problem import Problem, Rejected, Severity, error, reject, warning
from domain.prospect import ConvertProspect, convert_prospect
from domain.refusals import DUPLICATE
from domain.rfc import Rfc
from domain.work import UnitOfWork
from models import CfdiProfile, Client
from models.catalogs import fold
from models.client import GENERIC_RFCS, ClientKind
from models.viewer import Permission

CFDI_CLIENT_UNKNOWN: Final = error("Ningún cliente es {name} ({rfc}).", "No client is {name} ({rfc}).")
CFDI_CLIENT_AMBIGUOUS: Final = error("Varios clientes son {name} ({rfc}).", "Several clients are {name} ({rfc}).")
CFDI_CLIENT_OTHER: Final = error(
    "El CFDI es de {name} ({rfc}): el cliente elegido es otro contribuyente. Elija el suyo, o ninguno.",
    "The CFDI is of {name} ({rfc}): the chosen client is another taxpayer. Choose its own, or none.",
)
CFDI_RECEPTOR_DIFFERS: Final = warning(
    "En el CFDI dice «{stated}» y en el registro «{recorded}».", "The CFDI says “{stated}” and the record “{recorded}”."
)
CFDI_FORMER_RFC: Final = warning(
    "El CFDI lleva el RFC {rfc}, que el cliente tuvo antes: se registró con él.",
    "The CFDI bears the RFC {rfc}, which the client had before: it was recorded with that client.",
)
CFDI_CLIENT_CREATED: Final = warning(
    "Se creó el cliente {name} ({rfc}) con los datos del CFDI: revíselos.",
    "The client {name} ({rfc}) was created with the CFDI's data: check them.",
)
CFDI_PROSPECT_CONVERTED: Final = warning(
    "Un prospecto{name} se convirtió en cliente con los datos del CFDI: revíselos.",
    "A prospect{name} became a client with the CFDI's data: check them.",
)


class OnUnknownClient(StrEnum):
    """What becomes of a CFDI whose receptor is no client."""

    REFUSE = "REFUSE"
    CREATE = "CREATE"


_PUBLIC, _FOREIGN = GENERIC_RFCS
_FOREIGN_FORMS: Final = frozenset(
    re.split(
        r"\s+",
        """ab ag aps as asa bhd bv bvba cia co company corp corporation cv cvba dba doo ead eirl ek eurl eood fzc
        fzco fze gbr gesmbh gmbh hb inc incorporated kb kft kg kgaa kk lc limited limitada llc llp lllp lp ltd
        ltda mbh nv nyrt ohg oo ood oy oyj pc plc pllc pte pty pvt rt sa saa sac sapa sarl sas sasu sc sca scs
        sdn se sei sl sll slu snc sp spa spol spj spzoo srl sro srls ug ulc unipessoal vof zoo zrt""",
    )
)
"""Legal forms abroad, and the words of which they are made, without dots."""
_DOTTED: Final = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")
_NO_LETTERS: Final = re.compile(r"[^\w&]+")
_NEAREST: Final = 50


@dataclass(frozen=True, slots=True)
class _Receptor:
    """The receptor by what tells it apart."""

    rfc: str
    name: str
    residence: str | None
    tax_id: str | None

    @property
    def is_generic(self) -> bool:
        return self.rfc in GENERIC_RFCS

    @property
    def values(self) -> dict[str, str]:
        return {"rfc": self.rfc, "name": self.name}

    def is_named(self, client: Client) -> bool:
        return bool(bare_name(self.name)) and bare_name(client.legal_name) == bare_name(self.name)

    def differs(self, profile: CfdiProfile | None) -> bool:
        """Whether the record plainly is of another foreigner."""
        if profile is None:
            return False
        other_place = profile.tax_residence and self.residence and profile.tax_residence != self.residence
        other_id = profile.tax_id and self.tax_id and _plain(profile.tax_id) != _plain(self.tax_id)
        return bool(other_place or other_id)

    def is_registered(self, profile: CfdiProfile | None) -> bool:
        """Whether the record has the same registration abroad."""
        return bool(profile and profile.tax_id and self.tax_id and not self.differs(profile))


async def client_of(work: UnitOfWork, cfdi: Cfdi, chosen: Maybe[UUID], on_unknown: Maybe[str]) -> tuple[UUID, str]:
    """The id of the client that the CFDI is of, and where in the input that was decided. `Rejected` where it is none
    or several; with CREATE an unknown one is made, for which the viewer needs what making a client does."""
    stated = cfdi.receptor
    receptor = _Receptor(rfc_of(stated.rfc), stated.name or "", stated.tax_residence, stated.tax_id)
    creating = known(on_unknown) == OnUnknownClient.CREATE
    if creating:
        # Of two CFDIs of one unknown receptor that come at once the second finds what the first made.
        key = func.hashtextextended(f"receptor {work.company_id} {receptor.rfc} {bare_name(receptor.name)}", 0)
        await work.session.execute(select(func.pg_advisory_xact_lock(key)))
    id = known(chosen)
    client = await (_chosen(work, receptor, id) if id else _match(work, receptor, creating=creating))
    path = "client_id" if id else "xml"
    if client is None:
        client = await _create(work, cfdi, receptor)
    elif creating and client.kind is ClientKind.PROSPECT and client.deleted_at is None:
        await _convert(work, cfdi, receptor, client)
    return client.id, path


def rfc_of(text: str) -> str:
    """The RFC as it should be written; samples exist with spaces in it."""
    try:
        return Rfc.parse(text).value
    except Rejected:
        raise reject(CFDI_INCOMPLETE, name=f"Rfc ({text})") from None


def bare_name(name: str) -> str:
    """The name to compare by: without capital regime or a foreign legal form, accents, case and punctuation."""
    folded = fold(without_capital_regime(normalize_name(name)))
    words = _NO_LETTERS.sub(" ", _DOTTED.sub("", folded).replace(".", "")).split()
    while len(words) > 1 and (words[-1] in _FOREIGN_FORMS or words[-1] == "&"):
        words.pop()
    return " ".join(words)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.upper()))


# Who is on record


async def _chosen(work: UnitOfWork, receptor: _Receptor, id: UUID) -> Client:
    client = await work.get(Client, id)
    if client is None or not policy.sees(work.viewer, client):
        raise reject(NOT_FOUND).at("client_id")
    if not await _may_be(work, receptor, client):
        raise reject(CFDI_CLIENT_OTHER, **receptor.values).at("client_id")
    return client


async def _may_be(work: UnitOfWork, receptor: _Receptor, client: Client) -> bool:
    """Whether nothing on record says that the client is another taxpayer. The general public is nobody, and so may be
    anybody who was not asked for an RFC."""
    if receptor.rfc == _PUBLIC:
        return True
    if receptor.rfc == _FOREIGN:
        return client.rfc in (None, _FOREIGN) and not receptor.differs(await current_profile(work, client))
    if client.rfc is None:
        if await work.session.scalar(work.of(Client, Client.rfc == receptor.rfc)):
            return False
        values = {"stated": receptor.rfc, "recorded": ""}
        work.warnings.append(Problem(CFDI_RECEPTOR_DIFFERS, ("rfc",), values))
        return True
    if client.rfc == receptor.rfc:
        return True
    if client.id not in {former.id for former in await _former(work, receptor.rfc)}:
        return False
    work.warnings.append(Problem(CFDI_FORMER_RFC, ("xml",), {"rfc": receptor.rfc}))
    return True


async def _match(work: UnitOfWork, receptor: _Receptor, *, creating: bool) -> Client | None:
    """The client on record; None where there is none and one may be made."""
    clients = await work.session.scalars(work.of(Client, Client.rfc == receptor.rfc).order_by(Client.id))
    # One out of sight is as one that is not there: anybody can write an XML with an RFC, to learn whose it is.
    matches = [client for client in clients if policy.sees(work.viewer, client)]
    if receptor.rfc == _FOREIGN:
        matches = await _foreigners(work, receptor, _alive(matches))
    elif receptor.rfc == _PUBLIC:
        matches = [client for client in _alive(matches) if receptor.is_named(client)]
    elif not matches and (matches := await _former(work, receptor.rfc)):
        work.warnings.append(Problem(CFDI_FORMER_RFC, ("xml",), {"rfc": receptor.rfc}))
    if not matches and creating:
        matches = await _without_rfc(work, receptor)
        clients = [client for client in matches if client.kind is ClientKind.CLIENT]
        if clients:  # which may be it: who knows chooses it
            raise _ambiguous(receptor, matches)
    if not matches and creating:
        return None
    if not matches and not work.viewer.sees_all:
        raise reject(NOT_FOUND).at("xml")
    if not matches:
        raise Rejected(Problem(CFDI_CLIENT_UNKNOWN, ("xml",), receptor.values))
    if len(matches) > 1:
        raise _ambiguous(receptor, matches)
    return matches[0]


def _ambiguous(receptor: _Receptor, clients: Sequence[Client]) -> Rejected:
    ids = tuple(client.id for client in clients)
    return Rejected(Problem(CFDI_CLIENT_AMBIGUOUS, ("xml",), receptor.values, records=ids))


def _alive(clients: Sequence[Client]) -> list[Client]:
    return [client for client in clients if client.deleted_at is None]


async def _foreigners(work: UnitOfWork, receptor: _Receptor, clients: Sequence[Client]) -> list[Client]:
    """Those with the same registration; else those of the name whose registration is not another."""
    ids = [client.id for client in clients]
    query = work.of(CfdiProfile, CfdiProfile.client_id.in_(ids), CfdiProfile.valid_to.is_(None))
    profiles = {profile.client_id: profile for profile in await work.session.scalars(query)}
    registered = [client for client in clients if receptor.is_registered(profiles.get(client.id))]
    return registered or [
        client for client in clients if receptor.is_named(client) and not receptor.differs(profiles.get(client.id))
    ]


async def _former(work: UnitOfWork, rfc: str) -> list[Client]:
    """Who had the RFC before. A prospect that became part of a client is that client."""
    had = select(CfdiProfile.client_id).where(CfdiProfile.company_id == work.company_id, CfdiProfile.rfc == rfc)
    records = (await work.session.scalars(work.of(Client, Client.id.in_(had)))).all()
    ids = {client.converted_into_id or client.id for client in records}
    clients = (await work.session.scalars(work.of(Client, Client.id.in_(ids)).order_by(Client.id))).all()
    seen = [client for client in clients if policy.sees(work.viewer, client)]
    return _alive(seen) or seen


async def _without_rfc(work: UnitOfWork, receptor: _Receptor) -> list[Client]:
    """The records of the same name that state no RFC: which may be the receptor before that was known."""
    hits = func.ficha_search_clients(bare_name(receptor.name)).table_valued(column("client_id"), column("rank"))
    query = (
        work.of(Client, Client.rfc.is_(None), Client.deleted_at.is_(None))
        .join(hits, hits.c.client_id == Client.id)
        .order_by(hits.c.rank.desc(), Client.id)
        .limit(_NEAREST)
    )
    alike = [client for client in await work.session.scalars(query) if policy.sees(work.viewer, client)]
    return [client for client in alike if receptor.is_named(client)]


# Who is not on record


async def _create(work: UnitOfWork, cfdi: Cfdi, receptor: _Receptor) -> Client:
    """A client with the CFDI's data. Records of a similar name are warned of: they state another RFC."""
    name = receptor.name or ("" if receptor.is_generic else receptor.rfc)
    if not name:
        raise Rejected(Problem(CFDI_CLIENT_UNKNOWN, ("xml",), receptor.values))
    profile = _profile_of(work, cfdi, receptor)
    input = CreateClient(legal_name=name, rfc=receptor.rfc, cfdi_profile=profile, allow_duplicates=True)
    client = await _quietly(work, create_client(work, input))
    values = {"name": client.legal_name, "rfc": receptor.rfc}
    work.warnings.append(Problem(CFDI_CLIENT_CREATED, ("xml",), values, records=(client.id,)))
    return client


async def _convert(work: UnitOfWork, cfdi: Cfdi, receptor: _Receptor, prospect: Client) -> None:
    """The prospect becomes a client, with the CFDI's data where it has none."""
    profile = _profile_of(work, cfdi, receptor, await current_profile(work, prospect))
    if prospect.rfc is None:
        profile = profile.with_values(rfc=receptor.rfc)
    input = ConvertProspect(id=prospect.id, allow_duplicates=True)
    if vars(profile):
        input = input.with_values(cfdi_profile=profile)
    await _quietly(work, convert_prospect(work, input))
    values = {"name": work.disclosed(Permission.CLIENTS_READ, prospect.legal_name)}
    work.warnings.append(Problem(CFDI_PROSPECT_CONVERTED, ("xml",), values, records=(prospect.id,)))


async def _quietly(work: UnitOfWork, making: Any) -> Client:
    """The client that is made. What is wrong with its data is the XML's; of what is missing nobody is warned who has
    not stated it."""
    before = len(work.warnings)
    try:
        client = await making
    except Rejected as rejected:
        raise Rejected(*(replace(problem, path=("xml",)) for problem in rejected.problems)) from None
    similar = [replace(problem, path=("xml",)) for problem in work.warnings[before:] if problem.code is DUPLICATE]
    work.warnings[before:] = similar
    return client


def _profile_of(work: UnitOfWork, cfdi: Cfdi, receptor: _Receptor, recorded: CfdiProfile | None = None) -> ProfileInput:
    """The CFDI data that the XML states and the record does not, as far as they would be taken today."""
    stated = cfdi.receptor
    values = {
        "name": stated.name and normalize_name(stated.name),
        "postal_code": None if receptor.is_generic else stated.postal_code,
        "tax_regime": stated.tax_regime,
        "cfdi_use": None if cfdi.type == "P" else stated.cfdi_use,
        "tax_residence": stated.tax_residence if receptor.rfc == _FOREIGN else None,
        "tax_id": stated.tax_id if receptor.rfc == _FOREIGN else None,
    }
    own = snapshot(recorded, PROFILE) if recorded else {}
    lacking = {name: value for name, value in values.items() if value and own.get(name) is None}
    while wrong := _refused(own | {"rfc": receptor.rfc} | lacking, work.today) & lacking.keys():
        lacking = {name: value for name, value in lacking.items() if name not in wrong}
    return ProfileInput(**lacking)


def _refused(values: Mapping[str, Any], on: date) -> set[str]:
    problems = readiness(Receptor(**values), on).problems
    return {str(problem.path[0]) for problem in problems if problem.severity is Severity.ERROR}
