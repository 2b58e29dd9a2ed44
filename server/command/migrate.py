"""`ficha migrate`: the database at its newest migration."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from server.command.at_hand import at_hand
from server.migration_steps import Step, steps

if TYPE_CHECKING:
    from server.bring_up import State


@click.command()
@click.option("--contract", is_flag=True, help="Also run what takes something away from a release that still serves.")
def migrate(*, contract: bool) -> None:
    """Bring the database up to the newest migration, as the owner that FICHA_DATABASE_URL names.

    It first says what it will run. A migration that expands leaves older releases all that they need: run it before the
    first process of the new release starts. One that contracts waits while a process serves that needs what it takes
    away.
    """
    from server.bring_up import bring_up

    with at_hand("migrate", creates=True) as settings:
        bring_up(settings.direct_url, contracts=contract, announce=_announce)


def _announce(state: "State", ahead: Sequence[Step]) -> None:
    """What will be run, and what waits."""
    reached = ahead[-1].number if ahead else state.number
    for step in ahead:
        click.echo(f"to run: {step}")
    if waiting := [step for step in steps() if step.number > reached]:
        serve = sum(each <= waiting[0].last_migration for each in state.present)
        for step in waiting:
            click.echo(f"waits:  {step}")
        click.echo(
            f"{serve} processes of {waiting[0].last_release} or older serve: run this again when they have ended, or"
            " `ficha migrate --contract` now"
        )
