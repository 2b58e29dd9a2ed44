"""Shows the metrics to Prometheus. Imported where they have a port."""

import contextlib
from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from database.effort import BOUNDS, Durations
from server.telemetry.metrics import Metrics, Source

_FAMILIES: Final[Mapping[str, Any]] = {
    "gauge": GaugeMetricFamily,
    "counter": CounterMetricFamily,
    "histogram": HistogramMetricFamily,
}
_BOUNDS: Final = (*map(str, BOUNDS), "+Inf")


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


@contextlib.contextmanager
def serving(metrics: Metrics, host: str, port: int) -> Generator[str]:
    """Serves the metrics for the time of the block, in threads; yields their URL. OSError where the port is taken."""
    server, thread = start_http_server(port, host, Exposition(metrics).registry)
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
