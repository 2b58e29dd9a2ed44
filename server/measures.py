"""The numbers of one application that its metrics read when Prometheus asks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from server.execution.executor import Executor
from server.execution.fairness import Turns
from server.http.websocket import Sockets
from server.telemetry.metrics import Labels, Metrics

if TYPE_CHECKING:
    from server.app import Means


def measure(metrics: Metrics, means: "Means", executor: Executor, turns: Turns, sockets: Sockets) -> None:
    """Has the metrics read them."""
    pool = means.pool

    def connections() -> Mapping[Labels, float]:
        numbers = pool.numbers
        return {(state,): numbers[state] for state in ("lent", "idle")}

    metrics.gauge("ficha_pool_connections", "Connections to PostgreSQL, by what they do.", connections, "state")
    metrics.gauge("ficha_pool_size", "Connections that there may be.", lambda: pool.numbers["size"])
    metrics.gauge("ficha_pool_waiting", "Callers that wait for a connection.", lambda: pool.numbers["waiting"])
    metrics.gauge("ficha_database_up", "0 while PostgreSQL is away.", lambda: not pool.circuit.is_away)
    store = means.dependencies["store"]
    metrics.gauge("ficha_store_up", "0 while the object store is away.", lambda: store.is_there)
    metrics.gauge("ficha_operations_running", "Operations under way.", lambda: turns.held)
    metrics.gauge("ficha_operations_waiting", "Operations that wait for their turn.", lambda: turns.waiting)
    metrics.gauge("ficha_compiling_waiting", "Documents and plans in line.", lambda: executor.waiting, "lane")
    metrics.counter("ficha_cache_lookups", "By what was looked up.", lambda: executor.lookups, "cache", "result")
    metrics.gauge("ficha_plans_operations", "Operations whose plans are kept.", lambda: executor.plans[0])
    metrics.gauge("ficha_plans_bytes", "About what the plans take up.", lambda: executor.plans[1])
    sweeps = means.sweeps
    metrics.gauge("ficha_sweep_ended_timestamp_seconds", "When the last sweep ended.", lambda: sweeps.ended_at)
    metrics.counter("ficha_sweeps", "Sweeps that came to their end.", lambda: sweeps.ended)
    metrics.gauge("ficha_leads", "1 where this process keeps house for all.", lambda: means.leader.leads)
    metrics.counter("ficha_sweep_failures", "Sweeps that were cut off.", lambda: sweeps.failed)
    missing = "Documents without their file, as the last sweep found them."
    metrics.gauge("ficha_sweep_missing_documents", missing, lambda: len(sweeps.last.missing))
    metrics.gauge("ficha_websockets", "WebSockets of callers that were let in.", lambda: sockets.number)
    metrics.gauge("ficha_subscriptions", "Subscribers that hear of changes.", lambda: sockets.changes.listeners)
