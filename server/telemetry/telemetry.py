"""Puts together what the settings ask to be seen of a process, and follows its operations."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from functools import partial

from database.effort import EFFORT
from database.wire import Pool
from server.background import in_background
from server.settings import Settings
from server.telemetry.logs import Line, write_json
from server.telemetry.metrics import OTHER, Metrics
from server.telemetry.observed import Observed, milliseconds
from server.telemetry.slow import SlowLog

log = logging.getLogger("ficha")


class Telemetry:
    """Follows the operations of one application. `known` are the hashes of the documents whose operations have their
    own metrics."""

    def __init__(self, settings: Settings, pool: Pool, known: Collection[str] = ()) -> None:
        self._settings = settings
        self._known = frozenset(known)
        self.metrics = Metrics()
        self.line: Line | None = write_json if settings.log_format == "json" else None
        """Writes the access log where it is JSON."""
        self._slow = SlowLog(settings.slow_ms / 1000, pool) if settings.slow_ms else None
        self._traces = None
        if settings.otlp_endpoint:
            from server.telemetry.traces import Traces

            self._traces = Traces(settings.otlp_endpoint, settings.trace_percent, callers_decide=settings.trace_callers)
        self.metrics_url: str | None = None
        """Where the metrics are, while they are served."""

    def begin(self, request_id: str, traceparent: str | None = None) -> Observed:
        """An operation begins, in this task and those that it makes."""
        observed = Observed(request_id=request_id, traceparent=traceparent)
        if self._slow:
            self._slow.prepare(observed)
        if self._traces:
            observed.span = self._traces.begin(traceparent)
        EFFORT.set(observed)
        return observed

    def end(self, observed: Observed, codes: Sequence[str] = ()) -> None:
        """It has ended, with errors of these codes; a subscription is not slow for how long it is open."""
        seconds = observed.seconds_so_far
        observed.code = codes[0] if codes else None
        self.metrics.failed(codes)
        kind = observed.kind
        if kind and kind != "subscription":
            known = observed.hash in self._known
            self.metrics.operated(observed.name or OTHER if known else OTHER, kind, seconds)
            if self._slow:
                self._slow.look(observed, seconds)
        if observed.span:
            attributes = {f"ficha.{name}": _plain(value) for name, value in observed.fields().items()}
            attributes |= {"ficha.request_id": observed.request_id}
            attributes |= {"graphql.operation.name": observed.name, "graphql.operation.type": kind}
            observed.span.end(" ".join(filter(None, (kind or "operation", observed.name))), attributes, observed.code)

    def end_subscription(self, observed: Observed, codes: Sequence[str]) -> None:
        """As `end`, with a line in the log, as no response says it."""
        self.end(observed, codes)
        if self.line:
            line = {"event": "subscription", "request_id": observed.request_id}
            self.line(line | {"ms": milliseconds(observed.seconds_so_far), **observed.fields()})

    @contextlib.asynccontextmanager
    async def showing(self) -> AsyncGenerator[None]:
        """Serves the metrics for the time of the block, where the settings say so."""
        if self._settings.metrics_port is None:
            yield
            return
        with contextlib.ExitStack() as stack:
            if self._show(stack):
                yield
                return
            log.warning("the metrics are shown as soon as their port is free")
            async with in_background(partial(self._show_soon, stack)):
                yield

    def _show(self, stack: contextlib.ExitStack) -> bool:
        """Shows the metrics on the first free port of those that the processes have; False where there is none."""
        from server.telemetry.exposition import serving

        first = self._settings.metrics_port or 0
        for port in range(first, first + self._settings.workers):
            with contextlib.suppress(OSError):
                self.metrics_url = stack.enter_context(serving(self.metrics, self._settings.host, port if first else 0))
                return True
        return False

    async def _show_soon(self, stack: contextlib.ExitStack) -> None:
        """A process that is replaced by this one has the port for a while."""
        while not self._show(stack):  # noqa: ASYNC110  # nobody tells when it is free
            await asyncio.sleep(1)

    async def close(self) -> None:
        """Sends what is left of traces."""
        if self._slow:
            await self._slow.close()
        if self._traces:
            self._traces.close()


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) or value is None else str(value)
