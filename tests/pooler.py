"""A real pgbouncer between a test and its PostgreSQL, with two connections to give."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.fixtures import demanded

CONFIGURATION = """
[databases]
* = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
{more}
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it listens there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it does not listen"


@contextmanager
def pooling(url: str, directory: Path, more: str = "") -> Iterator[str]:
    """Yields the database's URL by way of the pooler; `more` are lines of its configuration."""
    parts = urlsplit(url)
    listen = free_port()
    given = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    file = directory / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(**given, listen=listen, more=more))
    pgbouncer = demanded(shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"), "pgbouncer")
    # It refuses to run as root, and reads its configuration before it becomes somebody else.
    nobody = ["-u", pwd.getpwuid(65534).pw_name] if os.geteuid() == 0 else []
    with subprocess.Popen([pgbouncer, "-q", *nobody, str(file)], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(listen, process)
            yield parts._replace(netloc=f"{parts.username}:any@127.0.0.1:{listen}").geturl()
        finally:
            process.terminate()
