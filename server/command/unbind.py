"""`ficha unbind`: a collaborator without an account, to be bound to the next that signs in."""

import click

from server.command.at_hand import at_hand


@click.command()
@click.argument("email")
def unbind(email: str) -> None:
    """Unbind the collaborator with this EMAIL from the account that first signed in by it.

    The next account that the issuer gives this address is bound. For a new account of the same person, or another
    issuer.
    """
    from server.access.keys import unbind

    with at_hand("unbind") as settings:
        unbind(settings, email)
