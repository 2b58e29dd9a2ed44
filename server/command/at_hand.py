"""What most commands begin with: the settings, and the servers that they need."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from errors import CommandRefused
from server.embedded import has_data, services
from server.settings import Settings


@contextmanager
def at_hand(command: str, *, s3: bool = False, creates: bool = False, migrated: bool = False) -> Generator[Settings]:
    """The settings, with the database and the store (`s3`) at hand for the time of the block: see `services`. With
    `creates` an embedded database is made where there is none; with `migrated` it is brought up to the newest migration
    too. CommandRefused where the command needs data and there are none."""
    configured = Settings.from_env(os.environ)
    if not (creates or migrated or configured.database_url or has_data(configured.data_dir)):
        raise CommandRefused(
            f"there are no data in {configured.data_dir}: run `ficha serve` there first, or name their directory in"
            " FICHA_DATA_DIR or their database in FICHA_DATABASE_URL"
        )
    with services(configured, command, s3=s3) as running:
        settings = configured.with_services(running)
        if migrated:
            from server.bring_up import bring_up

            bring_up(settings.direct_url)
        yield settings
