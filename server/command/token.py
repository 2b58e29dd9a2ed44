"""`ficha token`: a token of the demo issuer."""

import os

import click

from server.command.at_hand import at_hand
from server.settings import Settings


@click.command()
@click.option("--as", "email", required=True, metavar="EMAIL", help="Collaborator the token is for.")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="How long it is valid.")
def token(email: str, days: int) -> None:
    """Print a token of the demo issuer, and nothing else.

    \b
    Example:
      curl -H "Authorization: Bearer $(ficha token --as admin@demo.mx)" …
    """
    from server.access.tokens import issue

    Settings.from_env(os.environ).demand_issuer()
    with at_hand("token") as settings:
        click.echo(issue(settings, email, days))
