"""`ficha migrate`: the database at its newest migration."""

import click

from server.command.at_hand import at_hand


@click.command()
def migrate() -> None:
    """Bring the database up to the newest migration, as the owner that FICHA_DATABASE_URL names."""
    with at_hand("migrate", migrated=True):
        pass
