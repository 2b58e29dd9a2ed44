"""`ficha check`: what a person has to look at in the data."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING

import click

from errors import CommandRefused
from server.command.at_hand import at_hand

if TYPE_CHECKING:
    from server.checks.parts import Checked

NAMES = ("structure", "promises", "ledger", "numbers", "history", "objects", "people")


@click.command()
@click.option("--validate", is_flag=True, help="Then validate the constraints that no row breaks.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Look at this part only; may be repeated.")
@click.option("--contents", is_flag=True, help="Read every file, and compare it with its SHA-256.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def check(validate: bool, only: Sequence[str], contents: bool, as_json: bool) -> None:
    """Look at all data, and list what is wrong or a person has to look at, one finding a line; ends with 1 where there
    is any.

    \b
    structure  references, conditions, keys, computed columns, triggers, walls
    promises   rules over several rows, and constraints newer than the rows
    ledger     balances, states, sums, activity: computed anew
    numbers    folios, keys of follow-ups, places, the count of clients
    history    the events of each record
    objects    files without object, objects without file, sizes
    people     doubtful data that only a person can judge

    It only reads, and may run while Ficha serves.
    """
    from server.checks import promises
    from server.checks.parts import checked
    from server.store import open_store

    with_objects = not only or "objects" in only
    findings: dict[str, Sequence[str]] = {}
    seconds: dict[str, float] = {}
    with at_hand("check", s3=with_objects) as settings, ExitStack() as stack:
        store = stack.enter_context(open_store(settings)) if with_objects else None
        for part in checked(settings, store, only, contents=contents):
            _show_progress(part, len(findings))
            if part.findings is not None:
                findings[part.name], seconds[part.name] = part.findings, round(part.seconds, 3)
        valid = list(promises.validate(settings)) if validate else []
    lines = list(chain(*findings.values()))
    if as_json:
        import orjson

        parts = [{"name": name, "seconds": seconds[name], "findings": findings[name]} for name in findings]
        click.echo(orjson.dumps({"clean": not lines, "parts": parts, "validated": valid}).decode())
    else:
        for line in [*valid, *lines]:
            click.echo(line)
    if lines:
        raise CommandRefused(f"{len(lines)} to look at{'' if as_json else ': see above'}")


def _show_progress(part: "Checked", done: int) -> None:
    """One line on a terminal, drawn again and again; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[Kchecking {part.name} ({done + 1} of {len(NAMES)})", nl=False, err=True)
        if part.findings is not None:
            click.echo("\r\x1b[K", nl=False, err=True)
