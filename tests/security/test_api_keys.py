"""API keys: what one looks like, what it opens, and when it no longer does."""

import asyncio
import datetime
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from database.opening import open_pool
from domain.api_key import CreateApiKey, create_api_key, revoke_api_key
from domain.inputs import ById
from domain.problem import Rejected
from domain.role import SetRolePermissions, set_role_permissions
from domain.secret import Secret
from domain.work import UnitOfWork
from errors import CompanySuspended, Forbidden, Unauthenticated
from models.collaborator import Role
from models.viewer import BUNDLES, Permission, Viewer
from server.access.identity import Identity
from server.work import UnitsOfWork
from tests.security.conftest import Door, People
from tests.security.issuer import claims

T = TypeVar("T")
Audited = Callable[[UUID], list[tuple[Any, ...]]]


def transact(door: Door, viewer: Viewer, do: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Does it in a unit of work of the viewer's, now."""

    async def go() -> T:
        pool = open_pool(door.settings.database_url, 1)
        try:
            return await UnitsOfWork(pool).run(viewer, datetime.datetime.now(datetime.UTC), do)
        finally:
            await pool.close()

    return asyncio.run(go())


def viewer_of(door: Door, people: People, role: Role) -> Viewer:
    """The collaborator of the role, as they sign in."""
    return door.admit(door.issuer.key("EdDSA").sign(claims(people.company, people.email(role)))).viewer


def to_role(role: Role, permissions: list[str] | None) -> Any:
    """Gives the role these permissions, in a unit of work."""
    return lambda work: set_role_permissions(work, SetRolePermissions(role=role, permissions=permissions))


def make(door: Door, viewer: Viewer, *scopes: str, **given: Any) -> str:
    """A new key's text."""
    values = {"name": "Tienda en línea", "scopes": list(scopes)} | given
    return transact(door, viewer, lambda work: create_api_key(work, CreateApiKey(**values)))[1].text


def test_a_key_has_its_form_and_its_check_digits() -> None:
    company = uuid4()
    secret = Secret.new(company)
    assert re.fullmatch(rf"fk_{company.hex}{secret.id.hex}_[0-9a-f]{{48}}", secret.text)
    assert Secret.parse(secret.text) == secret
    assert secret.proves(secret.hash)
    assert not Secret.new(company).proves(secret.hash)
    for at in range(len(secret.text)):
        mistyped = secret.text[:at] + ("0" if secret.text[at] != "0" else "1") + secret.text[at + 1 :]
        assert Secret.parse(mistyped) is None
    assert Secret.parse(secret.text.upper()) is None
    assert Secret.parse(secret.text + "\n") is None


@pytest.mark.claims(
    "docs/security.md",
    "It acts on behalf of its creator, with its scopes as far as the creator holds them, and sees"
    " the clients that the creator sees: without `clients:read_all`, those assigned to the creator.",
)
def test_a_key_asks_in_its_makers_name_with_its_scopes(
    door: Door, people: People, database_url: str, audited: Audited
) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read", "deals:read", days=7)
    caller = door.admit(text)
    key = caller.viewer.api_key_id
    assert key is not None
    assert caller.viewer == replace(
        viewer_of(door, people, Role.ADMIN),
        permissions=frozenset({Permission.CLIENTS_READ, Permission.DEALS_READ}),
        api_key_id=key,
        credential=str(key),
    )
    assert caller.budget == key
    with psycopg.connect(database_url) as owner:
        [row] = owner.execute("select * from api_key where id = %s", (key,)).fetchall()
        [(created, expires, used)] = owner.execute(
            "select created_at, expires_at, last_used_at from api_key where id = %s", (key,)
        ).fetchall()
    assert expires - created == datetime.timedelta(days=7)
    assert caller.expires_at == expires.timestamp()
    assert datetime.timedelta() <= used - created < datetime.timedelta(minutes=1)
    secret = text.rpartition("_")[2]
    assert not any(secret in str(value) or secret[:40] in str(value) for value in row)
    admin = people.ids[Role.ADMIN]
    assert audited(people.company) == [
        (
            "API_KEY_CREATED",
            admin,
            key,
            None,
            {"name": "Tienda en línea", "scopes": ["clients:read", "deals:read"]},
        ),
        ("API_KEY_USED", admin, key, "192.0.2.7", {}),
    ]


@pytest.mark.claims(
    "docs/security.md",
    "| `API_KEY_USED` | the first use of a key on a day |",
)
def test_use_is_kept_once_a_minute_and_audited_once_a_day(
    door: Door, people: People, database_url: str, audited: Audited
) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")

    def used() -> datetime.datetime:
        with psycopg.connect(database_url) as owner:
            return owner.execute(
                "select last_used_at from api_key where company_id = %s", (people.company,)
            ).fetchall()[0][0]

    def wind_back(interval: str) -> None:
        with psycopg.connect(database_url) as owner:
            owner.execute(
                "update api_key set last_used_at = last_used_at - %s::interval where company_id = %s",
                (interval, people.company),
            )

    def uses() -> int:
        return [kind for kind, *_ in audited(people.company)].count("API_KEY_USED")

    door.admit(text)
    first = used()
    door.admit(text)
    assert (used(), uses()) == (first, 1)
    wind_back("61 seconds")
    door.admit(text)
    assert used() > first
    wind_back("25 hours")
    door.admit(text)
    assert uses() in (2, 3)  # three, if the day began in the minute that was wound back
    again = uses()
    wind_back("0 seconds")
    door.admit(text)
    assert uses() == again


@pytest.mark.claims(
    "docs/operating.md",
    "| an API key | create another one, hand it out, revoke the old one: it opens nothing after"
    " `FICHA_VIEWER_CACHE_SECONDS` | |",
)
@pytest.mark.parametrize(
    "ending",
    [
        "update api_key set revoked_at = now() where id = %(key)s",
        "update api_key set expires_at = now() where id = %(key)s",
        "update collaborator set active = false where id = %(maker)s",
    ],
    ids=["revoked", "expired", "maker dismissed"],
)
def test_a_key_that_ended_opens_nothing(
    door: Door, people: People, database_url: str, audited: Audited, ending: str
) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")
    key = Secret.parse(text)
    assert key is not None
    with psycopg.connect(database_url) as owner:
        owner.execute(ending.encode(), {"key": key.id, "maker": people.ids[Role.ADMIN]})
    with pytest.raises(Unauthenticated, match=r"^La llave no es válida\.$"):
        door.admit(text)
    assert audited(people.company)[1:] == [("SIGN_IN_REFUSED", people.ids[Role.ADMIN], key.id, "192.0.2.7", {})]


def test_a_key_of_a_suspended_company_opens_nothing(door: Door, people: People, database_url: str) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")
    with psycopg.connect(database_url) as owner:
        owner.execute("update company set suspended_at = now() where id = %s", (people.company,))
    with pytest.raises(CompanySuspended):
        door.admit(text)


def test_a_wrong_secret_and_an_unknown_key_look_alike(door: Door, people: People, audited: Audited) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")
    true = Secret.parse(text)
    assert true is not None
    forged = Secret.new(people.company).text
    other = Secret.new(people.company).text.rpartition("_")[2]
    body = f"fk_{true.company_id.hex}{true.id.hex}_{other[:40]}"
    import zlib

    wrong = f"{body}{zlib.crc32(body.encode()):08x}"
    assert Secret.parse(wrong) is not None
    for given in (forged, wrong, Secret.new(uuid4()).text, text[:-1], text + "0", "fk_", "fk_x"):
        with pytest.raises(Unauthenticated, match=r"^La llave no es válida\.$"):
            door.admit(given)
    # Nobody who lacks the secret can fill a company's audit log.
    assert [kind for kind, *_ in audited(people.company)] == ["API_KEY_CREATED"]


def test_scopes_reach_no_further_than_their_maker(door: Door, people: People, database_url: str) -> None:
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read", "billing:read", "admin")
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set role = 'SALES' where id = %s", (people.ids[Role.ADMIN],))
    assert door.admit(text).viewer.permissions == {Permission.CLIENTS_READ}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": " "}, ("TEXT_REQUIRED", ("name",))),
        ({"name": "x" * 101}, ("TEXT_TOO_LONG", ("name",))),
        ({"scopes": []}, ("TEXT_REQUIRED", ("scopes",))),
        ({"scopes": ["clients:eat"]}, ("PERMISSION_UNKNOWN", ("scopes",))),
        ({"days": 0}, ("OUT_OF_RANGE", ("days",))),
        ({"days": 366}, ("OUT_OF_RANGE", ("days",))),
    ],
)
def test_a_key_needs_a_name_scopes_and_an_end(
    door: Door, people: People, given: dict[str, Any], problem: tuple[str, tuple[str, ...]]
) -> None:
    with pytest.raises(Rejected) as raised:
        make(door, viewer_of(door, people, Role.ADMIN), "clients:read", **given)
    assert [(found.code.name, found.path) for found in raised.value.problems] == [problem]


def test_only_what_one_has_can_be_given(door: Door, people: People) -> None:
    limited = door.admit(make(door, viewer_of(door, people, Role.ADMIN), "admin", "clients:read")).viewer
    make(door, limited, "clients:read")
    with pytest.raises(Rejected) as raised:
        make(door, limited, "clients:read", "billing:read")
    [problem] = raised.value.problems
    assert (problem.code.name, problem.path) == ("PERMISSION_NOT_HELD", ("scopes",))


@pytest.mark.claims(
    "docs/security.md",
    "An administrator makes them with `createApiKey`, or `ficha key create` on the server.",
)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_keys_and_roles_are_for_administrators(door: Door, people: People, role: Role) -> None:
    viewer = viewer_of(door, people, role)
    with pytest.raises(Forbidden):
        make(door, viewer, "clients:read")
    with pytest.raises(Forbidden):
        transact(door, viewer, lambda work: revoke_api_key(work, ById(id=uuid4())))
    with pytest.raises(Forbidden):
        transact(
            door, viewer, lambda work: set_role_permissions(work, SetRolePermissions(role=role, permissions=["admin"]))
        )


@pytest.mark.claims(
    "docs/security.md",
    "| `API_KEY_CREATED`, `API_KEY_REVOKED` | with the change, in its transaction |",
)
def test_a_key_is_revoked_once(door: Door, people: People, audited: Audited) -> None:
    admin = viewer_of(door, people, Role.ADMIN)
    text = make(door, admin, "clients:read")
    key = Secret.parse(text)
    assert key is not None
    first = transact(door, admin, lambda work: revoke_api_key(work, ById(id=key.id)))
    again = transact(door, admin, lambda work: revoke_api_key(work, ById(id=key.id)))
    assert (again.revoked_at, again.revoked_by_id) == (first.revoked_at, admin.collaborator_id)
    assert [kind for kind, *_ in audited(people.company)] == ["API_KEY_CREATED", "API_KEY_REVOKED"]
    with pytest.raises(Unauthenticated):
        door.admit(text)


def test_another_companys_key_cannot_be_revoked(door: Door, people: People, database_url: str) -> None:
    from tests.security.conftest import make_people

    other = make_people(database_url)
    text = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")
    key = Secret.parse(text)
    assert key is not None
    for id in (key.id, uuid4()):
        with pytest.raises(Rejected) as raised:
            transact(door, viewer_of(door, other, Role.ADMIN), lambda work, id=id: revoke_api_key(work, ById(id=id)))
        assert [(found.code.name, found.path) for found in raised.value.problems] == [("NOT_FOUND", ("id",))]
    assert door.admit(text).viewer.api_key_id == key.id


@pytest.mark.claims(
    "docs/security.md",
    "A role is a bundle of permissions; `models/viewer.py` lists them, `setRolePermissions` changes a "
    "company's bundle of a role.",
    "| `ROLE_PERMISSIONS_CHANGED` | what was granted and withdrawn |",
)
def test_a_role_can_be_given_other_permissions(door: Door, people: People, audited: Audited) -> None:
    admin = viewer_of(door, people, Role.ADMIN)
    header = ["Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES)))]
    wanted = sorted({p.value for p in BUNDLES[Role.SALES]} - {"clients:write"} | {"billing:read"})

    async def ask(identity: Identity) -> frozenset[Permission]:
        return (await identity.caller(header)).viewer.permissions

    transact(
        door, admin, lambda work: set_role_permissions(work, SetRolePermissions(role=Role.SALES, permissions=wanted))
    )
    assert sorted(door.run(ask)) == wanted
    transact(door, admin, to_role(Role.SALES, []))
    assert door.run(ask) == frozenset()
    transact(
        door, admin, lambda work: set_role_permissions(work, SetRolePermissions(role=Role.SALES, permissions=None))
    )
    transact(
        door, admin, lambda work: set_role_permissions(work, SetRolePermissions(role=Role.SALES, permissions=None))
    )
    assert door.run(ask) == BUNDLES[Role.SALES]
    changes = [details for kind, _, _, _, details in audited(people.company) if kind == "ROLE_PERMISSIONS_CHANGED"]
    everything = sorted(p.value for p in BUNDLES[Role.SALES])
    assert changes == [
        {"role": "SALES", "granted": ["billing:read"], "withdrawn": ["clients:write"]},
        {"role": "SALES", "granted": [], "withdrawn": wanted},
        {"role": "SALES", "granted": everything, "withdrawn": []},
    ]


@pytest.mark.claims(
    "docs/security.md",
    "ADMIN keeps all, and",
)
@pytest.mark.parametrize(
    ("role", "permissions", "problem"),
    [
        (Role.ADMIN, ["clients:read"], ("ROLE_FIXED", ("role",))),
        (Role.SALES, ["root"], ("PERMISSION_UNKNOWN", ("permissions",))),
    ],
)
def test_a_role_cannot_be_given_just_anything(
    door: Door, people: People, role: Role, permissions: list[str], problem: tuple[str, tuple[str, ...]]
) -> None:
    with pytest.raises(Rejected) as raised:
        transact(
            door,
            viewer_of(door, people, Role.ADMIN),
            to_role(role, permissions),
        )
    assert [(found.code.name, found.path) for found in raised.value.problems] == [problem]


@pytest.mark.claims(
    "docs/security.md",
    "Nothing is ever removed.",
)
@pytest.mark.claims(
    "docs/security.md",
    "The application can add to it and read it; it cannot change or delete.",
)
def test_the_application_can_only_add_to_the_audit_log(door: Door, people: People) -> None:
    for statement in (
        "update audit_event set details = '{}'",
        "delete from audit_event",
        "truncate audit_event",
        "update api_key set scopes = '{admin}'",
        "update api_key set secret_hash = secret_hash",
        "delete from api_key",
        "update company set suspended_at = null",
    ):

        async def attempt(identity: Identity, statement: str = statement) -> None:
            await identity._pool.within(people.company, [(statement, ())])

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.run(attempt)
