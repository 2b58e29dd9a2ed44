"""Puts the application together: settings in, an ASGI application out."""

import asyncio
import contextlib
import datetime
import logging
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from limits.errors import StorageError as NotCounted
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from database.hearing import Hearing
from database.opening import SESSION, open_pool, options
from database.transactions import Transactions
from domain.changes import read_news
from domain.thumbnail import Drawing
from models.catalogs import TAX_RATES
from server.access import tokens
from server.access.admission import Admission
from server.access.audit import Audit
from server.access.disclosures import Disclosed
from server.access.files import FileAccess
from server.access.identity import Identity
from server.access.invitations import Invitations
from server.access.limits import Limit, check_storage, close_storage, open_storage
from server.background import in_background
from server.channel import open_channel
from server.dependency import Dependency
from server.execution.deadline import Deadline
from server.execution.documents import Documents
from server.execution.executor import GRAPHQL, Executor
from server.execution.fairness import SECONDS_IN_LINE, Turns, Workshop
from server.execution.persisted import Persisted, read_manifest
from server.garbage import settle
from server.http.access_log import AccessLog
from server.http.cors import cors, origins_pattern
from server.http.documents import DocumentAddresses
from server.http.endpoint import Contexts, Endpoint
from server.http.files import Links
from server.http.graphiql import CLIENT_PAGE, SignIn, graphiql_routes
from server.http.health import STUCK_SECONDS, Liveness, Readiness
from server.http.invitations import AcceptInvitation
from server.http.negotiation import GRAPHQL_RESPONSE
from server.http.pictures import Pictures
from server.http.refusals import HANDLERS, Identified, no_socket
from server.http.statements import Statements
from server.http.web import web_routes
from server.http.websocket import Sockets
from server.http.welcome import SCHEMA, Welcome
from server.leader import Leader
from server.measures import measure
from server.overdue import renew_forever
from server.replicas import open_replicas
from server.sat_certificates import sat_certificates
from server.settings import Settings
from server.store import open_store
from server.sweep import Sweeps, sweep_forever
from server.telemetry.known import known_documents
from server.telemetry.telemetry import Telemetry
from server.texts import use_translated_texts
from server.thumbnails import Thumbnails
from server.work import UnitsOfWork
from storage import StorageError
from storage.reading import Readers

ROOT = Path(__file__).resolve().parent.parent

add_compress_type(GRAPHQL_RESPONSE)


class Compression:
    """Compresses responses. Requests without `Accept-Encoding` skip this middleware, which inspects every message."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed = CompressMiddleware(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepts = any(name == b"accept-encoding" for name, _ in scope["headers"])
        await (self._compressed if accepts else self._app)(scope, receive, send)


class Application(Starlette):
    """Starlette, with a short way to `/graphql`: no routes to look through, and no handlers of errors, since the
    endpoint lets none out."""

    def __init__(self, graphql: ASGIApp, **rest: Any) -> None:
        super().__init__(**rest)
        self._graphql = graphql

        self._others = Identified(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/graphql" and scope["method"] in ("GET", "HEAD", "POST"):
            await self._graphql(scope, receive, send)
        else:
            await self._others(scope, receive, send)


class Means:
    """What the application works with, and opens and closes: the database, the store, the counts of requests."""

    def __init__(self, settings: Settings, trusted: Collection[str] = ()) -> None:
        """`trusted` are the documents that the settings trust."""
        self._settings = settings
        url, seconds = settings.database_url, settings.operation_seconds
        self.pool = open_pool(url, settings.places, seconds, pooled=settings.transaction_pooling)
        self.channel = open_channel(settings, options(SESSION))
        self.store = open_store(settings)
        self.readers = Readers()
        self.telemetry = Telemetry(settings, self.pool, known_documents(trusted))
        self.audit = Audit(self.pool)
        self.counts = open_storage(settings.rate_limit_storage)
        self.replicas = open_replicas(settings, self.pool)
        self.dependencies = dict(self._dependencies())
        self.readiness = Readiness(url, self.dependencies, self.pool.circuit.connect, self.replicas or ())
        self.sweeps, self.leader = Sweeps(), Leader(settings.direct_url)
        drawing = Drawing(Transactions(self.pool, self.channel), self.store, self.readers)
        self.thumbnails = Thumbnails(self.pool, drawing, datetime.timedelta(minutes=settings.sweep_minutes))

    def limit(self, name: str, rate: str) -> Limit:
        """A limit that is counted with the others."""
        return Limit(name, rate, self.counts)

    def _dependencies(self) -> Iterator[tuple[str, Dependency]]:
        settings = self._settings
        redirected = settings.downloads == "store"
        ensure = partial(self.store.ensure_bucket, settings.upload_origins, redirected=redirected)
        yield "store", Dependency("the object store", self.store.check, (StorageError,), ensure)
        if settings.notifications:
            yield "notifications", Dependency("the broker of changes", self.channel.check, self.channel.lost)
        if settings.rate_limit_storage != "memory://":
            counts = partial(check_storage, self.counts)
            yield "rateLimits", Dependency("the rate limits' store", counts, (NotCounted,))

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncGenerator[None]:
        """Open for the time of the block."""
        retention = datetime.timedelta(days=self._settings.document_retention_days)
        pause = datetime.timedelta(minutes=self._settings.sweep_minutes)
        sweep = partial(sweep_forever, self.pool, self.store, retention, pause, self.sweeps)
        house = (sweep, partial(renew_forever, self.pool), self.thumbnails.draw_left) if pause else ()
        beside = [each.watch for each in self.dependencies.values()]
        if self.replicas:
            beside.append(self.replicas.watch)
        beside.append(partial(self.leader.keep_house, *house))
        await self.dependencies["store"].look()
        async with self.pool, in_background(*beside, self.thumbnails.draw_new):
            await self.pool.wait()
            settle()
            async with self.telemetry.showing():
                yield
            await self.telemetry.close()
            await self.audit.close()
        if self.replicas:
            await self.replicas.close()
        await self.readiness.close()
        await self.channel.close()
        await close_storage(self.counts)
        await asyncio.to_thread(self.store.close)
        await asyncio.to_thread(self.readers.close)


class Served(AccessLog):
    """The application, and what whoever runs it needs of it."""

    def __init__(self, app: ASGIApp, means: Means) -> None:
        super().__init__(app, means.telemetry)
        self.readiness = means.readiness


def create_app(settings: Settings) -> Served:
    """The application. It starts nothing: database and store are where the settings say."""
    logging.getLogger("ficha").setLevel(settings.log_level.upper())
    TAX_RATES.use(settings.catalogs)
    use_translated_texts(settings)
    trusted: Mapping[str, str] = read_manifest(settings.trusted_documents) if settings.trusted_documents else {}
    persisted = Persisted(trusted, only_trusted=settings.only_trusted_documents)
    means = Means(settings, trusted.values())
    pool, store, readers, audit, telemetry = means.pool, means.store, means.readers, means.audit, means.telemetry
    identity = Identity(settings, pool, audit, means.limit("sign-in", settings.sign_in_limit))
    disclosures = Disclosed(means.limit("duplicates", settings.duplicate_limit), audit)
    admission = Admission(identity, means.limit("viewer", settings.rate_limit))
    patience = min(SECONDS_IN_LINE, settings.operation_seconds / 2)
    executor = _executor(settings, patience, telemetry)
    turns = Turns(settings.places, patience)
    links = Links(settings, store, FileAccess(pool))
    replicas = means.replicas
    written = replicas.written if replicas else None
    units = UnitsOfWork(pool, means.channel, disclosures, identity.forget_company, written=written)
    downloads = means.limit("statements", settings.statement_limit)
    misses = means.limit("statement links", settings.sign_in_limit)
    statements = Statements(settings, links, pool, readers, audit, downloads, misses)
    addresses = DocumentAddresses(links, admission)
    background, sat = means.thumbnails, sat_certificates(settings)
    stuck = {"pool": lambda: pool.stuck_seconds, "compiler": lambda: executor.busy_seconds}
    contexts = Contexts(pool, store, readers, links, statements, units, background, addresses, sat, replicas)
    deadline = Deadline(settings.operation_seconds)
    endpoint = Endpoint(contexts, admission, audit, executor, persisted, turns, deadline, telemetry, settings.traces)
    changes = Hearing(means.channel, read_news)
    sockets = Sockets(
        contexts, admission, executor, persisted, changes, turns, origins_pattern(settings.cors_origins), telemetry
    )
    measure(telemetry.metrics, means, executor, turns, sockets)
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", sockets.serve),
        WebSocketRoute("/{path:path}", no_socket),
        Route("/invitations/accept", AcceptInvitation(Invitations(identity, units)).answer, methods=["POST"]),
        Route("/health/live", Liveness(STUCK_SECONDS + settings.operation_seconds, stuck).live),
        Route("/health/ready", means.readiness.ready),
        *addresses.routes,
        *statements.routes,
        *Pictures(pool, means.limit("pictures", settings.sign_in_limit)).routes,
        *_graphiql(settings),
        *((SCHEMA,) if settings.introspection else ()),
        *_web(settings),
    ]
    # As they are: a range of a file's bytes, and their ETag, are of those bytes and not of a compressed form.
    files = Route("/files/{link}", links)
    return Served(_application(settings, endpoint, files, routes, means.lifespan), means)


def _executor(settings: Settings, patience: float, telemetry: Telemetry) -> Executor:
    documents = Documents(
        GRAPHQL,
        introspection=settings.introspection,
        subgraph_sdl=settings.subgraph_sdl,
        most_cost=settings.cost_limit,
    )
    workshop, compiled = Workshop(patience), telemetry.metrics.compiled
    planned, batched = settings.planner, settings.batches
    return Executor(documents, planned=planned, batched=batched, workshop=workshop, compiled=compiled)


def _graphiql(settings: Settings) -> Sequence[BaseRoute]:
    if not settings.graphiql:
        return ()
    return graphiql_routes(
        dist=ROOT / "graphiql" / "dist",
        operations=ROOT / "operations",
        token=lambda: demo_token(settings),
        personas=lambda: demo_personas(settings),
        host=urlsplit(settings.public_url).hostname,
        issuers=_sign_ins(settings),
        client_page=CLIENT_PAGE if settings.web else "",
    )


def _web(settings: Settings) -> Sequence[BaseRoute]:
    if not settings.web:
        return ()
    return web_routes(
        dist=ROOT / "web" / "dist",
        store=settings.s3_public_endpoint,
        files=_file_addresses(settings),
        personas=lambda: demo_personas(settings),
        host=urlsplit(settings.public_url).hostname,
        issuers=_sign_ins(settings),
        graphiql=settings.graphiql,
    )


def _file_addresses(settings: Settings) -> Sequence[str]:
    """What links to files begin with, where that is not the host that a request names."""
    stored = settings.s3_public_endpoint if settings.downloads == "store" else ""
    return [address for address in (settings.public_url, stored) if address]


def _sign_ins(settings: Settings) -> Sequence[SignIn]:
    return [{"issuer": each.issuer, "client": each.client} for each in settings.issuers if each.client]


def _application(
    settings: Settings, endpoint: Endpoint, files: Route, routes: Sequence[BaseRoute], lifespan: Lifespan[Starlette]
) -> Application:
    """The routes behind what each request passes; `files` are sent as they are, what the others answer is compressed
    for whoever accepts that."""
    outer = cors(settings.cors_origins)
    graphql: ASGIApp = Compression(Welcome(endpoint, graphiql=settings.graphiql))
    for each in reversed(outer):
        graphql = each.cls(graphql, *each.args, **each.kwargs)
    return Application(
        graphql,
        routes=[files, Mount("", routes=routes, middleware=[Middleware(CompressMiddleware)])],
        lifespan=lifespan,
        middleware=outer,
        exception_handlers=HANDLERS,
    )


def demo_token(settings: Settings) -> str | None:
    """The token that GraphiQL starts with: none where tokens come from a real issuer."""
    if settings.issuers or not settings.demo:
        return None
    try:
        return tokens.issue(settings, "admin@demo.mx", 1)
    except tokens.CollaboratorUnknownError:
        return None


def demo_personas(settings: Settings) -> Sequence[tokens.Persona]:
    """As whom one may see the demo; as nobody where tokens come from a real issuer."""
    return () if settings.issuers or not settings.demo else tokens.personas(settings, "admin@demo.mx", 1)
