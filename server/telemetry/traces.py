"""OpenTelemetry's traces: a span for each operation, and one for each round trip to PostgreSQL. None for fields: those
made an operation take 3.7 times as long.

Imported where a collector is set, as it takes up 10 MB.
"""

import random
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import Span as OfOpenTelemetry
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from server import __version__

EXPORT_SECONDS: Final = 3
"""How long the collector may take. One that is away holds nobody up: spans are dropped."""
MOST_SQL: Final = 4_000
"""Characters of the SQL of one round trip."""

_W3C = TraceContextTextMapPropagator()


class Span:
    """That of one operation."""

    def __init__(self, tracer: Tracer, span: OfOpenTelemetry) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def headers(self) -> Mapping[str, str]:
        """By which a service that is called now joins the trace."""
        carrier = dict[str, str]()
        _W3C.inject(carrier, set_span_in_context(self._span))
        return carrier

    def sent(self, statements: Sequence[str], seconds: float) -> None:
        """A round trip to PostgreSQL has just ended."""
        if not self._span.is_recording():
            return
        now = time.time_ns()
        attributes = {
            "db.system.name": "postgresql",
            "db.query.text": "; ".join(statements)[:MOST_SQL],
            "db.operation.batch.size": len(statements),
        }
        within, begun = set_span_in_context(self._span), now - int(seconds * 1e9)
        span = self._tracer.start_span(
            "postgresql", within, kind=SpanKind.CLIENT, attributes=attributes, start_time=begun
        )
        span.end(now)

    def end(self, name: str, attributes: Mapping[str, str | int | float | None], code: str | None) -> None:
        """The operation has ended, under this name; `code` is that of its first error."""
        if self._span.is_recording():
            self._span.update_name(name)
            self._span.set_attributes({key: value for key, value in attributes.items() if value is not None})
            if code:
                self._span.set_status(Status(StatusCode.ERROR, code))
        self._span.end()


class _Chance(Sampler):
    """So many operations in a hundred, by chance: the id of a trace, by which OpenTelemetry's own sampler decides, is
    the caller's to choose."""

    def __init__(self, percent: int) -> None:
        self._percent = percent

    def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
        """Decides for a span that begins."""
        chosen = random.random() * 100 < self._percent  # noqa: S311  # nothing secret
        return SamplingResult(Decision.RECORD_AND_SAMPLE if chosen else Decision.DROP)

    def get_description(self) -> str:
        """Its name."""
        return f"{self._percent} % by chance"


class Traces:
    """The traces of this process, sent to a collector (OTLP over HTTP) in the background."""

    def __init__(self, endpoint: str, percent: int, *, callers_decide: bool) -> None:
        """`percent` of the operations are traced. Where `callers_decide`, that holds for those whose caller sent no
        `traceparent`."""
        resource = Resource.create({"service.name": "ficha", "service.version": __version__})
        chance = _Chance(percent)
        sampler = (
            ParentBased(chance)
            if callers_decide
            else ParentBased(chance, remote_parent_sampled=chance, remote_parent_not_sampled=chance)
        )
        self._provider = TracerProvider(resource=resource, sampler=sampler, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ficha", __version__)

    def begin(self, traceparent: str | None) -> Span:
        """An operation begins, as a part of the caller's trace if there is one."""
        parent = _W3C.extract({"traceparent": traceparent}) if traceparent else None
        return Span(self._tracer, self._tracer.start_span("operation", parent, kind=SpanKind.SERVER))

    def close(self) -> None:
        """Sends what is left, for a few seconds: a collector that is away would be waited for."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(EXPORT_SECONDS)
