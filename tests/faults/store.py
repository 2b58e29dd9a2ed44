"""An S3 store of a test's own, to be killed, to stand still, and to have other keys."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from server import embedded
from server.settings import Settings

BUCKET = "ficha"


class Store(embedded.SeaweedFS):
    """It runs, until it is killed, and again after a start, at the same address. It takes each of its `keys`."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, embedded.Known(), Settings.from_env({"FICHA_S3_BUCKET": BUCKET}))
        self.keys = [(self.known.s3_access_key, self.known.s3_secret_key)]

    @property
    def s3(self) -> embedded.S3:
        """Its address, with the newest of its keys."""
        access, secret = self.keys[-1]
        return embedded.S3(endpoint=super().s3.endpoint, access_key=access, secret_key=secret)

    def _launch(self) -> None:
        identities = [
            {
                "name": access,
                "credentials": [{"accessKey": access, "secretKey": secret}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            }
            for access, secret in self.keys
        ]
        (self.directory / "identities.json").write_text(json.dumps({"identities": identities}))
        super()._launch()

    def run(self) -> None:
        """Starts it, and waits until it answers."""
        self.start()
        self.wait_until_ready()

    def stop(self) -> None:
        """Stops it, and waits until it has."""
        self.signal_stop()
        self.wait_until_stopped()

    def kill(self) -> None:
        """At once."""
        assert self.process
        self.process.kill()
        self.process.wait(60)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still within: connections stay, and nothing answers."""
        assert self.process
        process = psutil.Process(self.process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()


@contextmanager
def running_store(directory: Path | None = None) -> Iterator[Store]:
    """For the time of the block, in a directory of its own unless one is named."""
    directory = directory or Path(tempfile.mkdtemp(prefix="ficha-store-"))
    store = Store(directory)
    store.run()
    try:
        yield store
    finally:
        store.stop()
        shutil.rmtree(directory, ignore_errors=True)
