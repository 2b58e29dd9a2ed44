"""`ficha serve`: the server, with embedded ones where none are named."""

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from errors import CommandRefused
from server import __version__
from server.command.seed import seed_demo
from server.command.signals import Stopped
from server.embedded import services
from server.garbage import loading
from server.settings import Settings

if TYPE_CHECKING:
    from server.http.front import Server

Announce = Callable[[str, str | None], None]
"""Tells where it serves, and where its metrics are."""


@click.command()
def serve() -> None:
    """Serve the API, after bringing the database up to date.

    Without FICHA_DATABASE_URL and FICHA_S3_ENDPOINT it runs a PostgreSQL and an S3 store of its own in FICHA_DATA_DIR;
    into that PostgreSQL it puts demo data once. PORT (8000) is the port; Ctrl-C stops everything.
    """
    loading()
    from server.bring_up import bring_up

    configured = _settings()
    if configured.workers > 1:
        from server.http.workers import begin_loading

        begin_loading()
    try:
        with services(configured, "serve") as running, _listener(configured) as listener:
            settings = configured.with_services(running)
            bring_up(settings.direct_url, migrates=settings.migrate)
            if not configured.database_url:
                seed_demo(settings)
            announce = partial(_announce, settings, demo=not configured.database_url)
            if not _run(settings, lambda: _settings().with_services(running), listener, announce):
                raise CommandRefused("the server did not start: see its log above")
    except Stopped:
        click.echo("ficha: stopped", err=True)


def _settings() -> Settings:
    """As they stand now: those in files may have changed."""
    settings = Settings.from_env(os.environ)
    settings.demand_issuer()
    return settings


def _unannounced(address: str, metrics_url: str | None) -> None:
    """As `Announce`, of a process that another one speaks for."""
    del address, metrics_url


def make_server(settings: Settings, announce: Announce = _unannounced) -> "Server":
    """The server of one process, before it runs."""
    loading()
    from server.app import create_app
    from server.http import front

    _find_temporary_folder()
    app = create_app(settings)
    config = front.configure(app, settings)
    metrics = app.telemetry.metrics
    config.refused = lambda code: metrics.failed([code])
    metrics.gauge("ficha_connections", "Clients' connections.", lambda: config.front.number)
    return front.Server(config, lambda url: announce(url, app.telemetry.metrics_url), app.readiness.stop)


def _find_temporary_folder() -> None:
    """Has Python look now for where files are put that are read: it takes that there is none for any failure, as that
    no descriptor is left. CommandRefused where there is none."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        raise CommandRefused("no folder for temporary files can be written to: name one in TMPDIR") from None


def _run(settings: Settings, read: Callable[[], Settings], listener: socket.socket, announce: Announce) -> bool:
    """Serves until a signal says to stop; False where that could not begin. `read` reads the settings anew."""
    if settings.workers == 1:
        server = make_server(settings, announce)
        server.run(sockets=[listener])
        return server.started
    from server.http.front import url_of
    from server.http.workers import Supervisor

    supervisor = Supervisor(read, make_server, listener, lambda: announce(url_of(listener), None))
    supervisor.run()
    return not supervisor.has_failed


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


def _announce(settings: Settings, address: str, metrics_url: str | None, *, demo: bool) -> None:
    lines = [f"Ficha {__version__} serves on {address}/graphql"]
    if settings.web:
        lines.append(f"Clients   {address}/app")
    if metrics_url:
        lines.append(f"Metrics   {metrics_url}")
    if settings.graphiql:
        lines.append(f"GraphiQL  {address}/graphiql")
    if demo and not settings.issuers:
        from server.access.tokens import issue

        lines.append(f"Token     {issue(settings, 'admin@demo.mx', 30)}")
    click.echo("\n".join(lines))
    sys.stdout.flush()
