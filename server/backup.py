"""Backups, by PostgreSQL's own programs: a base backup, all that is written after it (WAL), and a copy of the store's
objects, from which an instant between is restored.

    base/2026-11-30T075000Z/    a data directory, as pg_basebackup copies it
    wal/                        what was written since, as pg_receivewal receives it
    objects/<key>               the store's objects; an object never changes
    gone/2026-11-30/<key>       those that the store has no more, by the day on which that was seen

Errors: CommandRefused, with what the program says.
"""

import asyncio
import datetime
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from errors import CommandRefused
from server.embedded import EmbeddedError, account_for, launcher, postgres_binaries
from server.settings import Settings
from storage import MinioStore, ObjectNotFoundError

SLOT: Final = "ficha_backup"
"""PostgreSQL keeps what the receiver of its WAL has not had yet, while that is down."""
_STAMP: Final = "%Y-%m-%dT%H%M%S.%fZ"
_SYSTEM: Final = "/usr/lib/postgresql"
_CHUNK_MOST: Final = 1 << 62

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup that is complete; an instant after its end can be restored from it."""

    folder: Path
    ended_at: datetime.datetime


def back_up(settings: Settings, store: MinioStore, folder: Path, keep_days: int, show: Show) -> None:
    """Makes a base backup and copies the objects that are new; removes what is older than `keep_days`, but never the
    newest base backup."""
    base = make_base(settings.direct_url, folder)
    show(f"base backup: {base.folder}")
    copied, gone = copy_objects(store, folder)
    show(f"objects: {copied} copied, {gone} no longer in the store")
    for removed in prune(folder, datetime.timedelta(days=keep_days)):
        show(f"removed: {removed}")


def make_base(url: str, folder: Path) -> Base:
    """A new base backup, with the WAL that it needs by itself, verified by its manifest."""
    draft = folder / "base" / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _run(url, "pg_basebackup", f"--pgdata={draft}", "--checkpoint=fast", "--wal-method=stream", "--no-password")
    _run("", "pg_verifybackup", "--quiet", str(draft))
    ended_at = datetime.datetime.now(datetime.UTC)
    final = draft.with_name(ended_at.strftime(_STAMP))
    draft.rename(final)
    return Base(final, ended_at)


def bases(folder: Path) -> Sequence[Base]:
    """The base backups that are complete, the oldest first."""
    return [
        Base(each, datetime.datetime.strptime(each.name, _STAMP).replace(tzinfo=datetime.UTC))
        for each in sorted((folder / "base").glob("*Z"))
    ]


def receiving(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Receives what PostgreSQL writes from now on, until it is ended; with this process at the latest."""
    wal = folder / "wal"
    wal.mkdir(mode=0o700, parents=True, exist_ok=True)
    _run(url, "pg_receivewal", "--create-slot", "--if-not-exists", f"--slot={SLOT}", "--no-password")
    command, environment = _command(
        url, "pg_receivewal", f"--directory={wal}", f"--slot={SLOT}", "--synchronous", "--no-password"
    )
    return subprocess.Popen(
        [*launcher(None, signal.SIGTERM), *command], env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )


def copy_objects(store: MinioStore, folder: Path) -> tuple[int, int]:
    """Copies the objects that are new, and sets aside the copies of those that the store has no more: how many."""
    return asyncio.run(_copy_objects(store, folder))


async def _copy_objects(store: MinioStore, folder: Path) -> tuple[int, int]:
    objects = folder / "objects"
    objects.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = {each.key: each.size for each in await store.list_objects("")}
    there = dict(_files(objects))
    copied = 0
    for key, size in listed.items():
        if there.get(key) == size:
            continue
        target = objects / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.draft")
        try:
            with draft.open("wb") as file:
                await store.copy_into(key, file, _CHUNK_MOST)
        except ObjectNotFoundError:  # since the listing
            draft.unlink()
            continue
        draft.replace(target)
        copied += 1
    gone = [key for key in there if key not in listed]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    for key in gone:
        aside = folder / "gone" / today / key
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (objects / key).replace(aside)
    return copied, len(gone)


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """The keys of the copies in the folder, with their sizes."""
    for each in folder.rglob("*"):
        if each.is_file() and each.suffix != ".draft":
            yield each.relative_to(folder).as_posix(), each.stat().st_size


def put_objects(store: MinioStore, folder: Path) -> int:
    """Puts those objects into the store that it lacks: how many."""
    return asyncio.run(_put_objects(store, folder))


async def _put_objects(store: MinioStore, folder: Path) -> int:
    await store.ensure_bucket()
    there = {each.key for each in await store.list_objects("")}
    folders = [*sorted((folder / "gone").glob("*")), folder / "objects"]
    copies = {key: each / key for each in folders for key, _ in _files(each)}
    lacking = [key for key in copies if key not in there]
    for key in lacking:
        await store.put_file(key, copies[key])
    return len(lacking)


def prune(folder: Path, keep: datetime.timedelta) -> Iterator[Path]:
    """Removes base backups that are older, and what only those need."""
    since = datetime.datetime.now(datetime.UTC) - keep
    # The last of the older ones is what the instants before the next one are restored from.
    for base in [base for base in bases(folder) if base.ended_at < since][:-1]:
        shutil.rmtree(base.folder)
        yield base.folder
    first = next(iter(bases(folder)))
    if (folder / "wal").exists():
        _run("", "pg_archivecleanup", str(folder / "wal"), _first_wal(first.folder))
    for each in sorted((folder / "gone").glob("*")):
        if datetime.date.fromisoformat(each.name) < since.date():
            shutil.rmtree(each)
            yield each


def _first_wal(base: Path) -> str:
    """The first file of WAL that the base backup needs: as in `START WAL LOCATION: 0/2000028 (file 0000…02)`."""
    line = (base / "backup_label").read_text("ascii").splitlines()[0]
    return line.partition("(file ")[2].rstrip(")")


def prepare(folder: Path, into: Path, instant: datetime.datetime | None) -> Base:
    """Makes a data directory that recovers to the instant, or as far as WAL was received, as soon as PostgreSQL is
    started on it; returns the base backup that it was made from."""
    fitting = [base for base in bases(folder) if instant is None or base.ended_at <= instant]
    if not fitting:
        raise CommandRefused(f"no base backup in {folder / 'base'} had ended by then")
    if into.exists() and any(into.iterdir()):
        raise CommandRefused(f"{into} is not empty: nothing was changed")
    base = fitting[-1]
    _run("", "pg_verifybackup", "--quiet", str(base.folder))
    shutil.copytree(base.folder, into, dirs_exist_ok=True, symlinks=True)
    into.chmod(0o700)
    wal = folder.absolute() / "wal"
    # What was received last is still called partial.
    settings = {"restore_command": f'cp "{wal}/%f" "%p" || cp "{wal}/%f.partial" "%p"'}
    if instant is not None:
        settings |= {"recovery_target_time": instant.isoformat(), "recovery_target_action": "promote"}
    with (into / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (into / "recovery.signal").touch()
    if account := account_for(into.parent):
        for path in (into, *into.rglob("*")):
            os.chown(path, *account, follow_symlinks=False)
    return base


def _run(url: str, program: str, *arguments: str) -> None:
    command, environment = _command(url, program, *arguments)
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = [line.removeprefix(f"{program}: ") for line in done.stderr.splitlines() if line.strip()]
        reason = next((line for line in lines if line.startswith("error: ")), "\n".join(lines[-1:]))
        raise CommandRefused(f"{program} failed: {reason or 'no message'}")


def _command(url: str, program: str, *arguments: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """The command line and its environment: the password is in neither list of processes nor log."""
    known: dict[str, Any] = conninfo_to_dict(url)
    password = known.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password:
        environment["PGPASSWORD"] = password
    where = [f"--dbname={make_conninfo('', **known)}"] if known else []
    return [_program(program), *where, *arguments], environment


def _program(name: str) -> str:
    """PostgreSQL's program: of the embedded one, or else the system's newest."""
    try:
        return str(postgres_binaries() / name)
    except EmbeddedError:
        versions = sorted(Path(_SYSTEM).glob("*/bin"), key=lambda each: -int(each.parent.name))
        path = shutil.which(name) or next((str(each / name) for each in versions if (each / name).exists()), None)
        if path is None:
            raise CommandRefused(f"there is no {name}: install PostgreSQL's client programs") from None
        return path
