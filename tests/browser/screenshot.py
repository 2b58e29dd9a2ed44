"""Take the README's pictures: `python -m tests.browser.screenshot http://127.0.0.1:8000 docs/graphiql.png`, and
the same with docs/client-page.png."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.browser.chromium import GraphiQL, find_chromium, launch_chromium
from tests.browser.client_screen import ClientScreen, kemper_id


def _graphiql(page: Page, base_url: str) -> None:
    GraphiQL(page, base_url).execute()


def _client_page(page: Page, base_url: str) -> None:
    ClientScreen(page, base_url).open_client(kemper_id(), "billing")
    page.wait_for_load_state("networkidle")


PICTURES: Final[dict[str, Callable[[Page, str], None]]] = {"graphiql.png": _graphiql, "client-page.png": _client_page}


def main(base_url: str, picture: str) -> None:
    draw = PICTURES.get(Path(picture).name) or sys.exit(f"screenshot: no picture but {', '.join(PICTURES)}")
    executable = find_chromium() or sys.exit("screenshot: no Chromium on the PATH nor in CHROMIUM")
    with launch_chromium(executable) as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        draw(page, base_url)
        page.mouse.move(0, 0)  # no button lit up
        page.screenshot(path=picture)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tests.browser.screenshot URL OUT.png")
    main(*sys.argv[1:])
