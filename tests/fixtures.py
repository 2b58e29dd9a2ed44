"""What a test of the API needs: a Ficha that serves, one that asks it, and companies of the test's own.

The fixtures are in `conftest.py`, which imports this module when a test asks for one. `live_server` is the real
application on a loopback port, in a thread with an event loop of its own; it serves the worker's database, in which are
the two demo companies and whatever `company` makes. What it is asked is asked of its twin as well, which knows no
planner, and the two must give the same answer.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Connection, create_engine, insert, text, update

import models
from database.opening import sqlalchemy_url
from demo import seed
from loaders.entity import entity_of
from loaders.ids import encode
from loaders.reader import Reader
from models.collaborator import Role
from models.ids import uuid7
from server.access import tokens
from server.app import create_app
from server.http import endpoint, front
from server.settings import Settings
from storage import MinioStore
from tests.schema.codes import answers_as_described

ROOT = Path(__file__).resolve().parents[1]
NOON = datetime.datetime(2026, 3, 10, 18, tzinfo=datetime.UTC)
"""An instant like any other: noon of 2026-03-10 in Mexico City."""


@dataclass(frozen=True)
class Answer:
    """The response to a GraphQL request: HTTP's status and headers, and the body's parts."""

    status: int
    headers: httpx.Headers
    body: Any

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def errors(self) -> list[tuple[Any, ...]]:
        """Code and path of each error, and the argument that it names if it names one."""
        return [
            (error["extensions"]["code"], *error.get("path", ()), *filter(None, [error["extensions"].get("field")]))
            for error in self.body.get("errors", ())
        ]


SIGNED = re.compile(
    r"(?<=X-Amz-Date=)\w+|(?<=X-Amz-Signature=)\w+"
    r'|/statements/[\w.-]+", "expiresAt": "[^"]+'
    r'|http://[\w.:]+(?=/(?:files|documents|avatars|logos|statements)/)|\.\d{10}\.[\w-]{43}(?=")'
    r'|(?<="requestId": ")\w+'
)
"""What is another one each time that the same is asked."""


KEPT = httpx.Limits(keepalive_expiry=600)
"""Connections that neither side ends meanwhile: httpcore may end one that another thread has just taken."""


WAYS: Mapping[str, Mapping[str, bool]] = {
    "statement": {},
    "levels": {"planner": False},
    "resolvers": {"planner": False, "batches": False},
}
"""The settings by which reads are answered in each way."""
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@dataclass
class Ficha:
    """A Ficha that serves at `url`, with its settings. Its twin answers queries by resolvers only; `levels`, level by
    level where it can."""

    url: str
    settings: Settings
    http: httpx.Client = field(repr=False)
    twin: "Ficha | None" = field(default=None, repr=False)
    levels: "Ficha | None" = field(default=None, repr=False)
    _tokens: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def token(self, email: str) -> str:
        """A token of the demo issuer."""
        if email not in self._tokens:
            self._tokens[email] = tokens.issue(self.settings, email, 1)
        return self._tokens[email]

    def post(self, content: bytes, headers: dict[str, str]) -> Answer:
        """Sends a body as it is."""
        response = self.http.post("/graphql", content=content, headers=headers)
        return Answer(response.status_code, response.headers, response.json())

    def ask(self, email: str, query: str, /, **variables: Any) -> Answer:
        """Asks as that collaborator."""
        response = self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token(email)}"},
        )
        answer = Answer(response.status_code, response.headers, response.json())
        if query.lstrip().startswith("mutation"):
            assert answers_as_described(query, answer.body.get("data"))
        elif self.twin:
            other = self.twin.ask(email, query, **variables)
            assert comparable(answer) == comparable(other), "the planner and the resolvers disagree"
        return answer


def comparable(answer: Answer) -> Any:
    """What two servers answer alike, if they answer the same."""
    return answer.status, json.loads(SIGNED.sub("", json.dumps(answer.body, ensure_ascii=False)))


class Server(front.Server):
    """Says when it is up, or has given up."""

    def __init__(self, app: Any, settings: Settings, loop: Any = "auto") -> None:
        given: dict[str, Any] = {"log_config": None, "log_level": None, "timeout_keep_alive": 600, "loop": loop}
        super().__init__(front.configure(app, settings, port=0, **given))
        self.done_starting = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.done_starting.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.servers[0].sockets[0].getsockname()
        return f"http://{host}:{port}"


@contextmanager
def listening(app: Any, settings: Settings | None = None, loop: str = "auto") -> Iterator[str]:
    """Serves an ASGI application on a free port until the end, as `ficha serve` does; yields its URL. `loop`:
    `asyncio` or `uvloop`."""
    server = Server(app, settings or Settings.from_env({}), loop)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        assert server.done_starting.wait(60)
        assert server.started, "the server did not start: see its log"
        yield server.url
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving(settings: Settings, loop: str = "auto") -> Iterator[Ficha]:
    """Serves Ficha until the end."""
    with (
        listening(create_app(settings), settings, loop) as url,
        httpx.Client(base_url=url, timeout=60, trust_env=False, limits=KEPT) as http,
    ):
        yield Ficha(url, settings, http)


@contextmanager
def own_process(
    settings: Settings, log: IO[str] | None = None, root: Path = ROOT, **variables: object
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`ficha serve` in a process of its own, of the tree at `root`, and its address; `variables` are further settings
    by their names in the environment. What it logs goes to `log`, if there is one. It is killed in the end."""
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": "0",
        "FICHA_DATA_DIR": str(settings.data_dir),
        "FICHA_DATABASE_URL": settings.database_url,
        "FICHA_DEMO": "on",
        "FICHA_S3_ENDPOINT": settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": settings.s3_secret_key,
        "FICHA_S3_BUCKET": settings.s3_bucket,
        "FICHA_GRAPHIQL": "on",
        "FICHA_RATE_LIMIT": "off",
        "FICHA_SWEEP_MINUTES": "0",
        "FICHA_LOG_LEVEL": "error",
        **{name: str(value) for name, value in variables.items()},
    }
    command = [sys.executable, "-m", "server.command.cli", "serve"]
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as running:
        try:
            assert running.stdout
            found = re.search(r"serves on (\S+)/graphql", running.stdout.readline())
            assert found
            yield running, found[1]
        finally:
            running.kill()


def with_demo(settings: Settings) -> Settings:
    """The settings of a Ficha for tests, with the demo in its database and the demo's files in its bucket. All tests
    ask from one address: what limits one is off."""
    unlimited = {"rate_limit": "off", "sign_in_limit": "off", "statement_limit": "off"}
    opened = replace(settings, graphiql=True, web=True, sweep_minutes=0, **unlimited)
    with MinioStore(
        opened.s3_endpoint, access_key=opened.s3_access_key, secret_key=opened.s3_secret_key, bucket=opened.s3_bucket
    ) as store:
        seed(opened.database_url, store)
    return opened


def history_of_demo(owner: Connection) -> set[tuple[Any, ...]]:
    """What happened in the demo's company: when, to which client, what, and what it changed."""
    events = text("""
        select occurred_at, client_id, kind, details from history_event
        where company_id = (select company_id from collaborator where email = 'admin@demo.mx')
    """)
    return {(*row[:-1], str(row[-1])) for row in owner.execute(events)}


@contextmanager
def serving_twice(settings: Settings) -> Iterator[Ficha]:
    """Serves Ficha, and beside it those that answer in other ways, until the end."""
    with (
        serving(settings) as ficha,
        serving(replace(settings, planner=False)) as ficha.levels,
        serving(replace(settings, planner=False, batches=False)) as ficha.twin,
    ):
        yield ficha


def count_statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """How many statements each operation of this process has sent since it was last asked."""
    readers: list[Reader] = []

    class Counted(Reader):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            readers.append(self)

    monkeypatch.setattr(endpoint, "Reader", Counted)

    def sent() -> list[int]:
        numbers = [reader.statements for reader in readers]
        readers.clear()
        return numbers

    return sent


DEFAULTS: dict[type[models.Base], dict[str, Any]] = {
    models.Client: {"kind": "CLIENT", "legal_name": "CLIENTE DE PRUEBA"},
    models.Contact: {"name": "Contacto"},
    models.Address: {"kind": "BRANCH", "street": "Calle"},
    models.BankAccount: {"role": "DEPOSIT", "payment_form": "03"},
    models.CfdiProfile: {"valid_from": NOON},
    models.Deal: {"title": "Trato", "estimated_value": 1000, "currency": "MXN", "priority": "MEDIUM", "state": "OPEN"},
    models.FollowUp: {
        "name": "Seguimiento", "type": "CALL", "starts_at": NOON, "ends_at": NOON, "priority": "MEDIUM",
        "state": "PENDING",
    },
    models.Payment: {"currency": "MXN"},
    models.SalesDocument: {
        "type": "INVOICE", "series": "F", "state": "SENT", "issued_at": NOON, "subtotal": 0, "total": 0,
    },
    models.HistoryEvent: {"occurred_at": NOON, "kind": "CLIENT_CREATED"},
    models.Document: {
        "kind": "OTHER", "name": "archivo.pdf", "content_type": "application/pdf", "size": 1, "sha256": "0" * 64,
    },
    models.ReceivableTerms: {"terms": "CREDIT", "credit_days": 30},
}  # fmt: skip
"""What a row has unless the test says otherwise."""

BILLABLE: dict[str, Any] = {
    "rfc": "XAXX010101000", "name": "PUBLICO EN GENERAL", "tax_regime": "616", "cfdi_use": "S01", "payment_form": "03",
    "payment_method": "PUE",
}  # fmt: skip
"""A CFDI profile that nothing is wrong with."""


class Company:
    """A company of a test's own, with one collaborator of each role. Rows are put in as the tables' owner."""

    def __init__(self, ficha: Ficha, owner: Connection, **values: Any) -> None:
        self.ficha = ficha
        self.owner = owner
        self._numbers = count(1)
        self._positions = count(1)
        self.id = uuid7()
        # All of them have the issuer of the CFDIs in `tests.cfdi`.
        given = {"name": "Empresa", "rfc": "DEM0101018K7", "rfc_repeated": True, "postal_code": "06000"}
        owner.execute(insert(models.Company).values(id=self.id, **given | {"tax_regime": "601"} | values))
        self.people = {
            role: self.add(models.Collaborator, name=role.title(), email=self.email(role), role=role) for role in Role
        }
        self.stage = self.add(models.FunnelStage, name="Contacto", position=0)

    def email(self, role: Role) -> str:
        """The address that the collaborator of the role signs in with."""
        return f"{role.value.lower()}@{self.id.hex}.mx"

    def ask(self, query: str, /, role: Role = Role.ADMIN, **variables: Any) -> Answer:
        """Asks as the collaborator of the role."""
        return self.ficha.ask(self.email(role), query, **variables)

    def insist(self, query: str, /, role: Role = Role.ADMIN, **variables: Any) -> Answer:
        """As `ask`; what can be sent again, since too many waited on a busy machine, is, when the error says."""
        while True:
            answer = self.ask(query, role, **variables)
            errors = [error["extensions"] for error in answer.body.get("errors", ())]
            if not any(error.get("retryable") for error in errors):
                return answer
            time.sleep(max(error.get("retryAfterSeconds", 0) for error in errors))

    def add(self, model: type[models.Base], **values: Any) -> UUID:
        """Adds a row; what it must have and is not given is in `DEFAULTS`. Returns its id."""
        row = {"company_id": self.id} | DEFAULTS.get(model, {}) | values
        columns = model.__table__.c
        if "id" in columns:
            row.setdefault("id", uuid7())
        if "number" in columns:
            row.setdefault("number", next(self._numbers))
        if model is models.Deal:
            row = {"stage_id": self.stage, "position": next(self._positions)} | row
        if model is models.SalesDocument:
            row = _coherent(row) | values
        if "object_key" in columns:
            row.setdefault("object_key", f"{self.id.hex}/{row['id'].hex}")
        self.owner.execute(insert(model).values(**row))
        if model is models.SalesDocument:
            self.owner.execute(text("select ficha_open_ledger(:id)"), {"id": self.id})
        return row.get("id", row.get("client_id"))

    def change(self, model: type[models.Base], id: UUID, **values: Any) -> None:
        """Changes a row."""
        columns = model.__table__.c
        self.owner.execute(update(model).where(columns.company_id == self.id, columns.id == id).values(**values))

    def client(self, **values: Any) -> UUID:
        """Adds a client."""
        return self.add(models.Client, **values)

    def billable(self, **values: Any) -> UUID:
        """Adds a client to whom invoices can be issued, paid at once by transfer (PUE, form 03)."""
        client = self.client(**values)
        self.add(models.CfdiProfile, client_id=client, **BILLABLE)
        return client


@contextmanager
def unconstrained(owner: Connection, table: str, *names: str) -> Iterator[None]:
    """Within, the table's CHECKs of these names do not hold: for rows from before there were any. Such rows stay."""
    definitions = "select pg_get_constraintdef(oid) from pg_constraint where conname = :name"
    checks = {f"ck_{table}_{name}": "" for name in names}
    for name in checks:
        checks[name] = owner.execute(text(definitions), {"name": name}).scalar_one().removesuffix(" NOT VALID")
        owner.exec_driver_sql(f"alter table {table} drop constraint {name}")
    try:
        yield
    finally:
        for name, definition in checks.items():
            owner.exec_driver_sql(f"alter table {table} add constraint {name} {definition} not valid")


def _coherent(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a fiscal folio where it is stamped, in the state that follows from what is paid of it."""
    paid, credited = (Decimal(document.get(name, 0)) for name in ("paid", "credited"))
    if document["state"] == "STAMPED":
        document = {"uuid": uuid4()} | document
    if document["state"] == "SENT" and document["type"] in ("SALES_NOTE", "INVOICE") and paid + credited:
        whole = paid + credited == Decimal(document["total"])
        document["state"] = "PAID" if whole else "PARTIALLY_PAID" if paid else "SENT"
    return document


def demanded(found: str | None, name: str) -> str:
    """The path of a program that a test needs. Without it the test is skipped; in CI it fails."""
    if found is None:
        reason = f"no {name} on the PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found


def global_id(model: type[models.Base], id: UUID) -> str:
    """The id that the API gives the row."""
    return encode(entity_of(model), id)


@contextmanager
def owning(url: str) -> Iterator[Connection]:
    """A connection of the tables' owner; each statement is a transaction."""
    engine = create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def copied_database(database_url: str, template: str) -> Iterator[str]:
    """Owner's URL of a copy of the template, beside the database of the URL; it is dropped in the end."""
    name = f"ficha_{uuid7().hex}"
    with owning(database_url) as admin:
        admin.execute(text(f"create database {name} template {template} strategy file_copy"))
        yield urlsplit(database_url)._replace(path=f"/{name}").geturl()
        admin.execute(text(f"drop database {name} with (force)"))


@contextmanager
def new_companies(database_url: str, settings: Settings) -> Iterator[Callable[..., Company]]:
    """Makes companies in the database, and serves them from there, without sweeping."""
    settings = replace(settings, database_url=database_url, sweep_minutes=0)
    with ExitStack() as stack:
        owner = stack.enter_context(owning(database_url))
        served: dict[tuple[bool, bool], Ficha] = {}

        def make(*, planner: bool = True, batches: bool = True, **values: Any) -> Company:
            ways = planner, batches
            if ways not in served:
                served[ways] = stack.enter_context(serving(replace(settings, planner=planner, batches=batches)))
            return Company(served[ways], owner, **values)

        yield make
