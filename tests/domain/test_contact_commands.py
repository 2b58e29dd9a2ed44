"""Contacts and addresses: what all parts of a client share, the one primary contact, the one fiscal address."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from domain.address import ADDRESSES
from domain.contact import CONTACTS
from domain.inputs import OnRecord
from domain.policy import NOT_FOUND
from domain.problem import Rejected, reject
from models import Address, Client, Contact
from models.collaborator import Role
from tests.writing import Writer, events, rows


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("55 1234 5678", "+525512345678"),
        ("044 (55) 1234-5678", "+525512345678"),
        ("045 55 1234 5678", "+525512345678"),
        ("01 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+1 212 555 2368", "+12125552368"),
        ("  ", None),
    ],
)
def test_a_telephone_is_kept_in_e164(company: Any, owner: Any, written: str, kept: str | None) -> None:
    mine = company()
    Writer(mine).do(CONTACTS.create, {"client_id": mine.client(), "name": "Ana", "phone": written})
    assert rows(owner, mine, Contact, "phone") == [kept]


def test_another_primary_contact_takes_it_from_the_former(company: Any, owner: Any) -> None:
    mine = company()
    writer, client = Writer(mine), mine.client()
    ana, luis = (
        writer.do(CONTACTS.create, {"client_id": client, "name": name, "is_primary": True}) for name in ("Ana", "Luis")
    )
    assert rows(owner, mine, Contact, "name", "is_primary", "version") == [("Ana", False, 2), ("Luis", True, 1)]
    writer.do(CONTACTS.update, {"id": ana.id, "is_primary": True})
    assert rows(owner, mine, Contact, "name", "is_primary", "version") == [("Ana", True, 3), ("Luis", False, 2)]
    writer.do(CONTACTS.delete, {"id": ana.id})
    writer.do(CONTACTS.update, {"id": luis.id, "is_primary": True})
    writer.do(CONTACTS.restore, {"id": ana.id})
    assert rows(owner, mine, Contact, "name", "is_primary") == [("Ana", False), ("Luis", True)]
    assert events(owner, mine)[-1][1]["changes"] == [{"field": "is_primary", "from": "true", "to": "false"}]


def test_a_row_that_is_refused_after_another_gave_way_undoes_nothing_of_those_before(company: Any, owner: Any) -> None:
    """As rows of a bulk mutation: the second sends the update of another contact while its own is held back."""
    mine = company()
    writer, client = Writer(mine), mine.client()
    ana, luis = (
        writer.do(CONTACTS.create, {"client_id": client, "name": name, "is_primary": name == "Ana"})
        for name in ("Ana", "Luis")
    )

    async def rows_of_one_mutation(work: Any, _: Any) -> None:
        await work.lock_clients((), Contact, (ana.id, luis.id))
        async with work.session.part(alone=True):
            async with work.session.part():
                await CONTACTS.update(work, OnRecord(id=luis.id, name="Luis Ruiz"))
            with suppress(Rejected):
                async with work.session.part():
                    await CONTACTS.update(work, OnRecord(id=ana.id, name="Ana Ríos"))
                    raise reject(NOT_FOUND)

    writer.do(rows_of_one_mutation, {})
    assert rows(owner, mine, Contact, "name", "version") == [("Ana", 1), ("Luis Ruiz", 2)]


def test_fifty_primary_contacts_at_once_leave_one(company: Any, owner: Any) -> None:
    mine = company()
    given = {"client_id": mine.client(), "name": "Ana", "is_primary": True}
    done = Writer(mine).together(CONTACTS.create, [given] * 50)
    assert {type(result) for result in done} == {Contact}
    assert sorted(rows(owner, mine, Contact, "is_primary")) == [False] * 49 + [True]
    assert sorted(rows(owner, mine, Contact, "position")) == list(range(50))


def test_a_new_order_names_every_contact_once(company: Any, owner: Any) -> None:
    mine = company()
    writer, client = Writer(mine), mine.client()
    a, b, c = (writer.do(CONTACTS.create, {"client_id": client, "name": name}).id for name in "ABC")
    writer.do(CONTACTS.reorder, {"client_id": client, "ids": [c, a, b]})
    assert sorted(rows(owner, mine, Contact, "position", "name")) == [(0, "C"), (1, "A"), (2, "B")]
    for ids in ([a, b], [a, b, b], [a, b, mine.id]):
        assert writer.refused(CONTACTS.reorder, {"client_id": client, "ids": ids}) == [("ORDER_INCOMPLETE", ("ids",))]
    assert events(owner, mine)[-1][1] == {"change": "REORDERED", "label": "C, A, B", "changes": []}


def test_a_restored_contact_is_there_again_at_its_place(company: Any, owner: Any) -> None:
    """At the end, if another has its place by now."""
    mine = company()
    writer, client = Writer(mine), mine.client()
    a, b, c = (writer.do(CONTACTS.create, {"client_id": client, "name": name}).id for name in "ABC")
    for deleted in (a, b):
        writer.do(CONTACTS.delete, {"id": deleted})
    writer.do(CONTACTS.reorder, {"client_id": client, "ids": [c]})
    before = rows(owner, mine, Contact, "updated_at")
    stale = {"id": b, "expected_version": 1}
    assert writer.refused(CONTACTS.restore, stale) == [("CONFLICT", ("expected_version",))]
    for restored in (b, a):
        writer.now += timedelta(hours=1)
        writer.do(CONTACTS.restore, {"id": restored, "expected_version": 2})
        assert writer.refused(CONTACTS.restore, {"id": restored}) == [("RECORD_NOT_DELETED", ("id",))]
    assert rows(owner, mine, Contact, "name", "position", "deleted_at", "version", "updated_at") == [
        ("A", 2, None, 3, writer.now), ("B", 1, None, 3, writer.now - timedelta(hours=1)), ("C", 0, None, 2, before[2]),
    ]  # fmt: skip
    assert events(owner, mine)[-1] == ("CONTACT_CHANGED", {"change": "RESTORED", "label": "A", "changes": []})


def test_a_contact_is_changed_after_its_last_change(company: Any, owner: Any) -> None:
    """Also where that was done by a machine whose clock is ahead."""
    mine = company()
    writer = Writer(mine)
    later = writer.now + timedelta(hours=1)
    contact = mine.add(Contact, client_id=mine.client(), updated_at=later)
    writer.do(CONTACTS.update, {"id": contact, "name": "Ana"})
    [(version, changed_at)] = rows(owner, mine, Contact, "version", "updated_at")
    assert version == 2
    assert changed_at > later


def test_deleted_contacts_take_no_changes(company: Any) -> None:
    mine = company()
    writer = Writer(mine)
    contact = mine.add(Contact, client_id=mine.client(), deleted_at=writer.now)
    assert writer.refused(CONTACTS.update, {"id": contact, "name": "X"}) == [("RECORD_DELETED", ("id",))]
    assert writer.refused(CONTACTS.delete, {"id": contact}) == [("RECORD_DELETED", ("id",))]


def test_a_stale_version_of_a_contact_conflicts(company: Any, owner: Any) -> None:
    mine = company()
    contact = mine.add(Contact, client_id=mine.client(), version=2)
    refused = Writer(mine).refused(CONTACTS.delete, {"id": contact, "expected_version": 1})
    assert refused == [("CONFLICT", ("expected_version",))]
    assert rows(owner, mine, Contact, "deleted_at") == [None]


def test_the_history_tells_what_was_done_and_what_differs(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    contact = writer.do(CONTACTS.create, {"client_id": mine.client(), "name": "Ana"})
    writer.do(CONTACTS.update, {"id": contact.id, "name": "Ana", "email": "ana@Example.com", "job_title": None})
    writer.do(CONTACTS.delete, {"id": contact.id})
    changes = [{"field": "email", "from": None, "to": "ana@example.com"}]
    assert events(owner, mine) == [
        ("CONTACT_CHANGED", {"change": "CREATED", "label": "Ana", "changes": []}),
        ("CONTACT_CHANGED", {"change": "UPDATED", "label": "Ana", "changes": changes}),
        ("CONTACT_CHANGED", {"change": "DELETED", "label": "Ana", "changes": []}),
    ]


def test_contacts_of_a_client_out_of_sight_are_not_there(company: Any) -> None:
    mine = company()
    contact = mine.add(Contact, client_id=mine.client())
    assert Writer(mine, Role.SALES).refused(CONTACTS.update, {"id": contact, "name": "X"}) == [("NOT_FOUND", ("id",))]
    theirs = company()
    assert Writer(theirs).refused(CONTACTS.update, {"id": contact, "name": "X"}) == [("NOT_FOUND", ("id",))]


def test_a_client_has_one_fiscal_address_and_many_branches(company: Any, owner: Any) -> None:
    """Case D06: branches share their client's RFC."""
    mine = company()
    writer, client = Writer(mine), mine.client()
    fiscal = {"client_id": client, "kind": "FISCAL", "street": "Calle"}
    first = writer.do(ADDRESSES.create, fiscal)
    branch = writer.do(ADDRESSES.create, {"client_id": client, "street": "Otra"})
    refused = [("FISCAL_ADDRESS_EXISTS", ("kind",))]
    assert writer.refused(ADDRESSES.create, fiscal) == refused
    assert writer.refused(ADDRESSES.update, {"id": branch.id, "kind": "FISCAL"}) == refused
    writer.do(ADDRESSES.delete, {"id": first.id})
    writer.do(ADDRESSES.update, {"id": branch.id, "kind": "FISCAL"})
    assert writer.refused(ADDRESSES.restore, {"id": first.id}) == refused
    assert rows(owner, mine, Address, "kind") == ["FISCAL", "FISCAL"]


def test_a_postal_code_fills_in_what_it_tells(company: Any, owner: Any) -> None:
    mine = company()
    given = {"client_id": mine.client(), "street": "Av. Juárez", "postal_code": "44100", "neighborhood": "Centro"}
    Writer(mine).do(ADDRESSES.create, given)
    assert rows(owner, mine, Address, "state", "municipality", "locality", "country") == [
        ("JAL", "Guadalajara", "Guadalajara", "MEX")
    ]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"postal_code": "4410"}, ("POSTAL_CODE_FORMAT", ("postal_code",))),
        ({"state": "TX"}, ("CODE_UNKNOWN", ("state",))),
        ({"country": "USA", "state": "JAL"}, ("CODE_UNKNOWN", ("state",))),
        ({"country": "USA", "postal_code": "123"}, ("POSTAL_CODE_FORMAT", ("postal_code",))),
        ({"country": None}, ("TEXT_REQUIRED", ("country",))),
    ],
)
def test_what_does_not_fit_together_is_refused(company: Any, given: Any, refused: Any) -> None:
    mine = company()
    assert Writer(mine).refused(ADDRESSES.create, {"client_id": mine.client(), "street": "C"} | given) == [refused]


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({"postal_code": "17000"}, [("POSTAL_CODE_UNKNOWN", ("postal_code",))]),
        ({"postal_code": "44100", "state": "NLE"}, [("POSTAL_CODE_ELSEWHERE", ("postal_code",))]),
        ({"country": "USA", "state": "TX", "postal_code": "75201"}, []),
        ({"country": "DEU", "postal_code": "10115"}, []),
    ],
)
def test_what_may_be_wrong_is_warned_of(company: Any, given: Any, warned: Any) -> None:
    mine = company()
    assert Writer(mine).warned(ADDRESSES.create, {"client_id": mine.client(), "street": "C"} | given) == warned


def test_the_client_itself_is_not_touched(company: Any, owner: Any) -> None:
    mine = company()
    Writer(mine).do(CONTACTS.create, {"client_id": mine.client(), "name": "Ana"})
    assert rows(owner, mine, Client, "version") == [1]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("5512345678 ext 12", ("+525512345678", "12")),
        ("55 1234 5678 ext. 12", ("+525512345678", "12")),
        ("(55) 1234-5678 Ext: 0012", ("+525512345678", "0012")),
        ("55 1234 5678 extensión 7", ("+525512345678", "7")),
        ("5512345678x1234567890", ("+525512345678", "1234567890")),
        ("5512345678 #12", ("+525512345678", "12")),
        ("+1 212 555 2368 x 9", ("+12125552368", "9")),
        ("044 55 1234 5678, ext 3", ("+525512345678", "3")),
        ("55 1234 5678", ("+525512345678", None)),
    ],
)
def test_an_extension_is_kept_beside_the_telephone(company: Any, owner: Any, written: str, kept: Any) -> None:
    """Case N04."""
    mine = company()
    Writer(mine).do(CONTACTS.create, {"client_id": mine.client(), "name": "Ana", "phone": written})
    assert rows(owner, mine, Contact, "phone", "phone_extension") == [kept]


def test_another_telephone_has_no_extension_by_itself(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    ana = writer.do(CONTACTS.create, {"client_id": mine.client(), "name": "Ana", "phone": "5512345678 x12"})

    def after(**given: Any) -> Any:
        writer.do(CONTACTS.update, {"id": ana.id, **given})
        return rows(owner, mine, Contact, "phone", "phone_extension")[0]

    assert after(phone="+52 55 1234 5678") == ("+525512345678", "12")
    assert after(phone_extension="34") == ("+525512345678", "34")
    assert after(phone="5512345678", phone_extension="34") == ("+525512345678", "34")
    assert after(phone="5587654321") == ("+525587654321", None)
    assert after(phone="5587654321 ext 5") == ("+525587654321", "5")
    assert after(phone=None) == (None, None)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"phone": "5512345678", "phone_extension": "doce"}, [("PHONE_EXTENSION", ("phone_extension",))]),
        ({"phone": "5512345678", "phone_extension": "12345678901"}, [("PHONE_EXTENSION", ("phone_extension",))]),
        ({"phone_extension": "12"}, [("PHONE_EXTENSION", ("phone_extension",))]),
        ({"phone": "5512345678 x1", "phone_extension": "2"}, [("PHONE_EXTENSION", ("phone_extension",))]),
        ({"phone": "ext 12"}, [("PHONE_INVALID", ("phone",))]),
        ({"phone": "5512345678 ext 12345678901"}, [("PHONE_INVALID", ("phone",))]),
        ({"phone": "5512345678 ext"}, [("PHONE_INVALID", ("phone",))]),
    ],
)
def test_extensions_that_cannot_be(company: Any, given: Any, refused: Any) -> None:
    mine = company()
    assert Writer(mine).refused(CONTACTS.create, {"client_id": mine.client(), "name": "Ana", **given}) == refused
