"""The numbers of one application that its metrics read when Prometheus asks."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from database.replicas import OK, PRIMARY, Replica
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
    replicas = [*(means.replicas or ())]

    def of_replicas(read: Callable[[Replica], float]) -> Callable[[], Mapping[Labels, float]]:
        return lambda: {(replica.name,): read(replica) for replica in replicas}

    def lag(part: int) -> Callable[[Replica], float]:
        return lambda replica: means.replicas.lag(replica)[part] if means.replicas else 0

    def reads() -> Mapping[Labels, float]:
        return {(each.name, result): number for each in replicas for result, number in each.reads.items()}

    def is_up(replica: Replica) -> bool:
        return replica.state in (OK, PRIMARY)

    late = "For how long the primary has been further than the replica."
    metrics.gauge("ficha_replica_up", "0 while it is away or late.", of_replicas(is_up), "replica")
    metrics.gauge("ficha_replica_lag_seconds", late, of_replicas(lag(0)), "replica")
    metrics.gauge("ficha_replica_lag_bytes", "By how much log.", of_replicas(lag(1)), "replica")
    metrics.counter("ficha_replica_reads", "Round trips, by what came of them.", reads, "replica", "result")
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
    metrics.gauge("ficha_sweep_missing_documents", missing, lambda: sweeps.last.missing)
    metrics.gauge("ficha_websockets", "WebSockets of callers that were let in.", lambda: sockets.number)
    metrics.gauge("ficha_subscriptions", "Subscribers that hear of changes.", lambda: sockets.changes.listeners)
