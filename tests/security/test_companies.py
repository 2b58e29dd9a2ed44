"""One person in several companies, and several issuers: who may say who somebody is, and where."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from database.opening import open_pool
from errors import BadInput, FichaError, Unauthenticated
from models.collaborator import Role
from server.access.audit import Audit
from server.access.companies import CompanyDiffers, CompanyRequired
from server.access.identity import Identity
from server.access.jwks import IssuerUnreachable
from server.access.limits import Limit, ProcessMemory
from server.issuer_settings import IssuerSettings
from server.settings import Settings
from tests.security.conftest import Door, People, make_people
from tests.security.issuer import AUDIENCE, Issuer, claims, running_issuer

T = TypeVar("T")
NOBODY = "El token no corresponde a ningún colaborador activo."


def com(people: People) -> str:
    """The company's global id."""
    return f"com_{people.company}"


@pytest.fixture
def other(database_url: str) -> People:
    """A second company."""
    return make_people(database_url)


@pytest.fixture
def account(database_url: str, people: People, other: People) -> str:
    """The subject of an account that is a seller in one company and an administrator in the other."""
    subject = uuid4().hex
    bind(database_url, people, Role.SALES, subject)
    bind(database_url, other, Role.ADMIN, subject)
    return subject


def bind(database_url: str, people: People, role: Role, subject: str, issuer: str = "https://id.example.mx") -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute(
            "update collaborator set issuer = %s, subject = %s where id = %s", (issuer, subject, people.ids[role])
        )


def signed(door: Door, subject: str, **changes: Any) -> str:
    """A token that names no company and no address, unless changed."""
    said = claims("", "", sub=subject, company=None, email=None) | changes
    return door.issuer.key("EdDSA").sign({name: value for name, value in said.items() if value is not None})


def asked(door: Door, token: str, company: str = "") -> Any:
    """The viewer, or what is raised."""

    async def ask(identity: Identity) -> Any:
        try:
            return (await identity.caller([f"Bearer {token}"], "192.0.2.7", company)).viewer
        except FichaError as error:
            return error

    return door.run(ask)


@pytest.mark.claims(
    "docs/sign-in.md",
    "where there are several, the answer is 400 `COMPANY_REQUIRED`,",
)
def test_a_person_chooses_among_their_companies(door: Door, people: People, other: People, account: str) -> None:
    token = signed(door, account)
    choice = asked(door, token)
    assert isinstance(choice, CompanyRequired)
    assert choice.extensions == {
        "code": "COMPANY_REQUIRED",
        "companies": [{"id": id, "name": "Prueba"} for id in sorted((com(people), com(other)))],
    }
    for company, role in ((people, Role.SALES), (other, Role.ADMIN)):
        viewer = asked(door, token, com(company))
        assert (viewer.company_id, viewer.collaborator_id, viewer.role) == (company.company, company.ids[role], role)


def test_one_token_asks_in_each_company_within_the_same_minute(
    door: Door, people: People, other: People, account: str
) -> None:
    """Nobody is remembered as who they are elsewhere."""
    door.settings = dataclasses.replace(door.settings, viewer_cache_seconds=300)
    header = [f"Bearer {signed(door, account)}"]

    async def ask(identity: Identity) -> list[UUID]:
        chosen = [com(people), com(other)] * 2
        return [(await identity.caller(header, "", company)).viewer.company_id for company in chosen]

    assert door.run(ask) == [people.company, other.company] * 2


@pytest.mark.claims(
    "docs/sign-in.md",
    "A claim `company` with the company's id fixes in which company the token works.",
    "the token's claim says so, if it has one;",
)
def test_the_claim_decides(door: Door, people: People, other: People, account: str) -> None:
    token = signed(door, account, company=com(other))
    assert asked(door, token).company_id == other.company
    assert asked(door, token, com(other)).company_id == other.company
    assert isinstance(asked(door, token, com(people)), CompanyDiffers)


@pytest.mark.claims(
    "docs/security.md",
    "or the only one that the account is somebody in;",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "else it is the only one there is;",
    "Neither is required.",
)
def test_who_is_in_one_company_need_not_choose(door: Door, people: People, database_url: str) -> None:
    subject = uuid4().hex
    bind(database_url, people, Role.BILLING, subject)
    assert asked(door, signed(door, subject)).collaborator_id == people.ids[Role.BILLING]


@pytest.mark.claims(
    "docs/sign-in.md",
    "A company that the person does not belong to gets the same 401 as a company that does not exist.",
)
def test_a_company_that_is_not_theirs_is_as_one_that_is_not_there(
    door: Door, people: People, account: str, database_url: str
) -> None:
    token = signed(door, account)
    answers = {asked(door, token, company).message for company in (com(make_people(database_url)), f"com_{uuid4()}")}
    assert answers == {NOBODY}
    stranger = signed(door, uuid4().hex)
    assert {asked(door, stranger, company).message for company in ("", com(people))} == {NOBODY}


def test_a_stranger_who_names_a_company_is_not_in_its_audit_log(
    door: Door, people: People, audited: Callable[..., list[tuple[Any, ...]]]
) -> None:
    assert asked(door, signed(door, uuid4().hex), com(people)).message == NOBODY
    assert audited(people.company) == []
    assert asked(door, signed(door, uuid4().hex, company=com(people))).message == NOBODY
    assert len(audited(people.company)) == 1


@pytest.mark.parametrize("company", ["x", "com_", "cli_019900a1-7c00-7d3e-8000-00000000de30", "com_\0", "é" * 500])
def test_what_is_no_company_is_refused(door: Door, account: str, company: str) -> None:
    answer = asked(door, signed(door, account), company)
    assert isinstance(answer, BadInput)
    assert answer.extensions == {"code": "BAD_ID", "field": "X-Ficha-Company"}


@pytest.mark.claims(
    "docs/sign-in.md",
    "`suspendCollaborator` ends it, within `FICHA_VIEWER_CACHE_SECONDS`:",
)
def test_the_suspended_are_asked_about_no_longer(
    door: Door, people: People, other: People, account: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set active = false where id = %s", (other.ids[Role.ADMIN],))
    token = signed(door, account)
    assert asked(door, token).company_id == people.company
    assert asked(door, token, com(other)).message == NOBODY


@pytest.mark.claims(
    "docs/security.md",
    "and must be true in a token that names no company.",
    "or nobody's, and `FICHA_JWT_COLLABORATOR_CLAIM` holds the e-mail address of one who is bound to no account.",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "who was entered by that address then comes in without an invitation.",
    "from then on it is the account (`iss` and `sub`) that counts, not the address.",
)
def test_without_a_company_the_issuer_vouches_for_the_address(door: Door, people: People) -> None:
    email, mine = people.email(Role.SALES), uuid4().hex
    for verified in (None, False, "true", 1):
        assert asked(door, signed(door, mine, email=email, email_verified=verified)).message == NOBODY
    assert asked(door, signed(door, mine, email=email, email_verified=True)).company_id == people.company
    # From then on it is the account that counts.
    assert asked(door, signed(door, mine)).collaborator_id == people.ids[Role.SALES]
    assert asked(door, signed(door, uuid4().hex, email=email, email_verified=True)).message == NOBODY


@pytest.mark.claims(
    "docs/security.md",
    "with `iss` it is the account of an active collaborator of that company;",
)
def test_a_new_address_at_the_issuer_leaves_a_person_who_they_are(door: Door, people: People) -> None:
    mine = uuid4().hex
    said = {"company": com(people), "email_verified": True}
    assert asked(door, signed(door, mine, email=people.email(Role.SALES), **said)).role is Role.SALES
    assert asked(door, signed(door, mine, email="nuevo@demo.mx", **said)).role is Role.SALES
    assert asked(door, signed(door, mine, company=com(people))).role is Role.SALES


@pytest.mark.claims(
    "docs/sign-in.md",
    "(over a WebSocket a member of the same name in the payload of `connection_init`);",
)
def test_over_a_websocket_the_first_message_says_it(door: Door, people: People, account: str) -> None:
    token = signed(door, account)

    async def ask(identity: Identity) -> UUID:
        given = {"Authorization": f"Bearer {token}", "X-Ficha-Company": com(people)}
        with pytest.raises(CompanyRequired):
            await identity.connection({"Authorization": f"Bearer {token}"})
        return (await identity.connection(given)).viewer.company_id

    assert door.run(ask) == people.company


# Several issuers


@pytest.fixture
def second() -> Generator[Issuer]:
    """Another issuer, with the same key ids."""
    with running_issuer() as running:
        yield running


FIRST, SECOND = "https://id.example.mx", "https://login.example.com"


def trusting(settings: Settings, first: Issuer, second: Issuer, **of_second: Any) -> Settings:
    """Settings with both issuers, the first by the old names."""
    return dataclasses.replace(
        settings,
        jwt_issuer=FIRST,
        jwt_audience=AUDIENCE,
        jwt_jwks=first.url,
        oidc_issuers=(IssuerSettings(issuer=SECOND, audiences=("a", "b"), jwks=second.url, **of_second),),
        viewer_cache_seconds=0,
    )


def run(settings: Settings, ask: Callable[[Identity], Awaitable[T]]) -> T:
    """Runs on a new event loop with a real pool."""

    async def go() -> T:
        async with open_pool(settings.database_url, 4) as pool:
            audit = Audit(pool)
            try:
                return await ask(Identity(settings, pool, audit, Limit("sign-in", "off", ProcessMemory())))
            finally:
                await audit.close()

    return asyncio.run(go())


def answers(settings: Settings, *tokens: str) -> list[Any]:
    """The role that each token has, or why it is refused."""

    async def ask(identity: Identity) -> list[Any]:
        found: list[Any] = []
        for token in tokens:
            try:
                found.append((await identity.caller([f"Bearer {token}"])).viewer.role)
            except Unauthenticated as error:
                found.append(error.message)
        return found

    return run(settings, ask)


@pytest.mark.claims(
    "docs/sign-in.md",
    "A token is verified with the keys of the issuer that it names, never with another's.",
    "Both settings can be used together.",
    "| `issuer` | `iss`, to the letter |",
    "| `audience` | `aud`: one, or a list of which one is enough |",
)
def test_each_issuer_signs_with_its_own_keys_alone(
    settings: Settings, issuer: Issuer, second: Issuer, people: People
) -> None:
    own = claims(people.company, people.email(Role.SALES))
    theirs = claims(people.company, people.email(Role.BILLING), iss=SECOND, aud="b")
    one, two = issuer.key("EdDSA"), second.key("EdDSA")
    invalid = "El token no es válido."
    assert answers(
        trusting(settings, issuer, second),
        one.sign(own), two.sign(theirs), one.sign(theirs), two.sign(own), two.sign(theirs | {"aud": AUDIENCE}),
        one.sign(own | {"aud": "b"}), one.sign(own | {"iss": "https://third.example"}),
    ) == [Role.SALES, Role.BILLING] + [invalid] * 5  # fmt: skip


@pytest.mark.claims(
    "docs/security.md",
    "that the issuer may sign for;",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "| `companies` | ids of the companies that it may sign for. A company that any issuer names is closed to "
    "those that do not name it |",
)
def test_a_company_of_an_issuer_is_that_issuers_alone(
    settings: Settings, issuer: Issuer, second: Issuer, people: People, other: People, database_url: str
) -> None:
    """Neither does the shared issuer sign for it, nor its issuer for others: with a claim, without, and by address."""
    own, shared = (
        claims(people.company, people.email(Role.SALES), iss=SECOND, aud="a"),
        claims(other.company, other.email(Role.SALES)),
    )
    one, two = issuer.key("EdDSA"), second.key("EdDSA")
    subjects = uuid4().hex, uuid4().hex
    bind(database_url, people, Role.ADMIN, subjects[0], FIRST)
    bind(database_url, other, Role.ADMIN, subjects[1], SECOND)
    nowhere = {"company": None, "email": None}
    tokens = [
        two.sign(own),
        one.sign(shared),
        one.sign(own | {"iss": FIRST, "aud": AUDIENCE}),
        two.sign(shared | {"iss": SECOND, "aud": "a"}),
        one.sign(claims("", "", **nowhere, sub=subjects[0])),
        two.sign(claims("", "", **nowhere, sub=subjects[1], iss=SECOND, aud="a")),
    ]
    trusted = trusting(settings, issuer, second, companies=(people.company,))
    assert answers(trusted, *tokens) == [Role.SALES, Role.SALES, NOBODY, NOBODY, NOBODY, NOBODY]


def test_the_same_subject_of_another_issuer_is_another_person(
    settings: Settings, issuer: Issuer, second: Issuer, people: People
) -> None:
    said = claims(people.company, people.email(Role.SALES), sub="7")
    stranger = said | {"iss": SECOND, "aud": "a"}
    tokens = issuer.key("EdDSA").sign(said), second.key("EdDSA").sign(stranger)
    assert answers(trusting(settings, issuer, second), *tokens) == [Role.SALES, NOBODY]


@pytest.mark.claims(
    "docs/sign-in.md",
    "| `companyClaim`, `collaboratorClaim` | where they differ from `FICHA_JWT_COMPANY_CLAIM` and "
    "`FICHA_JWT_COLLABORATOR_CLAIM` |",
)
def test_claims_are_named_by_each_issuer(settings: Settings, issuer: Issuer, second: Issuer, people: People) -> None:
    named = {"company_claim": "https://x/org", "collaborator_claim": "upn"}
    said = claims("junk", "junk", iss=SECOND, aud="a", upn=people.email(Role.BILLING))
    token = second.key("EdDSA").sign(said | {"https://x/org": com(people)})
    assert answers(trusting(settings, issuer, second, **named), token) == [Role.BILLING]


@pytest.mark.claims(
    "docs/sign-in.md",
    "While one issuer is down, people of the others can still sign in.",
)
def test_an_issuer_that_is_away_concerns_its_own_people_alone(
    settings: Settings, issuer: Issuer, second: Issuer, people: People
) -> None:
    second.down = True
    one = issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES)))
    two = second.key("EdDSA").sign(claims(people.company, people.email(Role.BILLING), iss=SECOND, aud="a"))

    async def ask(identity: Identity) -> Role:
        with pytest.raises(IssuerUnreachable):
            await identity.caller([f"Bearer {two}"])
        return (await identity.caller([f"Bearer {one}"])).viewer.role

    assert run(trusting(settings, issuer, second), ask) is Role.SALES


@pytest.mark.claims(
    "docs/sign-in.md",
    "| `jwks` | URL or file of the keys; without it they are found at `<issuer>/.well-known/openid-configuration` |",
)
@pytest.mark.parametrize("told", ["itself", "another", "nothing"])
def test_keys_are_found_by_discovery(settings: Settings, issuer: Issuer, people: People, told: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the base class's name
            name = {"itself": where, "another": "https://id.example.mx", "nothing": None}[told]
            body = json.dumps({"issuer": name, "jwks_uri": issuer.url}).encode()
            self.send_response(200 if self.path == "/realm/.well-known/openid-configuration" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    where = f"http://127.0.0.1:{server.server_port}/realm"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        trusted = dataclasses.replace(settings, oidc_issuers=(IssuerSettings(issuer=where, audiences=("a",)),))
        token = issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES), iss=where, aud="a"))
        if told == "itself":
            assert answers(trusted, token) == [Role.SALES]
        else:
            with pytest.raises(IssuerUnreachable):
                answers(trusted, token)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
