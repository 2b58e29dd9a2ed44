"""`ficha restore`: a data directory of an instant, and the objects that the store lacks, from a folder of backups."""

import datetime
from pathlib import Path

import click

from server.command.at_hand import at_hand


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data directory to make, for PostgreSQL to start on.",
)
@click.option("--at", "instant", metavar="INSTANT", help="As 2026-11-30T07:50:00Z. Without: the newest there is.")
@click.option("--objects", is_flag=True, help="Put the objects back that the store lacks.")
def restore(folder: Path, into: Path | None, instant: str | None, objects: bool) -> None:
    """Restore from FOLDER, in two steps: the database as it was at an instant, then the store's objects.

    PostgreSQL recovers when it is started on the new directory; the old one is left as it is. Then --objects, and
    `ficha check`.

    \b
    Example:
      ficha restore /backup/ficha --at 2026-11-30T07:50:00Z --into /var/lib/postgresql/restored
      pg_ctl start -D /var/lib/postgresql/restored
      ficha restore /backup/ficha --objects
      ficha check
    """
    from server.backup import prepare, put_objects
    from server.store import open_store

    if not (into or objects):
        raise click.UsageError("state --into or --objects")
    if into:
        base = prepare(folder, into, _parse(instant) if instant else None)
        click.echo(
            f"{into} is made from {base.folder}: start PostgreSQL on it, and it recovers to {instant or 'the end'}"
        )
    if objects:
        with at_hand("restore", s3=True) as settings, open_store(settings) as store:
            click.echo(f"objects: {put_objects(store, folder)} put back")


def _parse(text: str) -> datetime.datetime:
    try:
        instant = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no instant, as 2026-11-30T07:50:00Z") from None
    if instant.tzinfo is None:
        raise click.BadParameter(f"{text} has no time zone, as Z for UTC")
    return instant
