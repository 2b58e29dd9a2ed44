"""`ficha check`: what a person has to look at in the data."""

import click

from errors import CommandRefused
from server.command.at_hand import at_hand


@click.command()
@click.option("--validate", is_flag=True, help="Then validate the constraints that no row breaks.")
def check(validate: bool) -> None:
    """List what a person has to look at in the data, one finding a line; ends with 1 where there is any.

    Companies with one RFC, clients' accounts for deposits that were typed in, CFDI that were cancelled before the SAT's
    answer was recorded, and invoices without a fiscal folio 72 hours after their issue; rows that break a constraint
    which is newer than they are; and balances, states and sums that are not what the ledger says: all of them are
    computed anew.
    """
    from server import promises
    from server.findings import findings

    with at_hand("check") as settings:
        lines = [*findings(settings), *promises.breaches(settings)]
        for line in promises.validate(settings) if validate else ():
            click.echo(line)
    for line in lines:
        click.echo(line)
    if lines:
        raise CommandRefused(f"{len(lines)} to look at: see above")
