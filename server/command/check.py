"""`ficha check`: what a person has to look at in the data."""

import os

import click

from errors import CommandRefused
from server.embedded import services
from server.settings import Settings


@click.command()
def check() -> None:
    """List what a person has to look at in the data, one finding a line; ends with 1 where there is any.

    Companies with one RFC, clients' accounts for deposits that were typed in, and invoices that were issued and have
    no fiscal folio.
    """
    from server.findings import findings

    given = Settings.from_env(os.environ)
    with services(given, "check", s3=False) as running:
        found = list(findings(given.with_services(running)))
    for line in found:
        click.echo(line)
    if found:
        raise CommandRefused(f"{len(found)} to look at: see above")
