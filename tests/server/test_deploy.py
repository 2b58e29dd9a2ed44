"""The files in `deploy/`: every metric that they name is there."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from server.settings import Settings
from tests.fixtures import own_process

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAME = re.compile(r"\b(?:ficha|process)_[a-z_]+\b")


def expressions() -> Iterator[tuple[str, str]]:
    """Every query in the files, with where it stands."""
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((DEPLOY / "grafana.json").read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.fixture(scope="module")
def shown(demo_settings: Settings) -> str:
    """What a process that has done little shows to Prometheus."""
    with own_process(demo_settings, FICHA_METRICS_PORT=0, FICHA_SWEEP_MINUTES=60) as (running, url):
        assert running.stdout
        metrics = running.stdout.readline().split()[1]
        for path in ("/graphql", "/health/ready"):
            httpx.get(url + path, trust_env=False)
        return httpx.get(metrics, trust_env=False).text


def test_every_metric_of_the_alerts_and_of_the_dashboard_is_shown(shown: str) -> None:
    samples = dict[str, set[str]]()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", shown, re.MULTILINE):
        whole = (f"{name}_bucket", f"{name}_count", f"{name}_sum") if kind == "histogram" else (name,)
        samples |= {each: set() for each in whole}
    for name, labels in re.findall(r"^(\w+)\{(.*)\} ", shown, re.MULTILINE):
        samples[name] |= set(re.findall(r"(\w+)=", labels))
    named = [(place, name) for place, expression in expressions() for name in NAME.findall(expression)]
    assert len(named) > 30
    assert [(place, name) for place, name in named if name not in samples] == []


def test_each_alert_says_what_is_wrong_and_how_bad_it_is() -> None:
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]:
        rules: list[dict[str, Any]] = group["rules"]
        assert len({rule["alert"] for rule in rules}) == len(rules)
        for rule in rules:
            assert rule["annotations"]["summary"].endswith("."), rule["alert"]
            assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]


@pytest.mark.claims("docs/operating.md", "What to do at an alert:", "| alert | what to do |")
def test_the_guide_says_what_to_do_at_each_alert() -> None:
    guide = (DEPLOY.parent / "docs" / "operating.md").read_text("utf-8")
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]
    assert re.findall(r"^\| `(Ficha\w+)` \|", guide, re.MULTILINE) == [
        rule["alert"] for group in groups for rule in group["rules"]
    ]


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool on the PATH")
def test_prometheus_takes_the_files() -> None:
    for command in (["check", "rules", "alerts.yml"], ["check", "config", "prometheus.yml"]):
        subprocess.run(["promtool", *command], cwd=DEPLOY, check=True, env={"PATH": os.environ["PATH"]})
