"""Secrets are replaced while Ficha serves: nobody who asks meanwhile is refused, and the old ones open nothing."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import redis

import models
from models.collaborator import Role
from server.settings import Settings
from tests.faults.postgres import Postgres
from tests.faults.store import BUCKET, running_store
from tests.fixtures import Company, Ficha, demanded, global_id, own_process, owning
from tests.server.test_workers import Load, until, workers
from tests.uploading import links, upload

OLD, NEW = "o" * 40, "n" * 40


@dataclass
class Rotated:
    """Two processes with their secrets in files, and a company on them."""

    company: Company
    running: subprocess.Popen[str]
    files: dict[str, Path]

    def replaced(self, **secrets: str) -> None:
        """Writes the secrets, and has the processes replaced."""
        before = workers(self.running)
        for name, text in secrets.items():
            self.files[name].write_text(text)
        self.running.send_signal(signal.SIGHUP)
        until(lambda: len(workers(self.running)) == 2 and not workers(self.running) & before)

    @contextmanager
    def asked(self) -> Iterator[Load]:
        """Asked all the while, on four connections; nobody is refused."""
        token = self.company.ficha.token(self.company.email(Role.ADMIN))
        with Load(self.company.ficha.url, token, 400).running() as load:
            until(lambda: load.outcomes.total() > 200)
            yield load
        assert load.outcomes == {"200 True": load.outcomes.total()}

    def is_there(self, link: str) -> int:
        """The status of the link."""
        return httpx.get(link, trust_env=False, timeout=60).status_code


@contextmanager
def rotated(settings: Settings, folder: Path, secrets: dict[str, str], **variables: object) -> Iterator[Rotated]:
    """Serves with the secrets in files, by the names of their variables."""
    files = {name: folder / name for name in secrets}
    stated = dict[str, object]()
    for name, text in secrets.items():
        files[name].write_text(text)
        stated |= {name: "", f"{name}_FILE": files[name]}
    stated |= {"FICHA_WORKERS": 2, "FICHA_DRAIN_SECONDS": 1, "FICHA_SIGN_IN_LIMIT": "off", **variables}
    with (
        own_process(settings, **stated) as (running, url),
        httpx.Client(base_url=url, timeout=60, trust_env=False) as http,
        owning(settings.database_url) as owner,
    ):
        yield Rotated(Company(Ficha(url, settings, http), owner), running, files)


@pytest.fixture
def own(settings: Settings, postgres: Postgres) -> Settings:
    """On a PostgreSQL of the module's own."""
    return replace(settings, database_url=postgres.url)


@pytest.mark.claims(
    "docs/operating.md",
    "| the database's password | `ALTER ROLE … PASSWORD`, write `FICHA_DATABASE_URL_FILE`, `SIGHUP`; connections"
    " that are"
    " open stay open | `FICHA_DATABASE_URL` |",
)
def test_the_password_of_the_database(own: Settings, postgres: Postgres, tmp_path: Path) -> None:
    former = postgres.known.postgres_password
    with rotated(own, tmp_path, {"FICHA_DATABASE_URL": postgres.url}) as serving:
        with serving.asked(), psycopg.connect(postgres.url, autocommit=True) as owner:
            owner.execute(f"alter role ficha password '{NEW}'".encode())
            postgres.known.postgres_password = NEW
            serving.replaced(FICHA_DATABASE_URL=postgres.url)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url.replace(NEW, former))
        assert serving.company.ask("{ viewer { permissions } }").status == 200


@pytest.mark.claims(
    "docs/operating.md",
    "| … without `SIGHUP` | name a file in the URL, `?passfile=/run/secrets/pgpass`, which PostgreSQL's library"
    " reads for"
    " each new connection | the file |",
)
def test_the_password_of_the_database_in_a_password_file(own: Settings, postgres: Postgres, tmp_path: Path) -> None:
    where = urlsplit(postgres.url)
    file = tmp_path / "pgpass"

    def write(password: str) -> None:
        file.write_text(f"*:*:*:*:{password}\n")
        file.chmod(0o600)

    write(postgres.known.postgres_password)
    url = f"postgresql://ficha@{where.hostname}:{where.port}/ficha?passfile={file}"
    with (
        own_process(own, FICHA_DATABASE_URL=url) as (_, address),
        httpx.Client(base_url=address, timeout=60, trust_env=False) as http,
        owning(postgres.url) as owner,
    ):
        company = Company(Ficha(address, own, http), owner)
        assert company.ask("{ viewer { permissions } }").status == 200
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            admin.execute(f"alter role ficha password '{OLD}'".encode())
            postgres.known.postgres_password = OLD
            write(OLD)
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                " and application_name like 'ficha%'"
            )
        assert company.insist("{ viewer { permissions } }").status == 200


@pytest.mark.claims(
    "docs/operating.md",
    "| the keys of the object store | add the new key at the store, write `FICHA_S3_ACCESS_KEY_FILE` and"
    " `FICHA_S3_SECRET_KEY_FILE`, `SIGHUP`, remove the old one when uploads under way have expired |"
    " `FICHA_S3_ACCESS_KEY`, `FICHA_S3_SECRET_KEY` |",
)
def test_the_keys_of_the_store(own: Settings, tmp_path: Path) -> None:
    with running_store() as store:
        [(access, secret)] = store.keys
        settings = replace(
            own, s3_endpoint=store.s3.endpoint, s3_access_key=access, s3_secret_key=secret, s3_bucket=BUCKET
        )
        secrets = {"FICHA_S3_ACCESS_KEY": access, "FICHA_S3_SECRET_KEY": secret, "FICHA_LINK_SECRETS": OLD}
        with rotated(settings, tmp_path, secrets) as serving:
            company = serving.company
            client = global_id(models.Client, company.client())
            link = links(company, upload(company, b"antes", clientId=client)["document"]["id"])["downloadUrl"]
            store.keys.append(("second", NEW))
            store.stop()
            store.run()
            with serving.asked():
                serving.replaced(FICHA_S3_ACCESS_KEY="second", FICHA_S3_SECRET_KEY=NEW)
            del store.keys[0]
            store.stop()
            store.run()
            until(lambda: serving.is_there(link) == 200)
            document = upload(company, b"despues", clientId=client)["document"]
            assert httpx.get(links(company, document["id"])["downloadUrl"], trust_env=False).content == b"despues"


@pytest.mark.claims(
    "docs/operating.md",
    "| what links to files and statements are sealed with | write the new one before the old one into"
    " `FICHA_LINK_SECRETS_FILE`, `SIGHUP`; drop the old one after `FICHA_LINK_SECONDS`: until then old links answer |"
    " `FICHA_LINK_SECRETS`; without it `FICHA_S3_SECRET_KEY`, which is then the old one |",
    "A new `FICHA_S3_SECRET_KEY` also seals new links where `FICHA_LINK_SECRETS` is not set: set it to the old key,"
    " or to"
    " a new secret and the old key, before the store's key is replaced.",
)
@pytest.mark.parametrize("former", [OLD, ""], ids=["secret", "store's key"])
def test_what_links_are_sealed_with(own: Settings, tmp_path: Path, former: str) -> None:
    with rotated(own, tmp_path, {"FICHA_LINK_SECRETS": former}) as serving:
        company = serving.company
        client = global_id(models.Client, company.client())
        document = upload(company, b"hola", clientId=client)["document"]["id"]
        old = links(company, document)["downloadUrl"]
        with serving.asked():
            serving.replaced(FICHA_LINK_SECRETS=f"{NEW}\n{former or own.s3_secret_key}\n")
        new = links(company, document)["downloadUrl"]
        assert [serving.is_there(link) for link in (old, new)] == [200, 200]
        serving.replaced(FICHA_LINK_SECRETS=NEW)
        assert [serving.is_there(link) for link in (old, new)] == [403, 200]


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis with the password `OLD`."""
    from tests.server.test_workers import free_ports

    port = free_ports(1)
    program = demanded(shutil.which("redis-server"), "redis-server")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", OLD]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


@pytest.mark.claims(
    "docs/operating.md",
    "| the password of Redis | add the new one at Redis (`ACL SETUSER`), write `FICHA_RATE_LIMIT_STORAGE_FILE` and"
    " `FICHA_NOTIFICATIONS_FILE`, `SIGHUP`, remove the old one | `FICHA_RATE_LIMIT_STORAGE`, `FICHA_NOTIFICATIONS` |",
)
def test_the_password_of_redis(own: Settings, tmp_path: Path, counts: int) -> None:
    def url(password: str) -> str:
        return f"redis://:{password}@127.0.0.1:{counts}"

    secrets = {"FICHA_RATE_LIMIT_STORAGE": url(OLD), "FICHA_NOTIFICATIONS": url(OLD)}
    with rotated(own, tmp_path, secrets, FICHA_RATE_LIMIT="100000/minute") as serving:
        with redis.Redis(port=counts, password=OLD) as admin:
            with serving.asked():
                admin.execute_command("ACL", "SETUSER", "default", f">{NEW}")
                serving.replaced(FICHA_RATE_LIMIT_STORAGE=url(NEW), FICHA_NOTIFICATIONS=url(NEW))
            admin.execute_command("ACL", "SETUSER", "default", f"<{OLD}")
        with redis.Redis(port=counts, password=NEW) as admin:
            admin.execute_command("CLIENT", "KILL", "TYPE", "normal")

        def checks() -> Any:
            return serving.company.ficha.http.get("/health/ready").json()["checks"]

        until(lambda: (checks()["rateLimits"], checks()["notifications"]) == ("ok", "ok"))
        # What finds its connection ended lets one through.
        until(lambda: "ratelimit" in serving.company.ask("{ viewer { permissions } }").headers)


@pytest.mark.claims(
    "docs/operating.md",
    "The new ones have the settings as they stand then, those in files; where they are wrong, nothing is replaced.",
    "With `FICHA_WORKERS` of 2 or more, `SIGHUP` to the first process has them read anew, and loses no request;"
    " a single"
    " process is replaced by a second one behind the proxy.",
)
def test_settings_that_are_wrong_replace_nothing(own: Settings, tmp_path: Path) -> None:
    with rotated(own, tmp_path, {"FICHA_LINK_SECRETS": OLD}) as serving:
        before = workers(serving.running)
        with serving.asked() as load:
            serving.files["FICHA_LINK_SECRETS"].write_text("short")
            serving.running.send_signal(signal.SIGHUP)
            number = load.outcomes.total()
            until(lambda: load.outcomes.total() > number + 100)
        assert workers(serving.running) == before
        serving.replaced(FICHA_LINK_SECRETS=NEW)
