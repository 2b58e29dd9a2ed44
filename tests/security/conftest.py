"""Companies with one collaborator of each role, an issuer, and who `Identity` takes a credential for."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest

from database.opening import open_pool
from models.collaborator import Role
from models.ids import uuid7
from server.access.audit import Audit
from server.access.identity import Identity
from server.access.jwks import KeySet
from server.access.limits import Limit, ProcessMemory
from server.settings import Settings
from tests.security import issuer as issuers

T = TypeVar("T")


@dataclass(frozen=True)
class People:
    """A company; `ids` are its collaborators' by role, each with the address `<role>@<company's hex>.mx`."""

    company: UUID
    ids: dict[Role, UUID]

    def email(self, role: Role) -> str:
        """The address that the collaborator signs in with."""
        return f"{role.lower()}@{self.company.hex}.mx"


def make_people(database_url: str) -> People:
    """A company of the test's own."""
    made = People(uuid7(), {role: uuid7() for role in Role})
    with psycopg.connect(database_url) as owner:
        owner.execute(
            "insert into company (id, name, rfc, rfc_repeated, postal_code)"
            " values (%s, 'Prueba', 'EKU9003173C9', true, '42501')",
            (made.company,),
        )
        for role, id in made.ids.items():
            owner.execute(
                "insert into collaborator (company_id, id, name, email, role) values (%s, %s, %s, %s, %s)",
                (made.company, id, role.title(), made.email(role), role.value),
            )
    return made


@pytest.fixture
def people(database_url: str) -> People:
    """A company of the test's own."""
    return make_people(database_url)


@pytest.fixture
def issuer() -> Generator[issuers.Issuer]:
    """An issuer of the test's own."""
    with issuers.running_issuer() as running:
        yield running


@dataclass
class Door:
    """`Identity` under test: settings can be changed before it is opened; each `run` has an Identity of its own."""

    settings: Settings
    issuer: issuers.Issuer
    least_interval: float = 0.0
    failures: str = "off"

    def run(self, ask: Callable[[Identity], Awaitable[T]]) -> T:
        """Runs on a new event loop with a real pool; what was to be audited is written in the end."""

        async def go() -> T:
            async with open_pool(self.settings.database_url, 4) as pool:
                audit = Audit(pool)
                keys = KeySet(self.settings.jwt_jwks, least_interval=self.least_interval)
                limit = Limit("sign-in", self.failures, ProcessMemory())
                try:
                    return await ask(Identity(self.settings, pool, audit, limit, keys))
                finally:
                    await audit.close()

        return asyncio.run(go())

    def admit(self, token: str) -> Any:
        """The caller that the token stands for."""
        return self.run(lambda identity: identity.caller([f"Bearer {token}"], "192.0.2.7"))


@pytest.fixture
def door(settings: Settings, issuer: issuers.Issuer) -> Door:
    """Identity with the test's issuer, which remembers no viewer."""
    pointed = dataclasses.replace(
        settings,
        jwt_issuer=issuers.NAME,
        jwt_audience=issuers.AUDIENCE,
        jwt_jwks=issuer.url,
        viewer_cache_seconds=0,
    )
    return Door(pointed, issuer)


@pytest.fixture
def audited(database_url: str) -> Callable[[UUID], list[tuple[Any, ...]]]:
    """A company's audit log, oldest first: kind, actor, key, address, details."""

    def read(company: UUID) -> list[tuple[Any, ...]]:
        with psycopg.connect(database_url) as owner:
            return owner.execute(
                "select kind, actor_id, api_key_id, client_address, details from audit_event"
                " where company_id = %s order by occurred_at, id",
                (company,),
            ).fetchall()

    return read
