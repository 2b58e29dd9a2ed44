"""Shows the metrics to Prometheus. Imported where they have a port."""

import contextlib
import socket
import threading
from collections.abc import Generator, Iterator, Mapping
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    make_wsgi_app,  # pyright: ignore[reportUnknownVariableType]  # the client's own
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from database.effort import BOUNDS, Durations
from server.telemetry.metrics import Metrics, Source

_FAMILIES: Final[Mapping[str, Any]] = {
    "gauge": GaugeMetricFamily,
    "counter": CounterMetricFamily,
    "histogram": HistogramMetricFamily,
}
_BOUNDS: Final = (*map(str, BOUNDS), "+Inf")
MOST_CONNECTIONS: Final = 16
"""At a time. Prometheus needs one."""
CONNECTION_SECONDS: Final = 10
"""For a request, its answer included."""


class Exposition:
    """The metrics as a collector of Prometheus' client, and those of Python and of the process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.registry.register(self)  # pyright: ignore[reportArgumentType]  # it has `collect`

    def collect(self) -> Iterator[Metric]:
        """What they are now, in a thread of the server's."""
        return map(_read, self._metrics.sources)


def _read(source: Source) -> Metric:
    family, values = _FAMILIES[source.kind](source.name, source.description, labels=source.labels), source.read()
    # A copy: the event loop may add to it meanwhile.
    for labels, value in list(values.items()) if isinstance(values, Mapping) else [((), values)]:
        if isinstance(value, Durations):
            family.add_metric(labels, _buckets(value), value.seconds)
        else:
            family.add_metric(labels, value)
    return family


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    number, buckets = 0, list[tuple[str, float]]()
    for bound, count in zip(_BOUNDS, list(durations.counts), strict=True):
        number += count
        buckets.append((bound, number))
    return buckets


class _Request(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Nothing: Prometheus asks every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    """Prometheus' own server takes any number of connections, and gives each a thread for as long as it likes."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((host, port), _Request)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Closes a connection that is one too many."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answers, within `CONNECTION_SECONDS` altogether."""
        late = threading.Timer(CONNECTION_SECONDS, _cut, [request])
        late.daemon = True
        late.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            late.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone, or was cut off."""


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # or it has just ended
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serving(metrics: Metrics, host: str, port: int) -> Generator[str]:
    """Serves the metrics for the time of the block, in threads; yields their URL. OSError where the port is taken."""
    server = _Server(host, port)
    server.set_app(make_wsgi_app(Exposition(metrics).registry))  # pyright: ignore[reportUnknownArgumentType]  # as said
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
