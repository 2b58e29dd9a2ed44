"""Settings: every variable is read, and a wrong one is named in one line."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from minio.helpers import check_bucket_name

from server.embedded import S3, Services
from server.issuer_settings import IssuerSettings
from server.settings import ON_THIS_MACHINE, Settings, SettingsError, settings_table
from storage.minio_store import MinioStore

S3_ENV = {
    "FICHA_S3_ENDPOINT": "https://s3.example.mx",
    "FICHA_S3_ACCESS_KEY": "key",
    "FICHA_S3_SECRET_KEY": "hush",
}


def test_nothing_set_means_everything_embedded() -> None:
    settings = Settings.from_env({})
    assert (settings.port, settings.host) == (8000, "127.0.0.1")
    assert settings.data_dir == Path.cwd() / ".ficha"
    assert (settings.database_url, settings.s3_endpoint, settings.jwt_issuer) == ("", "", "")
    assert settings.graphiql is True


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("one,two/ficha", "one,two/ficha?target_session_attrs=primary"),
        (
            "a:b@one:1,[::1]:2/ficha?sslmode=require",
            "a:b@one:1,[::1]:2/ficha?sslmode=require&target_session_attrs=primary",
        ),
        ("one,two/ficha?target_session_attrs=any", "one,two/ficha?target_session_attrs=any"),
        ("one/ficha", "one/ficha"),
    ],
    ids=["hosts", "ports", "stated", "one"],
)
def test_of_several_hosts_the_primary_is_meant(stated: str, read: str) -> None:
    assert Settings.from_env({"FICHA_DATABASE_URL": f"postgresql://{stated}"}).database_url == f"postgresql://{read}"


@pytest.mark.claims(
    "docs/settings.md",
    "They are read from the environment once, at startup.",
)
def test_every_setting_is_read() -> None:
    settings = Settings.from_env(
        {
            "PORT": "9000",
            "FICHA_HOST": "::1",
            "FICHA_DATA_DIR": "/srv/ficha",
            "FICHA_CATALOGS": "/srv/catalogs",
            "FICHA_TEXTS": "/srv/texts",
            "FICHA_DATABASE_URL": "postgresql://ficha:hush@db/ficha",
            "FICHA_DATABASE_REPLICA_URLS": "postgresql://ficha:hush@one/ficha, postgres://two:5433/ficha",
            "FICHA_DATABASE_REPLICA_LAG_SECONDS": "30",
            "FICHA_DATABASE_POOL_SIZE": "20",
            "FICHA_TRANSACTION_POOLING": "on",
            "FICHA_DATABASE_DIRECT_URL": "postgresql://ficha:hush@past/ficha",
            "FICHA_PLANNER": "off",
            "FICHA_BATCHES": "off",
            **S3_ENV,
            "FICHA_S3_PUBLIC_ENDPOINT": "https://files.example.mx:8443/",
            "FICHA_LINK_SECRETS": f"{'n' * 32}\n{'o' * 32}\n",
            "FICHA_S3_BUCKET": "papers",
            "FICHA_S3_REGION": "mx-central-1",
            "FICHA_S3_ENCRYPTION": "on",
            "FICHA_LINK_SECONDS": "60",
            "FICHA_CORS_ORIGINS": "https://app.example.mx, http://127.0.0.1:5173/",
            "FICHA_UPLOAD_MAX_BYTES": "1000000000",
            "FICHA_DOCUMENT_RETENTION_DAYS": "90",
            "FICHA_SWEEP_MINUTES": "0",
            "FICHA_GRAPHIQL": "ON",
            "FICHA_WEB": "on",
            "FICHA_SAT_CERTIFICATES": "/etc/ficha/sat",
            "FICHA_JWT_ISSUER": "https://id.example.mx",
            "FICHA_JWT_AUDIENCE": "ficha",
            "FICHA_JWT_JWKS": "/etc/ficha/jwks.json",
            "FICHA_GRAPHIQL_CLIENT": "ficha-graphiql",
            "FICHA_INVITATION_URL": "https://app.example.mx/invitacion",
            "FICHA_OIDC_ISSUERS": '[{"issuer": "https://other.example.mx", "audience": ["a", "b"]}]',
            "FICHA_JWT_COMPANY_CLAIM": "org",
            "FICHA_JWT_COLLABORATOR_CLAIM": "sub",
            "FICHA_JWT_CLOCK_SKEW_SECONDS": "5",
            "FICHA_VIEWER_CACHE_SECONDS": "0",
            "FICHA_RATE_LIMIT": "100/Second",
            "FICHA_SIGN_IN_LIMIT": "OFF",
            "FICHA_STATEMENT_LIMIT": "5/minute",
            "FICHA_DUPLICATE_LIMIT": "5/Hour",
            "FICHA_RATE_LIMIT_STORAGE": "redis://:hush@counts:6379/1",
            "FICHA_NOTIFICATIONS": "redis://:hush@news:6379",
            "FICHA_COST_LIMIT": "500",
            "FICHA_OPERATION_SECONDS": "3",
            "FICHA_INTROSPECTION": "off",
            "FICHA_TRUSTED_DOCUMENTS": "/etc/ficha/manifest.json",
            "FICHA_ONLY_TRUSTED_DOCUMENTS": "on",
            "FICHA_LOG_LEVEL": "WARNING",
            "FICHA_LOG_FORMAT": "JSON",
            "FICHA_SLOW_MS": "250",
            "FICHA_METRICS_PORT": "9400",
            "FICHA_OTLP_ENDPOINT": "http://collector:4318/",
            "FICHA_TRACE_PERCENT": "25",
            "FICHA_TRACE_CALLERS": "on",
            "FICHA_DEBUG": "on",
            "FICHA_MAX_CONNECTIONS": "100",
            "FICHA_MAX_CONNECTIONS_PER_ADDRESS": "10",
            "FICHA_STOP_SECONDS": "5",
            "FICHA_DRAIN_SECONDS": "6",
            "FICHA_WORKERS": "4",
            "FICHA_MIGRATE": "off",
            "FICHA_DEMO": "off",
            "FICHA_SUBGRAPH_SDL": "on",
            "FICHA_TRACES": "on",
            "FICHA_PUBLIC_URL": "https://api.example.mx/",
            "FICHA_DOWNLOADS": "Store",
        }
    )
    assert settings == Settings(
        port=9000,
        host="::1",
        data_dir=Path("/srv/ficha"),
        catalog_folder=Path("/srv/catalogs"),
        text_folder=Path("/srv/texts"),
        most_connections=100,
        most_connections_per_address=10,
        drain_seconds=6,
        workers=4,
        migrate=False,
        stop_seconds=5,
        demo=False,
        subgraph_sdl=True,
        traces=True,
        public_url="https://api.example.mx",
        downloads="store",
        database_url="postgresql://ficha:hush@db/ficha",
        database_replica_urls=("postgresql://ficha:hush@one/ficha", "postgres://two:5433/ficha"),
        database_replica_lag_seconds=30,
        database_pool_size=20,
        transaction_pooling=True,
        database_direct_url="postgresql://ficha:hush@past/ficha",
        planner=False,
        batches=False,
        s3_endpoint="https://s3.example.mx",
        s3_public_endpoint="https://files.example.mx:8443",
        s3_access_key="key",
        s3_secret_key="hush",
        link_secrets=("n" * 32, "o" * 32),
        s3_bucket="papers",
        s3_region="mx-central-1",
        s3_encryption=True,
        link_seconds=60,
        cors_origins=("https://app.example.mx", "http://127.0.0.1:5173"),
        upload_max_bytes=1_000_000_000,
        document_retention_days=90,
        sweep_minutes=0,
        graphiql=True,
        web=True,
        jwt_issuer="https://id.example.mx",
        jwt_audience="ficha",
        jwt_jwks="/etc/ficha/jwks.json",
        graphiql_client="ficha-graphiql",
        invitation_url="https://app.example.mx/invitacion",
        oidc_issuers=(IssuerSettings(issuer="https://other.example.mx", audiences=("a", "b")),),
        jwt_company_claim="org",
        jwt_collaborator_claim="sub",
        jwt_clock_skew_seconds=5,
        viewer_cache_seconds=0,
        rate_limit="100/second",
        sign_in_limit="off",
        statement_limit="5/minute",
        duplicate_limit="5/hour",
        rate_limit_storage="redis://:hush@counts:6379/1",
        notifications="redis://:hush@news:6379",
        cost_limit=500,
        operation_seconds=3,
        introspection=False,
        sat_certificates=Path("/etc/ficha/sat"),
        trusted_documents=Path("/etc/ficha/manifest.json"),
        only_trusted_documents=True,
        log_level="warning",
        log_format="json",
        slow_ms=250,
        metrics_port=9400,
        otlp_endpoint="http://collector:4318",
        trace_percent=25,
        trace_callers=True,
        debug=True,
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "is no JSON"),
        ("nowhere.json", "must be a JSON list, or a file with one that can be read"),
        ("[7]", "entry 1 must be an object"),
        ('[{"issuer": "https://a", "audiance": "b"}]', "entry 1 has audiance, which is none of"),
        ('[{"issuer": "https://a"}]', "entry 1 needs issuer and audience"),
        ('[{"issuer": "https://a", "audience": [""]}]', "entry 1 must have texts in audience"),
        ('[{"issuer": "a", "audience": "b"}]', "entry 1 needs jwks: its issuer is no URL"),
        ('[{"issuer": "https://a", "audience": "b", "companies": ["x"]}]', "entry 1 must name companies by their ids"),
        ('[{"issuer": "https://a", "audience": "b"}, {"issuer": "https://a", "audience": "c"}]', "twice"),
        ('[{"issuer": "https://id.example.mx", "audience": "b"}]', "names the issuer of FICHA_JWT_ISSUER again"),
    ],
)
def test_what_is_wrong_with_an_issuer_is_told(text: str, complaint: str) -> None:
    own = {
        "FICHA_JWT_ISSUER": "https://id.example.mx",
        "FICHA_JWT_AUDIENCE": "ficha",
        "FICHA_JWT_JWKS": "/etc/ficha/jwks.json",
    }
    with pytest.raises(SettingsError, match=r"^FICHA_OIDC_ISSUERS ") as raised:
        Settings.from_env(own | {"FICHA_OIDC_ISSUERS": text})
    assert complaint in str(raised.value)


@pytest.mark.claims(
    "docs/sign-in.md",
    "Several, shared or a company's own, as JSON or as a file with it:",
)
def test_issuers_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "issuers.json"
    file.write_text('[{"issuer": "https://a", "audience": "b", "jwks": "/k", "client": "c"}]', encoding="utf-8")
    settings = Settings.from_env({"FICHA_OIDC_ISSUERS": str(file)})
    assert settings.issuers == (IssuerSettings(issuer="https://a", audiences=("b",), jwks="/k", client="c"),)


def test_origins_are_written_as_browsers_write_them() -> None:
    text = "HTTPS://App.Example.MX:443/, http://app.example.mx:80,http://127.0.0.1:443,https://app.example.mx:8443"
    assert Settings.from_env({"FICHA_CORS_ORIGINS": text}).cors_origins == (
        "https://app.example.mx", "http://app.example.mx", "http://127.0.0.1:443", "https://app.example.mx:8443",
    )  # fmt: skip
    assert Settings.from_env({"FICHA_CORS_ORIGINS": "http://LOCALHOST:*"}).cors_origins == ("http://localhost:*",)


def test_front_ends_of_this_machine_may_ask_only_what_is_embedded() -> None:
    assert Settings.from_env({}).cors_origins == ON_THIS_MACHINE
    assert Settings.from_env({"FICHA_CORS_ORIGINS": "off"}).cors_origins == ()
    assert Settings.from_env(S3_ENV).cors_origins == ()
    own = {"FICHA_DATABASE_URL": "postgresql://db/ficha", "FICHA_DEMO": "on"}
    assert Settings.from_env(own).cors_origins == ()


def test_only_a_store_of_this_machine_lets_pages_of_this_machine_send_files() -> None:
    off = {"FICHA_CORS_ORIGINS": "off"}
    here = S3_ENV | {"FICHA_S3_ENDPOINT": "http://127.0.0.1:9000"}
    public = {"FICHA_PUBLIC_URL": "https://ficha.example.mx"}
    assert Settings.from_env(here | off).upload_origins == ("http://127.0.0.1:8000", "http://localhost:8000")
    assert Settings.from_env(S3_ENV).upload_origins == ()
    assert Settings.from_env(S3_ENV | public).upload_origins == ("https://ficha.example.mx",)
    assert Settings.from_env(S3_ENV | public | {"FICHA_WEB": "off"}).upload_origins == ()


@pytest.mark.parametrize(
    ("env", "complaint"),
    [
        ({"PORT": "http"}, "PORT must be a whole number from 0 to 65535"),
        ({"PORT": "65536"}, "PORT must be a whole number from 0 to 65535"),
        ({"PORT": "٨٠٠٠"}, "PORT must be a whole number from 0 to 65535"),
        ({"FICHA_DATABASE_POOL_SIZE": "4"}, "FICHA_DATABASE_POOL_SIZE must be a whole number from 5 to 1000"),
        (
            {"FICHA_DATABASE_URL": "mysql://db/ficha"},
            "FICHA_DATABASE_URL must be a URL that begins with postgresql:// or postgres://",
        ),
        (
            {"FICHA_DATABASE_URL": "postgresql://ficha@one,two:port/ficha"},
            "FICHA_DATABASE_URL must be a URL that begins with postgresql:// or postgres://",
        ),
        (
            {"FICHA_DATABASE_URL": "postgresql://one", "FICHA_DATABASE_REPLICA_URLS": "postgresql://two,three/ficha"},
            "FICHA_DATABASE_REPLICA_URLS must be URLs of one host each",
        ),
        (
            {"FICHA_DATABASE_REPLICA_URLS": "postgresql://two/ficha"},
            "FICHA_DATABASE_URL is needed with FICHA_DATABASE_REPLICA_URLS",
        ),
        (
            {"FICHA_S3_ENDPOINT": "s3.example.mx:9000"},
            "FICHA_S3_ENDPOINT must be a URL that begins with http:// or https://",
        ),
        ({"FICHA_S3_ENDPOINT": "http://:9000"}, "FICHA_S3_ENDPOINT must be a URL that begins with http:// or https://"),
        (
            {"FICHA_S3_ENDPOINT": "http://s3:port"},
            "FICHA_S3_ENDPOINT must be a URL that begins with http:// or https://",
        ),
        ({"FICHA_S3_ENDPOINT": "http://s3/bucket"}, "FICHA_S3_ENDPOINT must be a scheme, a host and a port only"),
        (
            {"FICHA_S3_ENDPOINT": "http://s3", "FICHA_S3_SECRET_KEY": "hush"},
            "FICHA_S3_ACCESS_KEY is needed with FICHA_S3_ENDPOINT",
        ),
        (
            {"FICHA_JWT_ISSUER": "https://id", "FICHA_JWT_JWKS": "/k"},
            "FICHA_JWT_AUDIENCE is needed with FICHA_JWT_ISSUER",
        ),
        (
            {"FICHA_JWT_ISSUER": "https://id", "FICHA_JWT_AUDIENCE": "ficha"},
            "FICHA_JWT_JWKS is needed with FICHA_JWT_ISSUER",
        ),
        ({"FICHA_GRAPHIQL": "yes"}, "FICHA_GRAPHIQL must be one of on, off, auto"),
        ({"FICHA_JWT_CLOCK_SKEW_SECONDS": "301"}, "FICHA_JWT_CLOCK_SKEW_SECONDS must be a whole number from 0 to 300"),
        (
            {"FICHA_RATE_LIMIT": "0/minute"},
            "FICHA_RATE_LIMIT must read like 6000/minute (second, minute, hour or day), or off",
        ),
        ({"FICHA_DEBUG": "auto"}, "FICHA_DEBUG must be one of on, off"),
        ({"FICHA_LINK_SECRETS": f"{'n' * 32} short"}, "FICHA_LINK_SECRETS must be secrets of at least 32 characters"),
        (
            {"FICHA_METRICS_PORT": "65534", "FICHA_WORKERS": "3"},
            "FICHA_METRICS_PORT leaves no port for each of FICHA_WORKERS: the last would be 65536",
        ),
        ({"FICHA_LOG_LEVEL": "loud"}, "FICHA_LOG_LEVEL must be one of debug, info, warning, error"),
    ],
)
def test_a_wrong_value_is_named(env: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(env)
    assert str(raised.value) == complaint


@pytest.mark.parametrize(
    ("variable", "good", "bad"),
    [
        (
            "FICHA_S3_BUCKET",
            ("abc", "b" * 63, "Mis.archivos_1", "1.2.3"),
            ("ab", "b" * 64, "-abc", "abc-", "a..b", "a.-b", "a-.b", "a b", "a/b", "ñññ", "abc\n", "10.0.0.1"),
        ),
        ("FICHA_S3_REGION", ("a", "us-east-1", "r" * 63), ("-a", "a-", "a b", "a.b", "é", "r" * 64)),
    ],
)
def test_names_that_no_store_takes(variable: str, good: Sequence[str], bad: Sequence[str]) -> None:
    for name in good:
        settings = Settings.from_env({variable: name})
        # The store's client agrees.
        MinioStore("http://s3", access_key="a", secret_key="b", bucket=settings.s3_bucket, region=settings.s3_region)
        check_bucket_name(settings.s3_bucket)
    for name in bad:
        with pytest.raises(SettingsError, match=f"^{variable} must be [0-9]+ to 63 letters, digits, "):
            Settings.from_env({variable: name})


@pytest.mark.claims(
    "docs/settings.md",
    "All that is wrong with them is told at once, also a variable that begins with `FICHA_` and is no setting.",
)
def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(
            {
                "PORT": "http",
                "FICHA_DATABSE_URL": "postgresql://db/ficha",
                "FICHA_S3_ENDPOINT": "http://s3",
                "FICHA_LOG_LEVEL": "loud",
                "FICHA_COLOUR_OF_THE_SKY": "blue",
                "FICHA_S3_SECRT_KEY_FILE": "/run/secrets/s3",
                "FICHA_TEST_SEED": "1",
                "FICHA_BENCH_DIR": "/srv",
            }
        )
    assert str(raised.value).split("\n") == [
        "FICHA_COLOUR_OF_THE_SKY is no setting: docs/settings.md lists them",
        "FICHA_DATABSE_URL is no setting: did you mean FICHA_DATABASE_URL?",
        "FICHA_S3_SECRT_KEY_FILE is no setting: did you mean FICHA_S3_SECRET_KEY?",
        "PORT must be a whole number from 0 to 65535",
        "FICHA_LOG_LEVEL must be one of debug, info, warning, error",
        "FICHA_S3_ACCESS_KEY is needed with FICHA_S3_ENDPOINT",
        "FICHA_S3_SECRET_KEY is needed with FICHA_S3_ENDPOINT",
    ]


@pytest.mark.claims(
    "docs/settings.md",
    "Each may stand in a file instead, as secrets do in containers: `FICHA_DATABASE_URL_FILE=/run/secrets/database`.",
)
def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "database"
    file.write_bytes("postgresql://ficha:señal@db/ficha\r\n".encode())
    settings = Settings.from_env({"FICHA_DATABASE_URL_FILE": str(file), "FICHA_DATABASE_URL": ""})
    assert settings.database_url == "postgresql://ficha:señal@db/ficha"
    assert Settings.from_env({"FICHA_DATABASE_URL_FILE": ""}) == Settings.from_env({})
    file.write_bytes(b"\n")
    assert Settings.from_env({"FICHA_DATABASE_URL_FILE": str(file)}) == Settings.from_env({})


@pytest.mark.parametrize(
    ("env", "content", "complaint"),
    [
        ({"FICHA_S3_REGION": "mx"}, b"mx", "FICHA_S3_REGION is stated twice, also by FICHA_S3_REGION_FILE"),
        ({}, None, "FICHA_S3_REGION cannot be read from the file of FICHA_S3_REGION_FILE: No such file or directory"),
        ({}, b"\xff", "FICHA_S3_REGION cannot be read from the file of FICHA_S3_REGION_FILE: it is no UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(
    tmp_path: Path, env: dict[str, str], content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "region"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(env | {"FICHA_S3_REGION_FILE": str(file)})
    assert str(raised.value) == complaint


@pytest.mark.claims("docs/settings.md", "`ficha config` shows every value and where it comes from.")
def test_config_shows_each_value_and_its_source(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hush\n", encoding="utf-8")
    env = {
        "PORT": "9000",
        "FICHA_DATABASE_URL": "postgresql://ficha:hush@db/ficha",
        "FICHA_S3_ENDPOINT": "http://s3",
        "FICHA_S3_ACCESS_KEY": "key",
        "FICHA_S3_SECRET_KEY_FILE": str(secret),
    }
    command = [sys.executable, "-m", "server.command.cli", "config"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "hush" not in told
    rows = {variable: rest for variable, *rest in map(str.split, told.splitlines())}
    assert [*rows] == [each.metadata["variable"] for each in Settings.__dataclass_fields__.values()]
    assert rows["PORT"] == ["environment", "9000"]
    assert rows["FICHA_DATABASE_URL"] == ["environment", "•••"]
    assert rows["FICHA_S3_SECRET_KEY"] == [str(secret), "•••"]
    assert rows["FICHA_RATE_LIMIT_STORAGE"] == ["default", "memory://"]
    assert rows["FICHA_PUBLIC_URL"] == ["default"]
    shown = json.loads(subprocess.run([*command, "--json"], env=env, capture_output=True, check=True).stdout)
    assert shown["FICHA_S3_SECRET_KEY"] == {"value": "•••", "source": str(secret)}
    assert [*shown] == [*rows]
    wrong = subprocess.run(command, env={"PORT": "x", "FICHA_DEBUG": "y"}, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines() == [
        "ficha: PORT must be a whole number from 0 to 65535",
        "ficha: FICHA_DEBUG must be one of on, off",
    ]


@pytest.mark.claims(
    "docs/settings.md",
    "A variable set to nothing counts as not set.",
)
def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert Settings.from_env({"PORT": "", "FICHA_S3_BUCKET": ""}) == Settings.from_env({})


def test_the_pages_are_off_by_themselves_on_a_configured_database() -> None:
    configured = Settings.from_env({"FICHA_DATABASE_URL": "postgresql://db/ficha"})
    assert (configured.graphiql, configured.web) == (False, False)
    embedded = Settings.from_env(S3_ENV)
    assert (embedded.graphiql, embedded.web) == (True, True)


def test_a_database_of_ones_own_needs_an_issuer_of_ones_own() -> None:
    own = {"FICHA_DATABASE_URL": "postgresql://db/ficha"}
    for env in (own, {**own, "FICHA_DEMO": "auto"}, {"FICHA_DEMO": "off"}):
        with pytest.raises(SettingsError, match=r"^FICHA_JWT_ISSUER is needed .*FICHA_DEMO=on"):
            Settings.from_env(env).demand_issuer()
    issuer = {"FICHA_JWT_ISSUER": "https://id", "FICHA_JWT_AUDIENCE": "ficha", "FICHA_JWT_JWKS": "/keys.json"}
    for env in ({}, {**own, "FICHA_DEMO": "on"}, {**own, **issuer}):
        Settings.from_env(env).demand_issuer()


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings.from_env({"FICHA_DATABASE_URL": "postgresql://ficha:hush@db/ficha", **S3_ENV}))
    assert "hush" not in shown


SERVICES = Services(
    database_url="postgresql://embedded/ficha",
    s3=S3(endpoint="http://127.0.0.1:9", access_key="a", secret_key="s"),
)


def test_services_fill_what_is_not_configured() -> None:
    settings = Settings.from_env({}).with_services(SERVICES)
    assert settings.database_url == "postgresql://embedded/ficha"
    assert settings.s3_endpoint == settings.s3_public_endpoint == "http://127.0.0.1:9"
    assert (settings.s3_access_key, settings.s3_secret_key) == ("a", "s")
    assert settings.graphiql is True


def test_services_leave_what_is_configured() -> None:
    given = Settings.from_env({"FICHA_DATABASE_URL": "postgresql://db/ficha", **S3_ENV})
    assert given.with_services(SERVICES) == given


def test_the_table_has_a_row_for_each_setting() -> None:
    rows = settings_table().split("\n")
    assert rows[:3] == [
        "| variable | default | what it sets |",
        "|---|---|---|",
        "| `PORT` | `8000` | Port of the HTTP server; 0 takes a free one. |",
    ]
    assert len(rows) == 2 + len(Settings.__dataclass_fields__)
    assert "| `FICHA_S3_ACCESS_KEY` |  | Access key of the store; required with its endpoint. |" in rows


@pytest.mark.claims(
    "docs/deployment.md",
    "The number of connections also depends on how many files the system lets a process open",
)
def test_connections_are_as_many_as_the_system_has_files_for() -> None:
    script = """
import logging, resource, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 500))
from server.http.front import _SPARE_FILES, _affordable
print(_affordable(300 - _SPARE_FILES) + _SPARE_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(_affordable(4000) + _SPARE_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    within, warning, beyond = ran.stdout.splitlines()
    assert (within, beyond) == ("300 300", "500 500")
    assert warning.startswith("the system allows 500 open files: at most ")
