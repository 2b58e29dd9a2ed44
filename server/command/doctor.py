"""`ficha doctor`: what is configured, reached and migrated, and how fast it answers."""

import os

import click

from errors import CommandRefused
from server.command.at_hand import at_hand
from server.settings import DEFAULT, stated


@click.command()
def doctor() -> None:
    """Look at what Ficha needs: settings, PostgreSQL, migrations, the store, sign-in. One line each; ends with 1 where
    something is not well."""
    from server.doctor import examine

    own = [each.variable for each in stated(os.environ) if each.source != DEFAULT]
    click.echo(f"ok  settings    {', '.join(own) or 'all as by default'}")
    ill = 0
    with at_hand("doctor", s3=True) as settings:
        for finding in examine(settings):
            click.echo(f"{'ok ' if finding.well else 'NO '} {finding.what:<11} {finding.says}")
            ill += not finding.well
    if ill:
        raise CommandRefused(f"{ill} not well: see above")
