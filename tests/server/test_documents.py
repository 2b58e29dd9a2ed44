"""What is kept of documents and plans: a bounded number of bytes, however many are asked and whatever their shape."""

import gc
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import planner.plan
import server.execution.documents
from loaders.client import ClientEntity
from loaders.ids import encode
from loaders.recent import Recent
from models.ids import uuid7
from planner.compile import Compiler
from planner.level_compiler import LevelCompiler
from planner.plan import BYTES_OF_A_TOKEN, Planner, Way
from planner.selection import Unplannable
from server.execution.documents import Documents, Invalid
from server.execution.executor import GRAPHQL, Executor
from server.execution.explain import ANYBODY

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"


def test_the_least_recently_used_goes_first_by_weight() -> None:
    recent: Recent[str, str] = Recent(10, lambda key, value: len(key) + len(value))
    recent.put("a", "123")
    recent.put("b", "1234")
    assert recent.get("a") == "123"
    recent.put("c", "1")
    assert [recent.get(key) for key in "abc"] == ["123", None, "1"]
    recent.put("a", "1")  # what it weighed before no longer counts
    recent.put("d", "12345")
    assert [recent.get(key) for key in "acd"] == ["1", "1", "12345"]
    recent.put("e", "1234567890")  # heavier than all that may be kept
    assert [recent.get(key) for key in "acde"] == [None] * 4


@pytest.mark.parametrize("query", ["{{ viewer {{ permissions }} }} # {}", "{{ nothing }} # {}", "{{ {}"])
def test_documents_are_kept_up_to_a_weight(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    """Valid, invalid, and no documents."""
    monkeypatch.setattr(server.execution.documents, "MOST_BYTES", 40 * BYTES_OF_A_TOKEN)
    documents = Documents(GRAPHQL)
    for number in range(100):
        with suppress(Invalid):
            documents.prepare(query.format(number), None)
    assert 1 <= len(documents._documents._values) <= 10
    assert len(documents._prepared._values) <= 10


def test_plans_are_kept_up_to_a_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many operations, and of one whose filters have another shape each time."""
    compiled: list[Any] = []
    make: Callable[..., Any] = Planner.compile
    monkeypatch.setattr(Planner, "compile", lambda *given: compiled.append(given) or make(*given))
    monkeypatch.setattr(planner.plan, "MOST_BYTES", 400_000)
    executor = Executor()
    query = "query ($f: ClientFilter) { clients(filter: $f) { nodes { id deals { nodes { id } } } } }"

    def plan(size: int) -> None:
        condition = {"and": [{"rfc": {"eq": "X"}}] * size}
        executor.plan(query, {"f": condition}, None, ANYBODY)

    plan(1)
    plan(1)
    assert len(compiled) == 1
    for size in range(2, 40):
        plan(size)
    plan(39)
    assert len(compiled) == 39
    plan(1)  # was forgotten
    assert len(compiled) == 40
    assert executor._planner
    assert executor._planner._bytes <= 400_000


@pytest.mark.parametrize("way", [Compiler, LevelCompiler])
def test_a_plan_takes_up_no_more_than_is_counted_for_it(way: Way) -> None:
    """`orjson` returns bytes that take up 4 KB each: a plan of ClientDetail kept 10 MB of catalogs' entries."""
    executor = Executor()
    query = (OPERATIONS / "client_detail.graphql").read_text("utf-8")
    values = {"id": encode(ClientEntity, uuid7()), "month": None}
    executor.plan(query, values, None, ANYBODY, way)  # what all plans share is there
    assert executor._planner
    counted = executor._planner._bytes
    tracemalloc.start()
    executor.plan(f"{query}#", values, None, ANYBODY, way)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held <= executor._planner._bytes - counted


def test_what_cannot_be_planned_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner.plan, "MOST_BYTES", 100 * BYTES_OF_A_TOKEN)
    executor = Executor()
    for number in range(50):
        with pytest.raises(Unplannable):
            executor.plan(f"{{ __schema {{ queryType {{ name }} }} }} # {number}", {}, None, ANYBODY)
    assert executor._planner
    assert len(executor._planner._known._values) <= 100 / 9
