"""Accepting an invitation: the account that presents its secret, with a token of its own, is bound to the
collaborator."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.invitation import INVITATION_INVALID, accept_invitation
from domain.problem import INVITATION_COMPANY, Problem, Rejected
from domain.secret import INVITATION, Secret
from domain.work import UnitOfWork
from models import Collaborator, Company
from models.collaborator import Role
from models.viewer import Viewer
from server.access.identity import Identity
from server.work import UnitsOfWork

LONGEST_INVITATION: Final = 200
"""Characters of what may be a secret."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The collaborator and company that the account is bound to."""

    company_id: UUID
    company: str
    collaborator_id: UUID
    name: str


class Invitations:
    """Binds accounts to the collaborators who were invited."""

    def __init__(self, identity: Identity, units: UnitsOfWork) -> None:
        self._identity = identity
        self._units = units

    async def accept(self, authorization: Sequence[str], text: str, address: str) -> Accepted:
        """Binds the account of the token to the invitation's collaborator.

        Raises what `Identity.claims` raises; `Rejected` where the invitation does not hold or the account cannot have
        it. Tries with a wrong secret are counted as refused credentials are, and wait for each other after too many.
        """
        claims = await self._identity.claims(authorization, address)
        try:
            secret = Secret.parse(text, INVITATION) if len(text) <= LONGEST_INVITATION else None
            if secret is None:
                raise Rejected(Problem(INVITATION_INVALID))
            if not self._identity.may_sign_for(claims, secret.company_id):
                raise Rejected(Problem(INVITATION_COMPANY))

            async def accept(work: UnitOfWork) -> Accepted:
                collaborator = await accept_invitation(work, secret, claims.issuer, claims.subject)
                return await _accepted(work, collaborator)

            now = datetime.datetime.now(datetime.UTC)
            async with self._identity.turn(secret.hash, address):
                accepted = await self._units.run(_nobody(secret.company_id), now, accept)
        except Rejected as rejected:
            if rejected.problems[0].code is INVITATION_INVALID:
                await self._identity.count_refusal(address, rejected.problems[0].code.name)
            raise
        self._identity.forget(authorization)
        return accepted


async def _accepted(work: UnitOfWork, collaborator: Collaborator) -> Accepted:
    company = await work.session.get_one(Company, work.company_id)
    return Accepted(company.id, company.name, collaborator.id, collaborator.name)


def _nobody(company_id: UUID) -> Viewer:
    """Who may do nothing in the company but what a secret lets them."""
    return Viewer(company_id, UUID(int=0), Role.READ_ONLY, ZoneInfo("UTC"))
