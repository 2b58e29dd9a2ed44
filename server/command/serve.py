"""`ficha serve`: the server, with embedded ones where none are named."""

import os
import socket
import sys

import click

from errors import CommandRefused
from server import __version__
from server.command.seed import seed_demo
from server.command.signals import Stopped
from server.embedded import services
from server.garbage import loading
from server.settings import Settings


@click.command()
def serve() -> None:
    """Serve the API, after bringing the database up to date.

    Without FICHA_DATABASE_URL and FICHA_S3_ENDPOINT it runs a PostgreSQL and an S3 store of its own in FICHA_DATA_DIR;
    into that PostgreSQL it puts demo data once. PORT (8000) is the port; Ctrl-C stops everything.
    """
    loading()
    from server.bring_up import bring_up

    configured = Settings.from_env(os.environ)
    configured.demand_issuer()
    try:
        with services(configured, "serve") as running, _listener(configured) as listener:
            settings = configured.with_services(running)
            bring_up(settings.direct_url)
            if not configured.database_url:
                seed_demo(settings)
            from server.app import create_app
            from server.http import front

            server = front.Server(
                front.configure(create_app(settings), settings),
                lambda address: _announce(settings, address, demo=not configured.database_url),
            )
            server.run(sockets=[listener])
            if not server.started:
                raise CommandRefused("the server did not start: see its log above")
    except Stopped:
        click.echo("ficha: stopped", err=True)


def _listener(settings: Settings) -> socket.socket:
    """The socket to serve on, taken before the long work begins."""
    try:
        return socket.create_server((settings.host, settings.port), family=_family(settings.host))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        reason = (error.strerror or str(error)).partition(" (")[0]  # Python repeats the address there
        raise CommandRefused(f"cannot listen on {where}: {reason}; PORT and FICHA_HOST choose another") from None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _announce(settings: Settings, address: str, *, demo: bool) -> None:
    lines = [f"Ficha {__version__} serves on {address}/graphql"]
    if settings.web:
        lines.append(f"Clients   {address}/app")
    if settings.graphiql:
        lines.append(f"GraphiQL  {address}/graphiql")
    if demo and not settings.issuers:
        from server.access.tokens import issue

        lines.append(f"Token     {issue(settings, 'admin@demo.mx', 30)}")
    click.echo("\n".join(lines))
    sys.stdout.flush()
