"""`ficha seed`: demo data, and as much more as one likes to measure on."""

import sys

import click

from server.command.at_hand import at_hand
from server.settings import Settings


@click.command()
@click.option("--clients", type=click.IntRange(min=0), default=0, help="Further clients to make, for measuring.")
@click.option("--events", type=click.IntRange(min=0), default=0, help="History events of each of those.")
def seed(clients: int, events: int) -> None:
    """Put the demo data into the database, always the same; nothing is added twice.

    \b
    Example: ten million events to measure on
      ficha seed --clients 100000 --events 100
    """
    with at_hand("seed", s3=True, migrated=True) as settings:
        for line in seed_demo(settings, clients=clients, events=events):
            click.echo(line)


def seed_demo(settings: Settings, *, clients: int = 0, events: int = 0) -> tuple[str, ...]:
    """Puts the demo in; returns what was done, in lines."""
    from demo.seed import seed
    from server.store import open_store

    with open_store(settings) as store:
        return seed(settings.direct_url, store, clients=clients, events=events, progress=_show_progress)


def _show_progress(table: str, done: int, total: int) -> None:
    """One line on a terminal, drawn again and again; nothing in a log."""
    if sys.stderr.isatty():
        share = f"{done:,} of {total:,}" if total else ""
        click.echo(f"\r\x1b[Kseeding {table} {share}", nl=done >= total, err=True)
