"""The reviewed statements beside the operations are those that are sent, and `ficha explain` shows them."""

import re
from pathlib import Path

import pytest

from server.execution import explain
from server.settings import Settings

FILES = sorted(explain.OPERATIONS.glob("*.graphql"))


@pytest.mark.claims(
    "docs/planner.md",
    "Beside each file in `operations/` is its statement, as an administrator's first request sends it; "
    "`python -m server.execution.explain` writes them anew, and a change of them is to be reviewed.",
)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_statement_beside_an_operation_is_the_one_that_is_sent(path: Path) -> None:
    beside = path.with_suffix(".sql")
    kept = beside.read_text("utf-8") if beside.exists() else None
    assert kept == explain.snapshot(path), "review what changed, and write it with: python -m server.execution.explain"


def test_layout_changes_nothing_but_space() -> None:
    sql = "SELECT concat('{\"a  b\":', (SELECT  max(x)\nFROM t WHERE x = 'FROM (') , '}') FROM u ORDER BY \"ORDER\""
    laid_out = explain.laid_out(sql)
    assert re.sub(r"\s", "", laid_out) == re.sub(r"\s", "", sql)
    assert "'{\"a  b\":'" in laid_out
    assert "'FROM ('" in laid_out


@pytest.mark.claims(
    "docs/planner.md",
    "shows the statement, PostgreSQL's plan and cost, or why there is none.",
)
@pytest.mark.parametrize("analyze", [False, True])
def test_explain_shows_the_plan_and_its_cost(demo_settings: Settings, analyze: bool) -> None:
    lines = explain.explain(
        demo_settings, explain.OperationFile.read("ClientHeader"), "ventas@demo.mx", analyze=analyze
    )
    assert lines[0] == "One statement:"
    assert any("cost=" in line for line in lines)
    assert any("Execution Time" in line for line in lines) is analyze


def test_explain_says_why_there_is_no_statement(demo_settings: Settings) -> None:
    for query, told in (
        ("{ roles { role } }", "Left to the resolvers: Query.roles does not say what it reads"),
        ("{ nothing }", "Left to the resolvers: Cannot query field 'nothing' on type 'Query'."),
        ("{ banks { code } }", "No statement: the answer is in memory."),
    ):
        assert explain.explain(demo_settings, explain.OperationFile(query, {}), "admin@demo.mx", analyze=False) == [
            told
        ]
    with pytest.raises(LookupError):
        explain.explain(demo_settings, explain.OperationFile("{ banks { code } }", {}), "nadie@demo.mx", analyze=False)
