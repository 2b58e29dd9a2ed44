"""deploy/kubernetes is valid by the published schemas, and asks of the cluster what Ficha does."""

from pathlib import Path
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from server.settings import Settings
from tests.fixtures import Ficha

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes"
MANIFESTS = sorted(file for file in FOLDER.iterdir() if file.name != "kustomization.yaml")
RELEASES = ("1.33", "1.35", "1.37")


def resources(*names: str) -> dict[str, dict[str, Any]]:
    """The resources of some files by kind."""
    files = [FOLDER / name for name in names] or MANIFESTS
    read = [resource for file in files for resource in yaml.safe_load_all(file.read_text("utf-8"))]
    return {resource["kind"]: resource for resource in read}


@pytest.mark.claims(
    "docs/deployment.md", "Tests check the manifests by the published schemas of Kubernetes 1.33 to 1.37."
)
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_each_is_valid(file: Path, release: str) -> None:
    for resource in yaml.safe_load_all(file.read_text("utf-8")):
        kubernetes_validate.validate(resource, release, strict=True)


def test_an_unknown_field_is_seen() -> None:
    service = resources("server.yaml")["Service"]
    service["spec"]["prots"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(service, RELEASES[0], strict=True)


def test_every_manifest_is_applied() -> None:
    listed = set(yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"])
    assert listed == {file.name for file in MANIFESTS} - {"migrate.yaml"}


@pytest.mark.claims(
    "docs/deployment.md",
    "[`deploy/kubernetes`](../deploy/kubernetes) is for the server; PostgreSQL and the store are elsewhere.",
    "Secrets are files of a Secret.",
)
def test_the_settings_are_real(tmp_path: Path) -> None:
    data = resources("settings.yaml")["ConfigMap"]["data"]
    secrets = {
        "database-url": "postgresql://ficha@postgres/ficha", "s3-access-key": "key", "s3-secret-key": "secret",
    }  # fmt: skip
    for name, text in secrets.items():
        (tmp_path / name).write_text(text, "utf-8")
    mounted = {name: value.replace("/run/secrets/ficha", str(tmp_path)) for name, value in data.items()}
    settings = Settings.from_env(mounted)
    assert (settings.database_url, settings.s3_access_key, settings.s3_secret_key) == tuple(secrets.values())
    settings.demand_issuer()


@pytest.mark.claims(
    "docs/deployment.md",
    "The pods run as uid 10001 with a read-only root and without capabilities, as the `restricted` standard asks.",
)
def test_the_pods_are_restricted() -> None:
    assert resources("namespace.yaml")["Namespace"]["metadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "restricted"
    }
    for workload in (resources("server.yaml")["Deployment"], resources("migrate.yaml")["Job"]):
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/run/secrets/ficha", "/data", "/tmp"}  # noqa: S108


def test_a_pod_has_the_time_that_stopping_takes() -> None:
    pod = resources("server.yaml")["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert "lifecycle" not in container
    drain = int(resources("settings.yaml")["ConfigMap"]["data"]["FICHA_DRAIN_SECONDS"])
    assert drain >= 5  # until every node knows that the pod has left the service
    at_the_latest = 28  # docs/deployment.md, Stopping
    assert pod["terminationGracePeriodSeconds"] >= drain + at_the_latest


@pytest.mark.claims(
    "docs/deployment.md", "Only the job migrates: a server does not start where a migration is missing."
)
def test_only_the_job_migrates() -> None:
    assert resources("settings.yaml")["ConfigMap"]["data"]["FICHA_MIGRATE"] == "off"
    (container,) = resources("migrate.yaml")["Job"]["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["migrate"]


@pytest.mark.claims(
    "docs/deployment.md",
    "Prometheus finds the metrics by the pods' annotations, from the namespace `monitoring` only.",
)
def test_prometheus_alone_reaches_the_metrics() -> None:
    data = resources("settings.yaml")["ConfigMap"]["data"]
    template = resources("server.yaml")["Deployment"]["spec"]["template"]
    assert template["metadata"]["annotations"] == {
        "prometheus.io/scrape": "true", "prometheus.io/port": data["FICHA_METRICS_PORT"],
        "prometheus.io/path": "/metrics",
    }  # fmt: skip
    (container,) = template["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": 8000, "metrics": int(data["FICHA_METRICS_PORT"])}
    served = [port["targetPort"] for port in resources("server.yaml")["Service"]["spec"]["ports"]]
    assert served == ["http"]
    allowed = resources("network.yaml")["NetworkPolicy"]["spec"]["ingress"]
    assert {
        rule["ports"][0]["port"]: rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for rule in allowed
    } == {"http": "ingress", "metrics": "monitoring"}
    assert all(len(rule["ports"]) == len(rule["from"]) == 1 for rule in allowed)


def test_the_probes_ask_what_is_served(live_server: Ficha) -> None:
    (container,) = resources("server.yaml")["Deployment"]["spec"]["template"]["spec"]["containers"]
    probes = [container[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert {probe["port"] for probe in probes} == {"http"}
    for probe in probes:
        assert httpx.get(live_server.url + probe["path"], trust_env=False).status_code == 200
