"""The channel that the settings name, by which processes tell each other what they committed."""

from database.channels import ByPostgreSQL, Channel
from server.access.limits import PATIENCE
from server.settings import Settings


def open_channel(settings: Settings, options: str = "") -> Channel:
    """To be closed; `options` are those of a connection to PostgreSQL that hears."""
    if settings.notifications:
        from database.redis_channel import ByRedis

        return ByRedis(settings.notifications, PATIENCE)
    return ByPostgreSQL(settings.direct_url, options)
