"""Keeps publications of the SAT's tables that are newer than this version in the folder that the settings name."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from models.catalogs.tax import RATES_FILE
from server.settings import Settings


def keep(settings: Settings, rates: str) -> Path:
    """Puts the table of rates in its place, all at once: whoever reads it meanwhile reads the former one."""
    settings.catalogs.mkdir(parents=True, exist_ok=True)
    path = settings.catalogs / RATES_FILE
    with NamedTemporaryFile("w", encoding="utf-8", dir=settings.catalogs, delete=False) as written:
        written.write(rates)
        written.flush()
        os.fsync(written.fileno())
    Path(written.name).chmod(0o644)
    Path(written.name).replace(path)
    return path
