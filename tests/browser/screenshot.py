"""Take the README's pictures from a running demo: `python -m tests.browser.screenshot http://127.0.0.1:8000
docs/tour.svg`, and the same with docs/graphiql.png. The tour is a few screenshots in one file, one after another.
"""

import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.chromium import GraphiQL, find_chromium, launch_chromium
from tests.browser.client_screen import ClientScreen

SIZE: Final = {"width": 1600, "height": 1000}
TOUR_SIZE: Final = {"width": 1200, "height": 750}
SECONDS: Final = 3
"""That each picture of the tour stands."""
QUALITY: Final = 72
"""Of its JPEG pictures, so that all of them are less than a megabyte."""


def _graphiql(page: Page, base_url: str) -> bytes:
    GraphiQL(page, base_url).execute()
    return _still(page)


def _still(page: Page) -> bytes:
    page.mouse.move(0, 0)  # no button lit up
    return page.screenshot()


def _tour(page: Page, base_url: str) -> bytes:
    page.set_viewport_size(TOUR_SIZE)  # type: ignore[arg-type]  # a constant of its shape
    pictures = [b64encode(picture).decode() for picture in _stops(page, base_url)]
    share = 100 / len(pictures)
    frames = "\n".join(
        f'<image width="100%" height="100%" style="animation-delay:{place * SECONDS}s"'
        f' href="data:image/jpeg;base64,{picture}"/>'
        for place, picture in enumerate(pictures)
    )
    width, height = TOUR_SIZE["width"], TOUR_SIZE["height"]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
image {{ opacity: 0; animation: turn {len(pictures) * SECONDS}s step-end infinite; }}
image:first-of-type {{ opacity: 1; }}
@keyframes turn {{ 0% {{ opacity: 1; }} {share:.2f}% {{ opacity: 0; }} 100% {{ opacity: 0; }} }}
@media (prefers-reduced-motion: reduce) {{ image {{ animation: none; }} }}
</style>
{frames}
</svg>
""".encode()


def _stops(page: Page, base_url: str) -> Iterator[bytes]:
    """The list, a client that was searched for, its tabs, and a query of it in GraphiQL."""
    page.add_init_script("localStorage['ficha:language'] ??= 'en'")
    screen = ClientScreen(page, base_url)

    def picture() -> bytes:
        page.wait_for_load_state("networkidle")
        page.mouse.move(0, 0)
        return page.screenshot(type="jpeg", quality=QUALITY)

    page.goto(screen.url)
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    yield picture()
    page.get_by_role("searchbox").fill("kemper")
    expect(page.get_by_role("row")).to_have_count(2)
    yield picture()
    page.get_by_role("link", name="ESCUELA KEMPER URGATE").click()
    expect(page.locator(".record-name h1")).to_be_visible()
    yield picture()
    for tab, part in (("Commercial relation", "History"), ("Billing and sales", "Ledger"), ("Documents", "Documents")):
        screen.select_tab(tab)
        expect(screen.card(part).get_by_role("listitem" if part == "History" else "row").nth(1)).to_be_visible()
        yield picture()
    GraphiQL(page, base_url, "operation=ClientBilling").execute()
    yield picture()


PICTURES: Final[dict[str, Callable[[Page, str], bytes]]] = {
    "graphiql.png": _graphiql,
    "tour.svg": _tour,
}


def main(base_url: str, picture: str) -> None:
    draw = PICTURES.get(Path(picture).name) or sys.exit(f"screenshot: no picture but {', '.join(PICTURES)}")
    executable = find_chromium() or sys.exit("screenshot: no Chromium on the PATH nor in CHROMIUM")
    with launch_chromium(executable) as browser:
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a constant of its shape
        Path(picture).write_bytes(draw(page, base_url))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tests.browser.screenshot URL OUT")
    main(*sys.argv[1:])
