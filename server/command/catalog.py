"""`ficha catalog`: newer publications of the SAT's tables and lists."""

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.command.at_hand import at_hand
from server.settings import Settings

if TYPE_CHECKING:
    from server.sat_catalogs import SatCatalog


@click.group()
def catalog() -> None:
    """Take in newer publications of the SAT's tables and lists."""


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def import_table(file: Path, dry_run: bool) -> None:
    """Take in a newer table of tax rates and quotas: c_TasaOCuota of the SAT's catCFDI, saved as CSV.

    It may be the SAT's sheet with its headings, in UTF-8 or Latin-1, or of the form of Ficha's tax_rates.csv. One line
    for each rate that is added, changed or ended. What the file does not list stays, for documents of that time; taken
    in twice it changes nothing. It is kept in FICHA_CATALOGS; running servers read it from there at once.

    \b
    Example:
      ficha catalog import --dry-run c_TasaOCuota.csv
    """
    from domain.rate_table import read_publication, take_in
    from models.catalogs import TAX_RATES
    from server.catalogs import keep

    settings = Settings.from_env(os.environ)
    TAX_RATES.use(settings.catalogs)
    publication = take_in(TAX_RATES.all(), read_publication(file.read_bytes()))
    for line in publication.changes:
        click.echo(line)
    if not publication.changes:
        click.echo("nothing changes")
    elif not dry_run:
        click.echo(f"kept in {keep(settings, publication.text(file.name))}")


@catalog.command("products")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the publication.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def import_products(file: Path, as_of: datetime.datetime, dry_run: bool) -> None:
    """Take in a newer catalog of products and services: c_ClaveProdServ of the SAT's catCFDI, saved as CSV.

    All at once, for all companies; one line for each entry that is added or changed, at most twenty of each. What the
    file does not list stays, for documents of that time. Taken in twice it changes nothing.

    \b
    Example:
      ficha catalog products --as-of 2026-11-01 c_ClaveProdServ.csv
    """
    from server.sat_catalogs import PRODUCTS

    _take_in(PRODUCTS, file, as_of, dry_run=dry_run)


@catalog.command("units")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the publication.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def import_units(file: Path, as_of: datetime.datetime, dry_run: bool) -> None:
    """Take in a newer catalog of units: c_ClaveUnidad of the SAT's catCFDI, saved as CSV; as `products` does.

    \b
    Example:
      ficha catalog units --as-of 2026-11-01 c_ClaveUnidad.csv
    """
    from server.sat_catalogs import UNITS

    _take_in(UNITS, file, as_of, dry_run=dry_run)


def _take_in(catalog: "SatCatalog", file: Path, as_of: datetime.datetime, *, dry_run: bool) -> None:
    from server.sat_catalogs import take_in

    with at_hand("catalog", migrated=True) as settings:
        for line in take_in(settings.direct_url, catalog, file, as_of.date(), dry_run=dry_run):
            click.echo(line)


@catalog.command("taxpayers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the list, where the file does not state it.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--force", is_flag=True, help="Take in an older list, or one that is much shorter.")
def import_taxpayers(file: Path, as_of: datetime.datetime | None, dry_run: bool, force: bool) -> None:
    """Take in the SAT's list of art. 69-B of the CFF, the complete one, as the CSV that the SAT publishes.

    It replaces the list that is there, all at once, for all companies; one line for each publication that is added,
    changed or removed, at most twenty of each. Taken in twice it changes nothing.

    \b
    Example:
      ficha catalog taxpayers Listado_Completo_69-B.csv
    """
    from server.taxpayers import take_in

    with at_hand("catalog", migrated=True) as settings:
        for line in take_in(settings.direct_url, file, as_of.date() if as_of else None, dry_run=dry_run, force=force):
            click.echo(line)
