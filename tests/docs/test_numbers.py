"""The numbers that the guides name are those of the code: tests of what happens set smaller ones, to be quick."""

import datetime
import re
from pathlib import Path

import pytest

from database import circuit, line, transactions, wire
from domain import document_upload, folios, sweep
from loaders.audit import AuditEventEntity
from models.sales_document import SalesDocumentType
from models.viewer import Permission
from server.execution import cost, fairness
from server.execution.documents import Documents
from server.execution.executor import FEW_VALUES, GRAPHQL
from server.http import endpoint, files, front, requests, websocket
from storage import pdf, reading, reading_child
from tests.docs.pages import read_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.claims(
    "docs/deployment.md",
    "64 kB, 100 lines, 10 s from the connection's opening or the request's first byte",
    "30 s without a byte, or less than 1 kB/s on average after 30 s",
    "1 MB for `/graphql`; 34 MB on the wire with all of its framing, which may be as much as the body and 64 kB;",
    "10,000 chunks",
    "1 MB and 5 s after the answer",
    "16 MB of one viewer, 32 MB of a company, 64 MB of a process",
    "less than 1 kB/s for 30 s",
    "| requests sent without waiting for their responses | 16 |",
    "128; 6 of the same file to the same viewer, 24 of one company to one address;",
    "half a MiB in 30 s (17 kB/s)",
)
def test_the_bounds_of_a_process() -> None:
    assert (front.LONGEST_HEAD, front.MOST_LINES, front.HEAD_SECONDS) == (64 << 10, 100, 10)
    assert (front.BODY_SECONDS, front.LEAST_RATE, front.READER_SECONDS) == (30, 1_000, 30)
    assert (requests.LONGEST_BODY, front.LONGEST_BODY, front.MOST_CHUNKS) == (1_000_000, 34_000_000, 10_000)
    assert (front._LINGER_BYTES, front._REST_SECONDS) == (1_000_000, 5)
    held = (requests.MOST_HELD_OF_VIEWER, requests.MOST_HELD_OF_COMPANY, requests.MOST_HELD)
    assert held == (16_000_000, 32_000_000, 64_000_000)
    assert front.MOST_PIPELINED == 16
    assert (files.MOST_AT_ONCE, files.MOST_OF_A_FILE, files.MOST_TO_AN_ADDRESS) == (128, 6, 24)
    assert (files.PIECE, files.PATIENCE_SECONDS) == (1 << 19, 30)


@pytest.mark.claims(
    "docs/protocol.md",
    "*Heavy* is what filters through relations, searches, has more than 10 conditions, or costs more than 5,000"
    " (a mutation: 500).",
    "An operation that gets no turn within 5 seconds",
    "or arrives when 200 of the viewer's, 400 of the company's or 1,000 operations in all are waiting,",
    "variables of more than 2,000 values.",
    "`connection_init` did not come in 5 s, or a ping (every 25 s) was not answered until the next",
    "the caller has 20 connections already",
    "a message had more than 100,000 characters",
    "One connection has at most 50 subscriptions at a time.",
)
def test_turns_and_sockets() -> None:
    assert (cost.HEAVY_CONDITIONS, cost.HEAVY_COST, cost.HEAVY_MUTATION) == (10, 5_000, 500)
    assert fairness.SECONDS_IN_LINE == 5
    waiting = (fairness.MOST_WAITING_OF_VIEWER, fairness.MOST_WAITING_OF_COMPANY, fairness.MOST_WAITING)
    assert waiting == (200, 400, 1_000)
    assert FEW_VALUES == 2_000
    assert (websocket.INIT_SECONDS, websocket.PING_SECONDS, websocket.MOST_CONNECTIONS) == (5, 25, 20)
    assert (websocket.LONGEST_MESSAGE, websocket.MOST_OPERATIONS) == (100_000, 50)


@pytest.mark.claims(
    "docs/protocol.md", "`clients(first: 50) { nodes { owner { name } } }` costs 1 + 50 × (1 + 1) = 101."
)
def test_the_example_of_a_cost() -> None:
    query = "{ clients(first: 50) { nodes { owner { name } } } }"
    assert Documents(GRAPHQL).prepare(query, None).price({}).cost == 101


@pytest.mark.claims(
    "docs/operating.md",
    "Opening a connection takes 2 s at most.",
    "TCP ends the connection after 10 s without an acknowledgement, or 25 s at rest.",
    "a probe looks every 0.25 s whether it is back.",
    "Each connection of the pool has at most 128 waiting for it,",
    "no place in the line for a connection, or 5 s in it;",
    "the mutation is done again from its beginning, at most four times",
)
def test_the_times_of_an_outage() -> None:
    options = wire.TCP
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (2, 10_000)
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] == 25
    assert (circuit.PROBE_SECONDS, line.WAITING_A_PLACE, line.LONGEST_WAIT) == (0.25, 128, 5)
    assert transactions.ATTEMPTS == 4


@pytest.mark.claims(
    "docs/documents.md",
    "The three steps have an hour.",
    "one form for each 8 MiB,",
    "Where 50 files of a company wait to be read,",
    "every 10 s while a long file is being sent,",
    "| an upload a day after its end |",
    "removed after 30 days",
    "at most a tenth of a company's objects at once, or 100 if that is more.",
    "more than 30 pages or 100,000 characters, or it took more than 3 seconds of CPU time.",
)
def test_the_times_of_a_file() -> None:
    assert (datetime.timedelta(hours=1), 8 << 20) == (document_upload.LIFE, document_upload.PART)
    assert (reading.WAITING, files.ASK_AGAIN_SECONDS) == (50, 10)
    assert (pdf.MOST_PAGES, pdf.MOST_TEXT, reading_child.CPU_SECONDS) == (30, 100_000, 3)
    assert (sweep.GRACE.days, sweep.TRASH_RETENTION.days, sweep.LARGEST_SHARE, sweep.LEAST_SHARE) == (1, 30, 0.1, 100)


@pytest.mark.claims(
    "docs/writing.md", "| `Idempotency-Key` | A header, 1 to 255 visible ASCII characters. See below. |"
)
def test_the_form_of_a_requests_key() -> None:
    good, bad = ("!", "~" * 255), ("", "a b", "ñ", "a\t", "~" * 256)
    assert all(map(endpoint._IDEMPOTENCY_KEY.fullmatch, good))
    assert not any(map(endpoint._IDEMPOTENCY_KEY.fullmatch, bad))


@pytest.mark.claims("docs/sales.md", "| type | Spanish | series | states | owed |")
def test_each_type_of_sales_document_has_its_series() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| [^|]+ \| `(\w+)` \|", read_page("docs/sales.md"), re.MULTILINE)
    assert dict(rows) == {type_.value: folios.SERIES[type_] for type_ in SalesDocumentType}


@pytest.mark.claims("docs/security.md", "`auditLog`, for administrators.")
def test_the_audit_log_is_for_administrators() -> None:
    assert AuditEventEntity.permission is Permission.ADMIN


@pytest.mark.claims(
    "docs/deployment.md",
    "each asked `/health/ready` every 2 s.",
    "Bounds on one address for all processes together: 200 connections, 2,000 requests in 10 s.",
    "A queue: at most 500 connections to each process, 5 s in line, then 503.",
    "The configuration logs no URLs:",
    "`X-Request-Id` joins its log to Ficha's.",
)
def test_haproxy_is_configured_as_said() -> None:
    config = (ROOT / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
    for said in (
        "option httpchk GET /health/ready", "check inter 2s", "http_req_rate(10s)", "sc0_conn_cur gt 200",
        "sc0_http_req_rate gt 2000", "maxconn 500", "timeout queue 5s", "capture response header X-Request-Id",
    ):  # fmt: skip
        assert said in config
    # No variable of the request's line, its path or its query.
    assert not re.search(r"%(?:\[|\{[^}]*\})?(?:r|HU|HP|HQ|HPO|hr)\b", config)
