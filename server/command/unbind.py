"""`ficha unbind`: a collaborator without an account, to be bound to the next that signs in."""

import os

import click

from server.embedded import services
from server.settings import Settings


@click.command()
@click.argument("email")
def unbind(email: str) -> None:
    """Unbind the collaborator with this EMAIL from the account that first signed in by it.

    The next account that the issuer gives this address is bound. For a new account of the same person, or another
    issuer.
    """
    from server.access.keys import unbind

    configured = Settings.from_env(os.environ)
    with services(configured, "unbind", s3=False) as running:
        unbind(configured.with_services(running), email)
