"""URLs of databases, as each library wants them."""

from sqlalchemy import make_url


def sqlalchemy_url(url: str) -> str:
    """The URL as SQLAlchemy wants it, with psycopg 3 as the driver."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
