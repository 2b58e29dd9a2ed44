"""Inviting a person, and accepting: by whoever presents the secret with a token of their own, once."""

import datetime
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from sqlalchemy import Connection, select

import models
from domain.secret import INVITATION, Secret
from models.collaborator import Role
from server.access import keys, tokens
from server.settings import Settings
from tests.fixtures import Company, Ficha, global_id, serving

INVITE = """
mutation ($input: InviteCollaboratorInput!) {
  inviteCollaborator(input: $input) {
    invitation { id collaborator { id email joinedAt } expiresAt acceptedAt }
    secret link userErrors { code path }
  }
}
"""
RESEND = """
mutation ($input: ResendInvitationInput!) {
  resendInvitation(input: $input) { invitation { id } secret userErrors { code path } }
}
"""
REVOKE = """
mutation ($input: RevokeInvitationInput!) {
  revokeInvitation(input: $input) { collaborator { active } userErrors { code path } }
}
"""
ME = "{ viewer { collaborator { id email } role } }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    """A company of the test's own."""
    return company()


def invite(company: Company, email: str | None = None, **values: Any) -> Any:
    """The payload of an invitation, which is made."""
    given = {"name": "Nueva", "email": email or f"{uuid4().hex}@nuevas.mx", "role": "SALES"} | values
    payload = company.ask(INVITE, input=given).data["inviteCollaborator"]
    assert payload["userErrors"] == []
    return payload


def token(ficha: Ficha, subject: str, **claims: Any) -> str:
    """A token of the demo issuer for an account that nobody knows."""
    now = int(time.time())
    said = {"iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": subject, "iat": now, "exp": now + 600} | claims
    return jwt.encode(said, tokens.signing_key(ficha.settings.data_dir), tokens.ALGORITHM)


def accept(ficha: Ficha, secret: object, bearer: str, **headers: str) -> httpx.Response:
    """Presents the invitation."""
    given = {"Authorization": f"Bearer {bearer}"} | headers
    return ficha.http.post("/invitations/accept", json={"invitation": secret}, headers=given)


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def me(company: Company, bearer: str) -> Any:
    """Who the token's bearer is in the company."""
    headers = {"Authorization": f"Bearer {bearer}", "X-Ficha-Company": global_id(models.Company, company.id)}
    return company.ficha.http.post("/graphql", json={"query": ME}, headers=headers).json()


@pytest.mark.claims(
    "docs/security.md",
    "Accepting an invitation,",
    "| `COLLABORATOR_INVITED`,",
    "| `INVITATION_ACCEPTED` | which `iss` and `sub` is that collaborator from now on |",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "An administrator sends [`inviteCollaborator`](../operations/mutations/invite_collaborator.graphql) with "
    "name, address and role.",
    "or to the client page, or to GraphiQL, with `#invitation=fi_…`.",
    "presents the invitation together with their token:",
    "From then on the account is that collaborator.",
)
def test_whoever_presents_the_secret_is_the_collaborator_from_then_on(mine: Company, owner: Connection) -> None:
    invited = invite(mine)
    assert invited["link"] == f"{mine.ficha.url}/app#invitation={invited['secret']}"
    assert invited["invitation"]["collaborator"]["joinedAt"] is None
    bearer = token(mine.ficha, uuid4().hex)
    assert me(mine, bearer)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    accepted = accept(mine.ficha, invited["secret"], bearer)
    collaborator = invited["invitation"]["collaborator"]
    assert (accepted.status_code, accepted.json()) == (
        200,
        {
            "company": {"id": global_id(models.Company, mine.id), "name": "Empresa"},
            "collaborator": {"id": collaborator["id"], "name": "Nueva"},
        },
    )
    assert accepted.headers["cache-control"] == "no-store"
    shown = {"id": collaborator["id"], "email": collaborator["email"]}
    assert me(mine, bearer)["data"] == {"viewer": {"collaborator": shown, "role": "SALES"}}
    [row] = mine.ask("{ invitations { nodes { acceptedAt collaborator { joinedAt invitation { id } } } } }").data[
        "invitations"
    ]["nodes"]
    assert row["acceptedAt"] == row["collaborator"]["joinedAt"]
    assert row["collaborator"]["invitation"] is None
    told = owner.execute(
        select(models.AuditEvent.kind, models.AuditEvent.details).where(models.AuditEvent.company_id == mine.id)
    ).all()
    assert {kind.value for kind, _ in told} >= {"COLLABORATOR_INVITED", "INVITATION_ACCEPTED"}
    assert invited["secret"] not in repr(told)


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 409 | `INVITATION_USED` | it was used, by whomever |",
)
def test_it_is_used_once(mine: Company) -> None:
    secret = invite(mine)["secret"]
    first = token(mine.ficha, "primera")
    assert accept(mine.ficha, secret, first).status_code == 200
    for bearer in (first, token(mine.ficha, "segunda")):
        assert code(accept(mine.ficha, secret, bearer)) == (409, "INVITATION_USED")


def test_of_many_at_once_one_is_let_in(mine: Company) -> None:
    secret = invite(mine)["secret"]
    bearers = [token(mine.ficha, f"cuenta-{number}") for number in range(16)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda bearer: accept(mine.ficha, secret, bearer).status_code, bearers))
    assert sorted(answers) == [200] + [409] * 15


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 409 | `INVITATION_ACCOUNT` | the account already is another collaborator of the company |",
)
def test_one_account_is_one_collaborator(mine: Company) -> None:
    bearer = token(mine.ficha, uuid4().hex)
    assert accept(mine.ficha, invite(mine)["secret"], bearer).status_code == 200
    other = invite(mine)
    assert code(accept(mine.ficha, other["secret"], bearer)) == (409, "INVITATION_ACCOUNT")
    assert accept(mine.ficha, other["secret"], token(mine.ficha, uuid4().hex)).status_code == 200


@pytest.mark.claims(
    "docs/security.md",
    "`INVITATION_REVOKED` | with the change, in its transaction |",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "| 410 | `INVITATION_EXPIRED`, `INVITATION_REVOKED` | its days are over; it was taken back, or a newer "
    "one took its place |",
    "`resendInvitation` makes a new one,",
    "`revokeInvitation` takes it back.",
)
def test_it_expires_and_is_taken_back(mine: Company, owner: Connection) -> None:
    late, revoked, replaced = invite(mine), invite(mine), invite(mine)
    bearer = token(mine.ficha, uuid4().hex)
    until = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    mine.change(models.Invitation, UUID(late["invitation"]["id"][4:]), expires_at=until)
    assert code(accept(mine.ficha, late["secret"], bearer)) == (410, "INVITATION_EXPIRED")

    id = revoked["invitation"]["collaborator"]["id"]
    done = mine.ask(REVOKE, input={"id": id}).data["revokeInvitation"]
    assert done == {"collaborator": {"active": False}, "userErrors": []}
    assert code(accept(mine.ficha, revoked["secret"], bearer)) == (410, "INVITATION_REVOKED")
    again = mine.ask(REVOKE, input={"id": id}).data["revokeInvitation"]["userErrors"]
    assert again == [{"code": "INVITATION_NOT_OPEN", "path": ["id"]}]
    # Nor do they come in by their address, until they are invited again.
    by_address = token(mine.ficha, "x", email=revoked["invitation"]["collaborator"]["email"], company=str(mine.id))
    assert "errors" in me(mine, by_address)
    newer = mine.ask(RESEND, input={"id": id}).data["resendInvitation"]["secret"]
    assert accept(mine.ficha, newer, bearer).status_code == 200

    id = replaced["invitation"]["collaborator"]["id"]
    newer = mine.ask(RESEND, input={"id": id}).data["resendInvitation"]["secret"]
    other = token(mine.ficha, uuid4().hex)
    assert code(accept(mine.ficha, replaced["secret"], other)) == (410, "INVITATION_REVOKED")
    assert accept(mine.ficha, newer, other).status_code == 200
    bound = mine.ask(RESEND, input={"id": id}).data["resendInvitation"]["userErrors"]
    assert bound == [{"code": "COLLABORATOR_BOUND", "path": ["id"]}]
    told = owner.scalars(select(models.AuditEvent.kind).where(models.AuditEvent.company_id == mine.id)).all()
    assert [kind.value for kind in told].count("INVITATION_REVOKED") == 1


@pytest.mark.claims(
    "docs/protocol.md",
    "| somebody of several companies has not said which one (`X-Ficha-Company`), see [signing in](sign-in.md) | 400 |",
)
@pytest.mark.claims(
    "docs/security.md",
    "| 400 | a person of several companies has not said which (`COMPANY_REQUIRED`), or the header contradicts "
    "the credentials (`COMPANY_DIFFERS`) | |",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "The same account can be a collaborator of several companies.",
    "else the request does: `X-Ficha-Company: com_…`",
    "where there are several, the answer is 400 `COMPANY_REQUIRED`, and `extensions.companies` lists `id` and "
    "`name` of each to choose from.",
    "A header that contradicts the claim, or names another company than an API key's, is `COMPANY_DIFFERS`.",
)
def test_somebody_of_several_companies_says_which_one(mine: Company, company: Callable[..., Company]) -> None:
    other, subject = company(), uuid4().hex
    bearer = token(mine.ficha, subject)
    for each in (mine, other):
        assert accept(mine.ficha, invite(each)["secret"], bearer).status_code == 200

    def ask(bearer: str, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {bearer}"} | headers
        return mine.ficha.http.post("/graphql", json={"query": ME}, headers=given)

    asked = ask(bearer)
    assert code(asked) == (400, "COMPANY_REQUIRED")
    ids = {global_id(models.Company, each.id) for each in (mine, other)}
    assert {each["id"] for each in asked.json()["errors"][0]["extensions"]["companies"]} == ids
    assert {ask(bearer, **{"X-Ficha-Company": id}).json()["data"]["viewer"]["role"] for id in ids} == {"SALES"}
    named = token(mine.ficha, subject, company=str(mine.id))
    contrary = {"X-Ficha-Company": global_id(models.Company, other.id)}
    assert code(ask(named, **contrary)) == (400, "COMPANY_DIFFERS")
    key = keys.create(mine.ficha.settings, mine.email(Role.ADMIN), "x", ["clients:read"], 1)
    assert code(ask(key, **contrary)) == (400, "COMPANY_DIFFERS")


@pytest.mark.claims(
    "docs/sign-in.md",
    "A collaborator is bound by the invitation, or by the first sign-in with a verified address, whichever is "
    "first; the invitation is then used.",
)
def test_whoever_signs_in_by_the_address_needs_no_invitation(mine: Company) -> None:
    invited = invite(mine)
    email = invited["invitation"]["collaborator"]["email"]
    bearer = token(mine.ficha, uuid4().hex, email=email, company=str(mine.id))
    assert me(mine, bearer)["data"]["viewer"]["collaborator"]["email"] == email
    assert code(accept(mine.ficha, invited["secret"], token(mine.ficha, "otra"))) == (409, "INVITATION_USED")


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 403 | `INVITATION_INVALID` | no such invitation, or a wrong secret; the answer is the same |",
)
def test_what_is_no_invitation_gets_one_answer(mine: Company, company: Callable[..., Company]) -> None:
    secret = Secret.parse(invite(mine)["secret"], INVITATION)
    assert secret
    forged = Secret.new(mine.id, INVITATION)
    bearer = token(mine.ficha, uuid4().hex)
    wrong = [
        forged.text, Secret.new(company().id, INVITATION).text, Secret.new(uuid4(), INVITATION).text, secret.text[:-1],
        secret.text.upper(), "fk_" + secret.text[3:], Secret.new(mine.id).text, "", "fi_", "x" * 4000, "\0", "ﬁ_",
    ]  # fmt: skip
    answers = {accept(mine.ficha, text, bearer).text for text in wrong}
    assert len(answers) == 1
    assert "INVITATION_INVALID" in answers.pop()
    assert accept(mine.ficha, secret.text, bearer).status_code == 200


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 401 | `UNAUTHENTICATED` | no valid token; API keys are not accepted |",
)
@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"", {}, (400, "BAD_REQUEST")),
        (b"[]", {}, (400, "BAD_REQUEST")),
        (b"[" * 4000, {}, (400, "BAD_REQUEST")),
        (b'{"invitation": 7}', {}, (400, "BAD_REQUEST")),
        (b'{"invitation": "\\ud800"}', {}, (400, "BAD_TEXT")),
        (b'{"invitation": "' + b"x" * 5000 + b'"}', {}, (413, "BAD_REQUEST")),
        (b'{"invitation": "fi_"}', {"Content-Type": "text/plain"}, (415, "BAD_REQUEST")),
        (b'{"invitation": "fi_"}', {"Authorization": ""}, (401, "UNAUTHENTICATED")),
        (b'{"invitation": "fi_"}', {"Authorization": "Bearer fk_x"}, (401, "UNAUTHENTICATED")),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(
    mine: Company, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    given = {"Authorization": f"Bearer {token(mine.ficha, 'x')}", "Content-Type": "application/json"} | headers
    assert code(mine.ficha.http.post("/invitations/accept", content=body, headers=given)) == expected


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 403 | `INVITATION_COMPANY` | the token, or its issuer, is for another company |",
)
def test_a_token_for_another_company_does_not_accept(mine: Company, company: Callable[..., Company]) -> None:
    secret = invite(mine)["secret"]
    elsewhere = token(mine.ficha, uuid4().hex, company=str(company().id))
    assert code(accept(mine.ficha, secret, elsewhere)) == (403, "INVITATION_COMPANY")


def test_the_message_is_in_the_language_asked_for(mine: Company) -> None:
    bearer = token(mine.ficha, "x")
    for language, begin in (("es", "La invitación no es válida"), ("en", "The invitation is not valid")):
        [error] = accept(mine.ficha, "fi_", bearer, **{"Accept-Language": language}).json()["errors"]
        assert error["message"].startswith(begin)


def test_no_secret_is_logged(mine: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    invited = invite(mine)
    accept(mine.ficha, invited["secret"], token(mine.ficha, uuid4().hex))
    accept(mine.ficha, invited["secret"], token(mine.ficha, uuid4().hex))
    assert invited["secret"][-48:] not in caplog.text


@pytest.mark.claims(
    "docs/sign-in.md",
    "The answer has a `secret`, and a `link` with the secret in it, to be handed over; neither can be had again.",
)
def test_a_repeated_request_invites_once_and_shows_no_secret_again(mine: Company) -> None:
    given = {"name": "Nueva", "email": f"{uuid4().hex}@nuevas.mx", "role": "SALES"}
    headers = {
        "Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}",
        "Idempotency-Key": uuid4().hex,
    }
    bodies = [
        mine.ficha.http.post("/graphql", json={"query": INVITE, "variables": {"input": given}}, headers=headers).json()
        for _ in range(2)
    ]
    first, second = (body["data"]["inviteCollaborator"] for body in bodies)
    assert first["secret"]
    assert (second["secret"], second["link"]) == (None, None)
    assert first["invitation"] == second["invitation"]


@pytest.mark.claims(
    "docs/sign-in.md",
    "(`days`, 1 to 30).",
)
def test_what_cannot_be_invited(mine: Company) -> None:
    for given, expected in (
        ({"email": mine.email(Role.SALES).upper()}, ("DUPLICATE_EMAIL", ["email"])),
        ({"email": "nadie"}, ("EMAIL_INVALID", ["email"])),
        ({"name": " "}, ("TEXT_REQUIRED", ["name"])),
        ({"days": 31}, ("OUT_OF_RANGE", ["days"])),
        ({"days": 0}, ("OUT_OF_RANGE", ["days"])),
    ):
        asked = {"name": "Nueva", "email": f"{uuid4().hex}@nuevas.mx", "role": "SALES"} | given
        [error] = mine.ask(INVITE, input=asked).data["inviteCollaborator"]["userErrors"]
        assert (error["code"], error["path"]) == expected


def test_others_see_no_invitations(mine: Company) -> None:
    invite(mine)
    query = "{ invitations { nodes { id } } collaborators { nodes { id } } }"
    assert mine.ask(query, Role.SALES_MANAGER).errors == [("FORBIDDEN", "invitations")]
    nested = mine.ask("{ collaborators(first: 1) { nodes { name invitation { id } } } }", Role.SALES)
    assert nested.errors == [("FORBIDDEN", "collaborators", "nodes", 0, "invitation")]


@pytest.mark.claims(
    "docs/sign-in.md",
    "Where tokens have no address, `ficha invite EMAIL` on the server prints an invitation for them.",
)
def test_whoever_runs_the_server_invites_an_administrator(mine: Company) -> None:
    """At an issuer whose tokens hold no address, nobody else could."""
    settings = mine.ficha.settings
    secret = keys.invite(settings, mine.email(Role.ADMIN))
    bearer = token(mine.ficha, uuid4().hex)
    assert accept(mine.ficha, secret, bearer).status_code == 200
    assert me(mine, bearer)["data"]["viewer"]["role"] == "ADMIN"
    with pytest.raises(keys.KeyRefusedError, match="unbind it first"):
        keys.invite(settings, mine.email(Role.ADMIN))
    with pytest.raises(keys.KeyRefusedError, match="no active collaborator"):
        keys.invite(settings, "nadie@demo.mx")


@pytest.mark.claims(
    "docs/sign-in.md",
    "| 429 | `RATE_LIMITED` | too many were refused to this address |",
)
def test_guessing_has_an_end_and_shuts_out_nobody_else(mine: Company, demo_settings: Settings) -> None:
    secret = invite(mine)["secret"]
    with serving(replace(demo_settings, sign_in_limit="5/hour")) as ficha:
        bearer = token(ficha, uuid4().hex)
        answers = [code(accept(ficha, Secret.new(mine.id, INVITATION).text, bearer)) for _ in range(8)]
        assert answers == [(403, "INVITATION_INVALID")] * 5 + [(429, "RATE_LIMITED")] * 3
        assert accept(ficha, secret, bearer).status_code == 200


@pytest.mark.claims(
    "docs/security.md",
    "and guesses are counted for each client address:",
)
def test_guessing_pictures_has_an_end(mine: Company, demo_settings: Settings) -> None:
    with serving(replace(demo_settings, sign_in_limit="5/hour")) as ficha:
        path = f"/avatars/{mine.id.hex}{mine.people[Role.SALES].hex}/{'0' * 32}.webp"
        assert [ficha.http.get(path).status_code for _ in range(7)] == [404] * 5 + [429] * 2
        assert ficha.http.get("/avatars/vn.svg").status_code == 200
