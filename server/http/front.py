"""uvicorn, with bounds on what one client may hold open and an end to how long the process takes to stop.

Left to itself, uvicorn waits for a head, a body or a reader as long as the client likes, and takes heads of any size.
Here a head has a maximum size and time, a body and a reader have a minimum rate, the number of connections is limited,
and a stop has an end. `configure` makes the configuration of every server that Ficha runs, the tests' too.

What a request costs here was measured: nothing is timed while requests come in one piece, as nearly all do.
"""

import asyncio
import logging
import os
import re
import resource
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from http import HTTPStatus
from types import FrameType
from typing import Any, Final

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import datastructures, http11

from errors import FichaError, Overloaded
from server.access.limits import address_block
from server.http.negotiation import JSON
from server.http.refusals import Fault, HttpRefused, RequestTimeout, error_body, request_id
from server.settings import Settings
from server.telemetry import logs

log = logging.getLogger("ficha.front")

LONGEST_HEAD: Final = 65_536
"""Bytes of a request's first line and headers together."""
MOST_LINES: Final = 100
HEAD_SECONDS = 10
"""From the opening of a connection, or from the first byte of a later request, to the end of its head."""
BODY_SECONDS = 30
"""Maximum seconds without a byte of a body, and seconds after which the minimum rate applies."""
LEAST_RATE = 1_000
"""Bytes a second that a body comes at, or a response is taken at."""
LONGEST_BODY: Final = 34_000_000
"""Bytes on the wire. The application refuses a body of more than 1 MB, but reads on; see `server.http.requests`."""
MOST_CHUNKS: Final = 10_000
"""Of one body, and lines after it. Each takes Python a microsecond however short it is, and a hundred thousand of one
byte come in a moment."""
MOST_PIPELINED: Final = 16
"""Requests that wait behind one that is being answered."""
READER_SECONDS = 30
"""A reader who takes less than `LEAST_RATE` for so long is cut off."""

_LINGER_SECONDS = 1
_LINGER_BYTES = 1_000_000
"""After a refusal, what the client is still sending is read for a while: it may not read the refusal otherwise."""
_REST_SECONDS = 5
"""For how many seconds, and up to `_LINGER_BYTES`, the rest of a body is read after its request was answered."""
_LOOKS = 3
"""How often a reader is looked at in `READER_SECONDS`."""
_LAST_SECONDS = 5
"""What the application may take for its own end."""
_SPARE_FILES = 200
"""Files that a process has open beside its clients' connections."""

_HOST = re.compile(rb"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_UNSOUND = 1_000
"""Placeholder for a missing host."""
_NOTED = frozenset((b"host", b"expect", b"content-length", b"transfer-encoding"))


def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


# What a connection is waiting for. Numbers, as Python 3.11 takes ten times as long for the member of an enum.
_NOTHING: Final = 0
_HEAD: Final = 1
_BODY: Final = 2


class OpenConnections:
    """The clients' connections of one process: how many there may be, of one address and altogether.

    When there are too many, a new one takes the place of the one that has been without a request for longest; only
    where all of them have one is it refused. Addresses that are `trusted` are proxies, which speak for many.
    """

    def __init__(self, most: int, most_of_one: int, trusted: Sequence[str] | str) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._proxies = ProxyHeadersMiddleware(_nothing, list(trusted) if not isinstance(trusted, str) else trusted)
        self._open = 0
        self._of: Counter[str] = Counter()
        self.resting: dict[Front, None] = {}
        """Those without a whole head of a request, in the order in which they began to wait."""

    @property
    def number(self) -> int:
        """How many are open."""
        return self._open

    def enter(self, client: tuple[str, int] | None) -> bool:
        """Counts a new connection; False where it is one too many of its address, or altogether."""
        host = client[0] if client else ""
        block = address_block(host)
        self._open += 1
        self._of[block] += 1
        if self._of[block] > self._most_of_one and host not in self._proxies.trusted_hosts:
            return False
        if self._open > self._most:
            longest = next(iter(self.resting), None)
            if longest is None:
                return False
            del self.resting[longest]
            longest.transport.abort()
        return True

    def leave(self, client: tuple[str, int] | None) -> None:
        """A connection has ended."""
        block = address_block(client[0] if client else "")
        self._open -= 1
        self._of[block] -= 1
        if not self._of[block]:
            del self._of[block]


async def _nothing(*_: object) -> None:
    """A placeholder for an application."""


class Config(uvicorn.Config):
    """uvicorn's, with the connections of its server."""

    def __init__(self, app: ASGIApp, settings: Settings, **options: Any) -> None:
        super().__init__(
            app,
            http=Front,
            ws=Socket,
            access_log=False,  # it holds whole URLs; ours is in server.http.access_log
            server_header=False,
            timeout_graceful_shutdown=settings.stop_seconds,
            **options,
        )
        self.drain_seconds = settings.drain_seconds
        self.refused: Callable[[str], None] = lambda _: None
        """Called with the code of each request that is refused before it reaches the application."""
        self.front = OpenConnections(
            _affordable(settings.most_connections), settings.most_connections_per_address, self.forwarded_allow_ips
        )


def configure(app: ASGIApp, settings: Settings, **options: Any) -> Config:
    """The configuration of a server for the application; `options` are uvicorn's own, as `port`."""
    return Config(
        app, settings, **{"log_level": settings.log_level, "log_config": logs.configuration(settings)} | options
    )


def _affordable(most: int) -> int:
    """So many connections, or as many as the system lets a process have files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = most + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < needed:
            log.warning("the system allows %d open files: at most %d connections", soft, soft - _SPARE_FILES)
            return max(1, soft - _SPARE_FILES)
    return most


class _Cut:
    """An application whose requests may be cut off when the server stops: uvicorn would log each as our error."""

    def __init__(self, app: Any, logger: logging.Logger) -> None:
        self._app = app
        self._logger = logger

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            self._logger.debug("cut off: %s %s", scope.get("method"), scope.get("path"), exc_info=True)


class _Refusal(Exception):
    """Raised in the parser's callbacks: it stops there."""


class Front(HttpToolsProtocol):
    """uvicorn's connection of HTTP, with bounds."""

    config: Config
    cycle: Any  # uvicorn declares it as never None
    parser: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False  # uvicorn turns it on wherever its logger has a handler
        self._connections = self.config.front
        self._resting = self._connections.resting
        self._stage = _HEAD
        self._received = 0
        """Bytes since the last whole message; in a body, since its head."""
        self._payload = 0
        """Those of them that are the body's own, and not its framing: sizes and extensions of chunks, and trailers."""
        self._chunks = 0
        self._most = LONGEST_BODY
        """Bytes of the body that are taken."""
        self._answering: Any = None
        """The cycle of the request that is being answered, or was last."""
        self._timer: asyncio.TimerHandle | None = None
        self._began = self._heard = 0.0
        self._hosts = 0
        self._length = b""
        self._coded = self._odd = False
        self._refusal: tuple[FichaError, int] | None = None
        self._deaf = False
        self.drained = 0
        """How often a full buffer of what is to be sent became empty."""

    # Callbacks of the transport.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _send_at_once(transport)
        if self._connections.enter(self.client):
            self._resting[self] = None
            self._timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)
        else:
            self._refuse(Overloaded("Hay demasiadas conexiones: intente de nuevo en unos segundos."), 503)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answering is not None:
            # uvicorn notifies only the newest request, which may be queued behind the one being answered.
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._rest_no_more()
        self._connections.leave(self.client)

    def resume_writing(self) -> None:
        self.drained += 1
        super().resume_writing()

    @property
    def is_held_up(self) -> bool:
        """Whether it waits for the reader."""
        return self.flow.write_paused or self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._deaf:
            if self._received > _LINGER_BYTES:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
            return
        except (httptools.HttpParserError, httptools.HttpParserInvalidURLError):
            self._refuse(*(self._refusal or (HttpRefused("La solicitud HTTP no es válida."), 400)))
            return
        if self._stage != _NOTHING or self.cycle is None or self.cycle.response_complete:
            self._wait()

    def shutdown(self) -> None:
        """The server stops: what is not being answered is not waited for."""
        super().shutdown()
        if self._deaf:
            self.transport.close()

    # What the parser finds.

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._stage == _BODY:
            # A trailer: none is supported, and the headers were already read.
            self.on_chunk_header()
            return
        if len(self.headers) >= MOST_LINES:
            raise self._refused(*_head_too_long())
        name = name.lower()
        if name in _NOTED:
            if name == b"host":
                self._hosts += 1
                if not _is_host(value):
                    self._hosts = _UNSOUND
            elif name == b"content-length":
                self._length = value
                self._odd = self._odd or len(value) > 7
            elif name == b"transfer-encoding":
                self._coded = self._odd = True
            elif value.lower() == b"100-continue":
                self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._received > LONGEST_HEAD:
            self._demand_short_head()
        if self._odd or self._hosts != 1:
            self._demand_sound_head()
            self._coded, self._odd = False, False
        if self.pipeline and len(self.pipeline) >= MOST_PIPELINED:
            raise self._refused(HttpRefused("Demasiadas solicitudes sin esperar su respuesta."), 400)
        # Called by name: `super()` takes several times as long, at each part of each request.
        HttpToolsProtocol.on_headers_complete(self)
        self._resting.pop(self, None)
        if self._timer is not None:
            self._set_no_timer()
        self._stage = _BODY
        self._received = self._payload = self._chunks = self._hosts = 0
        self._length = b""

    def on_chunk_header(self) -> None:
        """A part of a body of parts begins. Called nowhere else, so that other bodies cost nothing."""
        self._chunks += 1
        if self._chunks > MOST_CHUNKS:
            raise self._refused(HttpRefused(f"El cuerpo viene en más de {MOST_CHUNKS} partes."), 413)

    def on_body(self, body: bytes) -> None:
        self._payload += len(body)
        HttpToolsProtocol.on_body(self, body)

    def on_message_complete(self) -> None:
        self._stage = _NOTHING
        self._received = 0
        if self._timer is not None:
            self._set_no_timer()
            self._most = LONGEST_BODY
        HttpToolsProtocol.on_message_complete(self)

    def on_response_complete(self) -> None:
        HttpToolsProtocol.on_response_complete(self)
        if self._stage != _BODY:
            if not self.pipeline:
                self._resting[self] = None
        elif self.cycle.response_complete:
            # Refused by its head, for example without a token: the body is not needed.
            self._set_no_timer()
            self._most = self._received + _LINGER_BYTES
            self._timer = self.loop.call_later(_REST_SECONDS, self.transport.close)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answering = cycle
        HttpToolsProtocol._start_asgi_task(self, cycle, _Cut(app, self.logger))

    def _demand_short_head(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > LONGEST_HEAD:
            raise self._refused(*_head_too_long())

    def _demand_sound_head(self) -> None:
        first = self.parser.get_http_version() == "1.0"
        if self._hosts > 1 or not (self._hosts or first):
            raise self._refused(HttpRefused("El encabezado Host debe venir una vez, con un nombre válido."), 400)
        if self._coded and (first or self._length):
            raise self._refused(HttpRefused("La longitud del cuerpo viene indicada de dos maneras."), 400)
        if self._length and (not self._length.isdigit() or int(self._length[:20]) > LONGEST_BODY):
            raise self._refused(HttpRefused(f"El cuerpo excede {LONGEST_BODY} bytes."), 413)

    def _refused(self, error: FichaError, status: int) -> _Refusal:
        self._refusal = error, status
        return _Refusal()

    # What is waited for, and for how long.

    def _wait(self) -> None:
        """More of the body is to come: checks its size and its rate."""
        if self._stage != _BODY:
            self._stage = _HEAD
            if self._received > LONGEST_HEAD:
                self._refuse(*_head_too_long())
            elif self._timer is None:
                if not self._is_answering():
                    self._resting[self] = None
                self._timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)
            return
        if self._received > min(self._most, 2 * self._payload + LONGEST_HEAD):
            self._refuse(
                HttpRefused(f"El cuerpo excede {LONGEST_BODY} bytes, o sus partes son demasiado pequeñas."), 413
            )
            return
        self._heard = self.loop.time()
        if self._timer is None:
            self._began = self._heard
            self._timer = self.loop.call_later(BODY_SECONDS, self._look_at_body)

    def _look_at_body(self) -> None:
        self._timer = None
        now = self.loop.time()
        if self.flow.read_paused:
            # The application does not read: the client cannot help it.
            self._began = self._heard = now
            self._received = self._payload = 0
        silent, taken = now - self._heard, now - self._began
        if silent >= BODY_SECONDS or (taken >= BODY_SECONDS and self._received < taken * LEAST_RATE):
            self._refuse(RequestTimeout("El cuerpo de la solicitud no llegó a tiempo."), 408)
        else:
            self._timer = self.loop.call_later(max(0.01, BODY_SECONDS - silent), self._look_at_body)

    def _head_is_late(self) -> None:
        self._timer = None
        self._refuse(RequestTimeout("Los encabezados de la solicitud no llegaron a tiempo."), 408)

    def _set_no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rest_no_more(self) -> None:
        self._resting.pop(self, None)
        self._set_no_timer()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # How it ends.

    def _refuse(self, error: FichaError, status: int) -> None:
        """Ends the connection, with the error where a response is still owed for the message at fault."""
        self._rest_no_more()
        self._unset_keepalive_if_required()
        self._deaf, self._received = True, 0
        cycle: Any = self.cycle
        answering = self._is_answering()
        if self.transport.is_closing():
            return
        if answering and (self.pipeline or self._stage != _BODY):
            # The requests before it come first.
            cycle.keep_alive = False
            if self.pipeline:
                self.transport.abort()
            return
        started = answering and cycle.response_started
        if answering:
            cycle.disconnected = True
            cycle.message_event.set()
        if started or (self._stage == _BODY and not answering):
            self.transport.close()
            return
        self.config.refused(error.code)
        self.flow.resume_reading()
        self.transport.write(_response(error, status, self.server_state.default_headers, self.headers))
        self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGER_SECONDS, self.transport.abort)

    def _upgrade(self) -> None:
        self._rest_no_more()
        if self._should_upgrade():
            self.handle_websocket_upgrade()
        # What asks for anything else has been answered as if it did not.


def _send_at_once(transport: asyncio.Transport) -> None:
    """Without it a response, which is written in two parts, waits 40 ms for the client's acknowledgement of the first.
    asyncio sees to it only where a socket was made with the number of its protocol, as `socket.create_server` does not.
    """
    connection = transport.get_extra_info("socket")
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _head_too_long() -> tuple[FichaError, int]:
    return HttpRefused(f"Los encabezados exceden {LONGEST_HEAD} bytes o {MOST_LINES} líneas."), 431


def _response(
    error: FichaError, status: int, fixed: Sequence[tuple[bytes, bytes]], received: Sequence[tuple[bytes, bytes]] | None
) -> bytes:
    """A whole response, after which the connection ends; `received` are the request's headers, as far as they came."""
    body = error_body(error)
    headers = [
        *fixed,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id({"headers": received or ()}).encode()),
        (b"connection", b"close"),
    ]
    if isinstance(error, Overloaded):
        headers.append((b"retry-after", str(error.retry_after).encode()))
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[status] + lines + b"\r\n" + body


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's connection of a WebSocket: counted, and without whole URLs or messages in the log."""

    config: Config

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = self.conn.logger = logs.SOCKETS
        self.conn.debug = False
        self.conn.reject = self._reject
        self.drained = 0

    def _reject(self, status: int, text: str) -> http11.Response:  # noqa: ARG002  English, and of no form of ours
        """The response to a handshake that the library refuses, or that ends in a fault."""
        id = request_id({"headers": self._request_headers()})
        refused = HttpRefused("La solicitud no abre un WebSocket: algo le falta o no es válido.")
        error = Fault(id) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else refused
        self.config.refused(error.code)
        body = error_body(error)
        headers = {
            "Connection": "close",
            "Content-Type": JSON,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Request-Id": id,
        }
        return http11.Response(status, HTTPStatus(status).phrase, datastructures.Headers(headers), body)

    def _request_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """The headers of the handshake's request; none before it has come."""
        request: http11.Request | None = getattr(self, "request", None)
        if request is None:
            return ()
        return [(name.lower().encode(), value.encode(errors="replace")) for name, value in request.headers.raw_items()]

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            # The library takes shorter lines than we do, and says nothing.
            error, status = _head_too_long()
            self.config.refused(error.code)
            self.transport.write(_response(error, status, self.default_headers, None))
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.config.front.leave(self.client)

    def resume_writing(self) -> None:
        self.drained += 1
        super().resume_writing()

    @property
    def is_held_up(self) -> bool:
        """Whether it waits for the reader."""
        return not self.writable.is_set() or self.transport.is_closing()


class Server(uvicorn.Server):
    """uvicorn's, which cuts off readers that take nothing and stops in time, whatever clients do.

    The first signal lets what is being done come to its end, for `stop_seconds`; a second one ends the process at once.
    """

    config: Config

    def __init__(
        self,
        config: Config,
        announce: Callable[[str], None] = lambda _: None,
        stopping: Callable[[], None] = lambda: None,
    ) -> None:
        """`stopping` is called when the server is told to stop, some time before it takes no more requests."""
        super().__init__(config)
        self._announce = announce
        self._stopping = stopping
        self._ending: tuple[float, int] | None = None
        """When it takes no more requests, and the signal that said so."""
        self._is_replaced = False
        self._readers: dict[Front | Socket, tuple[int, int, int]] = {}
        self._turned_at = time.monotonic()

    @property
    def still_seconds(self) -> float:
        """For how long the event loop has not turned; 0 when the server stops, which has an end of its own."""
        return 0.0 if self.should_exit else time.monotonic() - self._turned_at

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announces the address as soon as the server answers there."""
        await super().startup(sockets)
        if self.started and sockets:
            self._announce(url_of(sockets[0]))

    async def on_tick(self, counter: int) -> bool:
        self._turned_at = time.monotonic()
        if self._ending:
            self._drain(*self._ending)
        if counter % max(1, round(READER_SECONDS / _LOOKS * 10)) == 0:
            self._look_at_readers()
        return await super().on_tick(counter)

    def _look_at_readers(self) -> None:
        """Cuts off those who for `READER_SECONDS` took less than `LEAST_RATE` of what waits for them."""
        before, self._readers = self._readers, {}
        enough = LEAST_RATE * READER_SECONDS / _LOOKS
        for connection in self._served():
            size = connection.transport.get_write_buffer_size()
            if not size or not connection.is_held_up:
                continue
            last, drained, looks = before.get(connection, (size, connection.drained, 0))
            looks = looks + 1 if drained == connection.drained and last - size < enough else 1
            if looks > _LOOKS:
                connection.transport.abort()
            else:
                self._readers[connection] = size, connection.drained, looks

    def _served(self) -> "list[Front | Socket]":
        connections: Any = self.server_state.connections
        return list(connections)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops accepting connections, waits for requests in progress, and then ends those that remain."""
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        for connection in self._served():
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                # uvicorn has two sets, and no event for them.
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            tasks = list(self.server_state.tasks)
            log.warning("stopping with %d connections and %d requests", len(self.server_state.connections), len(tasks))
            for connection in self._served():
                connection.transport.abort()
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=1)
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                await self.lifespan.shutdown()
        except TimeoutError:
            log.warning("stopping without waiting for the database and the store any longer")

    def leave(self) -> None:
        """Another process takes the new connections: this one ends when it has answered on its own."""
        self._is_replaced = True
        self.handle_exit(signal.SIGTERM, None)

    def _drain(self, until: float, sig: int) -> None:
        """Between the signal and the end of taking requests. uvicorn writes the same headers anew each second."""
        close = (b"connection", b"close")
        for headers in (self.config.encoded_headers, self.server_state.default_headers):
            if close not in headers:
                headers.append(close)
        if self._is_replaced:
            for server in self.servers:
                server.close()
        if time.monotonic() >= until:
            super().handle_exit(sig, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handles a signal to stop."""
        if self.should_exit or self._ending:
            end_now(sig)
        drain = self.config.drain_seconds if sig == signal.SIGTERM else 0
        if drain and self.started:
            self._ending = time.monotonic() + drain, sig
            if not self._is_replaced:
                self._stopping()
        else:
            super().handle_exit(sig, frame)
        patience = drain + (self.config.timeout_graceful_shutdown or 0) + _LAST_SECONDS + 3
        # A thread that waits for the store, or a task that does not let itself be cancelled, would be waited for.
        watch = threading.Timer(patience, end_now, [sig])
        watch.daemon = True
        watch.start()


def url_of(listener: socket.socket) -> str:
    """The address at which it is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def end_now(number: int) -> None:
    """Ends the process at once. The kernel signals the embedded servers; see `server.embedded`."""
    log.warning("ended at once by %s", signal.Signals(number).name)
    os._exit(128 + number)
