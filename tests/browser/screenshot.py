"""Take the README's picture: `python -m tests.browser.screenshot http://127.0.0.1:8000 docs/graphiql.png`."""

import sys

from tests.browser.chromium import GraphiQL, find_chromium, launch_chromium


def main(base_url: str, picture: str) -> None:
    executable = find_chromium() or sys.exit("screenshot: no Chromium on the PATH nor in CHROMIUM")
    with launch_chromium(executable) as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        GraphiQL(page, base_url).execute()
        page.mouse.move(0, 0)  # no button lit up
        page.screenshot(path=picture)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tests.browser.screenshot URL OUT.png")
    main(*sys.argv[1:])
