"""`ficha check` looks at everything: whatever is spoilt in a copy of sound data is told, and nothing else is."""

import asyncio
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from domain.sweep import GRACE
from models.ids import uuid7
from server.checks.parts import PARTS, checked
from server.command.check import NAMES
from server.settings import Settings
from server.store import open_store
from storage import MinioStore
from storage.keys import company_prefix, trash_key
from tests.fixtures import Company, copied_database, new_companies
from tests.server.test_cli import configured, ficha
from tests.uploading import upload

LINE = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1", "unitPrice": "10"}


def create(company: Company, noun: str, record: str = "", /, **input: Any) -> str:
    """Creates a record through the API; its id."""
    record = record or noun[0].lower() + noun[1:]
    name = f"create{noun}"
    query = (
        f"mutation ($i: Create{noun}Input!) {{ {name}(input: $i) {{ {record} {{ id }} userErrors {{ message }} }} }}"
    )
    payload = company.ask(query, i=input).data[name]
    assert payload["userErrors"] == []
    return payload[record]["id"]


def whole(company: Company) -> None:
    """Records of every kind, by the commands, so that all of it hangs together."""
    for number, legal_name in enumerate(("FERRETERIA LUNA", "PAPELES Y TINTAS")):
        client = create(company, "Client", legalName=legal_name, contacts=[{"name": "Con el cliente"}])
        for name in ("Uno", "Dos"):
            create(company, "Contact", clientId=client, name=name)
        create(company, "Address", clientId=client, street="Calle", postalCode="06000")
        create(company, "BankAccount", clientId=client, role="PAYER", paymentForm="03")
        for kind in ("QUOTE", "QUOTE", "SALES_NOTE"):
            create(company, "SalesDocument", clientId=client, type=kind, lines=[LINE])
        for title in ("Uno", "Dos"):
            create(company, "Deal", clientId=client, title=title, estimatedValue="10")
        for hour in (10, 11, 12):
            at = f"2026-12-02T{hour}:00:00Z"
            create(company, "FollowUp", clientId=client, name="Llamar", startsAt=at, endsAt=at)
        upload(company, f"archivo {number}".encode(), clientId=client)


@pytest.fixture(scope="module")
def sound(database_url: str, testrun_uid: str, settings: Settings) -> Iterator[Company]:
    """A company with records of every kind, alone in a database of the module's own."""
    with (
        copied_database(database_url, f"ficha_{testrun_uid}") as url,
        new_companies(url, replace(settings, rate_limit="off", sign_in_limit="off")) as make,
    ):
        company = make(name="Todo")
        whole(company)
        yield company


@pytest.fixture
def store(sound: Company) -> Iterator[MinioStore]:
    with open_store(sound.ficha.settings) as store:
        yield store


@pytest.fixture
def spoilt(sound: Company) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner, past triggers and references, that leaves no trace."""
    with psycopg.connect(sound.ficha.settings.direct_url) as owner:
        owner.execute("set local session_replication_role = replica")
        yield owner
        owner.rollback()


def found(part: str, owner: psycopg.Connection[Any], settings: Settings) -> list[str]:
    """What the part finds within the transaction of the connection."""
    from server.checks.parts import Means

    return list(PARTS[part](Means(settings, owner, None, contents=False)))


def test_the_parts_are_those_of_the_command() -> None:
    assert tuple(PARTS) == NAMES


def test_what_is_sound_says_nothing(sound: Company, store: MinioStore) -> None:
    ended = {
        part.name: list(part.findings)
        for part in checked(sound.ficha.settings, store, contents=True)
        if part.findings is not None
    }
    assert ended == {name: [] for name in NAMES}


DAMAGE: dict[str, tuple[str, str, str]] = {
    "a reference into another company": (
        "structure",
        "update contact set client_id = (select id from client where legal_name = 'PAPELES Y TINTAS'),"
        " company_id = '{other}' where name = 'Uno'"
        " and client_id = (select id from client where legal_name = 'PAPELES Y TINTAS')",
        "contact: 1 rows lead to no row of client in their company (fk_contact_client_id). ",
    ),
    "a reference to nothing": (
        "structure",
        "delete from funnel_stage",
        "deal: 4 rows lead to no row of funnel_stage in their company (fk_deal_stage_id). ",
    ),
    "a condition": (
        "structure",
        "update pg_constraint set conbin = conbin where false;"
        "alter table follow_up disable trigger all;"
        "alter table follow_up drop constraint ck_follow_up_version;"
        "update follow_up set version = 0 where number = 1;"
        "alter table follow_up add constraint ck_follow_up_version check (version > 0) not valid;"
        "update pg_constraint set convalidated = true where conname = 'ck_follow_up_version';"
        "alter table follow_up enable trigger all",
        "follow_up: 1 rows break ck_follow_up_version. ",
    ),
    "a key twice": (
        "structure",
        "update pg_index set indisready = false where indexrelid = 'uq_client_external_id'::regclass;"
        "update client set external_id = 'A-1';"
        "update pg_index set indisready = true where indexrelid = 'uq_client_external_id'::regclass",
        "client: 1 keys are there more than once (uq_client_external_id). ",
    ),
    "a trigger that is off": (
        "structure",
        "alter table deal disable trigger user",
        "deal: the trigger ",
    ),
    "an index that is not valid": (
        "structure",
        "update pg_index set indisvalid = false where indexrelid = 'ix_deal_title'::regclass",
        "deal: the index ix_deal_title is not valid. ",
    ),
    "a wall that is down": (
        "structure",
        "alter table contact disable row level security",
        "contact: no wall between companies. ",
    ),
    "a computed column": (
        "structure",
        "create or replace function ficha_sort_key(value text) returns text language sql immutable parallel safe"
        " return value || 'x'",
        "client: sort_name of 2 rows is not what it is computed from. ",
    ),
    "a folio that is missing": (
        "numbers",
        "delete from sales_document where type = 'QUOTE' and number in (2, 3)",
        "Todo (com_{company}): 1 times a folio is missing that was neither given to a document nor skipped by an"
        " administrator: COT-2 to 3. ",
    ),
    "the last folio": (
        "numbers",
        "delete from sales_document where type = 'QUOTE' and number = 4",
        "Todo (com_{company}): 1 times a folio is missing that was neither given to a document nor skipped by an"
        " administrator: COT-4. ",
    ),
    "a series": (
        "numbers",
        "delete from folio_series where type = 'QUOTE'",
        "Todo (com_{company}): 4 times a document is of a series that the company does not have: doc_",
    ),
    "a follow-up": (
        "numbers",
        "delete from follow_up where number = 3",
        "Todo (com_{company}): 1 times a key of a follow-up is missing that was given out: 3. ",
    ),
    "a sequence": (
        "numbers",
        "update company_sequence set value = 5",
        "Todo (com_{company}): 1 times the sequence of follow-ups goes on behind a key that it gave out: 6. ",
    ),
    "a place": (
        "numbers",
        "update contact set position = 0 where name in ('Uno', 'Dos')",
        "Todo (com_{company}): 2 times rows of contact of one client have the same place: ",
    ),
    "the count of clients": (
        "numbers",
        "update client_tally set number = 7",
        "Todo (com_{company}): 1 times the count of clients is not their number: CLIENT of ",
    ),
    "the words of a note": (
        "numbers",
        "update client set internal_note = 'Prefiere martes' where legal_name = 'PAPELES Y TINTAS'",
        "Todo (com_{company}): 1 times a client is not found by the words of its note: cli_",
    ),
    "a series behind a folio": (
        "promises",
        "update folio_series set last_number = 1 where type = 'QUOTE'",
        "1 times a series goes on behind a folio that it gave out: ",
    ),
    "a client without its beginning": (
        "history",
        "delete from history_event where kind = 'CLIENT_CREATED'",
        "Todo (com_{company}): 2 times the history of a client does not say that it was created: cli_",
    ),
    "a client that was a prospect": (
        "history",
        "update client set converted_at = now() where legal_name = 'PAPELES Y TINTAS'",
        "Todo (com_{company}): 1 times the history of a client does not say that it was a prospect before: cli_",
    ),
    "a document without an event": (
        "history",
        "delete from history_event where kind = 'SALES_DOCUMENT_ISSUED'",
        "Todo (com_{company}): 6 times no event of the history is of a sales document: doc_",
    ),
    "a deal in another state": (
        "history",
        "update deal set state = 'CLOSED', closed_on = '2026-11-30' where title = 'Uno'",
        "Todo (com_{company}): 2 times the state of a deal is not that of its history: deal_",
    ),
    **{
        f"{table} without an event": (
            "history",
            # The first one stays: what is older than any event that names its subject is not looked for.
            f"delete from history_event where kind = '{kind}'"  # noqa: S608  # our own name
            f" and id <> (select id from history_event where kind = '{kind}' order by recorded_at, id limit 1)",
            f"Todo (com_{{company}}): {number} times no event of the history is of a row of {table}: ",
        )
        for table, kind, number in (
            ("contact", "CONTACT_CHANGED", 3),
            ("address", "ADDRESS_CHANGED", 1),
            ("bank_account", "BANK_ACCOUNT_CHANGED", 1),
            ("follow_up", "FOLLOW_UP_CHANGED", 5),
            ("document", "DOCUMENT_CHANGED", 1),
        )
    },
    **{
        f"an event without its {table}": (
            "history",
            f"delete from {table} where id ="  # noqa: S608  # our own names
            f" (select subject_id from history_event where kind = '{kind}' order by id desc limit 1)",
            f"Todo (com_{{company}}): 1 times an event of the history is of a row of {table} that is not there: evt_",
        )
        for table, kind in (
            ("contact", "CONTACT_CHANGED"),
            ("address", "ADDRESS_CHANGED"),
            ("bank_account", "BANK_ACCOUNT_CHANGED"),
            ("follow_up", "FOLLOW_UP_CHANGED"),
            ("document", "DOCUMENT_CHANGED"),
        )
    },
}  # fmt: skip
"""What is spoilt: the part that tells it, how it is done, and how the line begins."""


@pytest.mark.claims(
    "docs/operating.md",
    "Each finding is proved by a test that damages sound data so and sees it listed.",
    "`ficha check` looks at all of it: that references, conditions, keys, computed columns, triggers and walls hold;"
    " balances, states and sums, computed anew; folios and keys without gaps; places, the count of clients, and"
    " the words of their notes; that the"
    " history has the events of each record; and that every file has its object, and every object its file.",
)
@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_spoilt_is_told(sound: Company, spoilt: psycopg.Connection[Any], what: str) -> None:
    part, statements, line = DAMAGE[what]
    for statement in statements.format(other=uuid7()).split(";"):
        spoilt.execute(statement.encode())
    line = line.format(company=sound.id)
    lines = found(part, spoilt, sound.ficha.settings)
    assert any(each.startswith(line) for each in lines), lines


def test_what_an_administrator_skipped_is_no_gap(new_company: Callable[..., Company]) -> None:
    own = new_company(name="Con saltos")
    client = create(own, "Client", legalName="CLIENTE")
    create(own, "FolioSeries", type="QUOTE", series="Z", nextNumber=100)
    create(own, "SalesDocument", clientId=client, type="QUOTE", series="Z", lines=[LINE])
    with psycopg.connect(own.ficha.settings.direct_url) as owner:
        assert found("numbers", owner, own.ficha.settings) == []
        owner.execute("set local session_replication_role = replica")
        owner.execute("update sales_document set number = 101")
        owner.execute("update folio_series set last_number = 101 where series = 'Z'")
        [line] = found("numbers", owner, own.ficha.settings)
        owner.rollback()
    assert ": Z-1 to 100. " in line


def objects(company: Company, store: MinioStore) -> list[str]:
    """What is found of objects, their contents looked at."""
    with psycopg.connect(company.ficha.settings.direct_url, autocommit=True) as owner:
        from server.checks.objects import object_findings

        return list(object_findings(owner, store, contents=True))


def run(doing: Any) -> Any:
    return asyncio.run(doing)


def key_of(company: Company) -> str:
    """The object of the company's first file."""
    with psycopg.connect(company.ficha.settings.direct_url) as owner:
        return owner.execute("select object_key from document order by id").fetchall()[0][0]


def test_an_object_that_is_not_as_its_row_says_is_told(sound: Company, store: MinioStore) -> None:
    key, name = key_of(sound), f"Todo (com_{sound.id})"
    content = run(store.get(key))
    try:
        run(store.put(key, content + b"!", "text/plain"))
        assert [line.partition(": file_")[0] for line in objects(sound, store)] == [
            f"{name}: 1 objects have another size than their file"
        ]
        run(store.put(key, content[::-1], "text/plain"))
        assert [line.partition(": file_")[0] for line in objects(sound, store)] == [
            f"{name}: 1 objects have other bytes than their file"
        ]
        run(store.put(trash_key(key), content, "text/plain"))
        run(store.remove([key]))
        assert [line.partition(": file_")[0] for line in objects(sound, store)] == [
            f"{name}: 1 files have their object in the trash"
        ]
        run(store.remove([trash_key(key)]))
        assert [line.partition(": file_")[0] for line in objects(sound, store)] == [f"{name}: 1 files have no object"]
    finally:
        run(store.put(key, content, "text/plain"))
    assert objects(sound, store) == []


def test_an_object_without_a_row_is_told_once_nobody_might_claim_it(
    sound: Company, store: MinioStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"{company_prefix(sound.id)}{uuid7().hex}"
    run(store.put(key, b"nobody's", "text/plain"))
    try:
        assert objects(sound, store) == []
        monkeypatch.setattr("server.checks.objects.GRACE", -datetime.timedelta(minutes=1))
        assert objects(sound, store) == [
            f"Todo (com_{sound.id}): 1 objects belong to no row: {key}. `ficha sweep` puts them into the trash."
        ]
    finally:
        run(store.remove([key]))
    assert datetime.timedelta(days=1) == GRACE


@pytest.mark.claims(
    "docs/operating.md",
    "`--json` prints one object: `clean`, and for each part its name, seconds and findings.",
    "It ends with 1 where there is a finding.",
    "`--only` looks at one part, `--contents` reads every file and compares it with its SHA-256.",
)
def test_the_command_speaks_json(sound: Company, s3: Any) -> None:
    settings = sound.ficha.settings
    env = configured(settings.direct_url, s3) | {"FICHA_S3_BUCKET": settings.s3_bucket}
    done = ficha("check", "--json", "--contents", **env)
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["clean"], done.stderr) == (0, True, "")
    assert [part["name"] for part in shown["parts"]] == list(NAMES)
    with psycopg.connect(settings.direct_url) as owner:
        owner.execute("update company_sequence set value = value + 1")
    done = ficha("check", "--json", "--only", "numbers", **env)
    with psycopg.connect(settings.direct_url) as owner:
        owner.execute("update company_sequence set value = value - 1")
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["clean"]) == (1, False)
    assert [(part["name"], len(part["findings"])) for part in shown["parts"]] == [("numbers", 1)]
    assert done.stderr == "ficha: 1 to look at\n"


def test_a_fresh_demo_is_clean(demo_settings: Settings, new_database: str) -> None:
    from demo.seed import seed

    with open_store(demo_settings) as store:
        seed(new_database, store)
        ended = {
            part.name: list(part.findings)
            for part in checked(replace(demo_settings, database_url=new_database), store)
            if part.findings is not None
        }
    assert ended == {name: [] for name in NAMES}
