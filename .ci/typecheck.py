"""Has pyright check what changed since all was found clean, and what depends on it; with CI=true or --all everything.

What others see of a module is what it declares, without the bodies of functions that say what they return: while that
stays as it is, only the module itself is checked anew. A new name disturbs nobody else, one that is gone only who uses
it, a new member of a class only who inherits from it, or makes an object of it by its members. Where anything else
changes, every module that imports it is checked, directly or through others. What was clean is noted in
.pyright_cache/; --list prints what would be checked.
"""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import grimp

EVERYTHING = ("pyproject.toml", "requirements/dev.txt", "errors.py", ".ci/typecheck.py")
"""Files that decide how all modules are checked."""


Face = Mapping[str, str]
"""What others see of a module: a hash of each declaration by its name: `Contact`, `Contact.name`, `Contact.call()`."""

CLOSED = frozenset({"Enum", "Flag", "IntEnum", "IntFlag", "Protocol", "StrEnum", "TypedDict"})
"""Of a class with such a base a new member concerns whoever names the class: matches of it, what it is assigned to."""


class Digest(NamedTuple):
    """Of a module's text, and of what others see of it."""

    text: str
    face: Face


INFERRING = frozenset({"ClassVar", "Final", "TypeAlias"})
"""Annotations that leave the type to the value."""
NAMING = frozenset({"cast", "NamedTuple", "NewType", "ParamSpec", "TypeVar"})
"""Calls whose texts name types."""


class _Face(ast.NodeTransformer):
    """Leaves out what cannot change the types that others see: bodies of functions that declare what they return,
    values whose type is declared, statements that declare nothing, and texts that calls are given, as descriptions."""

    def visit_Expr(self, node: ast.Expr) -> None:
        del node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        is_declared = not isinstance(node.annotation, ast.Name) or node.annotation.id not in INFERRING
        if node.value and is_declared and not isinstance(node.value, ast.Call):  # what makes a dataclass's field counts
            node.value = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not (isinstance(node.func, ast.Name) and node.func.id in NAMING):
            node.args = [ast.Constant("") if _is_text(each) else each for each in node.args]
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without_body(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._without_body(node)

    def _without_body(self, node: Any) -> ast.AST:
        if node.returns is None or any(_is_seen(inner) for inner in ast.walk(node)):
            return node
        node.body = [ast.Pass()]
        return node


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_seen(node: ast.AST) -> bool:
    """Whether a part of a body is seen from without: an attribute that is set, or that it makes a generator of it."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.Yield | ast.YieldFrom | ast.Global)


def face_of(text: str) -> Face:
    """What others see of the module; a text that is no Python is seen whole."""
    try:
        tree: ast.Module = _Face().visit(ast.parse(text))
    except SyntaxError:
        return {"": _hash(text)}
    face: dict[str, str] = {}
    for name, part in _declarations(tree.body):
        face[name] = _hash(face.get(name, "") + part)
    return face


def _declarations(body: Iterable[ast.stmt], within: str = "") -> Iterator[tuple[str, str]]:
    """Each declaration by its name; what has none is a part of what it stands in."""
    for node in body:
        match node:
            case ast.ClassDef(name=name, body=members) if not within:
                if not CLOSED & {base.id for base in node.bases if isinstance(base, ast.Name)}:
                    yield from _declarations(members, f"{name}.")
                    node.body = []
                yield name, ast.dump(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield within + name + "()" * bool(within), ast.dump(node)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                yield within + name, ast.dump(node)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for each in names:
                    node.names = [each]
                    yield within + (each.asname or each.name), ast.dump(node)
            case _:
                yield within, ast.dump(node)


class Concern(NamedTuple):
    """Whom a change of a module can disturb: who uses one of the names, or inherits from one of the parents."""

    names: set[str]
    parents: set[str]


def concern(before: Face, now: Face, built: set[str]) -> Concern | None:
    """Whom the difference can disturb; None: whoever imports the module. `built` are classes whose members are what
    makes an object of them, as of dataclasses."""
    new, gone = now.keys() - before.keys(), before.keys() - now.keys()
    is_whole = all(name and not name.endswith(".") for name in new | gone)
    is_kept = all(name.partition(".")[0] not in now for name in gone)
    if not is_whole or not is_kept or any(now[name] != before[name] for name in now.keys() & before.keys()):
        return None
    members = [(owner, member) for owner, dot, member in (name.partition(".") for name in new) if dot]
    fields = {owner for owner, member in members if not member.endswith("()")}
    return Concern(gone | fields & built & before.keys(), {owner for owner, _ in members} & before.keys())


def built_of_members(text: str) -> set[str]:
    """The decorated classes of a module, and its named tuples."""
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return {node.name for node in classes if node.decorator_list or "NamedTuple" in map(ast.unparse, node.bases)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def modules(root: Path, rooms: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The rooms' modules by name, packages by that of their folder."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


class Clean:
    """What the tree is like now, and what it was like when it was last clean."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = root / ".pyright_cache" / "clean.json"
        settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
        self.rooms: list[str] = settings["tool"]["pyright"]["include"]
        self.paths = dict(modules(root, self.rooms))
        self._rules = _hash("".join((root / file).read_text("utf-8") for file in EVERYTHING) + sys.version)
        self._known = self._read()
        self._now = {name: self._digest(name, path.read_text("utf-8")) for name, path in self.paths.items()}

    def note(self) -> None:
        """It is clean as it is now."""
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps({"rules": self._rules, "modules": self._now}), "utf-8")

    def unproven(self) -> set[str]:
        """The modules to check."""
        known, now = self._known, self._now
        if not known or known.keys() - now.keys():
            return set(now)
        changed = {name for name in now if now[name] != known.get(name)}
        graph = grimp.build_graph(*self.rooms, cache_dir=str(self._root / ".import_linter_cache"))
        for name in changed & known.keys():
            changed |= self._disturbed(name, graph.find_downstream_modules(name))
        return changed

    def _disturbed(self, name: str, downstream: set[str]) -> set[str]:
        """The modules, among those that depend on one that changed, which the change can disturb."""
        text = self.paths[name].read_text("utf-8")
        concerned = concern(self._known[name].face, self._now[name].face, built_of_members(text))
        if concerned is None:
            return downstream
        texts = {module: self.paths[module].read_text("utf-8") for module in downstream if any(concerned)}
        (names, parents), known, heirs = concerned, set[str](), set[str]()
        while parents:
            known |= parents
            inheriting = re.compile(rf"^class (\w+)\([^)]*\b(?:{'|'.join(parents)})\b", re.MULTILINE)
            children = {module: set(inheriting.findall(text)) for module, text in texts.items()}
            heirs |= {module for module in texts if children[module]}
            built, parents = parents & names, set[str]().union(*children.values()) - known
            names = names | parents if built else names
        return heirs | {module for module, text in texts.items() if names & set(re.findall(r"\w+", text))}

    def _digest(self, name: str, text: str) -> Digest:
        known, text_hash = self._known.get(name), _hash(text)
        return known if known and known.text == text_hash else Digest(text_hash, face_of(text))

    def _read(self) -> Mapping[str, Digest]:
        """The digests of the clean tree; none where there is none, or other rules held."""
        try:
            noted = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: Digest(*found) for name, found in noted["modules"].items() if noted["rules"] == self._rules}


def main() -> int:
    """The exit code of pyright."""
    root = Path(__file__).resolve().parents[1]
    sys.path.insert(0, str(root))  # where grimp looks for the rooms
    clean = Clean(root)
    everything = "--all" in sys.argv or os.environ.get("CI") == "true"
    unproven = sorted(clean.paths if everything else clean.unproven())
    if "--list" in sys.argv:
        print("\n".join(unproven))  # noqa: T201
        return 0
    if unproven:
        files = [] if len(unproven) == len(clean.paths) else [str(clean.paths[name]) for name in unproven]
        print(f"pyright: {len(unproven)} of {len(clean.paths)} modules")  # noqa: T201
        pyright = Path(sys.executable).parent / "pyright"
        code = subprocess.run([pyright, "--pythonpath", sys.executable, *files], cwd=root, check=False).returncode
        if code:
            return code
    clean.note()
    return 0


if __name__ == "__main__":
    sys.exit(main())
