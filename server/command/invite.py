"""`ficha invite`: an invitation for a collaborator who is bound to no account."""

import os

import click

from server.embedded import services
from server.settings import Settings


@click.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print an invitation for the collaborator with this EMAIL, who is bound to no account, and nothing else.

    For the first administrator, at an issuer whose tokens have no e-mail address. An administrator invites all others.
    """
    from server.access.keys import invite

    configured = Settings.from_env(os.environ)
    with services(configured, "invite", s3=False) as running:
        click.echo(invite(configured.with_services(running), email))
