"""What a change forgot, in sentences that name the file and the mend: in seconds, without a database.

    python -m tests.house.forgotten

prints them and ends with 1 if there are any. First the sources are read, so that a name that another room does not have
is told even where it stops the import; then the rooms are imported, which check themselves; then what only the whole
shows is compared.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import getmembers, isfunction, signature
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schema", "resolvers", "domain", "loaders", "planner", "database", "models", "storage", "server", "demo")
SHOWN_ELSEWHERE = {"ClientDocumentUpload"}
"""What is said of a file that is announced is shown by the document that comes of it."""
ENUMS = ("Enum", "StrEnum", "IntEnum")


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file: several checks look at each."""
    return tuple(ast.walk(parsed(file)))


def sources() -> Iterator[Path]:
    """The files of the rooms."""
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def file_of_module(module: str) -> Path | None:
    """The file of one of our modules."""
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


# Read from the sources


@cache
def bound(file: Path) -> set[str] | None:
    """The names that a module has; None where it makes some of them itself, by `__getattr__`."""
    names: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return None if "__getattr__" in names else names


def imports() -> Iterator[str]:
    """Names that a module imports and the other one does not have."""
    for file in sources():
        for node in nodes(file):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ROOMS:
                of = file_of_module(node.module)
                names = bound(of) if of else set[str]()
                where = place(of) if of else f"{node.module.replace('.', '/')}.py"
                for name in () if names is None else sorted({alias.name for alias in node.names} - names - {"*"}):
                    if not file_of_module(f"{node.module}.{name}"):
                        yield f"{place(file)} imports {name}, which is not there: add it to {where}"


def enums() -> Mapping[str, tuple[Path, set[str]]]:
    """The enums of the rooms by name, with their file and the names that they have."""
    found: dict[str, tuple[Path, set[str]]] = {}
    for file in sources():
        for node in parsed(file).body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in ENUMS for base in node.bases):
                names = {each.id for part in node.body for each in ast.walk(part) if isinstance(each, ast.Name)}
                names |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                found[node.name] = (file, names)
    return found


def members() -> Iterator[tuple[Path, str, str]]:
    """Each file with the enum and the member that it names, as `Permission.ADMIN`."""
    for file in sources():
        for node in nodes(file):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield file, node.value.id, node.attr


def names_used() -> set[str]:
    """What the rooms call or pass on by name; a mutation's declaration is no more than that, and is asked of itself."""
    files = [file for file in sources() if not place(file).startswith("schema/")]
    there = [node for file in files for node in nodes(file)]
    loaded = {node.id for node in there if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return loaded | {node.attr for node in there if isinstance(node, ast.Attribute)}


def values() -> Iterator[str]:
    """Members of enums that are named and not declared."""
    declared = enums()
    for file, name, member in members():
        if name in declared and member.isupper() and member not in declared[name][1]:
            where = place(declared[name][0])
            yield f"{place(file)} names {name}.{member}, which is not declared: add it to {name} in {where}"


# Asked of what is imported


def commands() -> Iterator[str]:
    """Functions of the domain that take an input and that no mutation does."""
    from domain.inputs import Input
    from schema import MUTATIONS

    done = {each.command for each in MUTATIONS.values()}
    called = names_used()
    for file in sorted((ROOT / "domain").glob("*.py")):
        module = sys.modules.get(f"domain.{file.stem}")
        for name, function in getmembers(module, isfunction):
            if (
                function.__module__ != f"domain.{file.stem}"
                or name.startswith("_")
                or name in called
                or function in done
            ):
                continue
            parameters = signature(function).parameters
            kind = parameters["input"].annotation if [*parameters] == ["work", "input"] else None
            if isinstance(kind, type) and issubclass(kind, Input):
                yield f"{place(file)}: no mutation does {name}: declare one in MUTATIONS of schema/{file.name}"


def shown() -> Iterator[str]:
    """Columns that people state and that the record's type does not show, by themselves or computed from them."""
    from domain.fields import DECLARED
    from errors import file_of
    from loaders.entity import entities
    from schema import SCHEMA

    types = SCHEMA._schema.type_map  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
    for entity in entities():
        kinds: list[Any] = [types[name] for name in entity.types() if name in types and name not in SHOWN_ELSEWHERE]
        if not kinds:
            continue
        fields = [field.extensions["strawberry-definition"] for kind in kinds for field in kind.fields.values()]
        names = {field.python_name for field in fields}
        reads = [getattr(field.base_resolver.wrapped_func, "reads", None) for field in fields if field.base_resolver]
        names |= {name for what in reads for name in (*getattr(what, "columns", ()), getattr(what, "column", ""))}
        names |= {relation.on for name, relation in entity.relations.items() if name in names}
        for name in sorted(set(DECLARED.get(entity.model, ())) - names):
            row, shown_in = entity.model, " or ".join(entity.types())
            where = file_of(row).replace("models", "schema")
            what = f"{file_of(row)}: {row.__name__}.{name}"
            yield f"{what} can be stated and is not shown: add it to {shown_in} in {where}"


def operations() -> Iterator[str]:
    """Mutations without their canonical operation, and operations without their mutation."""
    from schema import MUTATIONS

    folder = "operations/mutations"
    for suffix in (".graphql", ".variables.json"):
        there = {file.name.removesuffix(suffix) for file in (ROOT / folder).glob(f"*{suffix}")}
        for name in sorted(MUTATIONS.keys() - there):
            yield f"{folder}/{name}{suffix} is not there: run `ficha operation {name}`, and read what it writes"
        for name in sorted(there - MUTATIONS.keys()):
            yield f"{folder}/{name}{suffix} is of no mutation: declare it in the MUTATIONS of its noun in schema/"


def unused() -> Iterator[str]:
    """Kinds of events that nothing records, and permissions that nothing asks for."""
    from models.history import HistoryEventKind
    from models.viewer import Permission

    named = {(name, member) for file, name, member in members() if place(file) != "models/viewer.py"}
    for kind in HistoryEventKind:
        if ("HistoryEventKind", kind.name) not in named:
            yield (
                f"models/history.py: no command records history kind {kind.name}: name HistoryEventKind.{kind.name}"
                " in a command in domain/"
            )
    for permission in Permission:
        if ("Permission", permission.name) not in named:
            yield (
                f"models/viewer.py: nothing asks for the permission {permission.name}: name it as `permission` of an"
                " entity in loaders/, `needs` of a mutation in schema/, or in a rule in domain/policy.py"
            )


def migrations() -> Iterator[str]:
    """Columns and values that no migration of their table names. Whether a database that is migrated is what the models
    say, with all types and constraints, is compared by tests/models/test_migration.py."""
    from sqlalchemy import Enum as EnumColumn

    from errors import file_of
    from models.rows import Base

    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "migrations" / "versions").glob("*.py"))]
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        of_table = "\n".join(text for text in texts if table.name in text)
        for column in table.columns:
            kinds = column.type.enums if isinstance(column.type, EnumColumn) else ()
            for what, quoted in [(column.name, f'"{column.name}"'), *((kind, f"'{kind}'") for kind in kinds)]:
                if quoted not in of_table:
                    where = f"{file_of(mapper.class_)}: {mapper.class_.__name__}.{column.name}"
                    of = "" if what == column.name else f"the value {what} of "
                    yield f'{of}{where} is in no migration: run `ficha revision "…"`, and read what it writes'


def printed() -> Iterator[str]:
    """Committed files that a command writes."""
    from schema import sdl, subgraph_sdl

    files = {
        "schema.graphql": sdl(),
        "subgraph.graphql": subgraph_sdl(),
        "subgraph.access.graphql": subgraph_sdl(access=True),
    }
    for name, text in files.items():
        if not (ROOT / name).is_file() or (ROOT / name).read_text(encoding="utf-8") != text:
            yield f"{name} is not the schema that is declared: run `make schema`"


def of_sources() -> list[str]:
    """What reading the files tells."""
    return [*imports(), *values()]


def of_whole() -> list[str]:
    """What importing and comparing tells."""
    from errors import DeclarationError

    try:
        import schema  # noqa: F401  # pyright: ignore[reportUnusedImport]  # it checks what it is made of
    except DeclarationError as error:
        return str(error).splitlines()
    return [*commands(), *shown(), *operations(), *unused(), *migrations(), *printed()]


def sentences() -> list[str]:
    """All that is forgotten; while names are missing, nothing is imported."""
    return list(dict.fromkeys(of_sources() or of_whole()))


if __name__ == "__main__":
    told = sentences()
    for line in told:
        print(line)  # noqa: T201  # it is a command
    sys.exit(bool(told))
