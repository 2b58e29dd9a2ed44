"""Deleted records are listed where they are asked for, in one way on every list of a kind that can be deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLObjectType

import models
from loaders.entity import entities
from models.base import SoftDeleted
from models.collaborator import Role
from schema import SCHEMA
from tests.fixtures import NOON, Company, global_id

LATER = NOON.replace(hour=19)
WAYS = ("EXCLUDE", "INCLUDE", "ONLY")
DELETABLE = {entity.type_name for entity in entities() if issubclass(entity.model, SoftDeleted)}


def test_every_list_of_what_can_be_deleted_says_so_and_every_record_says_when() -> None:
    types: dict[str, Any] = SCHEMA._schema.type_map  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
    lists: set[str] = set()
    for kind in types.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.endswith(("Connection", "Edge")):
            continue
        for name, field in kind.fields.items():
            shown = str(field.type)
            of = shown.strip("[]!").removesuffix("Connection")
            if of in DELETABLE and ("[" in shown or "Connection" in shown):
                lists.add(f"{kind.name}.{name}")
                assert "deleted" in field.args or f"{kind.name}.{name}" in ALL, f"{kind.name}.{name}"
    assert lists > ALL
    assert [name for name in sorted(DELETABLE) if "deletedAt" not in types[name].fields] == []


ALL = {"ClientDocument.revisions", "PaymentReminders.recipients", "PaymentReminder.to", "FichaProblem.clients"}
"""The files of one document; whom a reminder goes to; the clients that a problem names."""

PARTS: dict[str, type[models.Base]] = {
    "contacts": models.Contact,
    "branchAddresses": models.Address,
    "bankAccounts": models.BankAccount,
    "deals": models.Deal,
    "followUps": models.FollowUp,
    "documents": models.Document,
}


@pytest.mark.parametrize("name", PARTS)
def test_a_clients_list_leaves_out_includes_or_shows_alone_what_was_deleted(
    company: Callable[..., Company], name: str
) -> None:
    own = company()
    client = own.client()
    model = PARTS[name]
    there = global_id(model, own.add(model, client_id=client))
    gone = global_id(model, own.add(model, client_id=client, deleted_at=LATER))
    shown = "nodes { id deletedAt }" if name in ("deals", "followUps", "documents") else "id deletedAt"
    fields = " ".join(f"{way}: {name}(deleted: {way}) {{ {shown} }}" for way in WAYS)
    query = f"query ($id: ID!, $way: DeletedRecords! = ONLY) {{ client(id: $id) {{ {name} {{ {shown} }} {fields}"
    query += f" chosen: {name}(deleted: $way) {{ {shown} }} }} }}"
    answer = own.ask(query, id=global_id(models.Client, client)).data["client"]
    rows: dict[str, Any] = {key: part["nodes"] if "nodes {" in shown else part for key, part in answer.items()}
    at = "2026-03-10T19:00:00.000Z"
    expected: dict[str, Any] = {"EXCLUDE": {there: None}, "INCLUDE": {there: None, gone: at}, "ONLY": {gone: at}}
    expected |= {name: expected["EXCLUDE"], "chosen": expected["ONLY"]}
    assert {key: {row["id"]: row["deletedAt"] for row in part} for key, part in rows.items()} == expected


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("deals", models.Deal),
        ("followUps", models.FollowUp),
        ("documents", models.Document),
        ("salesDocuments", models.SalesDocument),
    ],
)
def test_lists_of_all_clients_leave_out_what_is_of_a_deleted_one(
    company: Callable[..., Company], name: str, model: type[models.Base]
) -> None:
    own = company()
    seller = own.people[Role.SALES]
    alive, gone = own.client(owner_id=seller), own.client(owner_id=seller, deleted_at=NOON)
    ids = {own.add(model, client_id=alive): "there", own.add(model, client_id=gone): "of deleted"}
    if name != "salesDocuments":
        ids |= {
            own.add(model, client_id=alive, deleted_at=NOON): "deleted",
            own.add(model, client_id=gone, deleted_at=NOON): "both",
        }
    names = {global_id(model, id): word for id, word in ids.items()}
    for role in (Role.ADMIN, Role.SALES):
        page = own.ask(
            "{" + " ".join(f"{way}: {name}(deleted: {way}) {{ totalCount nodes {{ id }} }}" for way in WAYS) + "}", role
        ).data
        shown = {way: {names[node["id"]] for node in page[way]["nodes"]} for way in WAYS}
        own_ones = {"there", "of deleted", "deleted", "both"} & set(names.values())
        only = {"of deleted"} if name == "salesDocuments" else {"deleted", "both"}
        assert shown == {"EXCLUDE": {"there"}, "INCLUDE": own_ones, "ONLY": only}
        assert {way: page[way]["totalCount"] for way in WAYS} == {way: len(shown[way]) for way in WAYS}


def test_the_companys_own_lists_show_deleted_records_as_well(company: Callable[..., Company]) -> None:
    own = company()
    there, gone = (
        own.add(models.PriceList, name="Una", currency="MXN"),
        own.add(models.PriceList, name="Otra", currency="MXN", deleted_at=NOON),
    )
    fields = " ".join(f"{way}: priceLists(deleted: {way}) {{ id }}" for way in WAYS)
    answer = own.ask("{ viewer { company { " + fields + " } } }").data["viewer"]["company"]
    shown = {way: {each["id"] for each in answer[way]} for way in WAYS}
    one, other = global_id(models.PriceList, there), global_id(models.PriceList, gone)
    assert shown == {"EXCLUDE": {one}, "INCLUDE": {one, other}, "ONLY": {other}}
