"""What a duplicate tells of a client out of sight: who creates a client is told, but not of as many as they like."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection

from models import Client, Contact
from models.collaborator import Role
from tests.cfdi import cfdi
from tests.fixtures import Company, Ficha, global_id, serving

MOST = 3
CREATE = """
mutation ($input: CreateClientInput!) {
  createClient(input: $input) { userErrors { code path clients { id } } warnings { code path clients { id } } }
}
"""
RFCS = ["EKU9003173C9", "CACX7605101P8", "IIA040805DZ4", "KICR630120NX3", "MISC491214B86", "XIQB891116QE4"]


@pytest.fixture(scope="module")
def bounded(live_server: Ficha) -> Iterator[Ficha]:
    """A Ficha that tells a collaborator of few clients out of their sight."""
    with serving(replace(live_server.settings, duplicate_limit=f"{MOST}/hour")) as ficha:
        yield ficha


@pytest.fixture
def mine(bounded: Ficha, owner: Connection) -> Company:
    return Company(bounded, owner)


def problems(company: Company, role: Role, **given: Any) -> list[tuple[str, str]]:
    """What is in the way of a new client, and what is warned of; nothing is kept."""
    payload = company.insist(CREATE, role, input={"legalName": "Zzyzx", "validateOnly": True, **given}).data[
        "createClient"
    ]
    return [(each["code"], ".".join(each["path"])) for each in [*payload["userErrors"], *payload["warnings"]]]


def audited(company: Company, number: int) -> list[tuple[UUID, Any]]:
    """The audit's events of what was disclosed, as soon as there are so many; they are written in the background."""
    deadline = time.monotonic() + 60
    with psycopg.connect(company.ficha.settings.database_url, autocommit=True) as owner:
        while True:
            found = owner.execute(
                "select actor_id, details from audit_event where company_id = %s and kind = 'DUPLICATE_DISCLOSED'"
                " order by id",
                (company.id,),
            ).fetchall()
            if len(found) >= number or time.monotonic() > deadline:
                return found


@pytest.mark.claims(
    "docs/security.md",
    "A collaborator who enters a client that already exists, but that they may not see, gets"
    " `DUPLICATE` without the client, at most `FICHA_DUPLICATE_LIMIT` times; each time is audited.",
    "Beyond that, existing and new values get the same answer.",
    "| `DUPLICATE_DISCLOSED` | somebody was told that what they entered is also a client's that they do "
    "not see: which field, which clients |",
)
def test_an_rfc_out_of_sight_is_told_a_few_times_then_none_is(mine: Company) -> None:
    hidden = [mine.client(rfc=rfc) for rfc in RFCS[:5]]
    mine.client(rfc=RFCS[5], owner_id=mine.people[Role.SALES])
    for rfc in RFCS[:MOST]:
        assert problems(mine, Role.SALES, rfc=rfc) == [("DUPLICATE", "rfc")]
    # One that is taken and one that is free get the same answer now.
    taken, free = problems(mine, Role.SALES, rfc=RFCS[3]), problems(mine, Role.SALES, rfc="GOYA780416GM0")
    assert taken == free == [("DUPLICATES_LIMITED", "rfc")]
    # What one sees tells nothing new; and no RFC, no question.
    assert problems(mine, Role.SALES, rfc=RFCS[5]) == [("DUPLICATE", "rfc")]
    assert problems(mine, Role.SALES) == []
    assert problems(mine, Role.ADMIN, rfc=RFCS[3]) == [("DUPLICATE", "rfc")]
    assert audited(mine, MOST) == [
        (mine.people[Role.SALES], {"field": "rfc", "clients": [global_id(Client, id)]}) for id in hidden[:MOST]
    ]


@pytest.mark.parametrize("insist", [False, True], ids=["refused", "warned"])
def test_addresses_telephones_and_names_out_of_sight_are_told_a_few_times(mine: Company, *, insist: bool) -> None:
    for number in range(4):
        client = mine.client(legal_name=f"ABARROTES {'ABCD'[number] * 8}", external_id=f"ext-{number}")
        mine.add(Contact, client_id=client, email=f"uno{number}@oculto.mx", phone=f"+52551234567{number}")
    contact = {"name": "Ana", "email": "uno0@oculto.mx", "phone": "5512345671"}
    told = problems(mine, Role.SALES, contacts=[contact], allowDuplicates=insist)
    assert told == [("DUPLICATE", "contacts.0.email"), ("DUPLICATE", "contacts.0.phone")]
    assert problems(mine, Role.SALES, legalName="ABARROTES AAAAAAAA", allowDuplicates=insist) == [
        ("DUPLICATE", "legalName")
    ]
    # From here on they are as if they were not there.
    assert problems(mine, Role.SALES, legalName="ABARROTES BBBBBBBB", allowDuplicates=insist) == []
    assert problems(mine, Role.SALES, contacts=[{**contact, "email": "uno3@oculto.mx"}], allowDuplicates=insist) == []
    # Of an external id there is only one: neither a taken nor a free one can be used.
    for external_id in ("ext-1", "ext-99"):
        assert problems(mine, Role.SALES, externalId=external_id) == [("DUPLICATES_LIMITED", "externalId")]
    assert len(audited(mine, MOST)) == MOST


def test_many_at_once_learn_no_more(mine: Company) -> None:
    for number in range(12):
        mine.add(Contact, client_id=mine.client(), email=f"x{number}@oculto.mx")

    def ask(number: int) -> bool:
        return bool(problems(mine, Role.SALES, contacts=[{"name": "Ana", "email": f"x{number}@oculto.mx"}]))

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(ask, range(12))) == MOST


def test_one_request_with_many_values_learns_no_more(mine: Company) -> None:
    for number in range(8):
        mine.add(Contact, client_id=mine.client(), email=f"y{number}@oculto.mx")
    contacts = [{"name": "Ana", "email": f"y{number}@oculto.mx"} for number in range(8)]
    assert len(problems(mine, Role.SALES, contacts=contacts)) == MOST


def test_keys_of_one_collaborator_share_what_they_may_learn(mine: Company) -> None:
    """As do the mutations that can tell: create, update, CFDI data."""
    for rfc in RFCS[:5]:
        mine.client(rfc=rfc)
    own = mine.client(owner_id=mine.people[Role.SALES])
    for rfc in RFCS[:MOST]:
        assert problems(mine, Role.SALES, rfc=rfc) == [("DUPLICATE", "rfc")]
    profile = (
        "mutation ($input: UpdateCfdiProfileInput!) { updateCfdiProfile(input: $input) { userErrors { code path } } }"
    )
    for rfc in (RFCS[3], "GOYA780416GM0"):
        given = {"clientId": global_id(Client, own), "rfc": rfc, "validateOnly": True}
        told = mine.ask(profile, Role.SALES, input=given).data["updateCfdiProfile"]["userErrors"]
        assert told == [{"code": "DUPLICATES_LIMITED", "path": ["rfc"]}]


def test_an_import_tells_nothing_of_a_client_out_of_sight(mine: Company) -> None:
    query = "mutation ($input: ImportCfdiInput!) { importCfdi(input: $input) { userErrors { code message path } } }"

    def told() -> Any:
        return mine.ask(query, Role.SALES, input={"xml": cfdi(), "validateOnly": True}).data["importCfdi"]

    without = told()
    mine.client(rfc="EKU9003173C9")
    assert told() == without
    assert [each["code"] for each in without["userErrors"]] == ["NOT_FOUND"]
