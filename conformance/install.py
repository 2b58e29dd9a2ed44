"""Install the npm packages of the conformance tests, and of the example that they run, as the locks pin them; nothing
when they are there."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "graphiql"))

from build import BuildError, install  # noqa: E402  # a script's module, found once the path is set

if __name__ == "__main__":
    try:
        for folder in (HERE, HERE / "provider", HERE.parent / "examples" / "federation"):
            install(folder)
    except (BuildError, OSError) as error:
        sys.exit(f"conformance: {error}")
