"""The real servers under the tests: one PostgreSQL and one S3 store a run, one database and one bucket a worker.

FICHA_TEST_DATABASE_URL names a PostgreSQL to use instead of the embedded one; its role must be a superuser.

A fixture imports what it needs when a test asks for it: the test of a rule alone takes less than a second of CPU, and
importing the application takes three. `tests/house/test_quick_loop.py` holds it.

FICHA_TEST_CITUS_URL names a coordinator of Citus, on which the workers' databases are distributed ones: see
tests/citus.py.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server import embedded
    from server.settings import Settings
    from tests.fixtures import Answer, Company, Ficha

# A test's data need not outlive a power cut.
POSTGRES_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "1000",
    "deadlock_timeout": "100ms",
    "shared_preload_libraries": "pg_stat_statements",
}
TEMPLATE_LOCK = 4_120_771

sampled_cases = pytest.StashKey[Counter[str]]()
running_services = pytest.StashKey["embedded.Services"]()


def start_services(config: pytest.Config) -> "embedded.Services":
    """Start the servers, to be stopped when pytest ends in whatever way."""
    from server import embedded
    from server.settings import Settings

    stack = ExitStack()
    config.add_cleanup(stack.close)
    directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="ficha-test-"))
    given = os.environ.get("FICHA_TEST_DATABASE_URL", "")
    settings = Settings.from_env({"FICHA_DATA_DIR": directory, "FICHA_DATABASE_URL": given})
    started = stack.enter_context(embedded.services(settings, "test", postgres_options=POSTGRES_OPTIONS))
    return embedded.Services(database_url=given or started.database_url, s3=started.s3)


def pytest_configure(config: pytest.Config) -> None:
    """Under xdist the controller starts them, as it outlives its workers; else the first test that asks."""
    is_controller = not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"
    if is_controller and not config.option.collectonly:
        config.stash[running_services] = start_services(config)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave all but each n-th case of a test that is `sampled(n)` to `make deep`."""
    if marker := item.get_closest_marker("sampled"):
        seen = item.session.stash.setdefault(sampled_cases, Counter())
        test = item.nodeid.partition("[")[0]
        if seen[test] % marker.args[0]:
            item.add_marker(pytest.mark.deep)
        seen[test] += 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where they are."""
    if found := node.config.stash.get(running_services, None):
        node.workerinput["database_url"] = found.database_url
        node.workerinput["s3"] = (found.s3.endpoint, found.s3.access_key, found.s3.secret_key)


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> "embedded.Services":
    """The servers of this run; most tests want `database_url` or `settings`."""
    from server import embedded

    told: dict[str, Any] = getattr(pytestconfig, "workerinput", {})
    if "s3" in told:
        endpoint, access_key, secret_key = told["s3"]
        s3 = embedded.S3(endpoint=endpoint, access_key=access_key, secret_key=secret_key)
        return embedded.Services(database_url=told["database_url"], s3=s3)
    return start_services(pytestconfig)


@pytest.fixture(scope="session")
def database_url(services: "embedded.Services", testrun_uid: str, worker_id: str) -> Generator[str]:
    """Owner's URL of this worker's own migrated database. Tests share it: each makes rows under keys of its own."""
    import psycopg
    from psycopg import sql

    from server import migrate

    if url := os.environ.get("FICHA_TEST_CITUS_URL"):
        from tests import citus

        name = f"ficha_{testrun_uid}_{worker_id}"
        try:
            yield citus.create(url, name)
        finally:
            citus.drop(url, name)
        return
    assert services.database_url
    template, name = f"ficha_{testrun_uid}", f"ficha_{testrun_uid}_{worker_id}"
    with psycopg.connect(services.database_url, autocommit=True) as admin:
        # Workers take turns: the first makes the template, and nobody copies it while it is made.
        admin.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [template]).fetchone() is None:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
            migrate.upgrade(_with_database(services.database_url, template))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        admin.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
        yield _with_database(services.database_url, name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def s3(services: "embedded.Services") -> "embedded.S3":
    """The run's S3 store, under credentials that may do anything."""
    assert services.s3
    return services.s3


@pytest.fixture(scope="session")
def settings(
    database_url: str, s3: "embedded.S3", worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> "Settings":
    """Settings of a process on this worker's database and bucket, with a data directory of its own."""
    from server.settings import Settings

    directory: Path = tmp_path_factory.mktemp("ficha")
    return Settings.from_env(
        {
            "FICHA_DATA_DIR": str(directory),
            "FICHA_DEMO": "on",
            "FICHA_DATABASE_URL": database_url,
            "FICHA_S3_ENDPOINT": s3.endpoint,
            "FICHA_S3_ACCESS_KEY": s3.access_key,
            "FICHA_S3_SECRET_KEY": s3.secret_key,
            "FICHA_S3_BUCKET": f"ficha-{worker_id}",
        }
    )


@pytest.fixture(scope="session")
def demo_settings(settings: "Settings") -> "Settings":
    """The settings of a Ficha on the worker's database, with the demo in it and its files in the worker's bucket."""
    from tests.fixtures import with_demo

    return with_demo(settings)


@pytest.fixture(scope="session")
def live_server(demo_settings: "Settings", owner: "Connection") -> "Generator[Ficha]":
    """The worker's Ficha; what it is asked is asked of its twin too. Operations have a minute, for a busy machine.

    The demo in it is everybody's: no test may change it.
    """
    from tests.fixtures import history_of_demo, serving_twice

    history = history_of_demo(owner)
    with serving_twice(replace(demo_settings, operation_seconds=60)) as ficha:
        yield ficha
    assert history_of_demo(owner) == history


@pytest.fixture
def ask(live_server: "Ficha") -> "Callable[..., Answer]":
    """Asks the worker's Ficha as the collaborator of an e-mail address: `ask("admin@demo.mx", "{ … }", id=…)`."""
    return live_server.ask


@pytest.fixture
def statements(live_server: "Ficha", monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:  # noqa: ARG001  first
    """How many statements each operation has sent since it was last asked: of `live_server`'s, and of its twin's."""
    from tests.fixtures import count_statements

    return count_statements(monkeypatch)


@pytest.fixture(scope="session")
def owner(demo_settings: "Settings") -> "Generator[Connection]":
    """A connection of the tables' owner to the worker's database."""
    from tests.fixtures import owning

    with owning(demo_settings.database_url) as connection:
        yield connection


@pytest.fixture
def company(live_server: "Ficha", owner: "Connection") -> "Callable[..., Company]":
    """Makes a company of the test's own: `company(time_zone="America/Tijuana")`."""
    from tests.fixtures import Company

    return lambda **values: Company(live_server, owner, **values)


@pytest.fixture
def new_database(database_url: str, testrun_uid: str) -> Generator[str]:
    """Owner's URL of a migrated database of the test's own, to be broken as the test likes."""
    from tests.fixtures import copied_database

    with copied_database(database_url, f"ficha_{testrun_uid}") as url:
        yield url


@pytest.fixture
def new_company(new_database: str, settings: "Settings") -> "Generator[Callable[..., Company]]":
    """Makes companies in the test's own database, which serves them: `new_company(planner=False)` reads
    level by level, `new_company(planner=False, batches=False)` by resolvers."""
    from tests.fixtures import new_companies

    with new_companies(new_database, settings) as make:
        yield make


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
