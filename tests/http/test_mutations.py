"""What all mutations have in common: payloads, user errors, versions, validation alone, keys that act once, bulk."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from models import Client, Collaborator, Contact, HistoryEvent, ReceivableTerms
from models.collaborator import Locale, Role
from models.ids import uuid7
from tests.fixtures import Company, global_id

CREATE = """
mutation ($input: CreateClientInput!) {
  createClient(input: $input) {
    client { id kind legalName rfc version contacts { name phone isPrimary } }
    userErrors { code path message clients { id } }
    warnings { code path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateClientInput!) {
  updateClient(input: $input) {
    client { tradeName internalNote version }
    userErrors { code path }
  }
}
"""
HISTORY = """
query ($id: ID!) {
  client(id: $id) {
    history(order: ASC) {
      nodes {
        kind asProspect actor { id }
        ... on ClientChangedEvent { change label changes { field from to } }
      }
    }
  }
}
"""


def create(company: Company, role: Role = Role.ADMIN, **given: Any) -> Any:
    return company.ask(CREATE, role, input=given).data["createClient"]


def update(company: Company, **given: Any) -> Any:
    return company.ask(UPDATE, input=given).data["updateClient"]


def history(company: Company, client: Any) -> Any:
    return company.ask(HISTORY, id=global_id(Client, client)).data["client"]["history"]["nodes"]


@pytest.mark.claims(
    "docs/writing.md",
    "so each is what a query would answer, permissions and all.",
)
def test_the_answer_is_the_record_as_a_query_would_show_it(company: Any) -> None:
    mine = company()
    answer = create(
        mine,
        legalName="  Papelería   El Águila ",
        rfc="eku-900317 3c9",
        contacts=[{"name": "Ana", "phone": "044 55 1234 5678"}, {"name": "Luis", "isPrimary": True}],
    )
    assert answer["userErrors"] == []
    client = answer["client"]
    assert (client["kind"], client["legalName"], client["rfc"], client["version"]) == (
        "CLIENT", "Papelería El Águila", "EKU9003173C9", 1,
    )  # fmt: skip
    assert client["contacts"] == [
        {"name": "Ana", "phone": "+525512345678", "isPrimary": False},
        {"name": "Luis", "phone": None, "isPrimary": True},
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "| `userErrors` | Errors of single values are reported together. A value that its scalar does not take and an id of"
    " another kind are among them; a missing required field and a wrong `Int`, `Boolean` or enum are errors of the"
    " request. Errors of the record itself"
    " (not found, not changeable, another version) are reported alone, and so are values that"
    " conflict. If there is any error, nothing was saved. `path` leads into the input, places in"
    " lists from 0. |",
)
@pytest.mark.claims(
    "docs/errors.md",
    "They are found as `FichaProblem.code` in `cfdiReadiness`, as the `code` of a mutation's `userErrors` "
    "and `warnings`, and as the error of a request that cannot go on with such a value (`client(rfc: "
    '"X")`).',
)
def test_everything_wrong_comes_at_once_with_paths_into_the_input(company: Any) -> None:
    answer = create(
        company(),
        legalName=" ",
        rfc="GOH831115",
        contacts=[{"name": "Ana"}, {"name": "", "email": "nobody", "phone": "12"}],
        addresses=[{"street": "Calle", "country": "XXX"}],
    )
    assert answer["client"] is None
    assert [(error["code"], error["path"]) for error in answer["userErrors"]] == [
        ("TEXT_REQUIRED", ["legalName"]),
        ("RFC_WITHOUT_HOMOCLAVE", ["rfc"]),
        ("TEXT_REQUIRED", ["contacts", "1", "name"]),
        ("EMAIL_INVALID", ["contacts", "1", "email"]),
        ("PHONE_INVALID", ["contacts", "1", "phone"]),
        ("CODE_UNKNOWN", ["addresses", "0", "country"]),
    ]


@pytest.mark.claims(
    "README.md",
    "Those of the domain's rules and the masked internal error are in English where `Accept-Language` "
    "prefers it, or where it names neither and the collaborator's `locale` is `EN_US`; "
    "those about the GraphQL document are always in English.",
)
def test_messages_are_in_the_language_that_is_preferred(company: Any) -> None:
    mine = company()
    email = f"nina@{mine.id.hex}.mx"
    mine.add(Collaborator, name="Nina", email=email, role=Role.ADMIN, locale=Locale.EN_US)
    spanish, english = "Este dato es obligatorio.", "This value is required."

    def message(email: str, accept_language: str = "") -> str:
        response = mine.ficha.http.post(
            "/graphql",
            json={"query": CREATE, "variables": {"input": {"legalName": ""}}},
            headers={"Authorization": f"Bearer {mine.ficha.token(email)}", "Accept-Language": accept_language},
        )
        return response.json()["data"]["createClient"]["userErrors"][0]["message"]

    assert [message(mine.email(Role.ADMIN), tags) for tags in ("", "fr", "en-GB")] == [spanish, spanish, english]
    assert [message(email, tags) for tags in ("", "fr", "es-MX")] == [english, english, spanish]


@pytest.mark.claims(
    "docs/writing.md",
    "| absent and null | An absent field keeps what there is (or takes its default in a new record); null clears. |",
)
def test_absent_keeps_and_null_clears(company: Any) -> None:
    mine = company()
    id = mine.client(trade_name="El Sol", internal_note="Nota")
    answer = update(mine, id=global_id(Client, id), tradeName=None)
    assert answer == {"client": {"tradeName": None, "internalNote": "Nota", "version": 2}, "userErrors": []}
    [event] = history(mine, id)
    assert event == {
        "kind": "CLIENT_CHANGED",
        "asProspect": False,
        "actor": {"id": global_id(Collaborator, mine.people[Role.ADMIN])},
        "change": "UPDATED",
        "label": "CLIENTE DE PRUEBA",
        "changes": [{"field": "tradeName", "from": "El Sol", "to": None}],
    }


def test_what_does_not_change_leaves_no_trace(company: Any) -> None:
    mine = company()
    id = mine.client(trade_name="El Sol")
    answer = update(mine, id=global_id(Client, id), tradeName=" El  Sol ")
    assert answer["client"]["version"] == 1
    assert history(mine, id) == []


@pytest.mark.claims(
    "docs/writing.md",
    "| `expectedVersion` | Another version than expected is `CONFLICT`, and the payload has the current "
    "record. Without it the last write wins, and the history shows both. |",
)
def test_a_stale_version_conflicts_and_shows_the_current_record(company: Any) -> None:
    mine = company()
    id = global_id(Client, mine.client(version=3, trade_name="Actual"))
    answer = update(mine, id=id, tradeName="Otro", expectedVersion=2)
    assert answer == {
        "client": {"tradeName": "Actual", "internalNote": None, "version": 3},
        "userErrors": [{"code": "CONFLICT", "path": ["expectedVersion"]}],
    }
    assert update(mine, id=id, tradeName="Otro", expectedVersion=3)["client"]["version"] == 4


def test_the_current_record_is_shown_of_what_has_no_id_of_its_own(company: Any) -> None:
    mine = company()
    client = mine.client(legal_name="ABARROTES LA ESPERANZA")
    mine.add(ReceivableTerms, client_id=client, version=3)
    query = """mutation ($input: UpdateReceivableTermsInput!) { updateReceivableTerms(input: $input) {
        client { legalName receivables { creditDays version } } userErrors { code path } } }"""
    given = {"clientId": global_id(Client, client), "creditDays": 15, "confirmed": True, "expectedVersion": 2}
    assert mine.ask(query, input=given).data["updateReceivableTerms"] == {
        "client": {"legalName": "ABARROTES LA ESPERANZA", "receivables": {"creditDays": 30, "version": 3}},
        "userErrors": [{"code": "CONFLICT", "path": ["expectedVersion"]}],
    }


@pytest.mark.claims(
    "docs/writing.md",
    "| `validateOnly` | All checks, those of the database too, in a transaction that is rolled back. The "
    "payload has no record. |",
)
def test_validation_alone_makes_all_checks_and_keeps_nothing(company: Any, owner: Any) -> None:
    mine = company()
    mine.client(rfc="EKU9003173C9")
    answer = create(mine, legalName="Nueva", rfc="URE180429TM6", validateOnly=True)
    assert (answer["client"], answer["userErrors"]) == (None, [])
    answer = create(mine, legalName="Nueva", rfc="EKU9003173C9", validateOnly=True)
    assert [error["code"] for error in answer["userErrors"]] == ["DUPLICATE"]
    assert count(owner, Client, mine) == 1
    assert count(owner, HistoryEvent, mine) == 0


@pytest.mark.claims(
    "docs/writing.md",
    "A client that does not know whether its mutation arrived sends it again with the same `Idempotency-Key`.",
    "Those that arrive while the first is at work wait for it.",
)
def test_the_same_key_twenty_times_at_once_acts_once(company: Any, owner: Any) -> None:
    mine = company()
    bodies = together(mine, "una-vez", [{"legalName": "Una Sola Vez"}] * 20)
    assert len({json.dumps(body["data"]) for body in bodies}) == 1
    assert bodies[0]["data"]["createClient"]["client"]["legalName"] == "Una Sola Vez"
    assert count(owner, Client, mine) == 1
    assert count(owner, HistoryEvent, mine) == 1


@pytest.mark.claims(
    "docs/writing.md",
    "The same request finds what was done and answers it (`Idempotency-Replayed: true`): with the user "
    "errors and warnings of then, and the records as the viewer sees them now, null where they are gone "
    "or out of sight.",
)
def test_a_key_replays_what_was_done_with_the_record_as_it_is_now(company: Any) -> None:
    mine = company()
    [first] = together(mine, "k", [{"legalName": "Antes"}])
    update(mine, id=first["data"]["createClient"]["client"]["id"], legalName="Después")
    [second] = together(mine, "k", [{"legalName": "Antes"}])
    created, shown = (each["data"]["createClient"] for each in (first, second))
    assert shown["client"]["id"] == created["client"]["id"]
    assert (shown["client"]["legalName"], shown["userErrors"]) == ("Después", [])


def test_a_key_is_of_one_request_and_one_collaborator(company: Any) -> None:
    mine = company()
    together(mine, "k", [{"legalName": "Uno"}])
    [refused] = together(mine, "k", [{"legalName": "Dos"}])
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    [other] = together(mine, "k", [{"legalName": "Tres"}], Role.SALES_MANAGER)
    assert other["data"]["createClient"]["client"]["legalName"] == "Tres"


@pytest.mark.claims(
    "docs/writing.md",
    "A request with user errors did nothing and leaves its key free; so does `validateOnly`.",
)
def test_what_was_rejected_leaves_its_key_free(company: Any) -> None:
    mine = company()
    taken = mine.client(rfc="EKU9003173C9")
    request = {"legalName": "Nueva", "rfc": "EKU9003173C9"}
    [refused] = together(mine, "k", [request])
    assert refused["data"]["createClient"]["client"] is None
    mine.ask(
        "mutation ($id: ID!) { eraseClient(input: {id: $id}) { userErrors { code } } }", id=global_id(Client, taken)
    )
    [done] = together(mine, "k", [request])
    assert done["data"]["createClient"]["client"]["rfc"] == "EKU9003173C9"


BULK = """
mutation ($input: CreateContactsInput!) {
  createContacts(input: $input) {
    results { contact { name email } userErrors { code path } }
    userErrors { code path }
  }
}
"""


def bulk(company: Company, policy: str, *rows: Any) -> Any:
    return company.ask(BULK, input={"rows": rows, "errorPolicy": policy}).data["createContacts"]


def rows(client: Any) -> list[dict[str, Any]]:
    id = global_id(Client, client)
    return [
        {"clientId": id, "name": "Ana", "email": "ana@example.com"},
        {"clientId": id, "name": "Luis", "email": "nobody"},
        {"clientId": id, "name": ""},
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "| `REJECT_ALL` | Nothing is saved unless every row is valid; valid rows get `BULK_REJECTED`. |",
)
def test_bulk_reject_all(company: Any, owner: Any) -> None:
    mine = company()
    results = bulk(mine, "REJECT_ALL", *rows(mine.client()))["results"]
    assert [[error["code"] for error in result["userErrors"]] for result in results] == [
        ["BULK_REJECTED"], ["EMAIL_INVALID"], ["TEXT_REQUIRED"],
    ]  # fmt: skip
    assert [result["contact"] for result in results] == [None, None, None]
    assert count(owner, Contact, mine) == 0


@pytest.mark.claims(
    "docs/writing.md",
    "| `REJECT_FAILED_ROWS` | The valid rows are saved. |",
)
def test_bulk_reject_failed_rows(company: Any, owner: Any) -> None:
    mine = company()
    results = bulk(mine, "REJECT_FAILED_ROWS", *rows(mine.client()))["results"]
    assert [result["contact"] for result in results] == [{"name": "Ana", "email": "ana@example.com"}, None, None]
    assert results[1]["userErrors"] == [{"code": "EMAIL_INVALID", "path": ["email"]}]
    assert count(owner, Contact, mine) == 1


@pytest.mark.claims(
    "docs/writing.md",
    "| `IGNORE_FAILED` | The same; in addition, a row is saved without its invalid values if they are optional. |",
)
def test_bulk_ignore_failed_keeps_what_a_row_can_do_without(company: Any, owner: Any) -> None:
    mine = company()
    results = bulk(mine, "IGNORE_FAILED", *rows(mine.client()))["results"]
    assert [result["contact"] for result in results] == [
        {"name": "Ana", "email": "ana@example.com"},
        {"name": "Luis", "email": None},
        None,
    ]
    assert [len(result["userErrors"]) for result in results] == [0, 1, 1]
    assert count(owner, Contact, mine) == 2


def test_bulk_ignore_failed_leaves_out_no_record_and_no_version(company: Any) -> None:
    """A row without its id is about nothing, and one without its version would overwrite what its sender never saw."""
    mine = company()
    delete = (
        "mutation ($input: DeleteContactsInput!) { deleteContacts(input: $input) { results { userErrors { code } } } }"
    )
    unknown = global_id(Contact, uuid7())
    answer = mine.ask(delete, input={"rows": [{"id": unknown}], "errorPolicy": "IGNORE_FAILED"})
    assert answer.data["deleteContacts"]["results"] == [{"userErrors": [{"code": "NOT_FOUND"}]}]
    kept = global_id(Contact, mine.add(Contact, client_id=mine.client()))
    update = """mutation ($input: UpdateContactsInput!) { updateContacts(input: $input) {
        results { contact { name version } userErrors { code } } } }"""
    stale = {"id": kept, "name": "Ana", "expectedVersion": 7}
    answer = mine.ask(update, input={"rows": [stale], "errorPolicy": "IGNORE_FAILED"})
    assert answer.data["updateContacts"]["results"] == [
        {"contact": {"name": "Contacto", "version": 1}, "userErrors": [{"code": "CONFLICT"}]}
    ]


@pytest.mark.claims(
    "docs/writing.md",
    "The mutations that create, update, assign and delete have a list form (`createContacts`) of up to "
    "200 rows, in one transaction, with results in the rows' order.",
)
def test_bulk_takes_two_hundred_rows_in_order_and_no_more(company: Any) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    many = [{"clientId": id, "name": f"Contacto {number}"} for number in range(201)]
    answer = bulk(mine, "REJECT_ALL", *many)
    assert answer == {"results": [], "userErrors": [{"code": "TOO_MANY", "path": ["rows"]}]}
    answer = bulk(mine, "REJECT_ALL", *many[:200])
    assert [result["contact"]["name"] for result in answer["results"]] == [row["name"] for row in many[:200]]


@pytest.mark.claims(
    "docs/writing.md",
    "| permissions | `domain/policy.py` alone decides. Lacking one is the error `FORBIDDEN`; a record out"
    " of sight is `NOT_FOUND`, as if it were not there. |",
)
def test_who_may_not_write_is_told_so_and_sees_nothing_of_others(company: Any) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    answer = mine.ask(UPDATE, Role.READ_ONLY, input={"id": id, "tradeName": "X"})
    assert answer.errors == [("FORBIDDEN", "updateClient")]
    answer = mine.ask(UPDATE, Role.SALES, input={"id": id, "tradeName": "X"})
    assert answer.data["updateClient"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    theirs = company()
    assert update(theirs, id=id, tradeName="X")["userErrors"] == [{"code": "NOT_FOUND", "path": ["id"]}]


def together(company: Company, key: str, inputs: Any, role: Role = Role.ADMIN) -> list[Any]:
    """The bodies of the answers to requests that are sent at once, all with this Idempotency-Key."""
    headers = {"Authorization": f"Bearer {company.ficha.token(company.email(role))}", "Idempotency-Key": key}
    with (
        httpx.Client(base_url=company.ficha.url, timeout=60, trust_env=False) as http,
        ThreadPoolExecutor(len(inputs)) as pool,
    ):
        sent = [
            pool.submit(http.post, "/graphql", json={"query": CREATE, "variables": {"input": given}}, headers=headers)
            for given in inputs
        ]
        return [future.result().json() for future in sent]


def count(owner: Any, model: Any, company: Company) -> int:
    table = model.__table__
    return owner.execute(table.select().where(table.c.company_id == company.id)).fetchall().__len__()
