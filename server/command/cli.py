"""The command `ficha`: arguments in, one line out when something is wrong. What it does is elsewhere.

Exit codes: 0 done, or stopped by Ctrl-C or SIGTERM while serving; 1 failed; 2 wrong arguments or settings; 3 another
ficha uses the data directory; 128 + n ended by signal n.
"""

import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from errors import CommandRefused
from server import __version__
from server.embedded import EmbeddedError, InUse, services
from server.settings import Settings, SettingsError

# What the commands do is imported when they do it: `ficha --help` and a wrong setting answer at once.

EXAMPLES = """\b
Examples:
  ficha serve                              everything embedded, with demo data
  PORT=9000 ficha serve                    on another port
  FICHA_DATABASE_URL=postgresql://… FICHA_S3_ENDPOINT=https://… \\
  FICHA_S3_ACCESS_KEY=… FICHA_S3_SECRET_KEY=… ficha serve
  curl -H "Authorization: Bearer $(ficha token --as ventas@demo.mx)" …

\b
Exit codes: 0 done or stopped, 1 failed, 2 wrong arguments or settings,
3 another ficha uses the data directory. The settings are in README.md.
"""


class Stopped(BaseException):
    """A signal asks us to end. Not an Exception: nothing but the way out may catch it."""

    def __init__(self, number: int) -> None:
        self.number = number


@click.group(help="Ficha: the client record of a CRM as a GraphQL API.", epilog=EXAMPLES)
@click.version_option(__version__, prog_name="ficha", message="%(prog)s %(version)s")
def cli() -> None:
    pass


@cli.command()
def serve() -> None:
    """Serve the API, after bringing the database up to date.

    Without FICHA_DATABASE_URL and FICHA_S3_ENDPOINT it runs a PostgreSQL and an S3 store of its own in FICHA_DATA_DIR;
    into that PostgreSQL it puts demo data once. PORT (8000) is the port; Ctrl-C stops everything.
    """
    from server import migrate

    given = Settings.from_env(os.environ)
    given.demand_issuer()
    try:
        with services(given, "serve") as running, _listener(given) as listener:
            settings = given.with_services(running)
            migrate.upgrade(settings.direct_url)
            if not given.database_url:
                _seed(settings)
            from server.app import create_app
            from server.http import front

            server = front.Server(
                front.configure(create_app(settings), settings),
                lambda address: _announce(settings, address, demo=not given.database_url),
            )
            server.run(sockets=[listener])
            if not server.started:
                raise CommandRefused("the server did not start: see its log above")
    except Stopped:
        click.echo("ficha: stopped", err=True)


@cli.command()
def migrate() -> None:
    """Bring the database up to the newest migration, as the owner that FICHA_DATABASE_URL names."""
    from server import migrate

    settings = Settings.from_env(os.environ)
    with services(settings, "migrate", s3=False) as running:
        migrate.upgrade(settings.with_services(running).direct_url)


@cli.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration of what the models have and the database lacks, into migrations/versions.

    The database is brought up to the newest migration first. CHECK constraints are compared, a company's new table gets
    its row-level security; functions are not seen. Read and edit what was written.

    \b
    Example:
      ficha revision "contacts have a birthday"
    """
    from server import migrate

    settings = Settings.from_env(os.environ)
    with services(settings, "revision", s3=False) as running:
        url = settings.with_services(running).direct_url
        migrate.upgrade(url)
        click.echo(migrate.revision(url, message))


@cli.command()
@click.option("--clients", type=click.IntRange(min=0), default=0, help="Further clients to make, for measuring.")
@click.option("--events", type=click.IntRange(min=0), default=0, help="History events of each of those.")
def seed(clients: int, events: int) -> None:
    """Put the demo data into the database, always the same; nothing is added twice.

    \b
    Example: ten million events to measure on
      ficha seed --clients 100000 --events 100
    """
    from server import migrate

    given = Settings.from_env(os.environ)
    with services(given, "seed") as running:
        settings = given.with_services(running)
        migrate.upgrade(settings.direct_url)
        for line in _seed(settings, clients=clients, events=events):
            click.echo(line)


@cli.command()
@click.option("--as", "email", required=True, metavar="EMAIL", help="Collaborator the token is for.")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="How long it is valid.")
def token(email: str, days: int) -> None:
    """Print a token of the demo issuer, and nothing else.

    \b
    Example:
      curl -H "Authorization: Bearer $(ficha token --as admin@demo.mx)" …
    """
    from server.access.tokens import issue

    given = Settings.from_env(os.environ)
    given.demand_issuer()
    with services(given, "token", s3=False) as running:
        click.echo(issue(given.with_services(running), email, days))


@cli.group()
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
    from server.command.keys import create

    given = Settings.from_env(os.environ)
    with services(given, "key", s3=False) as running:
        click.echo(create(given.with_services(running), email, name, scopes, days))


@key.command("list")
def list_keys() -> None:
    """Print every company's keys, one a line: id, company, collaborator, state, last use, scopes, name."""
    from server.command.keys import listed

    given = Settings.from_env(os.environ)
    with services(given, "key", s3=False) as running:
        for line in listed(given.with_services(running)):
            click.echo(line)


@key.command("revoke")
@click.argument("id")
def revoke_key(id: str) -> None:
    """Revoke the key with this ID, as `ficha key list` prints it."""
    from server.command.keys import revoke

    given = Settings.from_env(os.environ)
    with services(given, "key", s3=False) as running:
        revoke(given.with_services(running), id)


@cli.command()
@click.argument("email")
def unbind(email: str) -> None:
    """Unbind the collaborator with this EMAIL from the account that first signed in by it.

    The next account that the issuer gives this address is bound. For a new account of the same person, or another
    issuer.
    """
    from server.command.keys import unbind

    given = Settings.from_env(os.environ)
    with services(given, "unbind", s3=False) as running:
        unbind(given.with_services(running), email)


@cli.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print an invitation for the collaborator with this EMAIL, who is bound to no account, and nothing else.

    For the first administrator, at an issuer whose tokens have no e-mail address. An administrator invites all others.
    """
    from server.command.keys import invite

    given = Settings.from_env(os.environ)
    with services(given, "invite", s3=False) as running:
        click.echo(invite(given.with_services(running), email))


@cli.command()
@click.option("--force", is_flag=True, help="Also put more objects into the trash than a company should lose at once.")
def sweep(*, force: bool) -> None:
    """Remove what uploads left unfinished, documents deleted long ago and objects that belong to nothing.

    `ficha serve` does so by itself. Objects that belong to nothing go to the trash (keys under `trash/` in the bucket)
    for 30 days; a sweep puts back those that a document has after all. Ends with 1 where documents have lost their
    object or something was not done; the log says which.
    """
    import asyncio
    import datetime

    from server import migrate
    from server.app import open_engine
    from server.store import open_store
    from server.sweep import Swept, sweep_all, told

    given = Settings.from_env(os.environ)

    async def run(settings: Settings) -> Swept:
        engine = open_engine(settings.direct_url, 1)
        retention = datetime.timedelta(days=settings.document_retention_days)
        try:
            with open_store(settings) as store:
                swept = await sweep_all(engine, store, retention, force=force)
        finally:
            await engine.dispose()
        click.echo(told(swept))
        return swept

    with services(given, "sweep") as running:
        settings = given.with_services(running)
        migrate.upgrade(settings.direct_url)
        swept = asyncio.run(run(settings))
        if swept.missing:
            raise CommandRefused("documents have lost their object: see the log above")
        if swept.refused:
            raise CommandRefused("\n".join(swept.refused))


@cli.group("import")
def import_() -> None:
    """Bring in what other systems made."""


@import_.command("cfdi")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER…")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Collaborator in whose name they are brought in.")
def import_cfdi(paths: tuple[Path, ...], email: str) -> None:
    """Bring in CFDIs (XML, 3.3 and 4.0, of type I, E and P) that the company issued elsewhere, each once.

    A folder stands for the XML files in it, at any depth. What is refused is told with its reason, and the others go
    on; ends with 1 where any was refused.

    \b
    Example:
      ficha import cfdi --as admin@demo.mx ~/facturas
    """
    import asyncio

    from server import migrate
    from server.command.cfdi_import import files_of, import_files
    from server.command.keys import collaborator

    given = Settings.from_env(os.environ)
    with services(given, "import") as running:
        settings = given.with_services(running)
        migrate.upgrade(settings.direct_url)
        viewer = collaborator(settings, email)
        files = list(files_of(paths))
        tally = asyncio.run(import_files(settings, viewer, files, click.echo, _show_imported))
        click.echo(tally)
        if tally.refused:
            raise CommandRefused(f"{tally.refused} of {len(files)} files were refused: see above")


def _show_imported(done: int, total: int) -> None:
    """One line on a terminal, drawn again and again; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[Kimporting {done:,} of {total:,}", nl=done >= total, err=True)


@cli.command()
@click.argument("operation")
@click.option("--variables", metavar="JSON|FILE", help="Variables; without it those beside the operation's file.")
@click.option("--as", "email", default="admin@demo.mx", show_default=True, metavar="EMAIL", help="Who asks.")
@click.option("--analyze", is_flag=True, help="Execute the statement, and show what took how long.")
def explain(operation: str, variables: str | None, email: str, analyze: bool) -> None:
    """Show the statement that answers OPERATION, a name in operations/ or a file, and PostgreSQL's plan for it.

    \b
    Example:
      ficha explain client_detail --as ventas@demo.mx
    """
    from server.command import explain

    given = Settings.from_env(os.environ)
    try:
        asked = explain.Asked.read(operation, variables)
    except (OSError, ValueError) as error:
        raise CommandRefused(f"{operation}: {error}") from None
    with services(given, "explain", s3=False) as running:
        try:
            lines = explain.explain(given.with_services(running), asked, email, analyze=analyze)
        except LookupError as error:
            raise CommandRefused(str(error.args[0])) from None
    click.echo("\n".join(lines))


@cli.command()
@click.option("--subgraph", is_flag=True, help="As composers of a federated supergraph take it.")
def schema(subgraph: bool) -> None:
    """Print the GraphQL schema (SDL), as client apps take it."""
    from schema import sdl, subgraph_sdl

    click.echo((subgraph_sdl() if subgraph else sdl()).rstrip("\n"))


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
    if settings.graphiql:
        lines.append(f"GraphiQL  {address}/graphiql")
    if demo and not settings.issuers:
        from server.access.tokens import issue

        lines.append(f"Token     {issue(settings, 'admin@demo.mx', 30)}")
    click.echo("\n".join(lines))
    sys.stdout.flush()


def _seed(settings: Settings, *, clients: int = 0, events: int = 0) -> tuple[str, ...]:
    from demo.seed import seed
    from server.store import open_store

    with open_store(settings) as store:
        return seed(settings.direct_url, store, clients=clients, events=events, progress=_show_progress)


def _show_progress(table: str, done: int, total: int) -> None:
    """One line on a terminal, drawn again and again; nothing in a log."""
    if sys.stderr.isatty():
        share = f"{done:,} of {total:,}" if total else ""
        click.echo(f"\r\x1b[Kseeding {table} {share}", nl=done >= total, err=True)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    for each in _STOP_SIGNALS:
        signal.signal(each, _stop_now)
    raise Stopped(number)


def _stop_now(number: int, _: FrameType | None) -> NoReturn:
    """A second signal. The embedded servers end too: the kernel tells them."""
    os._exit(128 + number)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with its exit code."""
    for each in _STOP_SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as under nohup
            signal.signal(each, _stop)
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="ficha", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _complain(f"{error.format_message()} (see `ficha --help`)", 2)
    except SettingsError as error:
        return _complain(str(error), 2)
    except InUse as error:
        return _complain(str(error), 3)
    except (EmbeddedError, CommandRefused) as error:
        return _complain(str(error), 1)
    except Stopped as stopped:
        return 128 + stopped.number
    except BrokenPipeError:  # `ficha schema | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001  # the edge: a person gets one line, and the traceback for the asking
        line = str(error).strip().split("\n")[0]
        return _complain(f"{type(error).__name__}: {line} (FICHA_DEBUG=on shows where)", 1)


def _complain(line: str, code: int) -> int:
    if os.environ.get("FICHA_DEBUG", "").lower() in ("on", "1"):
        traceback.print_exc()
    click.echo(f"ficha: {line}", err=True)
    return code


if __name__ == "__main__":
    main()
