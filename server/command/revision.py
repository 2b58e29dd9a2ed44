"""`ficha revision`: a migration of what the models have and the database lacks."""

import os

import click

from server.embedded import services
from server.settings import Settings


@click.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration of what the models have and the database lacks, into migrations/versions.

    The database is brought up to the newest migration first. CHECK constraints are compared, a company's new table gets
    its row-level security; functions are not seen. Read and edit what was written.

    \b
    Example:
      ficha revision "contacts have a birthday"
    """
    from server import migrate

    settings = Settings.from_env(os.environ)
    with services(settings, "revision", s3=False) as running:
        url = settings.with_services(running).direct_url
        migrate.upgrade(url)
        click.echo(migrate.revision(url, message))
