"""Tokens: what the issuer signed for us is let in, anything else is not, and the answer does not tell why."""

import asyncio
import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from database.wire import Pool
from errors import CompanySuspended, Unauthenticated
from models.audit import AuditEventKind
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from server.access.identity import LONGEST_HEADER, Caller, HeaderTooLong, Identity, Remembered
from server.access.jwks import IssuerUnreachable, read_keys
from server.access.limits import RateLimited
from tests.security.conftest import Door, People
from tests.security.issuer import Issuer, SigningKey, claims

INVALID = "El token no es válido."
NOBODY = "El token no corresponde a ningún colaborador activo."


def encoded(part: object) -> str:
    """A segment of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def refusal(door: Door, token: str) -> str:
    """The message with which the token is refused."""
    with pytest.raises(Unauthenticated) as raised:
        door.admit(token)
    return raised.value.message


@pytest.mark.claims(
    "docs/sign-in.md",
    "Sign with RS256, ES256 or EdDSA.",
)
@pytest.mark.claims(
    "docs/security.md",
    "it is signed with RS256, ES256 or EdDSA (Ed25519) by a key of the JWK Set of the issuer that it names,"
    " of the type that belongs to the algorithm, RSA keys of 2048 bits or more;",
)
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_good_token_is_its_collaborator(door: Door, people: People, algorithm: str) -> None:
    email = people.email(Role.SALES)
    caller = door.admit(door.issuer.key(algorithm).sign(claims(people.company, email.upper(), exp=4_000_000_000)))
    assert (caller.viewer.company_id, caller.viewer.collaborator_id) == (people.company, people.ids[Role.SALES])
    assert (caller.viewer.role, caller.viewer.permissions) == (Role.SALES, BUNDLES[Role.SALES])
    assert caller.expires_at == 4_000_000_030


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_bundle(door: Door, people: People, role: Role) -> None:
    caller = door.admit(door.issuer.key("EdDSA").sign(claims(people.company, people.email(role))))
    assert caller.viewer.permissions == BUNDLES[role]


@pytest.mark.claims(
    "docs/security.md",
    "the claim `FICHA_JWT_COMPANY_CLAIM`, if there is one, holds the id of a company (a UUID, or `com_` and a UUID)",
)
def test_the_company_may_be_named_by_its_global_id(door: Door, people: People) -> None:
    token = door.issuer.key("EdDSA").sign(claims(f"com_{people.company}", people.email(Role.ADMIN)))
    assert door.admit(token).viewer.collaborator_id == people.ids[Role.ADMIN]


def test_the_claims_are_those_of_the_settings(door: Door, people: People) -> None:
    door.settings = dataclasses.replace(
        door.settings, jwt_company_claim="https://ficha.mx/org", jwt_collaborator_claim="preferred_username"
    )
    said = claims("junk", "junk", preferred_username=people.email(Role.BILLING))
    token = door.issuer.key("EdDSA").sign(said | {"https://ficha.mx/org": str(people.company)})
    assert door.admit(token).viewer.role is Role.BILLING


TOMORROW = int(time.time()) + 86_400
BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "wrong issuer": {"iss": "https://id.example.mx.evil.example"},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "other"},
    "a list of others": {"aud": ["other", "more"]},
    "no audience": {"aud": None},
    "no expiry": {"exp": None},
    "expiry that is no number": {"exp": "soon"},
    "expiry that is a list": {"exp": [4_000_000_000]},
    "endless expiry": {"exp": float("inf")},
    "not yet": {"nbf": TOMORROW},
    "issued in the future": {"iat": TOMORROW},
    "company of another type": {"company": 7},
    "no UUID": {"company": "demo"},
    "id of another kind": {"company": "cli_019900a1-7c00-7d3e-8000-00000000de30"},
    "address of another type": {"email": ["admin@demo.mx"]},
    "address with NUL": {"email": "admin\0@demo.mx"},
}
NOBODYS: dict[str, dict[str, Any]] = {
    "no company, and an address that nobody vouches for": {"company": None},
    "no address": {"email": None},
    "address that was not verified": {"email_verified": False},
    "address that was not verified, in words": {"email_verified": "false"},
    "address that was verified as a number": {"email_verified": 1},
}


@pytest.mark.claims(
    "docs/security.md",
    "`iss` and `aud` are those of one issuer in the settings, `exp` is there and has not passed, `nbf` and `iat` are"
    " not in the future; clocks may differ by `FICHA_JWT_CLOCK_SKEW_SECONDS`;",
)
@pytest.mark.parametrize("changes", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_a_token_with_a_wrong_claim_is_refused(door: Door, people: People, changes: dict[str, Any]) -> None:
    token = door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.ADMIN), **changes))
    assert refusal(door, token) == INVALID


@pytest.mark.claims(
    "docs/security.md",
    "Where that claim is `email`, `email_verified` must not be false,",
)
@pytest.mark.parametrize("changes", NOBODYS.values(), ids=NOBODYS.keys())
def test_nobody_is_found_by_an_address_that_was_not_verified(
    door: Door, people: People, changes: dict[str, Any]
) -> None:
    token = door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.ADMIN), **changes))
    assert refusal(door, token) == NOBODY


@pytest.mark.claims(
    "docs/security.md",
    "The text of a 401 tells an expired token from an invalid one only after its signature was verified.",
)
def test_an_expired_token_says_so(door: Door, people: People) -> None:
    said = claims(people.company, people.email(Role.ADMIN), exp=int(time.time()) - 31)
    assert refusal(door, door.issuer.key("EdDSA").sign(said)) == "El token venció."


def test_clocks_may_differ_by_the_skew(door: Door, people: People) -> None:
    now = int(time.time())
    said = claims(people.company, people.email(Role.ADMIN), exp=now - 10, nbf=now + 10, iat=now + 10)
    assert door.admit(door.issuer.key("EdDSA").sign(said)).viewer.role is Role.ADMIN
    door.settings = dataclasses.replace(door.settings, jwt_clock_skew_seconds=0)
    assert refusal(door, door.issuer.key("EdDSA").sign(said)) in (INVALID, "El token venció.")


def test_another_key_under_a_known_id_is_refused(door: Door, people: People) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    for algorithm, kid in (("RS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")):
        assert refusal(door, SigningKey(algorithm, kid).sign(said)) == INVALID


def test_a_key_of_another_type_is_refused(door: Door, people: People) -> None:
    """The key decides over the algorithm, not the token."""
    said = claims(people.company, people.email(Role.ADMIN))
    for algorithm, kid in (("RS256", "ec"), ("ES256", "ed"), ("EdDSA", "rsa")):
        signer = door.issuer.key(algorithm)
        assert refusal(door, signer.sign(said, kid=kid)) == INVALID


@pytest.mark.parametrize("algorithm", ["none", "NONE", "nOnE", "", "HS256", "HS512", "PS256", "ES384", 7, ["EdDSA"]])
def test_an_unsigned_token_is_refused(door: Door, people: People, algorithm: object) -> None:
    said = encoded(claims(people.company, people.email(Role.ADMIN)))
    assert refusal(door, f"{encoded({'alg': algorithm, 'kid': 'ed', 'typ': 'JWT'})}.{said}.") == INVALID


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_public_key_is_no_shared_secret(door: Door, people: People, algorithm: str) -> None:
    key = door.issuer.key(algorithm)
    public = key.private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims(people.company, people.email(Role.ADMIN)))}"
    for secret in (pem, pem.strip(), json.dumps(key.public_jwk()).encode()):
        made = hmac.new(secret, body.encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        assert refusal(door, f"{body}.{signature}") == INVALID


def test_a_token_brings_no_key_of_its_own(door: Door, people: People) -> None:
    own = SigningKey("EdDSA", "ed")
    said = claims(people.company, people.email(Role.ADMIN))
    brought = {"jwk": own.public_jwk(), "jku": door.issuer.url, "x5u": door.issuer.url, "x5c": ["MIIB"]}
    for name, value in brought.items():
        assert refusal(door, own.sign(said, **{name: value})) == INVALID
    assert door.issuer.requests == len(brought)  # each Identity asked for the set once, and for nothing else


def test_a_token_that_was_changed_is_refused(door: Door, people: People) -> None:
    token = door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.READ_ONLY)))
    header, _, signature = token.split(".")
    raised = encoded(claims(people.company, people.email(Role.ADMIN)))
    assert refusal(door, f"{header}.{raised}.{signature}") == INVALID


@pytest.mark.claims(
    "docs/security.md",
    "it has no `crit` header, and `typ`, if given, is `JWT` or `at+jwt`;",
)
@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["x"], [], "exp"], ids=str)
def test_critical_headers_are_refused(door: Door, people: People, crit: object) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    key = door.issuer.key("EdDSA")
    assert refusal(door, key.sign(said, crit=crit)) == INVALID


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "secevent+jwt", 7])
def test_a_token_of_another_kind_is_refused(door: Door, people: People, kind: object) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    assert refusal(door, door.issuer.key("EdDSA").sign(said, typ=kind)) == INVALID


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+JWT", "JWT"])
def test_an_access_token_is_let_in(door: Door, people: People, kind: str) -> None:
    said = claims(people.company, people.email(Role.ADMIN))
    assert door.admit(door.issuer.key("EdDSA").sign(said, typ=kind)).viewer.role is Role.ADMIN


JUNK = {
    "no token": "x",
    "dots": "..",
    "more dots": "a.b.c.d.e",
    "no base64": "%%%.%%%.%%%",
    "no JSON": "YWJj.YWJj.YWJj",
    "header is a list": f"{encoded([])}.{encoded({})}.x",
    "deep nesting": f"{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{encoded({})}.x",
    "kid is a number": f"{encoded({'alg': 'EdDSA', 'kid': 7})}.{encoded({})}.x",
    "kid is a path": f"{encoded({'alg': 'EdDSA', 'kid': '../../etc/passwd'})}.{encoded({})}.x",
    "kid is SQL": f"{encoded({'alg': 'EdDSA', 'kid': chr(39) + ' or 1=1 --'})}.{encoded({})}.x",
    "not ASCII": "é.ñ.ü",
    "NUL": "a\0.b.c",
}


@pytest.mark.parametrize("token", JUNK.values(), ids=JUNK.keys())
def test_junk_is_refused(door: Door, token: str) -> None:
    assert refusal(door, token) == INVALID


def test_a_truncated_token_is_refused(door: Door, people: People) -> None:
    token = door.issuer.key("ES256").sign(claims(people.company, people.email(Role.ADMIN)))

    async def ask(identity: Identity) -> set[str]:
        messages: set[str] = set()
        for length in range(1, len(token), 7):
            with pytest.raises(Unauthenticated) as raised:
                await identity.caller([f"Bearer {token[:length]}"])
            messages.add(raised.value.message)
        return messages

    assert door.run(ask) == {INVALID}


@pytest.mark.parametrize("header", [[], [""], ["Bearer"], ["Bearer "], ["Basic dTpw"], ["x"]])
def test_a_header_without_credentials_is_refused(door: Door, header: list[str]) -> None:
    with pytest.raises(Unauthenticated, match=r"^Falta el encabezado Authorization"):
        door.run(lambda identity: identity.caller(header))


def test_a_header_twice_is_refused(door: Door, people: People) -> None:
    good = "Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.ADMIN)))
    with pytest.raises(Unauthenticated, match="repetido"):
        door.run(lambda identity: identity.caller([good, good]))


def test_a_long_header_is_refused_unread(door: Door) -> None:
    with pytest.raises(HeaderTooLong):
        door.admit("x" * (LONGEST_HEADER + 1))
    assert door.issuer.requests == 0


@pytest.mark.claims(
    "docs/security.md",
    "An unknown company, a stranger and a dismissed collaborator get the same message.",
)
def test_strangers_the_dismissed_and_other_companies_look_alike(
    door: Door, people: People, database_url: str, audited: Callable[..., list[tuple[Any, ...]]]
) -> None:
    key = door.issuer.key("EdDSA")
    dismissed = people.email(Role.SALES)
    with psycopg.connect(database_url) as owner:
        owner.execute("update collaborator set active = false where id = %s", (people.ids[Role.SALES],))
    stranger, nowhere = "nadie@demo.mx", "019900a1-7c00-7d3e-8000-0000000000ff"
    for said in (claims(people.company, dismissed), claims(people.company, stranger), claims(nowhere, dismissed)):
        assert refusal(door, key.sign(said)) == NOBODY
    refused = AuditEventKind.SIGN_IN_REFUSED.value
    assert audited(people.company) == [
        (refused, people.ids[Role.SALES], None, "192.0.2.7", {"email": dismissed}),
        (refused, None, None, "192.0.2.7", {"email": stranger}),
    ]


@pytest.mark.claims(
    "docs/security.md",
    "A suspension, another role or a revoked key takes effect after that.",
)
def test_a_dismissal_takes_hold_at_the_next_look_up(door: Door, people: People, database_url: str) -> None:
    header = ["Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES)))]

    async def ask(identity: Identity) -> None:
        assert (await identity.caller(header)).viewer.role is Role.SALES
        with psycopg.connect(database_url) as owner:
            owner.execute("update collaborator set role = 'BILLING' where id = %s", (people.ids[Role.SALES],))
        assert (await identity.caller(header)).viewer.may(Permission.BILLING_WRITE)
        with psycopg.connect(database_url) as owner:
            owner.execute("update collaborator set active = false where id = %s", (people.ids[Role.SALES],))
        with pytest.raises(Unauthenticated):
            await identity.caller(header)

    door.run(ask)


def test_nobody_of_a_suspended_company_is_let_in(door: Door, people: People, database_url: str) -> None:
    key = door.issuer.key("EdDSA")

    def suspend(since: datetime.datetime | None) -> None:
        with psycopg.connect(database_url) as owner:
            owner.execute("update company set suspended_at = %s where id = %s", (since, people.company))

    bound, unbound, stranger = people.email(Role.ADMIN), people.email(Role.SALES), "nadie@demo.mx"
    door.admit(key.sign(claims(people.company, bound)))
    suspend(datetime.datetime.now(datetime.UTC))
    for email in (bound, unbound):
        with pytest.raises(CompanySuspended, match="suspendida"):
            door.admit(key.sign(claims(people.company, email)))
    # Whoever has nothing to do with the company does not learn of it, nor who takes the place of another.
    assert refusal(door, key.sign(claims(people.company, stranger))) == NOBODY
    assert refusal(door, key.sign(claims(people.company, bound, sub="another"))) == NOBODY
    with psycopg.connect(database_url) as owner:
        [(subject,)] = owner.execute("select subject from collaborator where email = %s", (unbound,)).fetchall()
    assert subject is None
    suspend(None)
    assert door.admit(key.sign(claims(people.company, unbound))).viewer.role is Role.SALES


@pytest.mark.claims(
    "docs/security.md",
    "the collaborator's role and permissions are looked up again after `FICHA_VIEWER_CACHE_SECONDS`",
    "An account that signed in less than `FICHA_VIEWER_CACHE_SECONDS` ago stays in for as long.",
)
def test_a_viewer_is_remembered(door: Door, people: People, database_url: str) -> None:
    door.settings = dataclasses.replace(door.settings, viewer_cache_seconds=300)
    header = ["Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES)))]

    async def ask(identity: Identity) -> None:
        first = await identity.caller(header)
        with psycopg.connect(database_url) as owner:
            owner.execute("update collaborator set active = false where id = %s", (people.ids[Role.SALES],))
        assert await identity.caller(header) is first

    door.run(ask)


def test_what_is_remembered_is_bounded_and_ends() -> None:
    kept: Remembered[str, int] = Remembered(most=2)
    later = time.time() + 60
    kept.put("a", 1, later)
    kept.put("b", 2, later)
    assert kept.get("a") == 1
    kept.put("c", 3, later)
    assert [kept.get(name) for name in "abc"] == [1, None, 3]
    kept.put("a", 4, time.time())
    assert kept.get("a") is None


# The issuer's keys


@pytest.mark.claims(
    "docs/security.md",
    "The key set is fetched when it is first needed, every ten minutes after that, and for an unknown key"
    " id, but not more than once in ten seconds.",
)
def test_keys_are_fetched_once_for_many_at_once(door: Door, people: People) -> None:
    door.least_interval = 60
    signer = door.issuer.key("RS256")
    headers = [["Bearer " + signer.sign(claims(people.company, people.email(role)))] for role in Role]

    async def ask(identity: Identity) -> None:
        await asyncio.gather(*(identity.caller(header) for header in headers))

    door.run(ask)
    assert door.issuer.requests == 1


@pytest.mark.claims(
    "docs/operating.md",
    "| the keys that an issuer signs tokens with | nothing: publish the new key beside the old one; it is fetched when"
    " a token first names it | `FICHA_JWT_JWKS`, `FICHA_OIDC_ISSUERS` |",
)
def test_a_new_key_is_fetched_when_it_is_first_seen(door: Door, people: People) -> None:
    old, new = door.issuer.key("ES256"), SigningKey("ES256", "ec-2")
    said = claims(people.company, people.email(Role.ADMIN))

    async def ask(identity: Identity) -> None:
        await identity.caller(["Bearer " + old.sign(said)])
        door.issuer.keys.append(new)
        await identity.caller(["Bearer " + new.sign(said)])

    door.run(ask)
    assert door.issuer.requests == 2


def test_junk_key_ids_do_not_hammer_the_issuer(door: Door, people: People) -> None:
    door.least_interval = 60
    signer, said = door.issuer.key("ES256"), claims(people.company, people.email(Role.ADMIN))

    async def ask(identity: Identity) -> None:
        await identity.caller(["Bearer " + signer.sign(said)])
        for number in range(50):
            with pytest.raises(Unauthenticated):
                await identity.caller(["Bearer " + signer.sign(said, kid=f"junk-{number}")])

    door.run(ask)
    assert door.issuer.requests == 1


@pytest.mark.claims(
    "docs/security.md",
    "While the issuer is down, known keys keep working; when none is known, the answer is 503.",
)
def test_known_keys_work_while_the_issuer_is_down(door: Door, people: People) -> None:
    signer, said = door.issuer.key("ES256"), claims(people.company, people.email(Role.ADMIN))

    async def ask(identity: Identity) -> None:
        await identity.caller(["Bearer " + signer.sign(said)])
        door.issuer.down = True
        with pytest.raises(Unauthenticated):
            await identity.caller(["Bearer " + SigningKey("ES256", "unknown").sign(said)])
        assert (await identity.caller(["Bearer " + signer.sign(said | {"jti": "2"})])).viewer.role is Role.ADMIN

    door.run(ask)
    assert door.issuer.requests == 2


@pytest.mark.claims(
    "docs/security.md",
    "| 503 | no key of the issuer is known | `Retry-After` |",
)
def test_without_any_key_nobody_can_tell(door: Door, people: People) -> None:
    door.issuer.down = True
    with pytest.raises(IssuerUnreachable):
        door.admit(door.issuer.key("ES256").sign(claims(people.company, people.email(Role.ADMIN))))


def test_a_token_without_a_key_id_has_the_only_key(door: Door, people: People) -> None:
    signer, said = door.issuer.key("EdDSA"), claims(people.company, people.email(Role.ADMIN))
    bare = signer.sign(said, kid=None)
    assert door.admit(bare).viewer.role is Role.ADMIN
    door.issuer.keys.append(SigningKey("EdDSA", "ed-2"))
    assert refusal(door, bare) == INVALID


def test_keys_may_come_from_a_file(door: Door, people: People, tmp_path: Any) -> None:
    signer = SigningKey("EdDSA", "file")
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [signer.public_jwk()]}))
    door.settings = dataclasses.replace(door.settings, jwt_jwks=str(file))
    assert door.admit(signer.sign(claims(people.company, people.email(Role.ADMIN)))).viewer.role is Role.ADMIN
    assert door.issuer.requests == 0


def test_only_keys_for_signatures_of_the_right_kind_are_kept(issuer: Issuer) -> None:
    good = issuer.key("EdDSA").public_jwk()
    weak = SigningKey("RS256", "weak")
    weak.private = generate_private_key(65537, 1024)  # noqa: S505  # to be refused
    others = [
        issuer.key("EdDSA").public_jwk(use="enc", kid="enc"),
        issuer.key("RS256").public_jwk(alg="PS256", kid="pss"),
        issuer.key("RS256").public_jwk(alg="RS512", kid="rs512"),
        weak.public_jwk(),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "oct", "alg": "HS256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "short", "kid": "broken"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA", "kid": "p384"},
        {"kty": ["OKP"], "kid": "list"},
        "no key",
    ]
    kept = read_keys(json.dumps({"keys": [*others, good]}).encode())
    assert list(kept) == [("ed", "EdDSA")]


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": {}}', b"\xff", b"[" * 100_000])
def test_what_is_no_key_set_changes_nothing(document: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_keys(document)


# Sign-ins that fail


@pytest.mark.claims(
    "docs/security.md",
    "`FICHA_SIGN_IN_LIMIT` is how often credentials from one address may be refused; what is refused "
    "after that is 429 instead of 401.",
)
def test_an_address_has_so_many_tries(door: Door, people: People) -> None:
    door.failures = "3/hour"
    good = ["Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.ADMIN)))]
    late = ["Bearer " + door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES)))]

    async def ask(identity: Identity) -> None:
        await identity.caller(good, "192.0.2.7")
        for number in range(3):
            with pytest.raises(Unauthenticated):
                await identity.caller([f"Bearer junk{number}"], "192.0.2.7")
        with pytest.raises(RateLimited) as raised:
            await identity.caller(["Bearer junk"], "192.0.2.7")
        assert raised.value.extensions == {"code": "RATE_LIMITED", "retryAfterSeconds": 3600}
        # Credentials that hold, and other addresses, are not concerned.
        assert (await identity.caller(good, "192.0.2.7")).viewer.role is Role.ADMIN
        assert (await identity.caller(late, "192.0.2.7")).viewer.role is Role.SALES
        with pytest.raises(Unauthenticated):
            await identity.caller(["Bearer junk"], "192.0.2.8")

    door.run(ask)


# WebSockets


@pytest.mark.claims(
    "docs/security.md",
    'Over a WebSocket the same text stands in the payload of `connection_init`: `{"Authorization": "Bearer …"}`.',
    "`Identity.connection` says who it is and when the connection must end.",
)
def test_a_connection_names_its_caller_in_the_payload(door: Door, people: People) -> None:
    token = door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.SALES), exp=4_000_000_000))

    async def ask(identity: Identity) -> None:
        caller = await identity.connection({"authorization": f"Bearer {token}", "locale": "es"})
        assert (caller.viewer.collaborator_id, caller.expires_at) == (people.ids[Role.SALES], 4_000_000_030)
        for payload in (None, {}, {"Authorization": None}, {"Authorization": [token]}, {"token": token}):
            with pytest.raises(Unauthenticated):
                await identity.connection(payload)

    door.run(ask)


def test_who_asks_many_times_at_once_is_looked_up_once(
    door: Door, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As all WebSockets of somebody do when their client changes. One who leaves takes nothing from the others."""
    door.settings = dataclasses.replace(door.settings, viewer_cache_seconds=0)
    token = door.issuer.key("EdDSA").sign(claims(people.company, people.email(Role.ADMIN)))
    sent: list[str] = []
    within = Pool.within

    def noting(pool: Pool, company: UUID, statements: Any, **how: Any) -> Any:
        sent.extend(statement for statement, _ in statements)
        return within(pool, company, statements, **how)

    monkeypatch.setattr(Pool, "within", noting)

    async def ask(identity: Identity) -> set[UUID]:
        async def one() -> Caller:
            return await identity.caller([f"Bearer {token}"], "192.0.2.7")

        await one()  # who comes for the first time is bound to their account as well
        sent.clear()
        first, *others = [asyncio.create_task(one()) for _ in range(50)]
        await asyncio.sleep(0)
        first.cancel()
        callers = await asyncio.gather(*others)
        callers.append(await one())  # later, anew
        return {caller.viewer.collaborator_id for caller in callers}

    assert door.run(ask) == {people.ids[Role.ADMIN]}
    assert len([each for each in sent if "from company" in each]) == 2
