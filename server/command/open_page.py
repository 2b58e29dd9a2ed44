"""`ficha open`: the running server's page in the browser."""

import os
import webbrowser

import click

from errors import CommandRefused
from server.settings import Settings


@click.command("open")
def open_page() -> None:
    """Open the page of the server that runs on PORT, and print its address."""
    from server.doctor import address_of, answers

    address = address_of(Settings.from_env(os.environ))
    if not answers(address, "/health/live"):
        raise CommandRefused(f"nobody serves on {address}: run `ficha serve`, or name its PORT")
    paths = [path for path in ("/", "/graphiql") if answers(address, path)]
    if not paths:
        raise CommandRefused(f"{address} serves no page: set FICHA_WEB=on or FICHA_GRAPHIQL=on")
    page = f"{address}{paths[0]}"
    click.echo(page)
    webbrowser.open(page)
