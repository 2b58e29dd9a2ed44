"""`ficha config`: the settings, and where each of them comes from."""

import json
import os

import click

from server.settings import DEFAULT, stated

HIDDEN = "•••"
"""In place of a secret."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON object: a variable's value and source.")
def config(*, as_json: bool) -> None:
    """Show each setting's value and where it comes from: the default, the environment, or a file. Secrets are not
    shown."""
    rows = [
        (each.variable, HIDDEN if each.is_secret and each.source != DEFAULT else each.text, each.source)
        for each in stated(os.environ)
    ]
    if as_json:
        shown = {variable: {"value": value, "source": source} for variable, value, source in rows}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    widths = [max(len(row[column]) for row in rows) for column in (0, 2)]
    for variable, value, source in rows:
        click.echo(f"{variable:<{widths[0]}}  {source:<{widths[1]}}  {value}".rstrip())
