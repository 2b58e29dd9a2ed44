"""Who changes one thing waits for no more than that: by CPU, which is the same on a busy machine, or nearly so."""

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlalchemy", "psycopg", "starlette", "strawberry", "minio", "httpx")
"""What the test of a rule has no use for."""


def cpu_of(*command: str, **changes: str) -> float:
    """Seconds of CPU of a command that succeeds, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, **changes}, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pytest_on(*arguments: str) -> float:
    """Seconds of CPU of pytest, started by hand in one process."""
    return cpu_of(sys.executable, "-m", "pytest", "-n", "0", *arguments, PYTEST_ADDOPTS="", PYTEST_XDIST_WORKER="")


def test_the_test_of_a_rule_takes_less_than_a_second(tmp_path: Path) -> None:
    """0.6 s where the machine is idle. Beside busy neighbours a core does less in a second, so it is compared: with
    an empty test of Hypothesis, by turns. It was 9 s, when it loaded the whole application."""
    empty = tmp_path / "test_empty.py"
    empty.write_text(
        "import hypothesis\n\n\n@hypothesis.given(hypothesis.strategies.integers())\ndef test(number):\n    pass\n"
    )
    turns = [(pytest_on("-c", "pyproject.toml", str(empty)), pytest_on("tests/domain/test_rfc.py")) for _ in range(5)]
    tools, rule = (min(each) for each in zip(*turns, strict=True))
    assert rule < 2.5 * tools


def python(script: str) -> str:
    """What a new Python prints."""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


TESTED = "import pytest; pytest.main(['-qq', '-n', '0', 'tests/domain/test_rfc.py'])"


@pytest.mark.parametrize("rule", ["import domain.rfc", TESTED], ids=["read", "tested"])
def test_a_rule_loads_neither_the_database_nor_the_schema(rule: str) -> None:
    printed = python(f"{rule}; import sys; print('heavy:', *(sys.modules.keys() & {set(HEAVY)!r}))")
    assert printed.splitlines()[-1] == "heavy:"


def test_the_first_row_that_is_imported_maps_them_all() -> None:
    whole = python("import models.rows; print(len(models.rows.Base.metadata.tables))")
    assert python("from models import Contact; print(len(Contact.metadata.tables))") == whole


def test_a_row_that_is_none_is_told() -> None:
    import models

    with pytest.raises(AttributeError, match="module 'models' has no attribute 'Contatc'"):
        models.Contatc  # noqa: B018


# `make lint`: the types of what changed, and of what depends on it.

LINE = "    if contact.phone_extension and not contact.phone:"
BODY = ("domain/contact.py", LINE, LINE.replace("not contact.phone", "not (contact.phone or contact.email)"))
FACE = ("domain/contact.py", 'flag="is_primary"', 'flag="receives_reminders"')
NAME = ("domain/contact.py", "async def _settle(", "SETTLED = 1\n\n\nasync def _settle(")
COLUMN = (
    "models/contact.py",
    "    phone_extension:",
    "    nickname: Mapped[str | None] = line_of(40)\n    phone_extension:",
)
FIELD = (
    "schema/contact.py",
    '    name: str | None = value("Name.")',
    '    nickname: str | None = value("Nickname.")\n    name: str | None = value("Name.")',
)
MEMBER = ("models/contact.py", "    phone_extension: Mapped[str | None]", "    phone_extension: Mapped[str]")
TEXT = ("schema/contact.py", 'column("Position at the client (puesto).")', 'column("What they do there (puesto).")')
FAULT = ("domain/contact.py", LINE, LINE.replace("phone_extension", "phone_extention"))


@pytest.fixture(scope="module")
def typecheck() -> ModuleType:
    spec = importlib.util.spec_from_file_location("typecheck", ROOT / ".ci" / "typecheck.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["typecheck"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def edit(tree: Path, typecheck: ModuleType) -> Callable[[tuple[str, str, str]], None]:
    """Changes a text in the copied tree, which was clean before."""
    for room in ("domain", "models", "schema"):
        shutil.copytree(ROOT / room, tree / room, dirs_exist_ok=True)
    (tree / "domain" / "gone.py").touch()
    typecheck.Clean(tree).note()

    def change(edit: tuple[str, str, str]) -> None:
        file, old, new = edit
        text = (tree / file).read_text("utf-8")
        assert text.count(old) == 1, old
        (tree / file).write_text(text.replace(old, new), "utf-8")

    return change


def lint(tree: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "CI": "", **changes}
    command = [sys.executable, ".ci/typecheck.py", *arguments]
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)


def test_a_changed_body_is_checked_alone(tree: Path, edit: Callable[[tuple[str, str, str]], None]) -> None:
    assert lint(tree, "--list").stdout.split() == []
    edit(BODY)
    assert lint(tree, "--list").stdout.split() == ["domain.contact"]


@pytest.mark.parametrize(("changed", "module"), [(FACE, "domain.contact"), (MEMBER, "models.contact")])
def test_what_depends_on_a_changed_declaration_is_checked_too(
    tree: Path, edit: Callable[[tuple[str, str, str]], None], changed: tuple[str, str, str], module: str
) -> None:
    edit(changed)
    checked = lint(tree, "--list").stdout.split()
    assert {module, "domain.contact", "schema.contact", "server.app"} <= set(checked)
    assert not {"domain.rfc", "models.company", "storage"} & set(checked)


@pytest.mark.parametrize(
    ("new", "checked"),
    [
        (NAME, ["domain.contact"]),
        (TEXT, ["schema.contact"]),
        (COLUMN, ["loaders.contact", "models.contact"]),
        # Its heirs in the same file and in the form's; the input of a new client has it within.
        (FIELD, ["schema.client", "schema.client_save", "schema.contact"]),
    ],
    ids=["a name", "a text", "a column", "a field"],
)
def test_what_is_changed_is_checked_with_those_alone_whom_it_can_disturb(
    tree: Path, edit: Callable[[tuple[str, str, str]], None], new: tuple[str, str, str], checked: list[str]
) -> None:
    edit(new)
    assert lint(tree, "--list").stdout.split() == checked


ROOM = {
    "pyproject.toml": '[tool.pyright]\ninclude = ["room"]\n',
    **dict.fromkeys(("requirements/dev.txt", "errors.py", ".ci/typecheck.py", "room/__init__.py"), ""),
    "room/one.py": (
        "@dataclass\nclass One:\n    a: int\n\n\nclass Plain:\n    b: int\n\n\nclass Kind(StrEnum):\n    C = 'C'\n"
        "\n\nTABLE: Final[dict[str, int]] = {'d': 1}\nFREE = {'e': 1}\n"
    ),
    "room/heir.py": "from room.one import One\n\n\nclass Heir(One):\n    pass\n",
    "room/maker.py": "from room.heir import Heir\n\nHEIR = Heir(1)\n",
    "room/plain.py": "from room.one import Plain\n\nPLAIN = Plain()\n",
    "room/kind.py": "from room.one import Kind\n\nKIND = Kind.C\n",
}


@pytest.mark.parametrize(
    ("old", "new", "disturbed"),
    [
        ("    a: int\n", "    a: int\n    z: int\n", "one heir maker"),
        ("    a: int\n", "    a: int\n\n    def z(self) -> int:\n        return 1\n", "one heir"),
        ("    b: int\n", "    b: int\n    z: int\n", "one"),
        ("    b: int\n", "    b: str\n", "one heir maker plain kind"),
        ("class Plain:\n    b: int\n", "", "one plain"),
        ("    C = 'C'\n", "    C = 'C'\n    Z = 'Z'\n", "one heir maker plain kind"),
        ("{'d': 1}", "{'d': 2}", "one"),
        ("{'e': 1}", "{'e': None}", "one heir maker plain kind"),
    ],
    ids=["a field", "a method", "a member", "a type", "gone", "of an enum", "a typed value", "a value"],
)
def test_whom_a_change_can_disturb(
    typecheck: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, disturbed: str
) -> None:
    for file, text in ROOM.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    typecheck.Clean(tmp_path).note()
    one = tmp_path / "room/one.py"
    one.write_text(ROOM["room/one.py"].replace(old, new), "utf-8")
    assert typecheck.Clean(tmp_path).unproven() == {f"room.{name}" for name in disturbed.split()}


def test_ci_checks_everything(tree: Path, edit: Callable[[tuple[str, str, str]], None], typecheck: ModuleType) -> None:
    edit(BODY)
    everything = sorted(typecheck.Clean(tree).paths)
    assert lint(tree, "--list", CI="true").stdout.split() == everything
    assert lint(tree, "--list", "--all").stdout.split() == everything


def test_other_rules_or_a_module_less_have_all_checked_anew(
    tree: Path, edit: Callable[[tuple[str, str, str]], None], typecheck: ModuleType
) -> None:
    edit(BODY)
    everything = sorted(typecheck.Clean(tree).paths)
    locked = tree / "requirements" / "dev.txt"
    before = locked.read_text("utf-8")
    locked.write_text(before + "# another pyright", "utf-8")
    assert lint(tree, "--list").stdout.split() == everything
    locked.write_text(before, "utf-8")
    assert lint(tree, "--list").stdout.split() == ["domain.contact"]
    (tree / "domain" / "gone.py").unlink()
    assert len(lint(tree, "--list").stdout.split()) == len(everything) - 1


def test_a_fault_is_told_until_it_is_mended(tree: Path, edit: Callable[[tuple[str, str, str]], None]) -> None:
    edit(FAULT)
    for _ in range(2):
        found = lint(tree)
        assert found.returncode == 1
        assert 'Cannot access attribute "phone_extention" for class "Contact"' in found.stdout
    edit((FAULT[0], FAULT[2], FAULT[1]))
    assert lint(tree).stdout == ""


# `make test` builds GraphiQL, which takes npm, where its page is tested.


@pytest.mark.parametrize(
    ("arguments", "built"),
    [
        ("tests/domain", False),
        ("tests/domain/test_rfc.py -k generic", False),
        ("-x tests/http tests/loaders", False),
        ("tests/browser/test_tabs.py", True),
        ("tests/domain tests/browser", True),
        ("-k page", True),
        ("", True),
    ],
)
def test_graphiql_is_built_for_its_tests(arguments: str, built: bool) -> None:
    command = ["make", "--dry-run", "--what-if=graphiql/package.json", "test", f"ARGS={arguments}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ("graphiql/build.py" in ran.stdout) is built
