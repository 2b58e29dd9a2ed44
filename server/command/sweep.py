"""`ficha sweep`: what uploads and deletions left, removed now."""

import click

from errors import CommandRefused
from server.command.at_hand import at_hand
from server.settings import Settings


@click.command()
@click.option("--force", is_flag=True, help="Also put more objects into the trash than a company should lose at once.")
def sweep(*, force: bool) -> None:
    """Remove what uploads left unfinished, documents deleted long ago and objects that belong to nothing.

    `ficha serve` does so by itself. Objects that belong to nothing go to the trash (keys under `trash/` in the bucket)
    for 30 days; a sweep puts back those that a document has after all. Ends with 1 where documents have lost their
    object or something was not done; the log says which.
    """
    import asyncio
    import datetime

    from database.opening import open_engine
    from server.store import open_store
    from server.sweep import Swept, report, sweep_all

    async def run(settings: Settings) -> Swept:
        engine = open_engine(settings.direct_url, 1)
        retention = datetime.timedelta(days=settings.document_retention_days)
        try:
            with open_store(settings) as store:
                swept = await sweep_all(engine, store, retention, force=force)
        finally:
            await engine.dispose()
        click.echo(report(swept))
        return swept

    with at_hand("sweep", s3=True, migrated=True) as settings:
        swept = asyncio.run(run(settings))
        if swept.missing:
            raise CommandRefused("documents have lost their object: see the log above")
        if swept.refused:
            raise CommandRefused("\n".join(swept.refused))
