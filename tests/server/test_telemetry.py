"""What an operator sees of a process that serves: its logs, metrics and traces; and that they hold no secrets."""

import contextlib
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
import websockets.sync.client as websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from websockets.typing import Subprotocol

import models
from models.collaborator import Role
from server.execution.explain import OPERATIONS
from server.settings import Settings
from server.telemetry import exposition
from server.telemetry.logs import described
from server.telemetry.metrics import Metrics
from tests.fixtures import Company, global_id, own_process
from tests.hostile.raw import connected, exchange, read_all
from tests.hostile.test_stop import until_waiting

HISTORY = (OPERATIONS / "history_months.graphql").read_text("utf-8")


class Process:
    """A Ficha in a process of its own, and what it logs."""

    def __init__(self, url: str, log: Path, lines: list[str], token: str) -> None:
        self.url = url
        self.log = log
        self.lines = lines
        self.http = httpx.Client(base_url=url, trust_env=False, headers={"Authorization": f"Bearer {token}"})

    def ask(self, query: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return self.http.post("/graphql", json={"query": query, **body}, headers=headers or {})

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def until(self, there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first line of the log for which it is true."""
        waiting = threading.Event()
        for _ in range(600):
            if event := next(filter(there, self.events()), None):
                return event
            waiting.wait(0.1)
        raise AssertionError(self.log.read_text()[-2000:])

    def metrics(self) -> dict[str, float]:
        """Samples by their names and labels, as `ficha_requests_total{path="/graphql",status="200"}`."""
        [metrics] = [line.split()[1] for line in self.lines if line.startswith("Metrics")]
        samples = dict[str, float]()
        for family in text_string_to_metric_families(httpx.get(metrics, trust_env=False).text):
            for sample in family.samples:
                labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
                samples[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
        return samples


@contextlib.contextmanager
def process(settings: Settings, log: Path, token: str, lines: int = 1, **variables: object) -> Iterator[Process]:
    """It announces itself in so many lines."""
    defaults = {"FICHA_LOG_LEVEL": "info", "FICHA_LOG_FORMAT": "json", "FICHA_GRAPHIQL": "off"}
    with log.open("w") as stderr, own_process(settings, stderr, **defaults | variables) as (running, url):
        assert running.stdout
        announced = [running.stdout.readline() for _ in range(lines - 1)]
        ficha = Process(url, log, announced, token)
        with ficha.http:
            yield ficha
        running.terminate()
        announced.append(running.stdout.read())
        running.wait()


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


@pytest.fixture
def token(mine: Company) -> str:
    return mine.ficha.token(mine.email(Role.ADMIN))


# Logs.


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_LOG_FORMAT=json` each line is an object, on the standard error stream;",
)
def test_a_line_says_what_an_operation_did(mine: Company, token: str, tmp_path: Path) -> None:
    id = global_id(models.Client, mine.client())
    with process(mine.ficha.settings, tmp_path / "log", token) as ficha:
        for number in range(2):
            ficha.ask(HISTORY, {"X-Request-Id": f"mine-{number}"}, variables={"id": id})
        line = ficha.until(lambda event: event.get("request_id") == "mine-1")
        first = ficha.until(lambda event: event.get("request_id") == "mine-0")
    viewer = mine.people[Role.ADMIN]
    timestamp, ms, sql_ms = (line.pop(name) for name in ("timestamp", "ms", "sql_ms"))
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", timestamp)
    assert 0 < sql_ms <= ms
    assert line == {
        "event": "response",
        "level": "info",
        "logger": "ficha.access",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "request_id": "mine-1",
        "company": str(mine.id),
        "viewer": str(viewer),
        "kind": "query",
        "operation": "HistoryMonths",
        "hash": hashlib.sha256(HISTORY.encode()).hexdigest(),
        "cost": line["cost"],
        "statements": 1,
        "rows": 1,
        "document_cached": True,
        "plans_cached": 1,
        "plans_compiled": 0,
    }
    assert (first["document_cached"], first["plans_compiled"], first["plans_cached"]) == (False, 1, 0)


MARK = "S3CR3T"
"""In all that a client writes but the names of its operations."""


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.claims(
    "docs/operating.md",
    "Variables, arguments, answers, links, tokens, addresses, query strings and what exceptions say are in no log, no "
    "metric and no trace.",
)
def test_nothing_of_a_request_is_logged(mine: Company, token: str, tmp_path: Path, form: str) -> None:
    mine.client(legal_name=f"{MARK} NOMBRE", rfc=None)
    shown = {"FICHA_LOG_FORMAT": form, "FICHA_LOG_LEVEL": "debug", "FICHA_SLOW_MS": 1, "FICHA_METRICS_PORT": 0}
    with process(mine.ficha.settings, tmp_path / "log", token, 2, **shown) as ficha:
        secret = {"Cookie": f"a={MARK}", "Idempotency-Key": MARK, "User-Agent": MARK, "Referer": f"http://{MARK}/"}
        search = """query Buscar($search: String!) { # MARK
            clients(search: $search, filter: {legalName: {contains: "MARK"}}) { nodes { legalName } }
            other: client(rfc: "MARK") { id } }""".replace("MARK", MARK)
        assert MARK in ficha.ask(search, secret, variables={"search": MARK, "extra": MARK}).text
        create = "mutation($i: CreateClientInput!) { createClient(input: $i) { client { id } userErrors { message } } }"
        ficha.ask(create, secret, variables={"i": {"legalName": f"{MARK} OTRO", "rfc": MARK}})
        ficha.ask(create, variables={"i": {"legalName": MARK, "tradeName": 7, MARK: [MARK]}})
        ficha.ask(MARK.join("{}"))
        ficha.ask("{ viewer { permissions } } " + MARK, operationName=MARK)
        ficha.ask("{ viewer { permissions } }", secret, operationName=MARK, extensions={"persistedQuery": MARK})
        ficha.http.post("/graphql", content=f'{{"query": "{MARK}')
        ficha.http.get("/graphql", params={"query": "{ viewer { permissions } }", MARK: MARK}, headers=secret)
        for path in ("files", "documents", "avatars", "statements", "logos", MARK):
            ficha.http.get(f"/{path}/{MARK}?{MARK}={MARK}", headers={"Authorization": f"Bearer {MARK}"})
        ficha.ask(HISTORY, {"X-Request-Id": "the-last"}, variables={"id": global_id(models.Client, mine.client())})
        metrics = str(ficha.metrics())
    log = ficha.log.read_text() + "".join(ficha.lines)
    assert log.count("/graphql") >= 9
    assert "slow operation" in log
    for secret in (MARK, token, MARK.lower(), mine.email(Role.ADMIN)):
        assert secret not in log + metrics, secret


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_DEBUG=on` the log does hold what exceptions say.",
)
def test_an_exception_is_described_without_its_words(database_url: str) -> None:
    try:
        try:
            with psycopg.connect(database_url) as owner:
                owner.execute("insert into idempotency_key (company_id) values (%s)", [f"{MARK}"])
        except psycopg.Error:
            raise ValueError(MARK) from None
    except ValueError as error:
        short, whole = described(error, words=False), described(error, words=True)
    assert MARK in whole
    assert MARK not in short
    assert short.endswith("\nValueError")
    assert "in test_an_exception_is_described_without_its_words" in short
    with pytest.raises(psycopg.Error) as raised, psycopg.connect(database_url) as owner:
        owner.execute("insert into company (id, name) values (null, null)")
    assert re.search(r"psycopg\.errors\.NotNullViolation 23502 company \w+$", described(raised.value, words=False))


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_SLOW_MS` operations that take so long are logged with their SQL, ten a second at most;",
)
def test_a_slow_operation_is_logged_with_its_sql_and_plan(mine: Company, token: str, tmp_path: Path) -> None:
    with process(mine.ficha.settings, tmp_path / "log", token, FICHA_SLOW_MS=1, FICHA_LOG_LEVEL="warning") as ficha:
        ficha.ask("query Lista { clients { nodes { legalName } } }", {"X-Request-Id": "slow-1"})
        slow = ficha.until(lambda event: event["event"] == "slow operation")
        plan = ficha.until(lambda event: event["event"] == "plan of a slow operation")
    assert (slow["request_id"], slow["operation"], slow["logger"]) == ("slow-1", "Lista", "ficha.slow")
    sql = [trip["sql"] for trip in slow["round_trips"]]
    assert any("FROM client" in each for each in sql)
    assert plan["request_id"] == "slow-1"
    assert plan["sql"] in sql
    assert "cost=" in plan["plan"][0]


# Metrics.


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_METRICS_PORT` each process shows its metrics to Prometheus,",
    "The duration of operations is counted by their names only where the document is known:",
    "All others are `other`.",
)
def test_operations_that_are_known_have_metrics_of_their_own(mine: Company, token: str, tmp_path: Path) -> None:
    id = global_id(models.Client, mine.client())
    with process(mine.ficha.settings, tmp_path / "log", token, 2, FICHA_METRICS_PORT=0) as ficha:
        for _ in range(3):
            ficha.ask(HISTORY, variables={"id": id})
        for name in ("Mine", "HistoryMonths", "Another"):
            ficha.ask(f"query {name} {{ viewer {{ permissions }} }}")
        ficha.ask("{ nothing }")
        metrics = ficha.metrics()
    series = {name: value for name, value in metrics.items() if name.startswith("ficha_operation_seconds_count")}
    assert series == {
        'ficha_operation_seconds_count{kind="query",operation="HistoryMonths"}': 3,
        'ficha_operation_seconds_count{kind="query",operation="other"}': 3,
    }
    assert metrics['ficha_requests_total{path="/graphql",status="200"}'] == 7
    assert metrics['ficha_errors_total{code="GRAPHQL_VALIDATION_FAILED"}'] == 1
    assert metrics['ficha_cache_lookups_total{cache="document",result="hit"}'] == 2
    assert metrics['ficha_cache_lookups_total{cache="plan",result="hit"}'] == 2
    assert metrics["ficha_compile_seconds_count"] == metrics['ficha_cache_lookups_total{cache="plan",result="miss"}']
    assert metrics["ficha_pool_size"] == mine.ficha.settings.places
    assert metrics["ficha_database_up"] == 1
    assert metrics["ficha_connections"] == 1


@pytest.mark.claims(
    "docs/operating.md",
    "`ficha_errors` counts errors by their code, also those of requests that were refused outside of GraphQL, and"
    " `CLIENT_LEFT`: the client had gone before its operation was done.",
)
def test_errors_of_all_ways_are_counted(mine: Company, token: str, tmp_path: Path) -> None:
    url = mine.ficha.settings.database_url
    with process(mine.ficha.settings, tmp_path / "log", token, 2, FICHA_METRICS_PORT=0) as ficha:
        ficha.ask("{ nothing }")
        ficha.http.get("/files/none")
        ficha.http.get("/files/none", headers={"Accept": "text/html"})
        ficha.http.get("/documents/fil_x/download")
        ficha.http.get("/statements/none")
        ficha.http.get("/nowhere")
        ficha.http.put("/invitations/accept")
        exchange(ficha.url, b"GET / HTTP/1.1\r\n\r\n")
        exchange(ficha.url, b"nonsense\r\n\r\n")
        exchange(ficha.url, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n")
        body = json.dumps({"query": "{ clients { nodes { contacts { name } } } }"}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        mine.client()
        with psycopg.connect(url) as owner:
            owner.execute("lock table contact in access exclusive mode")
            with connected(ficha.url) as leaving:
                leaving.sendall(head.encode() + body)
                until_waiting(owner, 1)
            waiting = threading.Event()
            while not (metrics := ficha.metrics()).get('ficha_errors_total{code="CLIENT_LEFT"}'):
                waiting.wait(0.05)
    errors = {name: value for name, value in metrics.items() if name.startswith("ficha_errors_total")}
    assert errors == {
        'ficha_errors_total{code="GRAPHQL_VALIDATION_FAILED"}': 1,
        'ficha_errors_total{code="LINK_INVALID"}': 3,
        'ficha_errors_total{code="FILE_GONE"}': 1,
        'ficha_errors_total{code="NOT_FOUND"}': 1,
        'ficha_errors_total{code="METHOD_NOT_ALLOWED"}': 1,
        'ficha_errors_total{code="BAD_REQUEST"}': 3,
        'ficha_errors_total{code="CLIENT_LEFT"}': 1,
    }
    assert metrics['ficha_operation_seconds_count{kind="query",operation="other"}'] == 1


@pytest.mark.claims(
    "docs/operating.md",
    "The metrics are shown to 16 connections at a time, each for 10 s.",
)
def test_whoever_holds_connections_to_the_metrics_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "CONNECTION_SECONDS", 0.5)
    with exposition.serving(Metrics(), "127.0.0.1", 0) as url, contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(url)) for _ in range(exposition.MOST_CONNECTIONS)]
        for each in held[::2]:
            each.sendall(b"GET /metrics HT")
        assert read_all(stack.enter_context(connected(url))) == b""  # one too many
        assert [read_all(each) for each in held] == [b""] * len(held)
        assert httpx.get(url, trust_env=False).text.startswith("# HELP")


@pytest.mark.claims(
    "docs/operating.md",
    "A subscription's line comes at its end.",
)
def test_sockets_and_subscriptions_are_counted(mine: Company, token: str, tmp_path: Path) -> None:
    id = global_id(models.Client, mine.client())
    with process(mine.ficha.settings, tmp_path / "log", token, 2, FICHA_METRICS_PORT=0) as ficha:
        address = ficha.url.replace("http", "ws") + "/graphql"
        with websockets.connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
            assert json.loads(socket.recv())["type"] == "connection_ack"
            query = "subscription Cambios($id: ID!) { clientChanged(id: $id) { tradeName } }"
            payload = {"query": query, "variables": {"id": id}}
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            waiting = threading.Event()
            while not (metrics := ficha.metrics())["ficha_subscriptions"]:
                waiting.wait(0.05)
            assert (metrics["ficha_websockets"], metrics["ficha_subscriptions"]) == (1, 1)
        line = ficha.until(lambda event: event["event"] == "subscription")
        while ficha.metrics()["ficha_websockets"]:
            waiting.wait(0.05)
    assert (line["operation"], line["kind"], line["events"], line["viewer"]) == (
        "Cambios",
        "subscription",
        0,
        str(mine.people[Role.ADMIN]),
    )


# Traces.


class Collector(BaseHTTPRequestHandler):
    """Takes traces as OTLP over HTTP sends them."""

    spans: list[Any]

    def do_POST(self) -> None:
        request = ExportTraceServiceRequest()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request.ParseFromString(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def collector(kind: type["Collector"] | None = None) -> Iterator[tuple[str, list[Any]]]:
    spans = list[Any]()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Collecting", (kind or Collector,), {"spans": spans}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_OTLP_ENDPOINT` operations are traced (OpenTelemetry): a span for each, and one for each round trip"
    " to PostgreSQL.",
    "With `FICHA_TRACE_CALLERS=on` the flag in the caller's `traceparent` decides whether, if there is one.",
)
def test_an_operation_and_its_statements_are_spans_of_the_callers_trace(
    mine: Company, token: str, tmp_path: Path
) -> None:
    id = global_id(models.Client, mine.client())
    with collector() as (endpoint, spans):
        shown = {"FICHA_OTLP_ENDPOINT": endpoint, "FICHA_TRACE_PERCENT": 0, "FICHA_TRACE_CALLERS": "on"}
        with process(mine.ficha.settings, tmp_path / "log", token, **shown) as ficha:
            ficha.ask(HISTORY, {"traceparent": f"00-{TRACE}-{PARENT}-01"}, variables={"id": id})
            ficha.ask(HISTORY, {"traceparent": f"00-{TRACE}-{PARENT}-00"}, variables={"id": id})
            ficha.ask(HISTORY, variables={"id": id})
    [operation] = [span for span in spans if span.name != "postgresql"]
    [*_, statement] = sorted(
        (span for span in spans if span is not operation), key=lambda span: span.start_time_unix_nano
    )
    assert operation.name == "query HistoryMonths"
    assert (operation.trace_id.hex(), operation.parent_span_id.hex()) == (TRACE, PARENT)
    assert statement.parent_span_id == operation.span_id
    assert operation.start_time_unix_nano <= statement.start_time_unix_nano < statement.end_time_unix_nano
    said = {each.key: each.value for each in statement.attributes}
    assert said["db.query.text"].string_value.startswith("SELECT")
    assert id not in str(spans)


@pytest.mark.claims(
    "docs/operating.md",
    "`FICHA_TRACE_PERCENT` of them are, by chance, in the caller's trace where its `traceparent` names one.",
)
@pytest.mark.parametrize(("percent", "number"), [(0, 0), (100, 3)])
def test_a_stranger_decides_not_what_is_traced(
    mine: Company, token: str, tmp_path: Path, percent: int, number: int
) -> None:
    """Neither by the flag, nor by an id that a sampler of ids would always take."""
    with collector() as (endpoint, spans):
        shown = {"FICHA_OTLP_ENDPOINT": endpoint, "FICHA_TRACE_PERCENT": percent}
        with process(mine.ficha.settings, tmp_path / "log", token, **shown) as ficha:
            for traceparent in (f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"00-{'0' * 31}1-{PARENT}-01"):
                ficha.ask("{ viewer { permissions } }", {"traceparent": traceparent})
    operations = [span for span in spans if span.name != "postgresql"]
    assert len(operations) == number
    assert {span.parent_span_id.hex() for span in operations} <= {PARENT}


@pytest.mark.claims(
    "docs/operating.md",
    "A collector that is away delays nobody: spans are dropped.",
)
def test_a_collector_that_is_away_delays_nobody(mine: Company, token: str, tmp_path: Path) -> None:
    shown = {"FICHA_OTLP_ENDPOINT": "http://127.0.0.1:9", "FICHA_TRACE_PERCENT": 100}
    with process(mine.ficha.settings, tmp_path / "log", token, **shown) as ficha:
        assert ficha.ask("{ viewer { permissions } }").status_code == 200
    # It has ended in the time of a stop: `process` waits for it.


class Issuer(Collector):
    """Tells its keys to whoever asks, and what they sent along."""

    def do_GET(self) -> None:
        self.spans.append(self.headers.get("traceparent"))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"keys": []}')


@pytest.mark.claims(
    "docs/operating.md",
    "Requests that Ficha sends on behalf of an operation, as for the keys of an issuer, carry a `traceparent`:",
)
@pytest.mark.parametrize("traced", [True, False])
def test_the_issuer_of_tokens_is_asked_within_the_trace(mine: Company, tmp_path: Path, traced: bool) -> None:
    token = jwt.encode({"iss": "https://issuer", "aud": "ficha"}, Ed25519PrivateKey.generate(), "EdDSA", {"kid": "1"})
    with collector() as (endpoint, _), collector(Issuer) as (issuer, asked):
        shown = {
            "FICHA_JWT_ISSUER": "https://issuer",
            "FICHA_JWT_AUDIENCE": "ficha",
            "FICHA_JWT_JWKS": f"{issuer}/keys",
        }
        shown |= {"FICHA_OTLP_ENDPOINT": endpoint} if traced else {}
        with process(mine.ficha.settings, tmp_path / "log", token, **shown) as ficha:
            assert (
                ficha.ask("{ viewer { permissions } }", {"traceparent": f"00-{TRACE}-{PARENT}-01"}).status_code == 401
            )
    [sent] = asked
    assert sent.startswith(f"00-{TRACE}-")
    assert (sent == f"00-{TRACE}-{PARENT}-01") is not traced
