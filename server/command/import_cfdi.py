"""`ficha import cfdi`: what other systems made, such as invoices."""

import os
import sys
from pathlib import Path

import click

from errors import CommandRefused
from server.embedded import services
from server.settings import Settings


@click.group("import")
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
    from server.access.keys import collaborator
    from server.cfdi_import import files_of, import_files

    configured = Settings.from_env(os.environ)
    with services(configured, "import") as running:
        settings = configured.with_services(running)
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
