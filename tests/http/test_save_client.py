"""The whole form of a client in one mutation: its parts by their ids, permissions of the parts, stale forms, races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models.collaborator import Role
from tests.fixtures import Company

SAVE = """
mutation ($input: SaveClientInput!) {
  saveClient(input: $input) {
    client { id legalName tradeName version contacts { id name email phone isPrimary version } bankAccounts { id }
      receivables { terms creditDays } paymentReminders { enabled } fiscalAddress { street }
      history { nodes { kind group } } }
    conflicts { path base theirs mine }
    userErrors { code path }
  }
}
"""
BARE = "mutation ($input: SaveClientInput!) { saveClient(input: $input) { client { id } userErrors { code path } } }"
CONTACTS = "query ($id: ID!) { client(id: $id) { tradeName contacts { name } } }"


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    return company()


def save(own: Company, role: Role = Role.ADMIN, **form: Any) -> Any:
    return own.ask(SAVE, role, input=form).data["saveClient"]


def told(answer: Any) -> list[tuple[str, str]]:
    return [(error["code"], ".".join(error["path"])) for error in answer["userErrors"]]


WHOLE: dict[str, Any] = {
    "legalName": "Uno",
    "contacts": [{"name": "Ana", "email": "ana@uno.mx"}, {"name": "Eva"}],
    "addresses": [{"kind": "FISCAL", "street": "Calle", "postalCode": "72000"}],
    "bankAccounts": [{"paymentForm": "03", "accountNumber": "002010077777777771"}],
    "cfdiProfile": {"name": "UNO", "postalCode": "72000"},
    "receivableTerms": {"terms": "CREDIT", "creditDays": 30},
    "paymentReminders": {"enabled": False},
}


@pytest.mark.claims(
    "docs/writing.md",
    "`saveClient` saves the whole form of a client in one transaction: lists are matched by `id`, and a row without one"
    " is new. Its events have the same `group`.",
)
def test_a_client_is_created_with_all_and_then_changed_as_one_group_of_events(own: Company) -> None:
    created = save(own, **WHOLE)
    assert told(created) == []
    client = created["client"]
    assert [contact["name"] for contact in client["contacts"]] == ["Ana", "Eva"]
    assert (len(client["bankAccounts"]), client["receivables"]["creditDays"]) == (1, 30)
    assert client["paymentReminders"] == {"enabled": False}
    ana = client["contacts"][0]
    changed = save(
        own,
        id=client["id"],
        tradeName="El Uno",
        contacts=[{"id": ana["id"], "phone": "5512345678"}, {"name": "Luz"}],
        receivableTerms={"creditDays": 60},
    )
    assert told(changed) == []
    assert [contact["name"] for contact in changed["client"]["contacts"]] == ["Ana", "Eva", "Luz"]
    assert changed["client"]["contacts"][0]["phone"] == "+525512345678"
    events = changed["client"]["history"]["nodes"]
    groups = [event["group"] for event in events]
    assert groups[0]
    assert sorted(event["kind"] for event in events if event["group"] == groups[0]) == [
        "CLIENT_CHANGED",
        "CONTACT_CHANGED",
        "CONTACT_CHANGED",
        "RECEIVABLE_TERMS_CHANGED",
    ]


@pytest.mark.claims("docs/writing.md", "Rows that a list leaves out stay, unless `removeMissing: true`.")
def test_rows_that_are_not_listed_go_only_if_the_form_says_so(own: Company) -> None:
    client = save(own, **WHOLE)["client"]
    ana, eva = client["contacts"]
    save(own, id=client["id"], contacts=[{"name": "Luz"}])
    # Luz came after the form had read Ana and Eva.
    base = {"contacts": [{"id": ana["id"]}, {"id": eva["id"]}]}
    left = save(own, id=client["id"], contacts=[{"id": eva["id"]}], removeMissing=True, base=base)
    assert told(left) == []
    assert [contact["name"] for contact in left["client"]["contacts"]] == ["Eva", "Luz"]
    last = save(own, id=client["id"], contacts=[{"id": eva["id"]}], removeMissing=True)
    assert [contact["name"] for contact in last["client"]["contacts"]] == ["Eva"]
    assert last["client"]["fiscalAddress"], "a list that is not stated stays"


def test_a_failing_part_saves_nothing_and_all_is_told(own: Company) -> None:
    client = save(own, **WHOLE)["client"]
    other = save(own, legalName="Otra empresa distinta", contacts=[{"name": "Zoe"}])["client"]["contacts"][0]["id"]
    answer = save(
        own,
        id=client["id"],
        tradeName="Nuevo",
        ownerId="col_x",
        contacts=[{"name": "Luz"}, {"id": other, "name": "Z"}, {"name": ""}],
        receivableTerms={"creditLimit": "abc"},
        cfdiProfile={"taxRegime": "999"},
    )
    assert sorted(told(answer)) == [
        ("BAD_ID", "ownerId"),
        ("DECIMAL_FORMAT", "receivableTerms.creditLimit"),
        ("NOT_FOUND", "contacts.1.id"),
        ("TAX_REGIME_UNKNOWN", "cfdiProfile.taxRegime"),
        ("TEXT_REQUIRED", "contacts.2.name"),
    ]
    read = own.ask(CONTACTS, id=client["id"]).data["client"]
    assert (read["tradeName"], [each["name"] for each in read["contacts"]]) == (None, ["Ana", "Eva"])
    dry = save(own, id=client["id"], contacts=[{"name": "Luz"}], validateOnly=True)
    assert (dry["client"], told(dry)) == (None, [])
    assert len(own.ask(CONTACTS, id=client["id"]).data["client"]["contacts"]) == 2


@pytest.mark.claims(
    "docs/writing.md",
    "Bank accounts, terms and reminders need `billing:write`: without it they are `PERMISSION_MISSING` at their path.",
)
def test_each_part_asks_its_own_permission(own: Company) -> None:
    answer = own.ask(BARE, Role.SALES, input=WHOLE).data["saveClient"]
    assert (answer["client"], told(answer)) == (
        None,
        [
            ("PERMISSION_MISSING", "receivableTerms"),
            ("PERMISSION_MISSING", "paymentReminders"),
            ("PERMISSION_MISSING", "bankAccounts"),
        ],
    )
    allowed = own.ask(BARE, Role.SALES, input={"legalName": "Solo", "contacts": WHOLE["contacts"]})
    assert told(allowed.data["saveClient"]) == []
    refused = own.ask(SAVE, Role.READ_ONLY, input={"legalName": "x"})
    assert [error[0] for error in refused.errors] == ["FORBIDDEN"]


@pytest.mark.claims(
    "docs/writing.md",
    "`base` has the values that the form had read. What only others changed since then stays, and what both changed is"
    " a `CONFLICT`: nothing is saved, and `conflicts` has `base`, `theirs` and `mine` of each such value.",
)
def test_a_stale_form_is_answered_in_three_columns(own: Company) -> None:
    client = save(own, **WHOLE)["client"]
    ana = client["contacts"][0]
    base = {"legalName": "Uno", "tradeName": None, "contacts": [{"id": ana["id"], "name": "Ana", "phone": None}]}
    theirs = save(own, id=client["id"], tradeName="De otro", contacts=[{"id": ana["id"], "phone": "5511111111"}])
    assert told(theirs) == []
    mine = save(
        own,
        id=client["id"],
        legalName="Uno",
        tradeName="Mío",
        contacts=[{"id": ana["id"], "name": "Ana", "phone": "5522222222"}],
        base=base,
    )
    assert sorted(told(mine)) == [("CONFLICT", "contacts.0.phone"), ("CONFLICT", "tradeName")]
    assert mine["client"]["tradeName"] == "De otro"
    assert sorted(mine["conflicts"], key=lambda each: each["path"]) == [
        {"path": ["contacts", "0", "phone"], "base": None, "theirs": "+525511111111", "mine": "+525522222222"},
        {"path": ["tradeName"], "base": None, "theirs": "De otro", "mine": "Mío"},
    ]


def test_what_one_side_alone_changed_merges_by_itself(own: Company) -> None:
    client = save(own, **WHOLE)["client"]
    ana = client["contacts"][0]
    base = {"tradeName": None, "contacts": [{"id": ana["id"], "name": "Ana", "email": "ana@uno.mx"}]}
    save(own, id=client["id"], tradeName="De otro", contacts=[{"id": ana["id"], "email": "ana@dos.mx"}])
    merged = save(
        own,
        id=client["id"],
        tradeName=None,
        contacts=[{"id": ana["id"], "name": "Ana María", "email": "ana@uno.mx"}],
        base=base,
    )
    assert (told(merged), merged["conflicts"]) == ([], [])
    assert merged["client"]["tradeName"] == "De otro"
    first = merged["client"]["contacts"][0]
    assert (first["name"], first["email"]) == ("Ana María", "ana@dos.mx")


def test_versions_are_expected_of_each_part(own: Company) -> None:
    client = save(own, **WHOLE)["client"]
    ana = client["contacts"][0]
    row = {"id": ana["id"], "name": "Ana B", "expectedVersion": ana["version"]}
    assert told(save(own, id=client["id"], contacts=[row])) == []
    assert told(save(own, id=client["id"], contacts=[row | {"name": "Ana C"}])) == [
        ("CONFLICT", "contacts.0.expectedVersion")
    ]


def test_it_is_found_by_its_key(own: Company) -> None:
    first = save(own, legalName="Por clave", externalId="E-1", matchBy="EXTERNAL_ID")["client"]
    again = save(own, externalId="E-1", tradeName="Otra vez", matchBy="EXTERNAL_ID")["client"]
    assert (again["id"], again["tradeName"]) == (first["id"], "Otra vez")
    assert own.ask("query ($id: ID!) { client(id: $id) { id } }", id=first["id"]).data["client"]
    assert told(save(own, legalName="", externalId="E-2", matchBy="EXTERNAL_ID")) == [("TEXT_REQUIRED", "legalName")]


@pytest.mark.claims(
    "docs/writing.md",
    "Without `id`, `matchBy` names the key (`RFC` or `EXTERNAL_ID`) of the client that is changed; if no client has it,"
    " one is created.",
)
def test_twenty_saves_at_once_make_one_client_and_lose_nothing(own: Company) -> None:
    def one(number: int) -> Any:
        contacts = [{"name": f"Contacto {number}"}]
        return save(own, legalName="A la vez", externalId="R-1", matchBy="EXTERNAL_ID", contacts=contacts)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    assert {told(answer) == [] for answer in answers} == {True}
    (client,) = {answer["client"]["id"] for answer in answers}
    names = [each["name"] for each in own.ask(CONTACTS, id=client).data["client"]["contacts"]]
    assert sorted(names) == sorted(f"Contacto {number}" for number in range(20))


def test_a_row_keeps_what_the_form_says_though_the_next_takes_its_flag(own: Company) -> None:
    client = save(own, legalName="Dos", contacts=[{"name": "A", "isPrimary": True}, {"name": "B"}])["client"]
    a, b = (contact["id"] for contact in client["contacts"])
    saved = save(
        own,
        id=client["id"],
        contacts=[{"id": a, "name": "A nuevo", "email": "nuevo@a.mx"}, {"id": b, "isPrimary": True}],
    )
    assert told(saved) == []
    assert [(each["name"], each["email"], each["isPrimary"]) for each in saved["client"]["contacts"]] == [
        ("A nuevo", "nuevo@a.mx", False),
        ("B", None, True),
    ]


ACCOUNTS = "query ($id: ID!) { client(id: $id) { bankAccounts { isDefault accountNumber } } }"


def test_of_rows_that_want_one_flag_the_last_has_it(own: Company) -> None:
    accounts = [
        {"paymentForm": "03", "accountNumber": number} for number in ("002010077777777771", "032180000118359719")
    ]
    contacts = [{"name": "A"}, {"name": "B"}]
    client = save(own, legalName="Tres", contacts=contacts, bankAccounts=accounts)["client"]
    both = [{"id": contact["id"], "isPrimary": True} for contact in client["contacts"]]
    defaults = [{"id": account["id"], "isDefault": True} for account in client["bankAccounts"]]
    saved = save(own, id=client["id"], contacts=both, bankAccounts=defaults)
    assert told(saved) == []
    assert [contact["isPrimary"] for contact in saved["client"]["contacts"]] == [False, True]
    shown = own.insist(ACCOUNTS, id=client["id"]).data["client"]["bankAccounts"]
    assert sorted(account["isDefault"] for account in shown) == [False, True]


def test_a_second_fiscal_address_is_told_at_its_row(own: Company) -> None:
    made = """query ($id: ID!) { client(id: $id) { branchAddresses { id } } }"""
    client = save(
        own, legalName="Cuatro", addresses=[{"kind": "BRANCH", "street": "1"}, {"kind": "BRANCH", "street": "2"}]
    )
    id = client["client"]["id"]
    both = [{"id": each["id"], "kind": "FISCAL"} for each in own.insist(made, id=id).data["client"]["branchAddresses"]]
    assert told(save(own, id=id, addresses=both)) == [("FISCAL_ADDRESS_EXISTS", "addresses.1.kind")]


def test_a_row_stands_in_a_list_once(own: Company) -> None:
    client = save(own, legalName="Cinco", contacts=[{"name": "A"}])["client"]
    [a] = client["contacts"]
    twice = save(own, id=client["id"], contacts=[{"id": a["id"], "name": "X"}, {"id": a["id"], "name": "Y"}])
    assert told(twice) == [("LISTED_TWICE", "contacts.1.id")]
    assert own.insist(CONTACTS, id=client["id"]).data["client"]["contacts"] == [{"name": "A"}]


def test_a_new_client_has_no_rows_that_a_list_could_name(own: Company) -> None:
    [other] = save(own, legalName="Otra más", contacts=[{"name": "Zoe"}])["client"]["contacts"]
    answer = save(own, legalName="", contacts=[{"name": "L"}, {"id": other["id"], "name": "Z"}])
    assert answer["client"] is None
    assert sorted(told(answer)) == [("NOT_FOUND", "contacts.1.id"), ("TEXT_REQUIRED", "legalName")]
