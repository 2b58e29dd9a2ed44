"""Collaborators: edited, suspended with all that they had in hand, resumed; and a company is never without an
administrator who can come in."""

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select, text

import models
from domain.client import create_client, update_client
from domain.client_save import save_client
from domain.collaborator import resume_collaborator, suspend_collaborator, unbind_collaborator, update_collaborator
from domain.deal import create_deal, reopen_deal, restore_deal, update_deal
from domain.follow_up import create_follow_up, reopen_follow_up, restore_follow_up, update_follow_up
from domain.inputs import Input
from domain.invitation import invite_collaborator, resend_invitation, revoke_invitation
from domain.problem import Rejected
from domain.prospect import convert_prospect
from errors import Forbidden
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from tests.fixtures import NOON, Company
from tests.writing import Writer, events, round_trips, rows


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    """A company of the test's own."""
    return company()


@pytest.fixture
def admin(mine: Company) -> Writer:
    """Its administrator."""
    return Writer(mine)


def state(owner: Connection, company: Company, role: Role) -> tuple[Any, ...]:
    """Role and activity of the collaborator who had the role."""
    found = {row[0]: row[1:] for row in rows(owner, company, models.Collaborator, "id", "role", "active")}
    return found[company.people[role]]


def audited(owner: Connection, company: Company) -> list[tuple[str, Any]]:
    """Kind and details of what commands left in the audit log."""
    return [(kind.value, details) for kind, details in rows(owner, company, models.AuditEvent, "kind", "details")]


@pytest.mark.claims(
    "docs/security.md",
    "| `COLLABORATOR_CHANGED`,",
)
def test_what_is_given_is_changed_and_audited(admin: Writer, mine: Company, owner: Connection) -> None:
    seller = mine.people[Role.SALES]
    given = {"id": seller, "name": " Valeria  Núñez ", "job_title": "Ejecutiva", "role": "BILLING", "locale": "EN_US"}
    changed = admin.do(update_collaborator, given)
    assert (changed.name, changed.job_title, changed.role, changed.locale.value, changed.version) == (
        "Valeria Núñez", "Ejecutiva", Role.BILLING, "EN_US", 2,
    )  # fmt: skip
    assert admin.do(update_collaborator, given).version == 2
    [(kind, details)] = audited(owner, mine)
    assert kind == "COLLABORATOR_CHANGED"
    assert details["email"] == mine.email(Role.SALES)
    assert {change["field"]: (change["from"], change["to"]) for change in details["changes"]} == {
        "name": ("Sales", "Valeria Núñez"),
        "job_title": (None, "Ejecutiva"),
        "role": ("SALES", "BILLING"),
        "locale": ("ES_MX", "EN_US"),
    }


def test_what_cannot_be_is_refused(admin: Writer, mine: Company, company: Callable[..., Company]) -> None:
    seller = mine.people[Role.SALES]
    refused = {
        "name": (" ", "TEXT_REQUIRED"),
        "email": (mine.email(Role.BILLING).upper(), "DUPLICATE_EMAIL"),
        "role": (None, "TEXT_REQUIRED"),
        "job_title": ("x" * 201, "TEXT_TOO_LONG"),
        "expected_version": (7, "CONFLICT"),
    }
    for name, (value, code) in refused.items():
        assert admin.refused(update_collaborator, {"id": seller, name: value}) == [(code, (name,))]
    assert admin.refused(update_collaborator, {"id": company().people[Role.SALES]}) == [("NOT_FOUND", ("id",))]


@pytest.mark.parametrize(
    "command",
    [
        update_collaborator, suspend_collaborator, resume_collaborator, unbind_collaborator, resend_invitation,
        revoke_invitation, invite_collaborator,
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_others_may_not(mine: Company, command: Any, role: Role) -> None:
    given = {"id": mine.people[Role.SALES], "name": "x", "email": "x@x.mx", "role": "ADMIN"}
    with pytest.raises(Forbidden):
        Writer(mine, role).do(command, given)


# What is handed over

NUMBERS = count(1000)
"""Of follow-ups: none that the company's sequence would give."""


def busy(company: Company, owner_of: UUID) -> dict[str, UUID]:
    """Somebody with clients, deals and follow-ups, some of them over."""
    other = company.people[Role.SALES_MANAGER]
    theirs, foreign = company.client(owner_id=owner_of, legal_name="SUYO"), company.client(owner_id=other)
    gone = company.client(owner_id=owner_of, legal_name="ELIMINADO", deleted_at=NOON)
    at_theirs, at_foreign = ({"client_id": client, "assignee_id": owner_of} for client in (theirs, foreign))
    return {
        "client": theirs,
        "deleted client": gone,
        "deal": company.add(models.Deal, **at_foreign, title="Abierto"),
        "ended deal": company.add(models.Deal, **at_theirs, state="CLOSED", closed_on=NOON.date()),
        "follow-up": company.add(models.FollowUp, **at_foreign, number=next(NUMBERS), name="Llamar"),
        "started follow-up": company.add(
            models.FollowUp, **at_theirs, number=next(NUMBERS), name="Visitar", state="IN_PROGRESS"
        ),
        "cancelled follow-up": company.add(models.FollowUp, **at_theirs, number=next(NUMBERS), state="CANCELLED"),
    }


def in_charge(owner: Connection, company: Company) -> dict[UUID, UUID]:
    """Who is in charge of each record."""
    return {
        id: who
        for model, column in (
            (models.Client, "owner_id"),
            (models.Deal, "assignee_id"),
            (models.FollowUp, "assignee_id"),
        )
        for id, who in rows(owner, company, model, "id", column)
    }


@pytest.mark.claims(
    "docs/security.md",
    "| `COLLABORATOR_SUSPENDED` | and how many clients, deals and follow-ups went to whom |",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "`handOverTo` gets the clients, the open deals and the pending follow-ups in the same transaction, each "
    "with its event in the client's history;",
)
def test_what_is_under_way_passes_to_another_and_is_told(admin: Writer, mine: Company, owner: Connection) -> None:
    leaver, heir = mine.people[Role.SALES], mine.people[Role.BILLING]
    records = busy(mine, leaver)
    done = admin.do(suspend_collaborator, {"id": leaver, "hand_over_to": heir})
    assert (done.active, done.version) == (False, 2)
    charge = in_charge(owner, mine)
    passed = {name for name, id in records.items() if charge[id] == heir}
    assert passed == {"client", "deleted client", "deal", "follow-up", "started follow-up"}
    assert {charge[records[name]] for name in set(records) - passed} == {leaver}
    told = sorted(
        (kind, details["label"], *(details["changes"][0][name] for name in ("field", "from", "to")))
        for kind, details in events(owner, mine)
    )
    assert told == [
        ("CLIENT_CHANGED", "ELIMINADO", "owner_id", "Sales", "Billing"),
        ("CLIENT_CHANGED", "SUYO", "owner_id", "Sales", "Billing"),
        ("DEAL_CHANGED", "Abierto", "assignee_id", "Sales", "Billing"),
        ("FOLLOW_UP_CHANGED", "Llamar", "assignee_id", "Sales", "Billing"),
        ("FOLLOW_UP_CHANGED", "Visitar", "assignee_id", "Sales", "Billing"),
    ]
    assert sorted(rows(owner, mine, models.Client, "version")) == [1, 2, 2]
    assert audited(owner, mine) == [
        (
            "COLLABORATOR_SUSPENDED",
            {
                "email": mine.email(Role.SALES),
                "handed_over_to": mine.email(Role.BILLING),
                "handed_over": {"clients": 2, "deals": 1, "follow_ups": 2},
            },
        )
    ]


@pytest.mark.claims(
    "docs/sign-in.md",
    "it is required where there are any.",
)
def test_nothing_is_left_in_the_hands_of_nobody(admin: Writer, mine: Company, owner: Connection) -> None:
    leaver = mine.people[Role.SALES]
    busy(mine, leaver)
    before = in_charge(owner, mine)
    assert admin.refused(suspend_collaborator, {"id": leaver}) == [("HAND_OVER_REQUIRED", ("hand_over_to",))]
    mine.change(models.Collaborator, mine.people[Role.READ_ONLY], active=False)
    for heir, code in (
        (leaver, "HAND_OVER_SELF"),
        (mine.people[Role.READ_ONLY], "INACTIVE"),
        (UUID(int=1), "NOT_FOUND"),
    ):
        given = {"id": leaver, "hand_over_to": heir}
        assert admin.refused(suspend_collaborator, given) == [(code, ("hand_over_to",))]
    assert in_charge(owner, mine) == before
    assert events(owner, mine) == []
    assert state(owner, mine, Role.SALES) == (Role.SALES, True)


@pytest.mark.claims(
    "docs/security.md",
    "`COLLABORATOR_RESUMED` |",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "`resumeCollaborator` lets the person in again.",
)
def test_who_has_nothing_in_hand_is_suspended_and_comes_back(admin: Writer, mine: Company, owner: Connection) -> None:
    seller = mine.people[Role.SALES]
    for command, active in (
        (suspend_collaborator, False), (suspend_collaborator, False), (resume_collaborator, True),
        (resume_collaborator, True),
    ):  # fmt: skip
        assert admin.do(command, {"id": seller}).active is active
    assert [kind for kind, _ in audited(owner, mine)] == ["COLLABORATOR_SUSPENDED", "COLLABORATOR_RESUMED"]


def test_thousands_of_clients_pass_in_a_few_statements(admin: Writer, mine: Company, owner: Connection) -> None:
    leaver, heir = mine.people[Role.SALES], mine.people[Role.BILLING]
    for _ in range(60):
        mine.client(owner_id=leaver)
    with round_trips() as trips:
        admin.do(suspend_collaborator, {"id": leaver, "hand_over_to": heir})
    assert set(in_charge(owner, mine).values()) == {heir}
    assert sum(sql not in ("begin", "commit") for trip in trips for sql in trip) <= 16


# The last administrator


def another_administrator(company: Company, **values: Any) -> UUID:
    return company.add(models.Collaborator, name="Otra", email=f"otra@{company.id.hex}.mx", role=Role.ADMIN, **values)


@pytest.mark.claims(
    "docs/security.md",
    "the last administrator who can sign in stays one.",
)
@pytest.mark.claims(
    "docs/sign-in.md",
    "The last administrator who can sign in can be neither suspended nor given another role,",
)
def test_the_last_administrator_stays(admin: Writer, mine: Company, owner: Connection) -> None:
    own = mine.people[Role.ADMIN]
    demotion = {"id": own, "role": "SALES"}
    for others in ({}, {"active": False}, {"joined_at": None}):
        if others:
            mine.owner.execute(models.Collaborator.__table__.delete().where(models.Collaborator.name == "Otra"))
            another_administrator(mine, **others)
        assert admin.refused(suspend_collaborator, {"id": own}) == [("LAST_ADMINISTRATOR", ("id",))]
        assert admin.refused(update_collaborator, demotion) == [("LAST_ADMINISTRATOR", ("role",))]
    mine.owner.execute(models.Collaborator.__table__.delete().where(models.Collaborator.name == "Otra"))
    another_administrator(mine)
    assert admin.do(update_collaborator, demotion).role is Role.SALES
    assert state(owner, mine, Role.ADMIN) == (Role.SALES, True)


@pytest.mark.claims(
    "docs/sign-in.md",
    "however many try at once.",
)
@pytest.mark.parametrize("commands", [(suspend_collaborator,) * 2, (update_collaborator, suspend_collaborator)])
def test_of_administrators_who_remove_each_other_at_once_one_stays(
    mine: Company, owner: Connection, commands: tuple[Any, Any]
) -> None:
    admins = [mine.people[Role.ADMIN], *(_admin(mine, number) for number in range(4))]

    async def remove(work: Any, input: Any) -> Any:
        work.viewer = replace(work.viewer, collaborator_id=input.who)
        await work.session.execute(select(func.set_config("ficha.collaborator_id", str(input.who), True)))
        return await input.command(work, input)

    pairs = [
        {"who": who, "id": whom, "role": "SALES", "command": commands[number % 2]}
        for number, (who, whom) in enumerate((who, whom) for who in admins for whom in admins if who != whom)
    ]
    done = Writer(mine).together(remove, pairs)
    assert {type(each) for each in done} <= {models.Collaborator, Rejected, Forbidden}
    left = [
        role
        for role, active in rows(owner, mine, models.Collaborator, "role", "active")
        if role is Role.ADMIN and active
    ]
    assert len(left) == 1


def _admin(company: Company, number: int) -> UUID:
    email = f"admin{number}@{company.id.hex}.mx"
    return company.add(models.Collaborator, name=f"Admin {number}", email=email, role=Role.ADMIN)


# Work that is assigned while its new collaborator is suspended


def assigning(company: Company, leaver: UUID) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Every way in which a collaborator is put in charge of something, of a client that is somebody else's."""
    client = company.client(owner_id=company.people[Role.SALES_MANAGER])
    new = {"kind": "CLIENT", "legal_name": "NUEVO", "owner_id": leaver, "allow_duplicates": True}
    deal = company.add(models.Deal, client_id=client)
    follow_up = company.add(models.FollowUp, client_id=client, number=next(NUMBERS))
    at = {"client_id": client, "assignee_id": leaver}
    return {
        "created client": (create_client, new),
        "client": (update_client, {"id": client, "owner_id": leaver}),
        "saved client": (save_client, {"id": client, "owner_id": leaver}),
        "converted client": (convert_prospect, {"id": company.client(kind="PROSPECT"), "owner_id": leaver}),
        "created deal": (create_deal, {**at, "title": "Nuevo"}),
        "deal": (update_deal, {"id": deal, "assignee_id": leaver}),
        "created follow-up": (create_follow_up, {**at, "name": "Llamar", "type": "CALL", "starts_at": NOON}),
        "follow-up": (update_follow_up, {"id": follow_up, "assignee_id": leaver}),
    }


WAYS = [
    "created client", "client", "saved client", "converted client", "created deal", "deal", "created follow-up",
    "follow-up",
]  # fmt: skip


def meanwhile(company: Company, first: Any, second: Any) -> list[Any]:
    """Two commands with their inputs: the first ends once the second waits for it, or is done without waiting."""
    connected, began, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    waiting = text("select count(*) from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))")

    async def either(work: Any, input: Any) -> Any:
        command, values = input.does
        if input.does is second:
            connected.set()
            await began.wait()
            try:
                return await command(work, Input(**values))
            finally:
                ended.set()
        # In one transaction PostgreSQL tells of those that were connected when it was asked first.
        await connected.wait()
        try:
            done = await command(work, Input(**values))
        finally:
            began.set()
        while not ended.is_set() and not await work.session.scalar(waiting):
            pass
        return done

    return Writer(company).together(either, [{"does": first}, {"does": second}])


@pytest.mark.parametrize("way", WAYS)
def test_what_is_assigned_just_before_the_suspension_is_handed_over(mine: Company, owner: Connection, way: str) -> None:
    leaver, heir = mine.people[Role.SALES], mine.people[Role.BILLING]
    assignment = assigning(mine, leaver)[way]
    record, suspended = meanwhile(mine, assignment, (suspend_collaborator, {"id": leaver, "hand_over_to": heir}))
    assert suspended.active is False
    assert in_charge(owner, mine)[record.id] == heir


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_assigned_to_who_is_just_suspended(mine: Company, owner: Connection, way: str) -> None:
    leaver = mine.people[Role.SALES]
    assignment = assigning(mine, leaver)[way]
    suspended, refused = meanwhile(mine, (suspend_collaborator, {"id": leaver}), assignment)
    assert suspended.active is False
    [problem] = refused.problems
    assert (problem.code.name, problem.path) == ("INACTIVE", ("owner_id" if "client" in way else "assignee_id",))
    assert leaver not in in_charge(owner, mine).values()


def over(company: Company, leaver: UUID) -> dict[str, tuple[Any, UUID]]:
    """What was the leaver's and is over, of a client that is somebody else's; and what takes it up again."""
    at = {"client_id": company.client(owner_id=company.people[Role.SALES_MANAGER]), "assignee_id": leaver}
    return {
        "ended deal": (reopen_deal, company.add(models.Deal, **at, state="CLOSED", closed_on=NOON.date())),
        "deleted deal": (restore_deal, company.add(models.Deal, **at, deleted_at=NOON)),
        "ended follow-up": (
            reopen_follow_up,
            company.add(models.FollowUp, **at, number=next(NUMBERS), state="CANCELLED"),
        ),
        "done follow-up": (
            reopen_follow_up,
            company.add(models.FollowUp, **at, number=next(NUMBERS), state="DONE", completed_at=NOON),
        ),
        "deleted follow-up": (
            restore_follow_up,
            company.add(models.FollowUp, **at, number=next(NUMBERS), deleted_at=NOON),
        ),
    }


OVER = ["ended deal", "deleted deal", "ended follow-up", "done follow-up", "deleted follow-up"]


@pytest.mark.parametrize("what", OVER)
def test_what_is_taken_up_just_before_the_suspension_is_handed_over(
    mine: Company, owner: Connection, what: str
) -> None:
    leaver, heir = mine.people[Role.SALES], mine.people[Role.BILLING]
    command, id = over(mine, leaver)[what]
    suspension = (suspend_collaborator, {"id": leaver, "hand_over_to": heir})
    _, suspended = meanwhile(mine, (command, {"id": id}), suspension)
    assert suspended.active is False
    assert in_charge(owner, mine)[id] == heir


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("what", OVER)
@pytest.mark.claims(
    "docs/sign-in.md",
    "What is over stays with them: a deal or follow-up of theirs that is reopened or restored later is the client's"
    " owner's.",
)
def test_what_is_taken_up_after_the_suspension_is_the_client_owners(
    admin: Writer, mine: Company, owner: Connection, what: str, at_once: bool
) -> None:
    leaver, manager = mine.people[Role.SALES], mine.people[Role.SALES_MANAGER]
    command, id = over(mine, leaver)[what]
    if at_once:
        meanwhile(mine, (suspend_collaborator, {"id": leaver}), (command, {"id": id}))
    else:
        admin.do(suspend_collaborator, {"id": leaver})
        admin.do(command, {"id": id})
    assert in_charge(owner, mine)[id] == manager
    kind, details = events(owner, mine)[-1]
    assert kind == ("DEAL_CHANGED" if "deal" in what else "FOLLOW_UP_CHANGED")
    assert {"field": "assignee_id", "from": "Sales", "to": "Sales_Manager"} in details["changes"]


def test_what_was_over_and_nobodys_is_taken_up_by_nobody(admin: Writer, mine: Company, owner: Connection) -> None:
    for command, id in over(mine, mine.people[Role.SALES]).values():
        table = models.Deal if command in (reopen_deal, restore_deal) else models.FollowUp
        mine.change(table, id, assignee_id=None)
        admin.do(command, {"id": id})
        assert in_charge(owner, mine)[id] is None


def test_a_prospects_deals_are_handed_over_where_it_becomes_part_of_a_client(mine: Company, owner: Connection) -> None:
    leaver, heir = mine.people[Role.SALES], mine.people[Role.BILLING]
    prospect, client = mine.client(kind="PROSPECT"), mine.client()
    deal = mine.add(models.Deal, client_id=prospect, assignee_id=leaver)
    conversion = (convert_prospect, {"id": prospect, "into_client_id": client})
    _, suspended = meanwhile(mine, conversion, (suspend_collaborator, {"id": leaver, "hand_over_to": heir}))
    assert suspended.active is False
    assert in_charge(owner, mine)[deal] == heir
    [told] = [client_id for client_id, kind in rows(owner, mine, models.HistoryEvent, "client_id", "kind")
              if kind.value == "DEAL_CHANGED"]  # fmt: skip
    assert told == client


ROUNDS = 20


def test_twenty_times_at_once_nothing_stays_with_who_is_suspended(mine: Company, owner: Connection) -> None:
    """Nobody waits for anybody here: all ways and the suspension begin together, in whatever order they come. Some of
    the clients have something of the leaver's already, so that each side may hold what the other waits for."""
    heir = mine.people[Role.BILLING]

    async def either(work: Any, input: Any) -> Any:
        command, values = input.does
        return await command(work, Input(**values))

    for turn in range(ROUNDS):
        email = f"leaver{turn}@{mine.id.hex}.mx"
        leaver = mine.add(models.Collaborator, name="Se va", email=email, role=Role.SALES)
        busy(mine, leaver)
        ways = [*assigning(mine, leaver).values(), *((does, {"id": id}) for does, id in over(mine, leaver).values())]
        ways.insert(turn % len(ways), (suspend_collaborator, {"id": leaver, "hand_over_to": heir}))
        done = Writer(mine).together(either, [{"does": way} for way in ways])
        problems = [one for each in done if isinstance(each, Rejected) for one in each.problems]
        assert {problem.code.name for problem in problems} <= {"INACTIVE"}
        assert not [each for each in done if isinstance(each, BaseException) and not isinstance(each, Rejected)]
        assert under_way(owner, mine, leaver) == []


def under_way(owner: Connection, company: Company, who: UUID) -> list[UUID]:
    """What they are in charge of that is not over."""
    return [
        *owner.execute(text("select id from client where company_id = :company and owner_id = :who"
            " union all select id from deal where company_id = :company and assignee_id = :who and state = 'OPEN'"
            " and deleted_at is null union all select id from follow_up where company_id = :company"
            " and assignee_id = :who and state in ('PENDING', 'IN_PROGRESS') and deleted_at is null"),
            {"company": company.id, "who": who}).scalars()
    ]  # fmt: skip


# A key that holds less than its administrator


@pytest.mark.claims(
    "docs/sign-in.md",
    "An invitation holds for 7 days",
)
def test_nobody_gives_more_than_they_hold(admin: Writer, mine: Company) -> None:
    """An API key with the permission `admin` alone makes no administrator, nor gets hold of one."""
    admin.viewer = replace(admin.viewer, permissions=frozenset({Permission.ADMIN}))
    own, seller = mine.people[Role.ADMIN], mine.people[Role.SALES]
    another_administrator(mine)
    new = {"name": "Nueva", "email": f"nueva@{mine.id.hex}.mx"}
    for command, given, path in (
        (invite_collaborator, {**new, "role": "ADMIN"}, "role"),
        (invite_collaborator, {**new, "role": "READ_ONLY"}, "role"),
        (update_collaborator, {"id": seller, "role": "ADMIN"}, "id"),
        (update_collaborator, {"id": own, "email": "mio@demo.mx"}, "id"),
        (resend_invitation, {"id": own}, "id"),
        (resume_collaborator, {"id": own}, "id"),
    ):
        assert admin.refused(command, given) == [("PERMISSION_NOT_HELD", (path,))]
    admin.viewer = replace(admin.viewer, permissions=BUNDLES[Role.READ_ONLY] | {Permission.ADMIN})
    invitation, _ = admin.do(invite_collaborator, {**new, "role": "READ_ONLY"})
    assert invitation.expires_at == admin.now + datetime.timedelta(days=7)
