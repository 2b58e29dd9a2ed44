"""The kit for TypeScript: what is generated, and the package in a fresh project with each client, at a live server."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema, build_schema
from strawberry.utils.str_converters import to_snake_case

import models
from clients.typescript import build as kit
from graphiql import build
from models.collaborator import Role
from models.labels import ENUMS
from server import __version__
from server.execution.persisted import read_manifest
from tests.conformance.conftest import ADMIN, ROOT
from tests.fixtures import Company, Ficha, global_id

FOLDER = ROOT / "clients" / "typescript"
GENERATED = FOLDER / "src" / "generated"
EXAMPLES = FOLDER / "examples"
OPERATIONS = ROOT / "operations"
KEMPER = "cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"
NODE, NPM = build.node_and_npm()


def call(*command: str, folder: Path, **env: str) -> str:
    """What a program prints; it must end well."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | env, capture_output=True, text=True, encoding="utf-8", timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh project that has the package as npm packs it, and the clients: the examples, compiled by strict rules."""
    kit.main()
    project = tmp_path_factory.mktemp("project")
    call(*NPM, "pack", "--silent", "--pack-destination", str(project), folder=FOLDER)
    modules = project / "node_modules"
    modules.mkdir()
    with tarfile.open(next(project.glob("ficha-client-*.tgz"))) as packed:
        packed.extractall(project, filter="data")
    (project / "package").rename(modules / "ficha-client")
    for package in (FOLDER / "node_modules").iterdir():
        if not package.name.startswith("."):
            (modules / package.name).symlink_to(package)
    for file in EXAMPLES.iterdir():
        shutil.copy(file, project)
    (project / "readme.ts").write_text(readme_example(), encoding="utf-8")
    call(*NODE, "node_modules/typescript/bin/tsc", "-p", ".", folder=project)
    return project


def readme_example() -> str:
    """The lines of TypeScript in the README."""
    (example,) = re.findall(r"```ts\n(.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return example


def environment(ficha: Ficha, **more: str) -> dict[str, str]:
    return {"FICHA_URL": f"{ficha.url}/graphql", "FICHA_TOKEN": ficha.token(ADMIN), "CLIENT": KEMPER} | more


def example(project: Path, name: str, env: dict[str, str]) -> Any:
    return json.loads(call(*NODE, f"out/{name}.js", folder=project, **env).splitlines()[-1])


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "It works in browsers and in Node 20 or later, with Apollo Client 4, urql, Relay or no",
)
@pytest.mark.claims("README.md", "`make kit` builds the package [`ficha-client`](docs/kit/typescript.md)")
def test_the_readmes_lines_compile_and_run(live_server: Ficha, project: Path) -> None:
    assert len(readme_example().splitlines()) <= 12
    printed = call(*NODE, "out/readme.js", folder=project, **environment(live_server))
    assert "ESCUELA KEMPER URGATE" in printed


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "`make kit` builds the package `ficha-client` in `clients/typescript`: `npm pack` there",
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "| `ficha-client` | each operation of `operations/` as a typed document",
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "| `ficha-client/labels` | `label('SalesDocumentState', 'SENT', 'es')`: what people call",
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "`fieldErrors(userErrors, names, at)` sorts problems by `path`:",
)
@pytest.mark.claims(
    "docs/kit/typescript.md", "`names` are the fields of your form, `at` is the place of its values in the input."
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "Those in `clients/typescript/examples` are compiled by strict rules in a fresh project",
)
def test_without_a_cache(live_server: Ficha, project: Path) -> None:
    assert example(project, "plain", environment(live_server)) == {
        "name": "ESCUELA KEMPER URGATE", "kind": "Cliente", "email": ["EMAIL_INVALID"], "refused": "BAD_ID",
    }  # fmt: skip


@pytest.mark.claims("docs/kit/typescript.md", "| `ficha-client/apollo` | `cacheConfig()` for `InMemoryCache` |")
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "Lists in pages become one list in the caches of Apollo and urql: `fetchMore`, or a",
)
def test_apollos_cache_puts_pages_together_and_keeps_a_record_once(live_server: Ficha, project: Path) -> None:
    assert example(project, "apollo", environment(live_server)) == {
        "name": "ESCUELA KEMPER URGATE", "events": 10, "records": 1,
    }  # fmt: skip


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "| `ficha-client/urql` | `cacheOptions()` for `cacheExchange` of `@urql/exchange-graphcache` |",
)
def test_urqls_cache_puts_pages_together_and_asks_once(live_server: Ficha, project: Path) -> None:
    assert example(project, "urql", environment(live_server)) == {
        "name": "ESCUELA KEMPER URGATE", "events": 10, "requests": 3,
    }  # fmt: skip


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "| `ficha-client/relay` | `createEnvironment(ficha)`, or its parts: `fetchFunction`,",
)
def test_relays_network(live_server: Ficha, project: Path) -> None:
    assert example(project, "relay", environment(live_server)) == {"name": "ESCUELA KEMPER URGATE", "handlers": 1}


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "`uploadDocument(ficha, file, input, { onProgress, onState, resume })` announces the",
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "`onState` gives a small JSON after each part: keep it, and hand it in as `resume` to go",
)
def test_an_upload_goes_on_where_it_was(company: Callable[..., Company], project: Path) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    size = 12 << 20
    env = environment(mine.ficha, CLIENT=client, FICHA_TOKEN=mine.ficha.token(mine.email(Role.ADMIN)), SIZE=str(size))
    done = example(project, "upload", env)
    assert (done["name"], done["size"], done["userErrors"], done["before"]) == ("bitácora.txt", size, [], 1)
    assert done["shares"][0] > 0
    assert done["shares"] == sorted(done["shares"])
    assert done["shares"][-1] == 100


@contextmanager
def listening(project: Path, env: dict[str, str]) -> Iterator[Callable[[], str]]:
    """The example of a subscription: a function that waits for its next line."""
    command = [*NODE, "out/subscribe.js"]
    with subprocess.Popen(command, cwd=project, env=os.environ | env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline
        finally:
            process.kill()


@pytest.mark.usefixtures("project")
def test_generated_documents_are_those_of_the_operations() -> None:
    text = (GENERATED / "operations.ts").read_text(encoding="utf-8")
    documents = sorted(OPERATIONS.rglob("*.graphql"))
    named = [
        re.search(r"^(?:query|mutation|subscription) (\w+)", file.read_text("utf-8"), re.MULTILINE)[1]  # pyright: ignore[reportOptionalSubscript]  # each has one
        for file in documents
    ]
    assert [name for name in named if f"export const {name}Document = " not in text] == []
    manifest = json.loads((FOLDER / "operations.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in manifest["operations"]] == named
    for each in manifest["operations"]:
        assert each["id"] == hashlib.sha256(each["body"].encode()).hexdigest()


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "The package has the version of the schema that it was made from: `VERSION`, and",
)
def test_the_package_has_the_schemas_version(project: Path) -> None:
    text = (project / "node_modules" / "ficha-client" / "dist" / "generated" / "schema.js").read_text(encoding="utf-8")
    digest = hashlib.sha256((ROOT / "schema.graphql").read_bytes()).hexdigest()
    assert f'VERSION = "{__version__}"' in text
    assert f'SCHEMA_HASH = "{digest}"' in text
    assert json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["version"] == __version__


@pytest.mark.usefixtures("project")
def test_the_labels_are_those_of_the_server() -> None:
    labels = json.loads((GENERATED / "labels.json").read_text(encoding="utf-8"))
    assert labels["es"].keys() == ENUMS.keys()
    assert labels["es"]["SalesDocumentState"]["SENT"] == "Enviada"


@pytest.mark.claims(
    "docs/kit/android.md",
    "`make kit` writes `clients/typescript/src/generated/Ficha.kt`, Kotlin's classes for",
)
@pytest.mark.usefixtures("project")
def test_kotlin_types_are_generated_for_every_input_and_enum(schema: GraphQLSchema) -> None:
    kotlin = (GENERATED / "Ficha.kt").read_text(encoding="utf-8")
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLEnumType | GraphQLInputObjectType):
            word = "enum" if isinstance(kind, GraphQLEnumType) else "data"
            # An input's name ends with `Input` there.
            assert re.search(rf"^{word} class {kind.name}(Input)?\(", kotlin, re.MULTILINE), kind.name


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.claims(
    "docs/kit/typescript.md",
    "| `ficha-client/subscriptions` | `createSubscriptions(ficha)` and `watch`, on `graphql-ws` |",
)
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "`watch(subscriptions, ClientChangedDocument, { id }, { next, lost })` subscribes until",
)
def test_a_subscription_tells_a_change(company: Callable[..., Company], project: Path) -> None:
    mine = company()
    client = global_id(models.Client, mine.client())
    env = environment(mine.ficha, CLIENT=client, FICHA_TOKEN=mine.ficha.token(mine.email(Role.ADMIN)))
    update = "mutation($input: UpdateClientInput!) { updateClient(input: $input) { userErrors { code } } }"
    with listening(project, env) as line:
        assert line() == "listening\n"
        # A change from before the server listens is not told: changes go on until one is.
        with ThreadPoolExecutor(1) as reading:
            told, versions = reading.submit(line), 1
            while not told.done():
                versions += 1
                mine.insist(update, input={"id": client, "tradeName": f"Nombre {versions}"})
            assert 2 <= json.loads(told.result())["version"] <= versions


@pytest.mark.claims(
    "docs/kit/typescript.md", "`createFicha({ url, token })` calls `token(refused)` for each request and connection."
)
@pytest.mark.claims("docs/kit/typescript.md", "`refused` is true after a 401: get a new token then.")
@pytest.mark.claims(
    "docs/kit/typescript.md",
    "Requests that the server could not answer (429, 503) are sent again after",
)
@pytest.mark.claims("docs/kit/typescript.md", "Each mutation has an `Idempotency-Key`, so that it is done once.")
@pytest.mark.claims("docs/kit/typescript.md", "A file of another size, or a state that is too old, begins anew.")
@pytest.mark.claims("docs/kit/typescript.md", "A part that the network lost is sent once more.")
@pytest.mark.claims("docs/kit/typescript.md", "Where the runtime can compute it, the file's SHA-256 goes with it:")
@pytest.mark.claims(
    "docs/kit/typescript.md", "`headers()` gives more headers, as `X-Ficha-Company` of who works in several companies."
)
def test_refused_requests_are_sent_again_and_done_once(project: Path) -> None:
    assert example(project, "refused", {}) == {
        "tokens": ["Bearer old", "Bearer new", "Bearer new"], "keys": 1, "companies": ["com_1"],
        "document": None, "codes": ["FILE_TOO_LARGE"],
        "uploaded": "fil_1", "tries": 2, "sha256": hashlib.sha256(b"abc").hexdigest(),
    }  # fmt: skip


@pytest.mark.usefixtures("project")
def test_a_server_takes_the_manifest() -> None:
    manifest = json.loads((FOLDER / "operations.json").read_text(encoding="utf-8"))
    trusted = read_manifest(FOLDER / "operations.json")
    assert {each["id"] for each in manifest["operations"]} <= {*trusted}


@pytest.mark.claims("docs/kit/ios.md", "`apollo-codegen-config.json`:")
def test_the_configuration_for_ios_is_json_that_names_what_there_is() -> None:
    text = (ROOT / "docs/kit/ios.md").read_text(encoding="utf-8")
    config = json.loads(re.findall(r"```json\n(.+?)```", text, re.DOTALL)[0])
    (schema,) = config["input"]["schemaSearchPaths"]
    (operations,) = config["input"]["operationSearchPaths"]
    assert (ROOT / schema.removeprefix("ficha/")).is_file()
    assert len([*ROOT.glob(operations.removeprefix("ficha/"))]) == len([*OPERATIONS.rglob("*.graphql")])


@pytest.mark.claims("docs/kit/ios.md", "`PrepareDocumentUpload` answers with one `PUT` for the whole file.")
@pytest.mark.claims("docs/kit/android.md", "`PrepareDocumentUpload` answers with one `PUT` for the whole file.")
def test_the_guides_for_phones_use_operations_that_there_are() -> None:
    names = {file.stem for file in OPERATIONS.rglob("*.graphql")}
    for page in ("ios", "android"):
        text = (ROOT / f"docs/kit/{page}.md").read_text(encoding="utf-8")
        named = {to_snake_case(name) for name in re.findall(r"`(PrepareDocumentUpload|CompleteDocumentUpload)`", text)}
        assert named == {"prepare_document_upload", "complete_document_upload"}
        assert named <= names
