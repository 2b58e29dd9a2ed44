"""Everything that can be set from outside: one frozen class, read once from the environment and passed down.

Each field declares its variable, default and description here and nowhere else: `settings_table` prints them. Any of
them may stand in a file instead, which the variable with `_FILE` names, as secrets do in containers.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from errors import mend
from server.issuer_settings import IssuerSettings, read_issuers

if TYPE_CHECKING:
    from server.embedded import Services


class SettingsError(ValueError):
    """What is wrong with the settings: a line for each fault, which begins with the variable's name."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text.lower()

    return parse


def _url(*schemes: str, bare: bool = False) -> Callable[[str], str]:
    """A URL with a host and one of `schemes`; `bare` allows no path behind the host. Empty stays empty."""

    def parse(text: str) -> str:
        try:
            parts = urlsplit(text)
            sound = parts.scheme in schemes and (parts.hostname or not bare) and parts.port != 0
        except ValueError:
            sound, parts = False, urlsplit("")
        if text and not sound:
            raise ValueError(f"must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        if bare and (parts.path.strip("/") or parts.query or parts.fragment or parts.username):
            raise ValueError("must be a scheme, a host and a port only")
        return text.rstrip("/") if bare else text

    return parse


def _database(text: str) -> str:
    """The URL of a PostgreSQL, of which it may name several hosts: the primary among them is meant, unless it says
    otherwise."""
    one = _url("postgresql", "postgres")
    try:
        parts = urlsplit(text)
    except ValueError:
        return one(text)
    login, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return one(text)
    for host in hosts.split(","):
        one(parts._replace(netloc=f"{login}{at}{host}").geturl())
    if "target_session_attrs=" in parts.query:
        return text
    return parts._replace(query="&".join(filter(None, (parts.query, "target_session_attrs=primary")))).geturl()


def _replicas(text: str) -> tuple[str, ...]:
    urls = [url.strip() for url in re.split(r",(?=\s*postgres(?:ql)?://)", text) if url.strip()]
    if any("," in url for url in urls):
        raise ValueError("must be URLs of one host each")
    return tuple(map(_url("postgresql", "postgres"), urls))


def _page(text: str) -> str:
    """The URL of a page, behind which something is to be put after a `#`."""
    if "#" in text:
        raise ValueError("must be a URL without a # in it")
    return _url("http", "https")(text)


def _origin(text: str) -> str:
    """As browsers write it: in small letters, and with the port only where it is not the scheme's own."""
    url = _url("http", "https", bare=True)(_required(text.strip())).lower()
    return url.removesuffix(":443" if url.startswith("https:") else ":80")


ON_THIS_MACHINE: Final = ("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
"""The origins of pages that a front end's own server on this machine serves, as Vite and others do."""


def _origins(text: str) -> tuple[str, ...] | None:
    if text.lower() in ("auto", "off"):
        return None if text.lower() == "auto" else ()
    return tuple(
        f"{_origin(origin.removesuffix(':*'))}{':*' if origin.endswith(':*') else ''}"
        for origin in map(str.strip, text.split(","))
    )


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,8}/(second|minute|hour|day)|off", text.lower()):
        raise ValueError("must read like 6000/minute (second, minute, hour or day), or off")
    return text.lower()


def _bucket(text: str) -> str:
    """As older S3 stores take it, too. Source: "Bucket naming rules" of Amazon's S3."""
    is_name = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", text)
    is_address = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", text)
    if not is_name or is_address or any(pair in text for pair in ("..", ".-", "-.")):
        raise ValueError(
            "must be 3 to 63 letters, digits, dots, hyphens and underscores that begin and end with a letter or a"
            " digit, have no dot beside a dot or a hyphen, and are no IP address"
        )
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", text):
        raise ValueError(
            "must be 1 to 63 letters, digits, hyphens and underscores that begin and end with a letter or a digit"
        )
    return text


def _switch(text: str) -> bool:
    return _choice("on", "off")(text) == "on"


def _automatic_switch(text: str) -> bool | None:
    return {"on": True, "off": False, "auto": None}[_choice("on", "off", "auto")(text)]


def _required(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(text.split())
    if any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise ValueError(f"must be secrets of at least {SHORTEST_SECRET} characters")
    return secrets


def _setting(
    variable: str,
    default: str,
    description: str,
    parse: Callable[[str], object] = str,
    *,
    secret: bool = False,
) -> Any:  # Any: dataclasses.field is typed as the field's own type in the same way
    """A field that is read from `variable`. Its default is written as in the environment and parsed like any value."""
    metadata = {
        "variable": variable,
        "default": default,
        "description": description,
        "parse": parse,
        "secret": secret,
    }
    return field(metadata=metadata, repr=not secret)


SHORTEST_SECRET: Final = 32
"""Characters."""
BESIDE = 3
"""Connections to the database of one process beside the pool's."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one process. Make it with `from_env`; the fields' units and limits are in their declarations."""

    port: int = _setting("PORT", "8000", "Port of the HTTP server; 0 takes a free one.", _integer(0, 65535))
    host: str = _setting("FICHA_HOST", "127.0.0.1", "Address on which the HTTP server listens.", _required)
    data_dir: Path = _setting(
        "FICHA_DATA_DIR",
        ".ficha",
        "Where the embedded servers and the demo's signing key keep their data.",
        lambda text: Path(_required(text)).expanduser().absolute(),
    )
    catalog_folder: Path | None = _setting(
        "FICHA_CATALOGS",
        "",
        "Folder with newer publications of the SAT's tables, as `ficha catalog import` keeps them. Empty: `catalogs` in"
        " FICHA_DATA_DIR.",
        lambda text: Path(text).expanduser().absolute() if text else None,
    )
    text_folder: Path | None = _setting(
        "FICHA_TEXTS",
        "",
        "Folder with translators' catalogs of labels, sentences and messages, as `ficha labels import` keeps them."
        " Empty: `texts` in FICHA_DATA_DIR.",
        lambda text: Path(text).expanduser().absolute() if text else None,
    )
    most_connections: int = _setting(
        "FICHA_MAX_CONNECTIONS",
        "4000",
        "Maximum number of clients' connections to one process; a new one replaces the one idle for longest.",
        _integer(1, 1_000_000),
    )
    most_connections_per_address: int = _setting(
        "FICHA_MAX_CONNECTIONS_PER_ADDRESS",
        "500",
        "Maximum number of connections from one client address (of IPv6, a /64 network). It does not apply to proxies"
        " whose address is in `FORWARDED_ALLOW_IPS`.",
        _integer(1, 1_000_000),
    )
    stop_seconds: int = _setting(
        "FICHA_STOP_SECONDS",
        "20",
        "Time limit for requests in progress after SIGTERM; then they are ended. A second SIGTERM ends the process at"
        " once.",
        _integer(0, 600),
    )
    drain_seconds: int = _setting(
        "FICHA_DRAIN_SECONDS",
        "0",
        "Seconds after SIGTERM in which new requests are still served, while `/health/ready` answers 503 and responses"
        " end their connections: as long as a proxy takes to notice.",
        _integer(0, 600),
    )
    workers: int = _setting(
        "FICHA_WORKERS",
        "1",
        "Number of processes that serve on the port. Each has its own connections, caches and limits.",
        _integer(1, 256),
    )
    public_url: str = _setting(
        "FICHA_PUBLIC_URL",
        "",
        "`http(s)://host` at which browsers and mobile apps reach this server; links to files begin with it. Empty: the"
        " host that a request names.",
        _url("http", "https", bare=True),
    )
    database_url: str = _setting(
        "FICHA_DATABASE_URL",
        "",
        "`postgresql://` URL of the database's owner, for PostgreSQL 16 or later. It may name several hosts, as"
        " `postgresql://ficha@db1,db2,db3/ficha`: the primary among them is connected to. Empty: an embedded"
        " PostgreSQL.",
        _database,
        secret=True,
    )
    database_replica_urls: tuple[str, ...] = _setting(
        "FICHA_DATABASE_REPLICA_URLS",
        "",
        "`postgresql://` URLs of replicas, separated by commas, one of each server: queries are answered by those that"
        " are replicas and not late. All servers of a cluster may be named, also the primary. Empty: the primary"
        " answers everything; see docs/operating.md.",
        _replicas,
        secret=True,
    )
    database_replica_lag_seconds: int = _setting(
        "FICHA_DATABASE_REPLICA_LAG_SECONDS",
        "5",
        "A replica that is later than this is left out until it has caught up: the maximum age of what others wrote.",
        _integer(1, 3600),
    )
    database_pool_size: int = _setting(
        "FICHA_DATABASE_POOL_SIZE",
        "19",
        "Maximum number of database connections of one process. Three of them are for what it does beside the"
        " operations: it listens for changes, answers `/health/ready` and keeps house. One company uses at most half of"
        " the others. To each replica there are two fewer at most.",
        _integer(5, 1000),
    )
    transaction_pooling: bool = _setting(
        "FICHA_TRANSACTION_POOLING",
        "off",
        "`on`: FICHA_DATABASE_URL, or a replica's, leads to a pooler that shares connections between transactions, as"
        " pgbouncer with `pool_mode = transaction`.",
        _switch,
    )
    database_direct_url: str = _setting(
        "FICHA_DATABASE_DIRECT_URL",
        "",
        "`postgresql://` URL that bypasses the pooler, for what needs a connection of its own:"
        " notifications, migrations, demo data and the commands.",
        _database,
        secret=True,
    )
    migrate: bool = _setting(
        "FICHA_MIGRATE",
        "on",
        "`off`: `ficha serve` runs no migrations, and does not start where one is missing: `ficha migrate` runs them.",
        _switch,
    )
    planner: bool = _setting(
        "FICHA_PLANNER", "on", "`off`: no read is a single SQL statement; see FICHA_BATCHES.", _switch
    )
    batches: bool = _setting(
        "FICHA_BATCHES",
        "on",
        "Reads that are not a single SQL statement are answered level by level, in batches. `off`: by a resolver for"
        " each field.",
        _switch,
    )
    s3_endpoint: str = _setting(
        "FICHA_S3_ENDPOINT",
        "",
        "`http(s)://host:port` of an S3-compatible store. Empty: an embedded SeaweedFS.",
        _url("http", "https", bare=True),
    )
    s3_public_endpoint: str = _setting(
        "FICHA_S3_PUBLIC_ENDPOINT",
        "",
        "The same store as browsers and mobile apps reach it, to send files there. Empty: `FICHA_S3_ENDPOINT`.",
        _url("http", "https", bare=True),
    )
    s3_access_key: str = _setting("FICHA_S3_ACCESS_KEY", "", "Access key of the store; required with its endpoint.")
    s3_secret_key: str = _setting(
        "FICHA_S3_SECRET_KEY", "", "Secret key of the store; required with its endpoint.", secret=True
    )
    link_secrets: tuple[str, ...] = _setting(
        "FICHA_LINK_SECRETS",
        "",
        "Secrets of at least 32 characters with which links to files and statements are sealed, separated by spaces or"
        " lines: the first one seals, all of them open. Empty: FICHA_S3_SECRET_KEY.",
        _secrets,
        secret=True,
    )
    s3_bucket: str = _setting("FICHA_S3_BUCKET", "ficha", "Bucket that holds the documents' files.", _bucket)
    s3_region: str = _setting(
        "FICHA_S3_REGION", "us-east-1", "Region that requests to the store are signed for.", _region
    )
    s3_encryption: bool = _setting(
        "FICHA_S3_ENCRYPTION", "off", "`on`: the store encrypts every object at rest (SSE-S3).", _switch
    )
    downloads: str = _setting(
        "FICHA_DOWNLOADS",
        "proxy",
        "Where links to files lead: `proxy`, through this server, which adds `nosniff` and a"
        " Content-Security-Policy; `store`, directly to the store, which adds neither.",
        _choice("proxy", "store"),
    )
    link_seconds: int = _setting(
        "FICHA_LINK_SECONDS",
        "300",
        "How long links to files and statements work that need no further credentials, in seconds; those of"
        " `FICHA_DOWNLOADS=store` 30 at most.",
        _integer(5, 3600),
    )
    cors_origins: tuple[str, ...] = _setting(
        "FICHA_CORS_ORIGINS",
        "auto",
        "Origins of the pages that may send requests, open WebSockets and upload files to the"
        " bucket, as `https://app.example.mx`, separated by commas; `:*` at the end stands for any port. `off`: only"
        " this server's own pages; the bucket's CORS rules are not changed, except for the client page where"
        " `FICHA_WEB` serves it. `auto`: pages of this machine where database and store are embedded, otherwise `off`.",
        _origins,
    )
    upload_max_bytes: int = _setting(
        "FICHA_UPLOAD_MAX_BYTES",
        "26214400",
        "Maximum size of an uploaded file in bytes, up to 5 GiB.",
        _integer(1, 5 << 30),
    )
    document_retention_days: int = _setting(
        "FICHA_DOCUMENT_RETENTION_DAYS",
        "30",
        "How long a deleted document can be restored; after that it is purged with its file.",
        _integer(1, 3650),
    )
    sweep_minutes: int = _setting(
        "FICHA_SWEEP_MINUTES",
        "60",
        "Minutes between two sweeps, which remove unfinished uploads, purged documents, stray"
        " objects and old idempotency keys, and between two looks for thumbnails that are still to be drawn; 0: never;"
        " overdue amounts are not renewed either.",
        _integer(0, 10_080),
    )
    graphiql: bool = _setting(
        "FICHA_GRAPHIQL",
        "auto",
        "`on` or `off`: whether GraphiQL is served at `/graphiql`. `auto`: on where the database is embedded.",
        _automatic_switch,
    )
    web: bool = _setting(
        "FICHA_WEB",
        "auto",
        "`on` or `off`: whether the client page is served at `/app`, with `/` leading there. `auto`: on where the"
        " database is embedded.",
        _automatic_switch,
    )
    graphiql_client: str = _setting(
        "FICHA_GRAPHIQL_CLIENT",
        "",
        "Public client at `FICHA_JWT_ISSUER` with which GraphiQL and the client page sign in (authorization code with"
        " PKCE). Empty: they do not.",
    )
    invitation_url: str = _setting(
        "FICHA_INVITATION_URL",
        "",
        "Page that accepts invitations; invitation links lead there, with the secret in"
        " `#invitation=…`. Empty: the client page, or else GraphiQL, where one is served.",
        _page,
    )
    jwt_issuer: str = _setting(
        "FICHA_JWT_ISSUER",
        "",
        "`iss` of the accepted tokens. Empty, without other issuers: the demo issuer, whose key is in `FICHA_DATA_DIR`"
        " (see `ficha token`).",
    )
    oidc_issuers: tuple[IssuerSettings, ...] = _setting(
        "FICHA_OIDC_ISSUERS",
        "",
        "More issuers, a JSON list or a file with one: `issuer`, `audience`, and where needed `jwks`, `companies`,"
        " `client`, `companyClaim`, `collaboratorClaim`; see docs/sign-in.md.",
        read_issuers,
    )
    demo: bool | None = _setting(
        "FICHA_DEMO",
        "auto",
        "`on` or `off`: whether the demo issuer may be used; anyone with `FICHA_DATA_DIR` can make its tokens, and"
        " whoever opens GraphiQL or the client page at `FICHA_PUBLIC_URL` gets one. `auto`: on where the database is"
        " embedded.",
        _automatic_switch,
    )
    jwt_audience: str = _setting("FICHA_JWT_AUDIENCE", "", "`aud` of the accepted tokens; required with an issuer.")
    jwt_jwks: str = _setting(
        "FICHA_JWT_JWKS", "", "URL or file of the issuer's public keys (JWK Set); required with an issuer."
    )
    jwt_company_claim: str = _setting(
        "FICHA_JWT_COMPANY_CLAIM", "company", "Claim that names the collaborator's company.", _required
    )
    jwt_collaborator_claim: str = _setting(
        "FICHA_JWT_COLLABORATOR_CLAIM", "email", "Claim that names the collaborator.", _required
    )
    jwt_clock_skew_seconds: int = _setting(
        "FICHA_JWT_CLOCK_SKEW_SECONDS",
        "30",
        "Tolerated clock skew between the issuer and Ficha.",
        _integer(0, 300),
    )
    viewer_cache_seconds: int = _setting(
        "FICHA_VIEWER_CACHE_SECONDS",
        "10",
        "How long a viewer's role and permissions are cached; a suspension or a revoked key takes effect after that.",
        _integer(0, 300),
    )
    rate_limit: str = _setting(
        "FICHA_RATE_LIMIT",
        "6000/minute",
        "Maximum number of requests of one collaborator or API key; `off` for no limit.",
        _rate,
    )
    sign_in_limit: str = _setting(
        "FICHA_SIGN_IN_LIMIT",
        "60/minute",
        "Maximum number of refused credentials from one client address (of IPv6, a /64 network); `off` for no limit.",
        _rate,
    )
    statement_limit: str = _setting(
        "FICHA_STATEMENT_LIMIT",
        "60/minute",
        "Maximum number of statements of account that one client address downloads, and of those by one link that was"
        " handed out; `off` for no limit.",
        _rate,
    )
    duplicate_limit: str = _setting(
        "FICHA_DUPLICATE_LIMIT",
        "20/hour",
        "Maximum number of possible duplicates, among clients that they may not see, that are"
        " disclosed to one collaborator; `off` for no limit.",
        _rate,
    )
    rate_limit_storage: str = _setting(
        "FICHA_RATE_LIMIT_STORAGE",
        "memory://",
        "Where requests are counted, and with replicas where it is noted who has written: `memory://` in each process,"
        " or a `redis://` URL shared by all processes.",
        _url("memory", "redis", "rediss"),
        secret=True,
    )
    notifications: str = _setting(
        "FICHA_NOTIFICATIONS",
        "",
        "`redis://` URL of the broker that carries changes to the subscriptions of all processes."
        " Empty: PostgreSQL's NOTIFY.",
        _url("redis", "rediss"),
        secret=True,
    )
    cost_limit: int = _setting(
        "FICHA_COST_LIMIT",
        "10000",
        "Maximum cost of one operation, in rows read; see docs/protocol.md.",
        _integer(1, 10_000_000),
    )
    operation_seconds: int = _setting(
        "FICHA_OPERATION_SECONDS", "10", "Time limit for one operation; then it is cancelled.", _integer(1, 600)
    )
    introspection: bool = _setting(
        "FICHA_INTROSPECTION",
        "on",
        '`off`: disables introspection and "did you mean" suggestions.',
        _switch,
    )
    sat_certificates: Path | None = _setting(
        "FICHA_SAT_CERTIFICATES",
        "",
        "Folder of the SAT's certificates (`*.cer`, `*.crt`, `*.der`, `*.pem`), by which CFDIs are verified: of its"
        " certification authority and of its PACs. Without it neither an issuer's certificate nor the SAT's seal is.",
        lambda text: Path(text).expanduser().absolute() if text else None,
    )
    subgraph_sdl: bool = _setting(
        "FICHA_SUBGRAPH_SDL",
        "auto",
        "`on` or `off`: whether `_service { sdl }` returns the schema, as gateways ask for it. `auto`: as"
        " `FICHA_INTROSPECTION`.",
        _automatic_switch,
    )
    traces: bool = _setting(
        "FICHA_TRACES",
        "off",
        "`on` or `off`: whether a gateway that sends `apollo-federation-include-trace: ftv1` gets a trace of each"
        " operation in `extensions.ftv1`.",
        _switch,
    )
    trusted_documents: Path | None = _setting(
        "FICHA_TRUSTED_DOCUMENTS",
        "",
        "Documents that clients can request by their SHA-256: a folder of .graphql files, or a Relay"
        " or Apollo manifest.",
        lambda text: Path(text).expanduser().absolute() if text else None,
    )
    only_trusted_documents: bool = _setting(
        "FICHA_ONLY_TRUSTED_DOCUMENTS", "off", "`on`: only trusted documents are executed.", _switch
    )
    log_level: str = _setting(
        "FICHA_LOG_LEVEL",
        "info",
        "Minimum log level: `debug`, `info`, `warning` or `error`.",
        _choice("debug", "info", "warning", "error"),
    )
    log_format: str = _setting(
        "FICHA_LOG_FORMAT",
        "text",
        "`text`, for people, or `json`: an object a line, on the standard error stream; see docs/operating.md.",
        _choice("text", "json"),
    )
    slow_ms: int = _setting(
        "FICHA_SLOW_MS",
        "0",
        "Operations that take so many milliseconds or more are logged with their SQL and PostgreSQL's plan for it; 0:"
        " none is.",
        _integer(0, 600_000),
    )
    metrics_port: int | None = _setting(
        "FICHA_METRICS_PORT",
        "",
        "Port on which Prometheus finds the metrics of this process at `/metrics`, on the address of FICHA_HOST; 0"
        " takes a free one. Several processes take this port and the next ones. Empty: none.",
        lambda text: _integer(0, 65535)(text) if text else None,
    )
    otlp_endpoint: str = _setting(
        "FICHA_OTLP_ENDPOINT",
        "",
        "`http(s)://host:port` of a collector that takes OpenTelemetry's traces (OTLP over HTTP). Empty: none are"
        " made.",
        _url("http", "https", bare=True),
    )
    trace_percent: int = _setting(
        "FICHA_TRACE_PERCENT",
        "10",
        "How many operations in a hundred are traced.",
        _integer(0, 100),
    )
    trace_callers: bool = _setting(
        "FICHA_TRACE_CALLERS",
        "off",
        "`on`: whether an operation is traced is for the caller to decide, by the flag in its `traceparent`;"
        " FICHA_TRACE_PERCENT is for callers that send none. Only behind a gateway that replaces this header: anyone"
        " else could have everything traced.",
        _switch,
    )
    debug: bool = _setting(
        "FICHA_DEBUG",
        "off",
        "`on`: the command `ficha` shows errors with their traceback, and the log shows what exceptions say, which"
        " may be personal data.",
        _switch,
    )

    @property
    def places(self) -> int:
        """Connections to the database for operations, and so how many of those are under way at most."""
        return self.database_pool_size - BESIDE

    @property
    def sealing(self) -> Sequence[str]:
        """The secrets of links: the first one seals."""
        return self.link_secrets or (self.s3_secret_key,)

    @property
    def catalogs(self) -> Path:
        """Where newer publications of the SAT's tables are kept."""
        return self.catalog_folder or self.data_dir / "catalogs"

    @property
    def texts(self) -> Path:
        """Where translators' catalogs are kept."""
        return self.text_folder or self.data_dir / "texts"

    @property
    def direct_url(self) -> str:
        """The database, with no pooler between."""
        return self.database_direct_url or self.database_url

    @property
    def issuers(self) -> tuple[IssuerSettings, ...]:
        """The issuers whose tokens are accepted; none: the demo issuer."""
        if not self.jwt_issuer:
            return self.oidc_issuers
        first = IssuerSettings(
            issuer=self.jwt_issuer, audiences=(self.jwt_audience,), jwks=self.jwt_jwks, client=self.graphiql_client
        )
        return first, *self.oidc_issuers

    @property
    def upload_origins(self) -> tuple[str, ...]:
        """The origins whose pages may send files to the store: those of FICHA_CORS_ORIGINS, and the client page's own.
        Without FICHA_PUBLIC_URL that is a loopback address, which only a store on this machine has to let in."""
        own: tuple[str, ...] = ()
        if self.public_url:
            own = (self.public_url,)
        elif urlsplit(self.s3_public_endpoint).hostname in ("127.0.0.1", "localhost", "::1"):
            own = (f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")
        return (*self.cors_origins, *(own if self.web else ()))

    def demand_issuer(self) -> None:
        """SettingsError where tokens would come from the demo issuer although this is no demo."""
        if not self.issuers and not self.demo:
            raise SettingsError(
                "FICHA_JWT_ISSUER is needed with FICHA_DATABASE_URL, or FICHA_OIDC_ISSUERS; FICHA_DEMO=on uses the demo"
                " issuer, whose tokens anyone with FICHA_DATA_DIR can make"
            )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the settings. A variable set to nothing counts as not set.

        Raises SettingsError with all that is wrong: variables that hold what they may not, that another one needs, or
        that there are not.
        """
        faults, values = [*_unknown(env)], dict[str, Any]()
        for declared in dataclasses.fields(cls):
            try:
                values[declared.name] = declared.metadata["parse"](_stated(declared, env).text)
            except ValueError as error:
                faults.append(f"{declared.metadata['variable']} {error}")
        faults += [
            f"{_variable(follower)} is needed with {_variable(leader)}"
            for leader, followers in _NEEDED_WITH.items()
            for follower in followers
            if values.get(leader) and not values.get(follower, True)
        ]
        if values.get("jwt_issuer") in (each.issuer for each in values.get("oidc_issuers", ())):
            faults.append("FICHA_OIDC_ISSUERS names the issuer of FICHA_JWT_ISSUER again")
        last = (values.get("metrics_port") or 0) + values.get("workers", 1) - 1
        if last > _LAST_PORT:
            faults.append(f"FICHA_METRICS_PORT leaves no port for each of FICHA_WORKERS: the last would be {last}")
        if faults:
            raise SettingsError(*faults)
        for automatic in ("graphiql", "web", "demo"):
            if values[automatic] is None:
                values[automatic] = not values["database_url"]
        if values["cors_origins"] is None:
            values["cors_origins"] = () if values["database_url"] or values["s3_endpoint"] else ON_THIS_MACHINE
        if values["subgraph_sdl"] is None:
            values["subgraph_sdl"] = values["introspection"]
        values["s3_public_endpoint"] = values["s3_public_endpoint"] or values["s3_endpoint"]
        return cls(**values)

    def with_services(self, services: "Services") -> "Settings":
        """These settings, pointing at the embedded servers that run where nothing else is configured."""
        changes: dict[str, Any] = {}
        if not self.database_url and services.database_url:
            changes["database_url"] = services.database_url
        if not self.s3_endpoint and services.s3:
            changes |= {
                "s3_endpoint": services.s3.endpoint,
                "s3_public_endpoint": self.s3_public_endpoint or services.s3.endpoint,
                "s3_access_key": services.s3.access_key,
                "s3_secret_key": services.s3.secret_key,
            }
        return dataclasses.replace(self, **changes)


_NEEDED_WITH = {
    "transaction_pooling": ("database_url", "database_direct_url"),
    "database_replica_urls": ("database_url",),
    "s3_endpoint": ("s3_access_key", "s3_secret_key"),
    "jwt_issuer": ("jwt_audience", "jwt_jwks"),
    "graphiql_client": ("jwt_issuer",),
    "only_trusted_documents": ("trusted_documents",),
}


_OTHERS = ("FICHA_TEST_", "FICHA_BENCH_")
"""What the variables of the tests and of the bench begin with."""


_LAST_PORT: Final = 65_535
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated for a setting: its variable, the text, whether that is a secret, and where it stands: `DEFAULT`,
    `environment` or a file's path."""

    variable: str
    text: str
    is_secret: bool
    source: str


def stated(env: Mapping[str, str]) -> list[Stated]:
    """What is stated for each setting, in the order of their declarations. Raises SettingsError as `from_env`."""
    Settings.from_env(env)
    return [_stated(declared, env) for declared in dataclasses.fields(Settings)]


def _stated(declared: "dataclasses.Field[Any]", env: Mapping[str, str]) -> Stated:
    """ValueError where its file cannot be read, or where it is stated twice."""
    variable, default, is_secret = (declared.metadata[key] for key in ("variable", "default", "secret"))
    text, file = env.get(variable), env.get(f"{variable}_FILE")
    if not file:
        return Stated(variable, text or default, is_secret, "environment" if text else DEFAULT)
    if text:
        raise ValueError(f"is stated twice, also by {variable}_FILE")
    try:
        content = Path(file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8"
        raise ValueError(f"cannot be read from the file of {variable}_FILE: {reason}") from None
    return Stated(variable, content.removesuffix("\n").removesuffix("\r") or default, is_secret, file)


def _unknown(env: Mapping[str, str]) -> Iterator[str]:
    """Variables that look like settings and are none, most likely misspelt ones."""
    names = [declared.metadata["variable"] for declared in dataclasses.fields(Settings)]
    for name in sorted(env):
        if not name.startswith("FICHA_") or name.startswith(_OTHERS) or name.removesuffix("_FILE") in names:
            continue
        yield f"{name} is no setting: {mend(name.removesuffix('_FILE'), names) or 'docs/settings.md lists them'}"


def _variable(name: str) -> str:
    return Settings.__dataclass_fields__[name].metadata["variable"]


def settings_table() -> str:
    """The settings as a Markdown table: variable, default, description. No newline at the end."""
    rows = ["| variable | default | what it sets |", "|---|---|---|"]
    for declared in dataclasses.fields(Settings):
        default = declared.metadata["default"]
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{declared.metadata['variable']}` | {shown} | {declared.metadata['description']} |")
    return "\n".join(rows)
