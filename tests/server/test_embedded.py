"""The embedded servers: kept, shared, stopped and found again, on real PostgreSQL and SeaweedFS."""

import io
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import psutil
import psycopg
import pytest
from minio import Minio

from server import embedded
from server.embedded import S3, EmbeddedError, InUse, Known, Postgres, SeaweedFS, Server, Services, services
from server.settings import Settings


def settings_in(directory: Path) -> Settings:
    return Settings.from_env({"FICHA_DATA_DIR": str(directory)})


def ask(running: Services, statement: str) -> object:
    assert running.database_url
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def client(s3: S3 | None) -> Minio:
    assert s3
    return Minio(s3.endpoint.removeprefix("http://"), s3.access_key, s3.secret_key, secure=False)


@pytest.mark.claims(
    "README.md",
    "The data stay in `.ficha/`; delete that directory to begin anew.",
)
def test_data_ports_and_credentials_survive_a_restart_in_an_awkward_place(tmp_path: Path) -> None:
    directory = tmp_path / ("año nuevo, 'x' " + "y" * 120) / ".ficha"  # a Unix socket's path would be too long
    settings = settings_in(directory)
    with services(settings, "serve") as first:
        ask(first, "CREATE TABLE note AS SELECT 'ñandú' AS text")
        client(first.s3).put_object("ficha", "constancia ñ.pdf", io.BytesIO(b"%PDF"), 4)
    with services(settings, "serve") as second:
        assert second == first
        assert ask(second, "SELECT text FROM note") == "ñandú"
        assert client(second.s3).get_object("ficha", "constancia ñ.pdf").data == b"%PDF"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for private in ("servers.json", "running.json", "s3/identities.json"):
        assert stat.S_IMODE((directory / private).stat().st_mode) == 0o600


def test_servers_listen_on_loopback_only_and_know_their_user(tmp_path: Path) -> None:
    with services(settings_in(tmp_path / "data"), "serve") as running:
        listening: list[str] = []
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # PostgreSQL's backends come and go
                connections = child.net_connections("inet")
                listening += [each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN]
        assert len(listening) >= 2  # PostgreSQL's, and SeaweedFS's with its parts
        assert all(ip_address(address).is_loopback for address in listening)
        assert running.database_url
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(running.database_url, password="guess")


def test_the_database_is_unicode_in_utc_and_its_trigrams_know_accents(tmp_path: Path) -> None:
    with services(settings_in(tmp_path / "data"), "serve", s3=False) as running:
        assert running.s3 is None
        assert ask(running, "SHOW server_encoding") == "UTF8"
        assert ask(running, "SHOW timezone") == "UTC"
        assert ask(running, "SELECT lower('ÑANDÚ') COLLATE \"default\"") == "ñandú"
        for extension in ("pg_trgm", "unaccent", "btree_gist"):
            ask(running, f"CREATE EXTENSION {extension}")
        assert ask(running, "SELECT cardinality(show_trgm('ñandú'))") == 6


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells the page faults of a process")
def test_a_backend_keeps_the_memory_that_long_answers_take(tmp_path: Path) -> None:
    """The C library gave it back after each, and PostgreSQL took hundreds of page faults for the next."""
    statement = b"select string_agg(concat(n, 'x', to_json(n::text)), ',') from generate_series(1, 20000) n"
    with services(settings_in(tmp_path / "data"), "serve", s3=False) as running:
        assert running.database_url
        with psycopg.connect(running.database_url) as connection:

            def faults() -> int:
                told = Path(f"/proc/{connection.info.backend_pid}/stat").read_text("ascii").rpartition(")")[2]
                return int(told.split()[7])

            for _ in range(20):
                connection.execute(statement)
            before = faults()
            for _ in range(20):
                assert len(connection.execute(statement).fetchall()[0][0]) > 250_000
            assert faults() - before < 100


def test_a_second_serve_is_refused_and_other_commands_use_the_first(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with services(settings, "serve") as first:
        before = (settings.data_dir / "servers.json").read_bytes()
        with pytest.raises(InUse) as refused, services(settings, "serve"):
            pass
        assert str(refused.value) == f"`ficha serve` is running on {settings.data_dir}; nothing was started or changed"
        with services(settings, "token") as attached:
            assert attached == first
        assert ask(first, "SELECT 1") == 1
        assert (settings.data_dir / "servers.json").read_bytes() == before


def test_a_short_command_keeps_all_others_away(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with services(settings, "seed", s3=False):
        for command in ("serve", "token"):
            with pytest.raises(InUse) as refused, services(settings, command):
                pass
            assert str(refused.value).startswith("`ficha seed` is running on ")


def test_attaching_needs_what_the_first_has(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with services(settings, "serve", s3=False), pytest.raises(EmbeddedError) as refused, services(settings, "seed"):
        pass
    assert str(refused.value).endswith("runs with other settings for its servers than these")


def test_nothing_is_touched_when_both_are_configured(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "FICHA_DATA_DIR": str(tmp_path / "data"),
            "FICHA_DATABASE_URL": "postgresql://db/ficha",
            "FICHA_S3_ENDPOINT": "http://s3",
            "FICHA_S3_ACCESS_KEY": "key",
            "FICHA_S3_SECRET_KEY": "hush",
        }
    )
    with services(settings, "serve") as running:
        assert running == Services()
    assert not settings.data_dir.exists()


def test_servers_are_stopped_when_the_block_fails(tmp_path: Path) -> None:
    children: set[psutil.Process] = set()
    others = set(psutil.Process().children())

    def fail() -> None:
        with services(settings_in(tmp_path / "data"), "serve"):
            children.update(set(psutil.Process().children()) - others)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(children) == 2
    assert not any(child.is_running() for child in children)


SERVE_UNTIL_KILLED = """
import sys
from server import embedded
from server.settings import Settings
with embedded.services(Settings.from_env({"FICHA_DATA_DIR": sys.argv[1]}), "serve"):
    print("up", flush=True)
    sys.stdin.read()
"""


def test_after_sigkill_nothing_is_left_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with services(settings, "serve", s3=False) as first:
        ask(first, "CREATE TABLE note AS SELECT 7 AS number")
    serving = subprocess.Popen(
        [sys.executable, "-c", SERVE_UNTIL_KILLED, str(settings.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with serving:
        assert serving.stdout
        assert serving.stdout.readline() == "up\n"
        left = psutil.Process(serving.pid).children(recursive=True)
        assert {process.name() for process in left} == {"postgres", "weed"}
        serving.kill()
    with services(settings, "serve") as running:
        assert ask(running, "SELECT number FROM note") == 7
        _, alive = psutil.wait_procs(left, timeout=30)
        assert alive == []


def postgres_in(directory: Path) -> Postgres:
    return Postgres(directory, Known.read(directory / "servers.json"), {"fsync": "off"})


def seaweedfs_in(directory: Path) -> SeaweedFS:
    return SeaweedFS(directory, Known.read(directory / "servers.json"), settings_in(directory))


ServerIn = Callable[[Path], Server]
each_server = pytest.mark.parametrize("server_in", [postgres_in, seaweedfs_in])


def stop(server: Server) -> None:
    server.signal_stop()
    server.wait_until_stopped()


@each_server
def test_an_orphan_is_stopped_before_its_successor_starts(tmp_path: Path, server_in: ServerIn) -> None:
    orphan, successor = server_in(tmp_path), server_in(tmp_path)
    try:
        orphan.start()
        orphan.wait_until_ready()
        successor.start()
        assert orphan.process
        assert orphan.process.wait(0) == 0  # gone, and by a clean shutdown
        successor.wait_until_ready()
    finally:
        stop(orphan)
        stop(successor)


def test_an_object_outlives_a_killed_store(tmp_path: Path) -> None:
    killed, successor = seaweedfs_in(tmp_path), seaweedfs_in(tmp_path)
    try:
        killed.start()
        killed.wait_until_ready()
        client(killed.s3).put_object("ficha", "contrato.pdf", io.BytesIO(b"%PDF"), 4)
        assert killed.process
        killed.process.kill()
        killed.process.wait()
        successor.start()
        successor.wait_until_ready()
        assert client(successor.s3).get_object("ficha", "contrato.pdf").data == b"%PDF"
    finally:
        stop(killed)
        stop(successor)


@each_server
def test_a_pid_that_is_now_another_process_is_left_alone(tmp_path: Path, server_in: ServerIn) -> None:
    server = server_in(tmp_path)
    server.start()
    server.wait_until_ready()
    stop(server)
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with bystander:
        server.pid_file.write_text(f"{bystander.pid}\n{server.directory}\n", "ascii")
        try:
            server.start()
            server.wait_until_ready()
            assert bystander.poll() is None
        finally:
            stop(server)
            bystander.communicate(b"\n")


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with services(settings, "serve", s3=False):
        pass
    (settings.data_dir / "postgres" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError) as refused, services(settings, "serve", s3=False):
        pass
    assert str(refused.value).startswith("PostgreSQL did not start: ")
    assert "pg_control" in str(refused.value)


def test_data_of_another_major_version_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError) as refused, services(settings_in(tmp_path), "serve", s3=False):
        pass
    assert str(refused.value) == f"{data} was made by PostgreSQL 17, installed is 18"
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_place_where_no_directory_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError) as refused, services(settings_in(tmp_path / "file" / "data"), "serve"):
        pass
    assert str(refused.value) == f"cannot use the data directory: {tmp_path}/file/data: Not a directory"


def test_a_kept_port_that_is_taken_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        known = Known(ports={"postgres": taken.getsockname()[1]})
        assert known.port("postgres") != taken.getsockname()[1]
        assert known.ports["postgres"] == known.port("postgres")


def test_the_callers_environment_does_not_steer_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPORT", "PGOPTIONS", "WEED_MASTER_PORT", "AWS_ACCESS_KEY_ID", "S3_BUCKET"):
        monkeypatch.setenv(name, "1")
    server = postgres_in(tmp_path)
    assert set(os.environ) - set(server.environment()) >= {
        "PGPORT", "PGOPTIONS", "WEED_MASTER_PORT", "AWS_ACCESS_KEY_ID", "S3_BUCKET",
    }  # fmt: skip
    assert server.environment()["PATH"] == os.environ["PATH"]


def test_a_missing_package_is_named() -> None:
    with pytest.raises(EmbeddedError) as refused:
        embedded._file_of("no-such-distribution", "weed")
    assert str(refused.value) == (
        "the package no-such-distribution is not installed: install requirements/local.txt, "
        "or set FICHA_DATABASE_URL and FICHA_S3_ENDPOINT"
    )
