"""`ficha invite`: an invitation for a collaborator who is bound to no account."""

import click

from server.command.at_hand import at_hand


@click.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print an invitation for the collaborator with this EMAIL, who is bound to no account, and nothing else.

    For the first administrator, at an issuer whose tokens have no e-mail address. An administrator invites all others.
    """
    from server.access.keys import invite

    with at_hand("invite") as settings:
        click.echo(invite(settings, email))
