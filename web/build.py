"""Build the client page into web/dist/, as graphiql/build.py does GraphiQL; do nothing when it is up to date.

Usage: python web/build.py. It takes the kit's sources, whose typed documents are written from operations/ first, and
bundles nothing that TypeScript finds a fault in.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "graphiql"))

from build import BuildError, bundle  # noqa: E402  # a script's module, found once the path is set

PATTERNS = (
    "web/*.json", "web/*.mjs", "web/*.ts", "web/*.html", "web/src/**/*.*", "operations/**/*.graphql",
    "clients/typescript/*.mjs", "clients/typescript/package.json", "clients/typescript/src/*.ts",
)  # fmt: skip
SOURCES = (
    ROOT / "schema.graphql",
    ROOT / "graphiql" / "src" / "session.js",
    *(file for pattern in PATTERNS for file in sorted(ROOT.glob(pattern))),
)
SCRIPTS = (
    "../clients/typescript/generate.mjs",
    "node_modules/typescript/bin/tsc --noEmit",
    "node_modules/vite/bin/vite.js build --logLevel error --outDir {out}",
)

if __name__ == "__main__":
    try:
        bundle(HERE, SOURCES, *SCRIPTS)
    except (BuildError, OSError) as error:
        sys.exit(f"web: {error}")
