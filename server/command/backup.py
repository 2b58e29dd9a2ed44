"""`ficha backup`: a base backup of PostgreSQL and a copy of the store's objects, or all that follows one."""

import contextlib
import subprocess
from pathlib import Path

import click

from errors import CommandRefused
from server.command.at_hand import at_hand


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--follow", is_flag=True, help="Receive what PostgreSQL writes, and copy new objects, until stopped.")
@click.option("--every", type=click.IntRange(1, 86_400), default=60, show_default=True, help="Seconds between copies.")
@click.option(
    "--keep-days", type=click.IntRange(1, 3650), default=30, show_default=True, help="Remove what is older than that."
)
def backup(folder: Path, follow: bool, every: int, keep_days: int) -> None:
    """Back up the database and the store into FOLDER, with PostgreSQL's own programs.

    Without --follow: a base backup (pg_basebackup), verified, and the objects that are new. Run it once a day. With
    --follow: all that PostgreSQL writes (pg_receivewal), for restoring any instant after a base backup. Keep it
    running.

    The role of FICHA_DATABASE_URL needs the right to replicate.

    \b
    Example:
      ficha backup /backup/ficha --follow &
      ficha backup /backup/ficha
    """
    from server.backup import back_up, copy_objects, receiving
    from server.store import open_store

    with at_hand("backup", s3=True) as settings, open_store(settings) as store:
        if not follow:
            back_up(settings, store, folder, keep_days, click.echo)
            return
        with receiving(settings.direct_url, folder) as receiver:
            click.echo(f"receiving into {folder / 'wal'}")
            try:
                while receiver.poll() is None:
                    copy_objects(store, folder)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        receiver.wait(every)
            finally:
                receiver.terminate()
        raise CommandRefused("pg_receivewal has ended: see above")
