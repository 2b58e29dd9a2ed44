"""`ficha labels`: the labels, sentences and messages for translators, as catalogs of gettext."""

import os
import sys
from pathlib import Path

import click

from server.settings import Settings


@click.group()
def labels() -> None:
    """Export labels, sentences and messages to a catalog of gettext (.po), and take it back."""


@labels.command("export")
@click.option("--language", type=click.Choice(["es", "en"]), default="en", show_default=True)
def export_texts(language: str) -> None:
    """Print the catalog of a language: every label of a value or a field, every sentence of the history and every
    message of a problem.

    \b
    Example:
      ficha labels export --language en > en.po
    """
    from server.texts import catalog_of, translated_texts

    texts = translated_texts(Settings.from_env(os.environ))
    sys.stdout.buffer.write(catalog_of(language, texts.get(language)))


@labels.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_texts(file: Path) -> None:
    """Take in a catalog. It is kept in FICHA_TEXTS; servers use it from their next start on. One line for each message
    that is not used: without a translation, fuzzy, or of a text that has changed.

    \b
    Example:
      ficha labels import en.po
    """
    from server.texts import keep_texts

    path, lines = keep_texts(Settings.from_env(os.environ), file.read_bytes())
    for line in lines:
        click.echo(line)
    click.echo(f"kept in {path}")
