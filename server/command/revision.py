"""`ficha revision`: a migration of what the models have and the database lacks."""

import click

from server.command.at_hand import at_hand


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

    with at_hand("revision", migrated=True) as settings:
        click.echo(migrate.revision(settings.direct_url, message))
