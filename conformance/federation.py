"""The programs of examples/federation as they run: the support desk beside a Ficha, and gateways in front of both."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from graphiql import build

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "examples" / "federation"
HIVE = FOLDER / "node_modules" / "@graphql-hive" / "gateway" / "dist" / "bin.js"
GATEWAYS = {"apollo": ["apollo.ts"], "hive": [str(HIVE), "supergraph"]}
COMPOSERS = {"apollo": "apollo", "hive": "guild"}
"""The composer of each gateway's maker."""


class Example:
    """Starts the programs beside the Ficha of that address; supergraphs go to the folder. Addresses end in `/graphql`.

    They may talk to no other machine: `outside` names those that they tried to reach.
    """

    def __init__(self, ficha: str, folder: Path) -> None:
        self.folder = folder
        self._composed: set[str] = set()
        self._outside = folder / "outside"
        self._outside.touch()
        # The variable is the example's own business.
        inherited = {name: value for name, value in os.environ.items() if name != "APOLLO_TELEMETRY_DISABLED"}
        self._environment = inherited | {
            "URL_OF_FICHA": ficha,
            "NODE_OPTIONS": f"--import={HERE / 'loopback.mjs'}",
            "OUTSIDE": str(self._outside),
        }
        self._node = build.node_and_npm()[0]

    @property
    def outside(self) -> list[str]:
        return self._outside.read_text(encoding="utf-8").split()

    @contextmanager
    def tickets(self) -> Iterator[str]:
        """Serves the support desk; its address."""
        with self._serving("tickets.ts") as url:
            self._environment["URL_OF_TICKETS"] = url
            yield url

    def supergraph(self, composer: str) -> Path:
        """The supergraph by `apollo` or `guild`, composed once: Hive Gateway ends when its file is empty."""
        file = self.folder / f"{composer}.graphql"
        if composer not in self._composed:
            command = [*self._node, "compose.ts", composer]
            done = subprocess.run(command, cwd=FOLDER, env=self._environment, stdout=subprocess.PIPE, check=True)
            file.write_bytes(done.stdout)
            self._composed.add(composer)
        return file

    def gateway(self, name: str, composer: str) -> AbstractContextManager[str]:
        """Serves the supergraph of that composer by a gateway, `apollo` or `hive`; its address."""
        return self._serving(*GATEWAYS[name], str(self.supergraph(composer)))

    @contextmanager
    def _serving(self, *command: str) -> Iterator[str]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = str(listener.getsockname()[1])
        url = f"http://127.0.0.1:{port}"
        with subprocess.Popen(
            [*self._node, *command],
            cwd=FOLDER,
            env=self._environment | {"PORT": port},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout  # noqa: S101  # it is piped
                if not any(url in line for line in process.stdout):
                    raise RuntimeError(f"{command[0]} ended with {process.wait()}")
                yield f"{url}/graphql"
            finally:
                process.kill()
