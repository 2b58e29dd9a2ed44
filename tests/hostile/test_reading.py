"""Where files from strangers are read: a reader that takes something without end costs its own file alone."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from uuid import UUID, uuid4

import psutil
import pytest

from errors import Overloaded
from storage import reading
from storage.reading import Reader, Readers, UnreadableError

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def file_of(content: bytes) -> BinaryIO:
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the test's process
    file.write(content)
    file.flush()
    return file


def hog(name: str) -> Reader:
    return Reader(f"tests.hostile.hogs:{name}")


def reading_with(do: Callable[[Readers], Awaitable[T]]) -> T:
    async def run() -> T:
        with Readers() as readers:
            return await do(readers)

    return asyncio.run(run())


async def read(readers: Readers, name: str, company_id: UUID | None = None, content: bytes = b"hola") -> Any:
    with file_of(content) as file:
        return await readers.read(hog(name), file, company_id or uuid4())


@pytest.mark.parametrize("name", ["spin", "swell", "recurse", "chatter", "crash", "write"])
def test_a_reader_that_takes_too_much_ends_and_the_next_file_is_read(name: str) -> None:
    async def do(readers: Readers) -> Any:
        with pytest.raises(UnreadableError):
            await read(readers, name)
        return await read(readers, "echo")

    before = psutil.Process().memory_info().rss
    assert reading_with(do) == "hola"
    assert psutil.Process().memory_info().rss - before < 64 << 20


@pytest.mark.claims(
    "docs/documents.md",
    "Files are read in processes with limits of their own ([ADR 34](adr/0034-one-place-for-strangers-files.md)).",
)
def test_a_child_knows_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FICHA_DATABASE_URL", "postgresql://secret")

    async def do(readers: Readers) -> Any:
        return await read(readers, "tell"), await read(readers, "tell")

    first, second = reading_with(do)
    assert set(first["environment"]) <= {"LANG", "LC_ALL", "LC_CTYPE", "TMPDIR"}
    # Each file has a process of its own: what one leaves behind, the next does not find.
    assert first["process"] != second["process"]
    assert first["parent"] == second["parent"] != os.getpid()


def test_a_child_gives_way_to_the_server_but_loading_its_modules_does_not() -> None:
    """On a busy machine that takes ten times as long: the first files after a start would be told to come again."""
    of_child = reading_with(lambda readers: read(readers, "tell"))
    assert (of_child["nice"] - os.nice(0), of_child["nice_of_parent"]) == (10, os.nice(0))


def test_who_gives_up_waiting_ends_the_child() -> None:
    async def do(readers: Readers) -> None:
        with file_of(b"hola") as file:
            task = asyncio.create_task(readers.read(hog("spin"), file, uuid4()))
            child = await _child()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(child.wait, 30)

    reading_with(do)


async def _child() -> psutil.Process:
    """The process that reads, once there is one."""
    while True:
        for process in psutil.Process().children(recursive=True):
            if process.ppid() != os.getpid() and process.cpu_times().user > 0.1:
                return process
        await asyncio.sleep(0)


def test_companies_are_served_in_turn() -> None:
    # Each is noted when its turn comes: which of the children that run ends first is the machine's affair.
    order: list[str] = []

    class Noted(Readers):
        async def _read(self, reader: Reader, file: BinaryIO) -> Any:
            order.append(os.pread(file.fileno(), 5, 0).decode())
            return await super()._read(reader, file)

    async def do(readers: Readers) -> None:
        mine, other = uuid4(), uuid4()
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(read(readers, "echo", mine, b"mine"))
            await asyncio.sleep(0)
            assert order == ["mine", "mine"]
            group.create_task(read(readers, "echo", other, b"other"))
            await asyncio.sleep(0)
            assert order == ["mine", "mine", "other"]

    with Noted() as readers:
        asyncio.run(do(readers))
    assert sorted(order) == ["mine"] * 20 + ["other"]


@pytest.mark.claims(
    "docs/documents.md",
    "Where 50 files of a company wait to be read, the next completion is answered `OVERLOADED`: send it again.",
)
def test_a_company_has_a_bounded_line_and_others_are_let_in() -> None:
    async def do(readers: Readers) -> None:
        mine = uuid4()
        many = [asyncio.create_task(read(readers, "echo", mine)) for _ in range(reading.EACH + reading.WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await read(readers, "echo", mine)
        assert refused.value.extensions["retryable"] is True
        assert await read(readers, "echo") == "hola"
        assert set(await asyncio.gather(*many)) == {"hola"}
        # The line is empty again.
        assert await read(readers, "echo", mine) == "hola"

    reading_with(do)


def test_who_leaves_the_line_leaves_no_gap() -> None:
    async def do(readers: Readers) -> None:
        mine = uuid4()
        many = [asyncio.create_task(read(readers, "echo", mine)) for _ in range(30)]
        await asyncio.sleep(0)
        for task in many[::2]:
            task.cancel()
        done = await asyncio.gather(*many, return_exceptions=True)
        assert [one for one in done if one == "hola"] == ["hola"] * 15
        assert await asyncio.gather(*(read(readers, "echo", mine) for _ in range(4))) == ["hola"] * 4

    reading_with(do)


def test_a_lost_process_is_started_again() -> None:
    async def do(readers: Readers) -> None:
        first = await read(readers, "tell")
        os.kill(first["parent"], signal.SIGKILL)
        await asyncio.to_thread(psutil.Process(first["parent"]).wait, 30)
        second = await read(readers, "tell")
        assert second["parent"] != first["parent"]

    reading_with(do)


SERVER = """
    import asyncio, sys, tempfile, uuid
    from storage.reading import Reader, Readers

    async def main():
        file = tempfile.TemporaryFile()
        await Readers().read(Reader("tests.hostile.hogs:spin"), file, uuid.uuid4())

    asyncio.run(main())
"""


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_server(ended_by: signal.Signals) -> None:
    server = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SERVER)], cwd=ROOT)
    parent = psutil.Process(server.pid)
    while len(family := parent.children(recursive=True)) < 2:
        assert server.poll() is None
    server.send_signal(ended_by)
    server.wait(60)
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
