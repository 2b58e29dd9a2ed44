"""`ficha distribute`: the tables of the database spread over several servers by company."""

import click

from server.command.at_hand import at_hand


@click.command()
@click.option("--yes", is_flag=True, help="Do it. Without this, only say what would be done.")
@click.option(
    "--shards",
    type=click.IntRange(1, 1024),
    default=32,
    show_default=True,
    help="Parts of each table; the companies of one part move together.",
)
def distribute(*, yes: bool, shards: int) -> None:
    """Spread the tables of the database over the servers that its Citus knows, by company.

    FICHA_DATABASE_URL leads to Citus' coordinator, as a superuser. Nobody else can use the tables until the end. All of
    it is done or nothing; what is done already is left as it is. See docs/distributed.md.
    """
    import psycopg

    from server import distribute as distributing

    def show(what: str, done: int, total: int) -> None:
        click.echo(f"{done} of {total}: {what}")

    with at_hand("distribute") as settings, psycopg.connect(settings.direct_url) as connection:
        lacking = distributing.missing(connection)
        if lacking.is_nothing:
            click.echo(f"distributed already, over {', '.join(lacking.servers)}")
            return
        for line in lacking.lines(shards):
            click.echo(line)
        if not yes:
            click.echo("nothing was done: `ficha distribute --yes` does it")
            return
        distributing.distribute(connection, lacking, shards, show)
    click.echo("done: restart all processes of Ficha")
