"""Two releases serve one database at once, as while processes are replaced: both write the same records and records of
their own, and in the end whatever either acknowledged is there, once."""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from models.collaborator import Role
from server.embedded import S3
from server.settings import Settings
from tests.faults.test_outage import CREATE, send, until
from tests.fixtures import Company, Ficha, own_process, owning
from tests.released import release  # noqa: F401  # a fixture
from tests.server.test_check import LINE, whole
from tests.server.test_cli import configured, ficha
from tests.uploading import links, upload

FEW, MANY = 2, 30
"""Rounds of each writer in the short form, and in the whole."""
WRITERS = 2
"""Of each release."""
SHORT = httpx.Limits(keepalive_expiry=2)
"""Connections that rest are ended by the client: the server does so after 5 s, and may just be about to."""
VERSION = "query ($id: ID!) { client(id: $id) { version } }"
THERE = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"


@contextmanager
def two_releases(release: Path, settings: Settings) -> Iterator[tuple[Company, Company]]:  # noqa: F811  # the fixture
    """A company as the release before serves it, and as this one does."""
    with ExitStack() as stack:
        owner = stack.enter_context(owning(settings.database_url))

        def served(**root: Path) -> Ficha:
            _, url = stack.enter_context(own_process(settings, **root, FICHA_SIGN_IN_LIMIT="off"))
            http = httpx.Client(base_url=url, timeout=60, trust_env=False, limits=SHORT)
            return Ficha(url, settings, stack.enter_context(http))

        old, new = served(root=release), served()
        company = Company(new, owner)
        other = copy(company)
        other.ficha = old
        yield other, company


def done(company: Company, mutation: str, record: str, **input: Any) -> Any:
    """Does it, without a problem; the record's fields that are named."""
    type_name = f"{mutation[0].upper()}{mutation[1:]}Input!"
    query = (
        f"mutation ($input: {type_name}) {{ {mutation}(input: $input) {{ {record} userErrors {{ code message }} }} }}"
    )
    payload = company.insist(query, input=input).data[mutation]
    assert payload.pop("userErrors") == []
    [value] = payload.values()
    return value


@dataclass
class Writer:
    """Writes through `here`; what it began goes on `there`, in the other release, as with a client that comes to
    another process with each request."""

    here: Company
    there: Company
    shared: str
    """The client that all of them change."""
    name: str
    clients: dict[str, str] = field(default_factory=dict[str, str])
    """Ids of the acknowledged by their names."""
    records: set[str] = field(default_factory=set[str])
    versions: list[int] = field(default_factory=list[int])
    """Of the shared client, after each change."""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def write(self, rounds: int) -> None:
        for number in range(rounds):
            self._create(secrets.token_hex(10))
            self._update()
            self._sell()
            self._talk(number)
            self._attach()

    def _create(self, name: str) -> None:
        """Sent again with its key, to the other release, it is the same client."""
        ids = list[str]()

        def is_answered(company: Company) -> bool:
            body = send(company, CREATE, name, input={"legalName": name}).json()
            errors = body.get("errors", [])
            assert all(error["extensions"].get("retryable") for error in errors), errors
            if not errors:
                assert body["data"]["createClient"]["userErrors"] == []
                ids.append(body["data"]["createClient"]["client"]["id"])
            return not errors

        for company in (self.here, self.there):
            until(lambda: is_answered(company))  # noqa: B023  # at once
        [self.clients[name]] = {*ids}

    def _update(self) -> None:
        """Whoever changes what another has changed meanwhile is told, by the one release as by the other."""
        query = "updateClient(input: $input) { client { version } userErrors { code } }"
        query = f"mutation ($input: UpdateClientInput!) {{ {query} }}"
        while True:
            version = self.here.insist(VERSION, id=self.shared).data["client"]["version"]
            changed = {"id": self.shared, "tradeName": secrets.token_hex(5), "expectedVersion": version}
            payload = self.here.insist(query, input=changed).data["updateClient"]
            if payload["userErrors"] == []:
                self.versions.append(payload["client"]["version"])
                return
            assert payload["userErrors"] == [{"code": "CONFLICT"}]

    def _sell(self) -> None:
        """Folios, debts and payments."""
        one = "salesDocument { id }"
        for kind in ("QUOTE", "SALES_NOTE"):
            begun = done(self.here, "createSalesDocument", one, clientId=self.shared, type=kind, lines=[LINE])["id"]
            done(self.there, "sendSalesDocument", one, id=begun)
            self.records.add(begun)
        paid = {"salesDocumentId": begun, "amount": "5", "paymentForm": "03"}
        self.records.add(done(self.there, "registerPayment", "payment { id }", **paid)["id"])

    def _talk(self, number: int) -> None:
        """Deals in the order of their stage, follow-ups, and events of another system, which tells both releases."""
        deal = {"clientId": self.shared, "title": "Trato", "estimatedValue": "10"}
        deals = [done(self.here, "createDeal", "deal { id }", **deal)["id"] for _ in range(2)]
        done(self.there, "moveDeal", "deal { id }", id=deals[1], before=deals[0])
        at = "2026-12-02T10:00:00Z"
        call = {"clientId": self.shared, "name": "Llamar", "startsAt": at, "endsAt": at}
        begun = done(self.here, "createFollowUp", "followUp { id }", **call)["id"]
        done(self.there, "completeFollowUp", "followUp { id }", id=begun)
        told = {"kind": "CALL", "source": "Conmutador", "externalId": f"{self.name}-{number}", "title": "Llamada"}
        told |= {"clientId": self.shared, "occurredAt": "2026-03-10T18:00:00Z"}
        first, again = (
            done(company, "recordExternalEvent", "historyEvent { id }", **told) for company in (self.here, self.there)
        )
        assert again == first
        self.records |= {*deals, begun, first["id"]}

    def _attach(self) -> None:
        content = secrets.token_hex(1_000).encode()
        self.files[upload(self.here, content, clientId=self.shared)["document"]["id"]] = content


@pytest.mark.claims(
    "docs/operating.md",
    "| two releases serve at once, as while processes are replaced | both write; what either acknowledged is there,"
    " once, and a request that is sent again to the other with its `Idempotency-Key` is done once |",
)
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.deep)], ids=["few", "many"])
def test_two_releases_write_at_once(
    release: Path,  # noqa: F811  # the fixture
    new_database: str,
    settings: Settings,
    rounds: int,
) -> None:
    own = replace(settings, database_url=new_database)
    with two_releases(release, own) as (old, new):
        whole(new)
        shared = done(new, "createClient", "client { id }", legalName="DE TODOS")["id"]
        ways = [(old, new), (new, old)] * WRITERS
        writers = [Writer(*way, shared, str(number)) for number, way in enumerate(ways)]
        with ThreadPoolExecutor(len(writers)) as threads:
            list(threads.map(lambda writer: writer.write(rounds), writers))

        clients = {name: id for writer in writers for name, id in writer.clients.items()}
        query = text("select legal_name from client where company_id = :company and legal_name = any(:names)")
        names = new.owner.execute(query, {"company": new.id, "names": [*clients]}).scalars()
        assert Counter(names) == Counter(clients.keys())
        versions = [version for writer in writers for version in writer.versions]
        assert len({*versions}) == len(versions) == rounds * len(writers)
        files = {id: content for writer in writers for id, content in writer.files.items()}
        records = sorted({*clients.values(), *files}.union(*(writer.records for writer in writers)))
        assert len(records) == len(writers) * rounds * 9
        for company in (old, new):
            for start in range(0, len(records), 50):
                ids = records[start : start + 50]
                assert company.insist(THERE, Role.ADMIN, ids=ids).data["nodes"] == [{"id": id} for id in ids]
            for id, content in files.items():
                link = links(company, id)["downloadUrl"]
                assert httpx.get(link, trust_env=False, timeout=60).content == content
    s3 = S3(endpoint=own.s3_endpoint, access_key=own.s3_access_key, secret_key=own.s3_secret_key)
    env = configured(new_database, s3) | {"FICHA_S3_BUCKET": own.s3_bucket}
    checked = json.loads(ficha("check", "--json", **env).stdout)
    assert [found for part in checked["parts"] for found in part["findings"]] == []
