"""`ficha key`: API keys, for whoever runs the server."""

import click

from server.command.at_hand import at_hand


@click.group()
def key() -> None:
    """Make, list and revoke API keys, with which other systems ask in a collaborator's name."""


@key.command("create")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Collaborator in whose name the key asks.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", required=True, multiple=True, help="A permission, as clients:read; repeat for more.")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="How long it is valid.")
def create_key(email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Print a new key, and nothing else. It cannot be shown again.

    \b
    Example:
      ficha key create --as admin@demo.mx --name "Online shop" --scope clients:read
    """
    from server.access.keys import create

    with at_hand("key") as settings:
        click.echo(create(settings, email, name, scopes, days))


@key.command("list")
def list_keys() -> None:
    """Print every company's keys, one a line: id, company, collaborator, state, last use, scopes, name."""
    from server.access.keys import listed

    with at_hand("key") as settings:
        for line in listed(settings):
            click.echo(line)


@key.command("revoke")
@click.argument("id")
def revoke_key(id: str) -> None:
    """Revoke the key with this ID, as `ficha key list` prints it."""
    from server.access.keys import revoke

    with at_hand("key") as settings:
        revoke(settings, id)
