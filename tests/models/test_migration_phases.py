"""Each migration since the last release says whether an older release runs on its schema, and tells the truth."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from alembic import command

from server import migrate
from server.migration_steps import CONTRACT, EXPAND, Step, due, needed, newest, read_step, steps
from tests.fixtures import copied_database
from tests.models.phases import Surface, taken
from tests.released import RELEASE

SINCE = [step for step in steps() if step.number > RELEASE["migration"]]

BROKEN = {
    "a table is dropped": ("drop table holiday", ["holiday is gone"]),
    "a table is renamed": ("alter table holiday rename to day_off", ["holiday is gone"]),
    "a column is dropped": ("alter table contact drop column job_title", ["contact.job_title is gone"]),
    "a column is renamed": ("alter table contact rename job_title to role", ["contact.job_title is gone"]),
    "a column is required": (
        "alter table contact add column shoe_size integer not null",
        ["contact.shoe_size is new, and neither null nor has it a default"],
    ),
    "a column becomes required": (
        "alter table contact alter job_title set not null",
        ["contact.job_title is no longer null"],
    ),
    "a default is dropped": ("alter table contact alter version drop default", ["contact.version has no default"]),
    "a type is narrowed": (
        "alter table reminder_rule alter days type smallint",
        ["reminder_rule.days was integer and is smallint"],
    ),
    "a type is another": (
        "alter table holiday alter created_at type date",
        ["holiday.created_at was timestamp with time zone and is date"],
    ),
    "a function has other arguments": (
        "drop function ficha_tolerance; create function ficha_tolerance(currency text) returns numeric"
        " language sql return 1",
        ["ficha_tolerance(currency text, folio uuid) is gone"],
    ),
    "a function returns something else": (
        "drop function ficha_tolerance; create function ficha_tolerance(currency text, folio uuid) returns integer"
        " language sql return 1",
        ["ficha_tolerance(currency text, folio uuid) returned numeric and returns integer"],
    ),
    "a right is revoked": (
        "revoke insert on holiday from ficha_app",
        ["ficha_app may no longer insert holiday"],
    ),
}  # fmt: skip
KEPT = (
    "alter table contact add column shoe_size integer",
    "alter table contact add column shoe_size integer not null default 42",
    "alter table reminder_rule alter days type bigint",
    "alter table contact alter name drop not null",
    "create table shoe (size integer not null)",
    "create function ficha_tolerance(currency text) returns numeric language sql return 1",
)


@pytest.fixture(scope="module")
def empty(database_url: str, testrun_uid: str) -> Iterator[str]:
    """A database of the module's own, in which no rows hold a change up."""
    with copied_database(database_url, f"ficha_{testrun_uid}") as url:
        yield url


def taken_by(url: str, change: str) -> list[str]:
    """What a change of the schema takes from a release; it is undone."""
    with psycopg.connect(url) as owner:
        before = Surface.of(owner)
        for statement in change.split("; "):
            owner.execute(statement.encode())
        after = Surface.of(owner)
        owner.rollback()
    return taken(before, after)


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_an_older_release_is_seen(empty: str, name: str) -> None:
    change, misses = BROKEN[name]
    assert taken_by(empty, change) == misses


@pytest.mark.parametrize("change", KEPT)
def test_what_an_older_release_does_not_notice_is_left_out(empty: str, change: str) -> None:
    assert taken_by(empty, change) == []


@pytest.mark.claims("docs/operating.md", "One that expands (`EXPAND`) leaves the release before all that it needs.")
def test_migrations_since_the_release_take_nothing_away_that_they_do_not_declare(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, RELEASE["migration"]))
    with psycopg.connect(new_database, autocommit=True) as owner:
        for step in SINCE:
            before = Surface.of(owner)
            migrate._run(new_database, lambda settings, to=step.number: command.upgrade(settings, to))
            if not step.contracts:
                assert (step.number, taken(before, Surface.of(owner))) == (step.number, [])


@pytest.mark.claims(
    "docs/operating.md",
    "One that contracts (`CONTRACT`) takes something away, and names the last release that needs it.",
)
def test_migrations_since_the_release_say_what_they_are() -> None:
    for step in SINCE:
        if step.contracts:
            assert step.last_release, step
            assert step.last_migration < step.number, step
        else:
            assert (step.phase, step.last_release, step.last_migration) == (EXPAND, "", ""), step
    # A release begins to serve before the older one ends: what it needs may not wait for that.
    phases = [step.phase for step in SINCE]
    assert phases == sorted(phases, key=[EXPAND, CONTRACT].index)
    assert needed() == max((step.number for step in SINCE if not step.contracts), default=RELEASE["migration"])
    assert newest() == steps()[-1].number


def test_a_migration_says_its_number_phase_and_title() -> None:
    source = (
        '"""Contacts have\nno nickname.\n\nRevision: 0044, after 0043\n"""\n\nrevision = "0044"\nphase = "CONTRACT"\n'
    )
    source += 'last_release = "0.1.0"\nlast_migration = "0041"\n'
    step = Step("0044", "Contacts have no nickname.", CONTRACT, "0.1.0", "0041")
    assert read_step(source) == step
    assert str(step) == "0044  CONTRACT, after 0.1.0  Contacts have no nickname."
    assert str(replace(step, phase="", last_release="")) == "0044  EXPAND  Contacts have no nickname."
    assert read_step("BATCH = 10") is None


@pytest.mark.parametrize(
    ("had", "oldest", "contracts", "numbers"),
    [
        ("0041", "", False, ["0042", "0043", "0044"]),
        ("0041", "0041", False, ["0042"]),
        ("0041", "0041", True, ["0042", "0043", "0044"]),
        ("0041", "0042", False, ["0042", "0043", "0044"]),
        ("0042", "0041", False, []),
        ("0043", "0041", False, ["0044"]),
        ("0099", "", False, []),
    ],
)
def test_what_contracts_waits_for_those_whom_it_outdates(
    monkeypatch: pytest.MonkeyPatch, had: str, oldest: str, contracts: bool, numbers: list[str]
) -> None:
    declared = [Step("0042", "", EXPAND), Step("0043", "", CONTRACT, "0.1.0", "0041"), Step("0044", "", EXPAND)]
    monkeypatch.setattr("server.migration_steps.steps", lambda: declared)
    assert [step.number for step in due(had, oldest, contracts=contracts)] == numbers
