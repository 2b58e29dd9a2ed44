"""What most commands begin with: the settings, and the servers that they need."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from server.embedded import services
from server.settings import Settings


@contextmanager
def at_hand(command: str, *, s3: bool = False, migrated: bool = False) -> Generator[Settings]:
    """The settings, with the database and the store (`s3`) at hand for the time of the block: see `services`. With
    `migrated` the database is brought up to the newest migration first."""
    configured = Settings.from_env(os.environ)
    with services(configured, command, s3=s3) as running:
        settings = configured.with_services(running)
        if migrated:
            from server.bring_up import bring_up

            bring_up(settings.direct_url)
        yield settings
