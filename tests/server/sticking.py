"""Two processes that answer with their number, but for `/stick`, which holds the event loop of one for good. The
supervisor is patient for seconds instead of half a minute."""

import os
import socket
import time
from typing import Any

from server.http import front, workers
from server.settings import Settings

workers.STUCK_SECONDS = 3


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """The application, in ASGI."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/stick":
        time.sleep(600)  # noqa: ASYNC251  # as a fault of ours would
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


def make(settings: Settings) -> front.Server:
    """The server of one process."""
    return front.Server(front.configure(answer, settings))


def main() -> None:
    """Serves until it is killed."""
    settings = Settings.from_env({"FICHA_WORKERS": "2", "FICHA_LOG_LEVEL": "error"})
    listener = socket.create_server(("127.0.0.1", 0))
    ready = lambda: print(front.url_of(listener), flush=True)  # noqa: E731, T201
    workers.Supervisor(lambda: settings, make, listener, ready).run()


if __name__ == "__main__":
    main()
