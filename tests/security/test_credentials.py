"""Credentials that are odd, wrong, or somebody else's: refused in one form, and nobody else notices."""

import asyncio
import base64
import dataclasses
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.collaborator import unbind_collaborator
from domain.inputs import ById
from domain.secret import Secret, check_digits
from errors import Forbidden, Unauthenticated
from models.audit import AuditEventKind
from models.collaborator import Role
from models.viewer import Permission
from server.access import tokens
from server.access.addresses import ENOUGH_CALLERS, Addresses
from server.access.identity import Caller, Identity
from server.access.limits import RateLimited
from tests.security.conftest import Door, People
from tests.security.issuer import claims
from tests.security.test_api_keys import make, transact, viewer_of

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
INVALID = "El token no es válido."


def token(door: Door, people: People, role: Role, **changes: Any) -> str:
    """A token for the collaborator of the role, with some of its claims changed."""
    return door.issuer.key("EdDSA").sign(claims(people.company, people.email(role), **changes))


async def refused(identity: Identity, credentials: str, address: str = HERE) -> Unauthenticated | RateLimited:
    """Why the credentials are refused."""
    with pytest.raises((Unauthenticated, RateLimited)) as raised:
        await identity.caller([f"Bearer {credentials}"], address)
    return raised.value


# Others at the address


@pytest.mark.claims("docs/federation.md", "Valid credentials are accepted whatever others try there.")
@pytest.mark.claims(
    "docs/security.md",
    "Valid credentials are accepted whatever others at the address try: the signature of a token is"
    " always verified, and API keys, and tokens of strangers, that were not let in during the last"
    " ten minutes are looked up one after the other for each address, at most nine waiting; only to"
    " those that find the line full a good key is 429 as well, until it is tried again.",
)
@pytest.mark.parametrize("tried", ["tokens", "forged keys", "mistyped keys", "one key's id", "strangers"])
def test_what_others_at_the_address_try_does_not_concern_credentials_that_hold(
    door: Door, people: People, tried: str
) -> None:
    known, late = (make(door, viewer_of(door, people, Role.ADMIN), "clients:read") for _ in range(2))
    good = [known, token(door, people, Role.BILLING)]
    first_seen = [late, token(door, people, Role.SALES)]
    door.failures = "5/hour"

    def wrong(number: int) -> str:
        secret = Secret.parse(late)
        assert secret
        match tried:
            case "tokens":
                return f"junk{number}"
            case "forged keys":
                return Secret.new(people.company).text
            case "mistyped keys":
                return f"{known[:-1]}x{number}"
            case "one key's id":
                made = Secret.new(people.company)
                body = made.text.replace(made.id.hex, secret.id.hex)[:-8]
                return (Secret.parse(body) and body) or _checked(body)
            case _:
                return door.issuer.key("EdDSA").sign(claims(people.company, f"nadie{number}@demo.mx"))

    async def ask(identity: Identity) -> None:
        for each in good:
            await identity.caller([f"Bearer {each}"], HERE)
        codes = [(await refused(identity, wrong(number))).code for number in range(60)]
        assert codes == ["UNAUTHENTICATED"] * 5 + ["RATE_LIMITED"] * 55
        for each in (*good, *first_seen):
            assert isinstance(await identity.caller([f"Bearer {each}"], HERE), Caller)
            assert isinstance(await identity.connection({"Authorization": f"Bearer {each}"}, HERE), Caller)

    door.run(ask)


def _checked(body: str) -> str:
    """The key with its check digits."""
    return body + check_digits(body)


def test_whoever_tries_out_keys_takes_one_connection(door: Door, people: People) -> None:
    """Of two hundred at once, few wait and the others are refused unread; one that holds comes in afterwards."""
    good = make(door, viewer_of(door, people, Role.ADMIN), "clients:read")
    door.failures = "5/hour"

    async def ask(identity: Identity) -> None:
        most = running = 0
        find = identity._find

        async def counted(*given: Any) -> Any:
            nonlocal most, running
            running += 1
            most = max(most, running)
            try:
                return await find(*given)
            finally:
                running -= 1

        for _ in range(5):
            await refused(identity, Secret.new(people.company).text)
        identity._find = counted  # type: ignore[method-assign]
        flood = await asyncio.gather(*(refused(identity, Secret.new(people.company).text) for _ in range(200)))
        assert {error.code for error in flood} == {"RATE_LIMITED"}
        assert most == 1
        assert not identity._lines
        await identity.caller([f"Bearer {good}"], HERE)

    door.run(ask)


@pytest.mark.claims(
    "docs/security.md",
    "| `SIGN_IN_REFUSED` | a verified token names the company, but nobody active, or somebody who is "
    "bound to another account; a key was right, but has ended. Not audited one by one after "
    "`FICHA_SIGN_IN_LIMIT` |",
)
def test_refusals_beyond_the_limit_are_not_audited_one_by_one(
    door: Door, people: People, audited: Callable[..., list[tuple[Any, ...]]]
) -> None:
    door.failures = "5/hour"
    stranger = door.issuer.key("EdDSA").sign(claims(people.company, "nadie@demo.mx"))

    async def ask(identity: Identity) -> None:
        for _ in range(30):
            await refused(identity, stranger)

    door.run(ask)
    assert len(audited(people.company)) == 5


@pytest.mark.claims(
    "docs/security.md",
    "When ten callers, or as many refusals as may be, came from one private address and none from any "
    "other, the log warns once: a proxy then forwards no addresses.",
)
def test_one_private_address_for_everybody_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    def warnings(of: list[str]) -> int:
        caplog.clear()
        seen = Addresses()
        for number, address in enumerate(of):
            seen.note(address, uuid4())
            if number % 7 == 6:
                seen.refused(address)
        return len([each for each in caplog.records if "FORWARDED_ALLOW_IPS" in each.message])

    caplog.set_level(logging.WARNING)
    many = 5 * ENOUGH_CALLERS
    assert warnings(["10.0.0.2"] * many) == 1
    assert warnings(["fd00::2"] * many) == 1
    assert warnings(["8.8.8.8"] * many) == 0
    assert warnings(["10.0.0.2", "10.0.0.3"] * many) == 0
    assert warnings(["10.0.0.2"] * (ENOUGH_CALLERS - 4)) == 0
    assert warnings([""] * many) == 0


# Odd claims

ODD: list[Any] = [
    "\ud800", "a\ud800@demo.mx", "\udfff\ud800", "a\0@demo.mx", "", "x" * 7000, 7, 7.5, True, None, [],
    ["a@demo.mx"], {}, {"a": {"b": [[]]}}, float("nan"), float("inf"), -1, 10**400, "1" * 5000,
]  # fmt: skip
CLAIMS = ("email", "company", "sub", "iss", "aud", "exp", "nbf", "iat", "jti", "email_verified")


def encoded(part: Any) -> str:
    """A part of a token, as JSON writes what Python has no trouble with."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(door: Door, said: Any, header: Any = None) -> str:
    """A token with any claims and header; its signature is good."""
    key = door.issuer.key("EdDSA")
    body = f"{encoded(header or {'alg': 'EdDSA', 'kid': key.kid, 'typ': 'JWT'})}.{encoded(said)}"
    return f"{body}.{base64.urlsafe_b64encode(key.private.sign(body.encode())).rstrip(b'=').decode()}"


async def message(identity: Identity, credentials: str) -> str:
    """Why the token is refused; nothing where it is let in."""
    try:
        await identity.caller([f"Bearer {credentials}"])
    except Unauthenticated as error:
        return error.message
    return ""


@pytest.mark.parametrize("claim", CLAIMS)
def test_odd_claims_are_refused_in_one_form(door: Door, people: People, claim: str) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    expected = {INVALID, "El token venció.", "El token no corresponde a ningún colaborador activo."}
    if claim in ("nbf", "iat", "jti", "email_verified"):
        expected |= {""}  # not every odd value says that the token does not hold

    async def ask(identity: Identity) -> None:
        tokens = [signed(door, said | {claim: value}) for value in ODD]
        assert {await message(identity, each) for each in tokens if len(each) < 8000} <= expected

    door.run(ask)


@pytest.mark.parametrize(
    "exp", ["1e400", "-1e400", "NaN", "-1", "0", '"4000000000"', "4e9999", "1" * 5000, "[]", "true"]
)
def test_odd_expiries_are_refused(door: Door, people: People, exp: str) -> None:
    said = claims(people.company, people.email(Role.ADMIN), exp=None)
    text = json.dumps(said)[:-1] + f', "exp": {exp}}}'

    key = door.issuer.key("EdDSA")
    parts = [json.dumps({"alg": "EdDSA", "kid": key.kid}), text]
    body = ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
    made = f"{body}.{base64.urlsafe_b64encode(key.private.sign(body.encode())).rstrip(b'=').decode()}"
    with pytest.raises(Unauthenticated):
        door.admit(made)


@pytest.mark.parametrize("name", ["alg", "kid", "typ", "crit", "cty", "b64"])
def test_odd_headers_are_refused_in_one_form(door: Door, people: People, name: str) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    expected = {INVALID} | ({""} if name in ("kid", "cty", "b64", "typ") else set())

    async def ask(identity: Identity) -> None:
        header = {"alg": "EdDSA", "kid": "ed", "typ": "JWT"}
        tokens = [signed(door, said, header | {name: value}) for value in ODD]
        assert {await message(identity, each) for each in tokens if len(each) < 8000} <= expected

    door.run(ask)


@pytest.mark.parametrize(
    "credentials",
    [
        "fk_", "fk_\ud800", "fk_" + "0" * 64 + "_" + "0" * 48, "fk_" + "é" * 64, "fk_\0", "fk_" + "f" * 8000,
        "\ud800.b.c", "ÿþ", "a" * 8192, "fk_" + "０" * 64 + "_" + "０" * 48,
    ],
    ids=ascii,
)  # fmt: skip
def test_odd_credentials_are_refused(door: Door, credentials: str) -> None:
    async def ask(identity: Identity) -> None:
        assert isinstance(await refused(identity, credentials), Unauthenticated)
        with pytest.raises(Unauthenticated):
            await identity.connection({"Authorization": f"Bearer {credentials}", "authorization": "x"})

    door.run(ask)


# One person, one account


def lookalikes(address: str) -> list[str]:
    """Other addresses that some way of folding takes for this one."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in address)
    swaps = {"i": "İı", "s": "ſ", "k": "\u212a", "a": "ªÀ", "e": "ⓔ", "d": "ⅾ", "@": "\uff20", ".": "。"}
    made = [address.replace(letter, other) for letter, others in swaps.items() for other in others]
    return [*made, wide, f" {address}", f"{address} ", f"{address}\u200b"]


@pytest.mark.claims(
    "docs/security.md",
    "Addresses are compared with ASCII letters folded and all others as they are.",
)
def test_addresses_fold_in_ascii_only(door: Door, people: People, database_url: str) -> None:
    mine = "kiska.salas@demo.mx"
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set email = %s where id = %s", (mine, people.ids[Role.ADMIN]))

    async def ask(identity: Identity) -> None:
        sign = door.issuer.key("EdDSA").sign
        for other in lookalikes(mine):
            await refused(identity, sign(claims(people.company, other, sub="otra")))
        for same in (mine, mine.upper(), mine.title()):
            caller = await identity.caller(["Bearer " + sign(claims(people.company, same, sub="yo"))])
            assert caller.viewer.role is Role.ADMIN

    door.run(ask)


def test_commands_and_the_index_fold_alike(database_url: str, people: People, settings: Any) -> None:
    named = f"kiska{people.company.hex}@demo.mx"
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set email = %s where id = %s", (named, people.ids[Role.ADMIN]))
        owner.execute(
            "update collaborator set email = %s where id = %s", (named.replace("k", "\u212a"), people.ids[Role.SALES])
        )
    with pytest.raises(psycopg.errors.UniqueViolation), psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set email = %s where id = %s", (named.upper(), people.ids[Role.BILLING]))
    demo = dataclasses.replace(settings, jwt_issuer="", jwt_audience="", jwt_jwks="")
    assert tokens.issue(demo, named.upper(), 1)
    with pytest.raises(tokens.CollaboratorUnknownError):
        tokens.issue(demo, named.replace("i", "İ"), 1)


@pytest.mark.claims(
    "docs/security.md",
    "or the first token that signs in by a collaborator's address, binds them to its `iss` and `sub`.",
    "From then on another `sub` with the same address is refused and audited, and so is the same `sub` "
    "with another collaborator's address; an address that is nobody else's may change.",
)
def test_a_collaborator_is_bound_to_the_first_subject(
    door: Door, people: People, audited: Callable[..., list[tuple[Any, ...]]]
) -> None:
    first, again = (token(door, people, Role.ADMIN, sub="uno", jti=str(n)) for n in range(2))
    other = token(door, people, Role.ADMIN, sub="dos")

    async def ask(identity: Identity) -> None:
        await identity.caller([f"Bearer {first}"], HERE)
        await refused(identity, other)
        await identity.caller([f"Bearer {again}"], HERE)
        # Nor does a subject become somebody else by another address.
        await refused(identity, token(door, people, Role.SALES, sub="uno"))

    door.run(ask)
    kind = AuditEventKind.SIGN_IN_REFUSED.value
    told = [(kind, people.ids[role], None, HERE, {"email": people.email(role)}) for role in (Role.ADMIN, Role.SALES)]
    assert sorted(audited(people.company), key=repr) == sorted(told, key=repr)  # written beside each other


def test_of_many_first_sign_ins_at_once_one_is_bound(door: Door, people: People, database_url: str) -> None:
    async def ask(identity: Identity) -> list[bool]:
        async def let_in(subject: str) -> bool:
            try:
                await identity.caller(["Bearer " + token(door, people, Role.ADMIN, sub=subject)])
            except Unauthenticated:
                return False
            return True

        return await asyncio.gather(*(let_in(f"s{number // 2}") for number in range(20)))

    results = door.run(ask)
    assert sum(results) == 2
    with psycopg.connect(database_url) as owner:
        [bound] = owner.execute("select subject from collaborator where id = %s", (people.ids[Role.ADMIN],)).fetchall()
    assert bound == (f"s{results.index(True) // 2}",)


def test_a_dismissed_collaborator_is_not_bound(door: Door, people: People, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set active = false where id = %s", (people.ids[Role.SALES],))
    with pytest.raises(Unauthenticated):
        door.admit(token(door, people, Role.SALES))
    with psycopg.connect(database_url) as owner:
        assert owner.execute(
            "select subject from collaborator where id = %s", (people.ids[Role.SALES],)
        ).fetchone() == (None,)


@pytest.mark.claims(
    "docs/security.md",
    "`unbindCollaborator` (needs `admin`) and `ficha unbind EMAIL` on the server undo it: for a person "
    "with a new account, and for everybody after a change of the issuer.",
    "| `COLLABORATOR_UNBOUND` | by `unbindCollaborator` or `ficha unbind`, from which `iss` and `sub` |",
)
def test_an_administrator_unbinds(door: Door, people: People, audited: Callable[..., list[tuple[Any, ...]]]) -> None:
    old, new = (token(door, people, Role.SALES, sub=subject) for subject in ("vieja", "nueva"))
    door.admit(old)
    admin, seller = viewer_of(door, people, Role.ADMIN), people.ids[Role.SALES]
    with pytest.raises(Forbidden):
        transact(door, viewer_of(door, people, Role.BILLING), lambda work: unbind_collaborator(work, ById(id=seller)))
    for _ in range(2):
        transact(door, admin, lambda work: unbind_collaborator(work, ById(id=seller)))
    assert door.admit(new).viewer.may(Permission.CLIENTS_WRITE)
    with pytest.raises(Unauthenticated):
        door.admit(old)
    kinds = [kind for kind, *_ in audited(people.company)]
    assert kinds == ["COLLABORATOR_UNBOUND", "SIGN_IN_REFUSED"]
