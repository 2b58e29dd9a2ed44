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

    from database.opening import open_pool
    from server.store import open_store
    from server.sweep import Swept, report, sweep_all

    async def run(settings: Settings) -> Swept:
        retention = datetime.timedelta(days=settings.document_retention_days)
        async with open_pool(settings.direct_url, 1) as pool:
            with open_store(settings) as store:
                swept = await sweep_all(pool, store, retention, force=force)
        click.echo(report(swept))
        return swept

    with at_hand("sweep", s3=True, migrated=True) as settings:
        swept = asyncio.run(run(settings))
        if swept.missing:
            raise CommandRefused("documents have lost their object: see the log above")
        if swept.refused:
            raise CommandRefused("\n".join(swept.refused))
