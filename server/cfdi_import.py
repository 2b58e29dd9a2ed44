"""`ficha import cfdi`: imports files, and folders of thousands, on behalf of a collaborator. Each is independent: a
refused one does not stop the others."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from database.opening import open_pool
from domain.cfdi import CFDI_TOO_LARGE, MOST_BYTES, read_apart
from domain.cfdi_import import CFDI_ALREADY_IMPORTED, bring
from domain.problem import Problem, Rejected, reject
from errors import FichaError
from models.viewer import Viewer
from server.channel import open_channel
from server.sat_certificates import sat_certificates
from server.settings import Settings
from server.store import open_store
from server.work import UnitsOfWork
from storage.reading import Readers

ORDER = "IEP"
"""Invoices come before what credits and pays them, whatever the files are called."""


@dataclass(slots=True)
class Tally:
    """How many files became something, were there already, and were refused."""

    imported: int = 0
    known: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.imported} imported, {self.known} already on record, {self.refused} refused"


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and the XML files of the folders that are, at any depth, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() == ".xml" and file.is_file())
        else:
            yield path


async def import_files(
    settings: Settings,
    viewer: Viewer,
    files: Sequence[Path],
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
    **chosen: Any,
) -> Tally:
    """Imports the files. `say` gets a line for each refusal or warning, `progress` the number of files done and
    their total; `chosen` is what `domain.cfdi_import.ImportCfdi` can be told, such as `on_unknown_client`."""
    with Readers() as readers:
        return await _import(settings, viewer, files, readers, say, progress, chosen)


async def _import(
    settings: Settings,
    viewer: Viewer,
    files: Sequence[Path],
    readers: Readers,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
    chosen: Mapping[str, Any],
) -> Tally:
    tally, done = Tally(), 0
    sat = sat_certificates(settings)
    queue: list[tuple[int, datetime.datetime, Path]] = []
    for file in files:
        try:
            cfdi = await read_apart(readers, _content(file), viewer.company_id)
            queue.append((ORDER.index(cfdi.type), cfdi.issued_at, file))
        except (FichaError, OSError) as error:
            say(f"{file}: {_reason(error)}")
            tally.refused += 1
            done += 1
            progress(done, len(files))

    pool, channel = open_pool(settings.direct_url, 1), open_channel(settings)
    units = UnitsOfWork(pool, channel)
    try:
        with open_store(settings) as store:
            await store.ensure_bucket()
            for _, _, file in sorted(queue):
                transact = partial(units.run, viewer, datetime.datetime.now(datetime.UTC))
                try:
                    _, warnings = await bring(
                        transact, store, readers, viewer.company_id, _content(file), sat, **chosen
                    )
                except (FichaError, OSError) as error:
                    say(f"{file}: {_reason(error)}")
                    tally.refused += 1
                else:
                    known = any(warning.code is CFDI_ALREADY_IMPORTED for warning in warnings)
                    tally.known += known
                    tally.imported += not known
                    for warning in warnings:
                        say(f"{file}: {_line_of(warning)}")
                done += 1
                progress(done, len(files))
    finally:
        await channel.close()
        await pool.close()
    return tally


def _content(file: Path) -> bytes:
    """The file's bytes; one that is too large is not read."""
    if file.stat().st_size > MOST_BYTES:
        raise reject(CFDI_TOO_LARGE, most=MOST_BYTES)
    return file.read_bytes()


def _reason(error: Exception) -> str:
    match error:
        case Rejected():
            return "; ".join(_line_of(problem) for problem in error.problems)
        case OSError():
            return error.strerror or str(error)
        case _:
            return str(error)


def _line_of(problem: Problem) -> str:
    path = ".".join(map(str, problem.path))
    where = f"{path}: " if path and path != "xml" else ""
    return f"{problem.code.name}: {where}{problem.message_en}"
