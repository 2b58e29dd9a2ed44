"""The whole form of a client in one mutation: its parts by their ids, permissions of the parts, stale forms, races."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from models.collaborator import Role
from tests.fixtures import Company
from tests.writing import round_trips

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
    for key in ("E\u0301 1 ", " E\u0301  1", "\u00c9\u00a01", "\u202a\u00c9 1\u202c"):
        same = save(own, legalName="Por clave escrita", externalId=key, matchBy="EXTERNAL_ID")
        assert (told(same), same["client"]["legalName"]) == ([], "Por clave escrita")
    assert (
        len({save(own, externalId=key, matchBy="EXTERNAL_ID")["client"]["id"] for key in ("\u00c9 1", "E\u0301 1")})
        == 1
    )


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


@pytest.mark.claims(
    "docs/writing.md",
    "`expectedVersion` and `base` of what does not exist yet are `NOTHING_TO_COMPARE`.",
)
def test_what_is_created_has_nothing_to_be_compared_with(own: Company) -> None:
    answer = save(
        own,
        legalName="Nueva",
        expectedVersion=3,
        base={"legalName": "Antes"},
        contacts=[{"name": "Ana", "expectedVersion": 1}],
        addresses=[{"street": "1", "expectedVersion": 1}],
        bankAccounts=[{"paymentForm": "03", "expectedVersion": 1}],
        cfdiProfile={"name": "NUEVA", "expectedVersion": 1},
        receivableTerms={"terms": "CASH", "expectedVersion": 1},
        paymentReminders={"enabled": False, "expectedVersion": 1},
    )
    assert answer["client"] is None
    names = ("contacts.0", "addresses.0", "bankAccounts.0", "cfdiProfile", "receivableTerms", "paymentReminders")
    assert sorted(told(answer)) == sorted(
        ("NOTHING_TO_COMPARE", path)
        for path in ("base", "expectedVersion", *(f"{name}.expectedVersion" for name in names))
    )
    # Nor has a client that none is by its key; an empty base says nothing.
    form = {"legalName": "Nueva", "externalId": "N-1", "matchBy": "EXTERNAL_ID", "base": {}, "expectedVersion": None}
    assert told(save(own, **form | {"expectedVersion": 1})) == [("NOTHING_TO_COMPARE", "expectedVersion")]
    assert told(save(own, **form)) == []


def test_a_part_that_the_client_lacks_has_nothing_to_be_compared_with(own: Company) -> None:
    client = save(own, legalName="Con poco")["client"]
    answer = save(
        own,
        id=client["id"],
        contacts=[{"name": "Ana", "expectedVersion": 1}],
        cfdiProfile={"name": "CON POCO", "expectedVersion": 1},
        receivableTerms={"terms": "CASH", "expectedVersion": 1},
        paymentReminders={"enabled": False, "expectedVersion": 1},
    )
    assert sorted(told(answer)) == [
        ("NOTHING_TO_COMPARE", f"{name}.expectedVersion")
        for name in ("cfdiProfile", "contacts.0", "paymentReminders", "receivableTerms")
    ]
    singles = {
        "CfdiProfile": {"name": "X"},
        "ReceivableTerms": {"terms": "CASH"},
        "PaymentReminders": {"enabled": False},
    }
    for name, values in singles.items():
        saved = f"save: update{name}(input: $input) {{ userErrors {{ code path }} }}"
        single = f"mutation ($input: Update{name}Input!) {{ {saved} }}"
        input = {"clientId": client["id"], "expectedVersion": 1, **values}
        assert told(own.ask(single, input=input).data["save"]) == [("NOTHING_TO_COMPARE", "expectedVersion")]


PARTS = """query ($id: ID!) { client(id: $id) {
  contacts { id version name isPrimary }
  addresses: branchAddresses { id version label kind } fiscalAddress { id version label kind }
  bankAccounts { id version description role isDefault }
} }"""


def parts_of(own: Company, id: str) -> dict[str, list[dict[str, Any]]]:
    client = own.insist(PARTS, id=id).data["client"]
    fiscal = client.pop("fiscalAddress")
    return client | {"addresses": [*client["addresses"], *([fiscal] if fiscal else [])]}


LISTS = {
    "contacts": ("name", {}),
    "addresses": ("label", {"street": "Calle"}),
    "bankAccounts": ("description", {"paymentForm": "03"}),
}
"""By what a row of each list is told apart, and what a new one needs."""


def after(own: Company, name: str, before: list[dict[str, Any]], rows: dict[str, dict[str, Any]], order: Any) -> Any:
    """The rows of the list, without ids, when a client that had those before was saved with the others in this order;
    each by the version that was read."""
    label, needed = LISTS[name]
    former = [needed | row for row in before]
    id = save(own, legalName="Igual", allowDuplicates=True, **{name: former})["client"]["id"]
    there = {row[label]: row for row in parts_of(own, id)[name]}
    saved = [
        {"id": there[key]["id"], "expectedVersion": there[key]["version"], **rows[key]}
        if key in there
        else needed | {label: key} | rows[key]
        for key in order
    ]
    answer = save(own, id=id, **{name: saved})
    assert told(answer) == []
    found = {row.pop(label): row for row in parts_of(own, id)[name]}
    for row in found.values():
        del row["id"], row["version"]
    return found


@pytest.mark.claims("docs/writing.md", "The rows of a list may stand in any order.")
def test_what_only_one_may_have_is_swapped_in_every_order(own: Company) -> None:
    people = [{"name": "A", "isPrimary": True}, {"name": "B"}, {"name": "C"}]
    swapped: dict[str, dict[str, Any]] = {"A": {"isPrimary": False}, "B": {"isPrimary": True}, "C": {}, "D": {}}
    for order in permutations(swapped):
        found = after(own, "contacts", people, swapped, order)
        assert [key for key, row in found.items() if row["isPrimary"]] == ["B"]
    places = [{"label": "A", "kind": "FISCAL"}, {"label": "B"}, {"label": "C"}]
    for fiscal in ("B", "D"):
        swapped = {"A": {"kind": "BRANCH"}, "B": {}, "D": {}, fiscal: {"kind": "FISCAL"}}
        for order in permutations(swapped):
            found = after(own, "addresses", places, swapped, order)
            assert [key for key, row in found.items() if row["kind"] == "FISCAL"] == [fiscal]
    accounts = [{"description": "A"}, {"description": "B"}, {"description": "C", "role": "PAYER"}]
    swapped = {"A": {"role": "PAYER"}, "B": {"isDefault": True}, "C": {"role": "DEPOSIT", "isDefault": False}}
    for order in permutations(swapped):
        assert after(own, "bankAccounts", accounts, swapped, order) == {
            "A": {"role": "PAYER", "isDefault": True},
            "B": {"role": "DEPOSIT", "isDefault": True},
            "C": {"role": "DEPOSIT", "isDefault": False},
        }


@pytest.mark.parametrize("seed", range(10))
def test_a_form_means_the_same_in_every_order_of_its_rows(own: Company, seed: int) -> None:
    """Of each default one row at most says that it wants it: of several it is the last."""
    draw = random.Random(seed)  # noqa: S311  # nothing secret
    accounts = [
        {"description": key, "role": draw.choice(["DEPOSIT", "PAYER"]), "isDefault": draw.random() < 0.5}
        for key in "ABC"
    ]
    rows: dict[str, dict[str, Any]] = {}
    wanted = set[str]()
    for key, former in [*((each["description"], each["role"]) for each in accounts), ("D", "DEPOSIT")]:
        role, wants = draw.choice([None, "DEPOSIT", "PAYER"]), draw.choice([None, False, True])
        if wants and (role or former) in wanted:
            wants = None
        if wants:
            wanted.add(role or former)
        stated = {"role": role, "isDefault": wants}
        rows[key] = {name: value for name, value in stated.items() if value is not None}
    orders = [*permutations(rows)]
    expected = after(own, "bankAccounts", accounts, rows, orders[0])
    for order in draw.sample(orders[1:], 5):
        assert after(own, "bankAccounts", accounts, rows, order) == expected


def test_a_flag_that_the_form_left_as_it_was_is_no_claim_to_it(own: Company) -> None:
    """A whole form says of the former primary contact what it had read, and the next one takes it, in either order."""
    for turned in (False, True):
        people = [{"name": "A", "isPrimary": True}, {"name": "B"}]
        client = save(own, legalName="Marcado", allowDuplicates=True, contacts=people)["client"]
        a, b = ({"id": each["id"], "isPrimary": each["isPrimary"]} for each in client["contacts"])
        base = {"contacts": [a, b]}
        rows = [a, b | {"isPrimary": True}]
        saved = save(own, id=client["id"], contacts=rows[::-1] if turned else rows, base=base)
        assert told(saved) == []
        assert [contact["isPrimary"] for contact in saved["client"]["contacts"]] == [False, True]


@pytest.mark.claims(
    "docs/writing.md",
    "Which row of a list is the primary or default one is a value of the list: if both gave it to another row, that is"
    " a `CONFLICT` too.",
)
@pytest.mark.parametrize("theirs", ["an old row", "a new row"])
@pytest.mark.parametrize("mine", ["an old row", "a new row"])
@pytest.mark.parametrize("list_", ["contacts", "bankAccounts"])
def test_a_flag_that_others_moved_meanwhile_is_a_conflict(own: Company, list_: str, mine: str, theirs: str) -> None:
    flag = {"contacts": "isPrimary", "bankAccounts": "isDefault"}[list_]
    label, needed = LISTS[list_]
    former: list[dict[str, Any]] = [needed | {label: key, flag: key == "A"} for key in "ABC"]
    id = save(own, legalName="Disputado", allowDuplicates=True, **{list_: former})["client"]["id"]
    there = {row[label]: row for row in parts_of(own, id)[list_]}
    read = [{"id": row["id"], flag: row[flag]} for row in there.values()]
    by = {"an old row": {"id": there["C"]["id"], flag: True}, "a new row": needed | {label: "D", flag: True}}
    assert told(save(own, id=id, allowDuplicates=True, **{list_: [by[theirs]]})) == []
    form = [read[0] | {flag: False}, read[1], read[2]]
    if mine == "an old row":
        form[1] = read[1] | {flag: True}
    else:
        form.append(needed | {label: "E", flag: True})
    place = 1 if mine == "an old row" else 3
    answer = save(own, id=id, allowDuplicates=True, base={list_: read}, **{list_: form})
    assert told(answer) == [("CONFLICT", f"{list_}.{place}.{flag}")]
    names = {"an old row": "C", "a new row": "D"}[theirs], {"an old row": "B", "a new row": "E"}[mine]
    columns = ("A", *names) if list_ == "contacts" else ("03", "03", "03")
    assert answer["conflicts"] == [
        {"path": [list_, str(place), flag], **dict(zip(("base", "theirs", "mine"), columns, strict=True))}
    ]
    holders = {row[label] for row in parts_of(own, id)[list_] if row[flag]}
    assert holders == {names[0]}
    # Whoever gives it to the same row as the others, or to nobody, is in nobody's way.
    assert told(save(own, id=id, base={list_: read}, **{list_: [read[0] | {flag: False}, *read[1:]]})) == []
    if theirs == "an old row":
        assert told(save(own, id=id, base={list_: read}, **{list_: [read[2] | {flag: True}]})) == []


def test_a_default_of_another_role_is_no_rival(own: Company) -> None:
    accounts: list[dict[str, Any]] = [
        {"description": key, "paymentForm": "03", "role": role, "isDefault": key in "AC"}
        for key, role in (("A", "DEPOSIT"), ("B", "DEPOSIT"), ("C", "PAYER"), ("D", "PAYER"))
    ]
    id = save(own, legalName="Dos papeles", bankAccounts=accounts)["client"]["id"]
    rows = {
        row["description"]: {"id": row["id"], "isDefault": row["isDefault"]}
        for row in parts_of(own, id)["bankAccounts"]
    }
    assert told(save(own, id=id, bankAccounts=[rows["D"] | {"isDefault": True}])) == []
    form = [rows["A"] | {"isDefault": False}, rows["B"] | {"isDefault": True}, rows["C"], rows["D"]]
    assert told(save(own, id=id, bankAccounts=form, base={"bankAccounts": [*rows.values()]})) == []
    assert {row["description"] for row in parts_of(own, id)["bankAccounts"] if row["isDefault"]} == {"B", "D"}


EVENTS = """query ($id: ID!) { client(id: $id) { history(kinds: [CONTACT_CHANGED]) { nodes {
  group subject { __typename id }
  ... on ContactChangedEvent { label change changes { field from to } } } } } }"""


def test_the_history_tells_of_new_rows_and_of_those_that_gave_way(own: Company) -> None:
    client = save(own, legalName="Relevo", contacts=[{"name": "A", "isPrimary": True}])["client"]
    saved = save(own, id=client["id"], contacts=[{"name": "B", "isPrimary": True}])["client"]
    ids = {contact["name"]: contact["id"] for contact in saved["contacts"]}
    events = own.insist(EVENTS, id=client["id"]).data["client"]["history"]["nodes"]
    assert len({each.pop("group") for each in events}) == 1
    assert sorted(events, key=lambda each: each["label"]) == [
        {
            "label": "A", "change": "UPDATED", "changes": [{"field": "isPrimary", "from": "true", "to": "false"}],
            "subject": {"__typename": "ClientContact", "id": ids["A"]},
        },
        {
            "label": "B", "change": "CREATED", "changes": [],
            "subject": {"__typename": "ClientContact", "id": ids["B"]},
        },
    ]  # fmt: skip


@pytest.fixture
def written() -> Iterator[Callable[[], int]]:
    """How many statements were sent to write since it was asked before."""
    with round_trips() as trips:

        def number() -> int:
            total = sum(map(len, trips))
            trips.clear()
            return total

        yield number


NOBODY = "01992a57-7a00-7922-bcd9-6cf8a85e77bf"


@pytest.mark.parametrize(("name", "prefix"), [("contacts", "con"), ("addresses", "adr"), ("bankAccounts", "bnk")])
def test_the_length_of_a_list_is_asked_first(own: Company, written: Any, name: str, prefix: str) -> None:
    """None of five hundred and one rows is looked at, new ones or unknown ones."""
    label, needed = LISTS[name]
    client = save(own, legalName="Muchos")["client"]["id"]
    written()
    assert told(save(own, id=client)) == []
    plain = written()
    for row in (needed | {label: ""}, {"id": f"{prefix}_{NOBODY}"}):
        assert told(save(own, id=client, **{name: [row] * 501})) == [("TOO_MANY", name)]
        assert written() <= plain + 1
    answer = save(own, legalName="Muchos más", allowDuplicates=True, **{name: [needed | {label: ""}] * 501})
    assert told(answer) == [("TOO_MANY", name)]


def test_statements_do_not_grow_with_the_rows(own: Company, written: Any) -> None:
    def people(number: int, prefix: str) -> list[dict[str, Any]]:
        return [{"name": f"P {n}", "email": f"{prefix}{n}@uno.mx", "phone": f"55{n:08}"} for n in range(number)]

    def sent(**form: Any) -> int:
        written()
        assert told(own.insist(BARE, input=form | {"allowDuplicates": True}).data["saveClient"]) == []
        return written()

    few, many = (sent(legalName=f"Con {number}", contacts=people(number, "a")) for number in (2, 60))
    assert 0 < few == many
    clients = [save(own, legalName=f"De {n}", allowDuplicates=True, contacts=people(n, "b"))["client"] for n in (2, 60)]
    edited = [[{"id": each["id"], "jobTitle": "Socia"} for each in client["contacts"]] for client in clients]
    few, many = (sent(id=client["id"], contacts=rows) for client, rows in zip(clients, edited, strict=True))
    assert 0 < few == many


@pytest.mark.claims("docs/writing.md", "A row that is removed must have the `expectedVersion` of its row in `base`.")
def test_a_row_that_others_changed_is_not_removed_by_a_form_that_expects_another_version(own: Company) -> None:
    client = save(own, legalName="Siete", contacts=[{"name": "Ana"}, {"name": "Eva"}])["client"]
    ana, eva = (contact["id"] for contact in client["contacts"])
    save(own, id=client["id"], contacts=[{"id": eva, "name": "Eva Luz"}])
    form = {"id": client["id"], "contacts": [{"id": ana}], "removeMissing": True}
    base = {"contacts": [{"id": ana, "expectedVersion": 1}, {"id": eva, "expectedVersion": 1}]}
    saved = own.ask(SAVE, input=form | {"base": base}).data["saveClient"]
    assert [error["code"] for error in saved["userErrors"]] == ["CONFLICT"]
    assert own.insist(CONTACTS, id=client["id"]).data["client"]["contacts"] == [{"name": "Ana"}, {"name": "Eva Luz"}]
    base["contacts"][1]["expectedVersion"] = 2
    assert told(save(own, **form, base=base)) == []
    assert own.insist(CONTACTS, id=client["id"]).data["client"]["contacts"] == [{"name": "Ana"}]


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "contacts": ({"phoneExtension": "12"}, ("PHONE_EXTENSION", "contacts.0.phoneExtension")),
    "addresses": ({"kind": "FISCAL"}, ("FISCAL_ADDRESS_EXISTS", "addresses.0.kind")),
    "bankAccounts": ({"paymentForm": "01"}, ("ACCOUNT_FORBIDDEN", "bankAccounts.0.accountNumber")),
}
"""A row of each list that is refused only once it is compared with the rest, or as a whole."""


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refused_row_spoils_nothing_that_is_read_after_it(own: Company, refused: str) -> None:
    """Whatever else the form says: the same problem, none besides, and nothing is saved."""
    whole = WHOLE | {
        "contacts": [{"name": "Ana", "isPrimary": True}, {"name": "Eva"}],
        "addresses": [{"kind": "BRANCH", "street": "2"}, {"kind": "FISCAL", "street": "1", "postalCode": "72000"}],
        "bankAccounts": [*WHOLE["bankAccounts"], {"paymentForm": "03", "accountNumber": "032180000118359719"}],
    }
    id = save(own, **whole)["client"]["id"]
    before = parts_of(own, id)
    [first, _] = before[refused]
    changed, problem = REFUSED[refused]
    row = {"id": first["id"], **changed}
    others: list[dict[str, Any]] = [
        {},
        {"legalName": "OTRA"},
        {"receivableTerms": {"terms": "CASH"}},
        {"paymentReminders": {"enabled": True}},
        {"cfdiProfile": {"name": "OTRA"}},
        *(
            {name: [*([row] if name == refused else []), another]}
            for name, (told_apart, needs) in LISTS.items()
            for another in (
                {told_apart: "X", **needs},
                {"id": before[name][1]["id"], told_apart: "Y"},
                *([{"id": before[name][1]["id"], "isDefault": True}] if name == "bankAccounts" else []),
                *([{"id": before[name][1]["id"], "isPrimary": True}] if name == "contacts" else []),
            )
        ),
    ]
    for other in others:
        for dry in (False, True):
            saved = save(own, id=id, validateOnly=dry, **({refused: [row]} | other))
            assert (told(saved), saved["client"]) == ([problem], None), other
    assert parts_of(own, id) == before


def test_a_refused_row_of_a_prospect_that_is_converted_is_its_problem(own: Company) -> None:
    ana = {"name": "Ana", "email": "ana@q.mx"}
    prospect = save(own, legalName="Por llegar", kind="PROSPECT", contacts=[ana])["client"]["id"]
    converting = """mutation ($input: ConvertProspectInput!) { convertProspect(input: $input) {
        client { kind } userErrors { code path }
    } }"""
    contacts = [ana | {"phoneExtension": "12"}, {"name": "Eva"}]
    converted = own.ask(converting, input={"id": prospect, "contacts": contacts}).data["convertProspect"]
    assert told(converted) == [("PHONE_EXTENSION", "contacts.0.phoneExtension")]
