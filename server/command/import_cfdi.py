"""`ficha import cfdi`: what other systems made, such as invoices."""

import sys
from pathlib import Path

import click

from errors import CommandRefused
from server.command.at_hand import at_hand


@click.group("import")
def import_() -> None:
    """Bring in what other systems made."""


@import_.command("cfdi")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER…")
@click.option("--as", "email", required=True, metavar="EMAIL", help="Collaborator in whose name they are brought in.")
@click.option(
    "--on-unknown-client",
    type=click.Choice(["refuse", "create"]),
    default="refuse",
    show_default=True,
    help="What to do with a CFDI whose receptor is no client: refuse the file, or create the client from the CFDI"
    " (needs clients:write).",
)
def import_cfdi(paths: tuple[Path, ...], email: str, on_unknown_client: str) -> None:
    """Bring in CFDIs (XML, 3.2, 3.3 and 4.0, of type I, E and P) that the company issued elsewhere, each once.

    A folder stands for the XML files in it, at any depth. A file that is refused is listed with the reason, and the
    others are still brought in; ends with 1 if any was refused.

    \b
    Example:
      ficha import cfdi --as admin@demo.mx ~/facturas
      ficha import cfdi --as admin@demo.mx --on-unknown-client create ~/facturas
    """
    import asyncio

    from server.access.keys import collaborator
    from server.cfdi_import import files_of, import_files

    with at_hand("import", s3=True, migrated=True) as settings:
        viewer = collaborator(settings, email)
        files = list(files_of(paths))
        importing = import_files(
            settings, viewer, files, click.echo, _show_imported, on_unknown_client=on_unknown_client.upper()
        )
        tally = asyncio.run(importing)
        click.echo(tally)
        if tally.refused:
            raise CommandRefused(f"{tally.refused} of {len(files)} files were refused: see above")


def _show_imported(done: int, total: int) -> None:
    """One line on a terminal, drawn again and again; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[Kimporting {done:,} of {total:,}", nl=done >= total, err=True)
