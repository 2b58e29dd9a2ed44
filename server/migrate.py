"""Brings a database up to the newest migration; run by `ficha migrate`, at the start of the demo, and by the tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url

ROOT = Path(__file__).resolve().parent.parent

# One number for all Ficha servers, so that two that start at once migrate one after the other.
MIGRATION_LOCK = 7_261_953


def sqlalchemy_url(url: str) -> str:
    """The URL as SQLAlchemy wants it, with psycopg 3 as the driver."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def config() -> Config:
    """Alembic's configuration, which has no file of its own."""
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    settings.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(url: str) -> None:
    """Run what is missing, as the owner of the tables; one transaction, all or nothing."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    finally:
        engine.dispose()
