"""The replicas that the settings name, to be opened and closed with the process."""

from typing import Final

from database.positions import OfProcess, Positions
from database.replicas import Replica, Replicas
from database.wire import Pool
from server.access.limits import PATIENCE
from server.settings import Settings

MARGIN_SECONDS: Final = 10
"""How much longer it is noted who has written than a replica that is read may be late."""


def open_replicas(settings: Settings, primary: Pool) -> Replicas | None:
    """None where the settings name none."""
    if not settings.database_replica_urls:
        return None
    size, pooled = settings.places, settings.transaction_pooling
    replicas = [
        Replica(f"replica{number}", url, size, settings.operation_seconds, pooled=pooled)
        for number, url in enumerate(settings.database_replica_urls, 1)
    ]
    return Replicas(primary, replicas, settings.database_replica_lag_seconds, _written(settings))


def _written(settings: Settings) -> Positions:
    seconds = settings.database_replica_lag_seconds + MARGIN_SECONDS
    if settings.rate_limit_storage == "memory://":
        return OfProcess(seconds)
    from database.redis_positions import ByRedis

    return ByRedis(settings.rate_limit_storage, seconds, PATIENCE)
