"""`ficha migrate`: the database at its newest migration."""

import os

import click

from server.embedded import services
from server.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database up to the newest migration, as the owner that FICHA_DATABASE_URL names."""
    from server import migrate

    settings = Settings.from_env(os.environ)
    with services(settings, "migrate", s3=False) as running:
        migrate.upgrade(settings.with_services(running).direct_url)
