"""Build the client package into clients/typescript/dist/, as graphiql/build.py does GraphiQL; do nothing when it is
up to date.

Usage: python clients/typescript/build.py. What follows from schema.graphql and operations/ is written into
src/generated/ first. It exits with 1 and one line on an error.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "graphiql")]

from build import BuildError, bundle  # noqa: E402  # a script's module, found once the path is set

GENERATED = HERE / "src" / "generated"
PATTERNS = (
    "schema.graphql",
    "operations/**/*.graphql",
    "models/labels.py",
    "clients/typescript/*.*",
    "clients/typescript/src/*.*",
)
SOURCES = tuple(file for pattern in PATTERNS for file in sorted(ROOT.glob(pattern)) if file.name != "operations.json")
SCRIPTS = (
    "generate.mjs src/generated/labels.json",
    "kotlin.mjs",
    "node_modules/typescript/bin/tsc -p . --outDir {out}",
)


def labels() -> dict[str, dict[str, dict[str, str]]]:
    """The labels of the enums' values, by language and enum."""
    import schema  # noqa: F401  # declares them
    from models.labels import ENUMS

    return {
        language: {
            name: {value: label.text(language) for value, label in values.items()}
            for name, values in sorted(ENUMS.items())
        }
        for language in ("es", "en")
    }


def main() -> None:
    """Generate, then compile."""
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "labels.json").write_text(json.dumps(labels(), ensure_ascii=False), encoding="utf-8")
    bundle(HERE, SOURCES, *SCRIPTS)


if __name__ == "__main__":
    try:
        main()
    except (BuildError, OSError) as error:
        sys.exit(f"clients/typescript: {error}")
