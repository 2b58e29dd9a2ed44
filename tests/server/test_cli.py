"""The command `ficha` as a person runs it: its answers, its one-line errors and its exit codes."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from server.embedded import S3, services
from server.settings import Settings
from tests.fixtures import Ficha

ROOT = Path(__file__).resolve().parents[2]


def ficha(*arguments: str, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command with no setting but these; `text` is what somebody types."""
    inherited = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("FICHA_")}
    return subprocess.run(
        [sys.executable, "-m", "server.command.cli", *arguments],
        cwd=ROOT,
        env=inherited | env,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def configured(database_url: str, s3: S3) -> dict[str, str]:
    return {
        "FICHA_DATABASE_URL": database_url,
        "FICHA_DEMO": "on",
        "FICHA_S3_ENDPOINT": s3.endpoint,
        "FICHA_S3_ACCESS_KEY": s3.access_key,
        "FICHA_S3_SECRET_KEY": s3.secret_key,
    }


NOWHERE = configured(
    "postgresql://127.0.0.1:1/ficha", S3(endpoint="http://127.0.0.1:1", access_key="a", secret_key="s")
)


def test_version() -> None:
    done = ficha("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ficha 0.1.0\n", "")


COMMANDS = [
    "backup",
    "catalog",
    "check",
    "company",
    "config",
    "distribute",
    "doctor",
    "explain",
    "import",
    "invite",
    "key",
    "labels",
    "migrate",
    "open",
    "operation",
    "restore",
    "revision",
    "schema",
    "seed",
    "serve",
    "sweep",
    "token",
    "unbind",
]


def test_help_lists_the_commands_and_needs_no_sound_settings() -> None:
    done = ficha("--help", PORT="wrong")
    assert done.returncode == 0
    commands = done.stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in commands.split("\n") if line[2:3] != " "] == sorted(COMMANDS)
    assert "Exit codes: 0 done or stopped, 1 failed, 2 wrong arguments or settings," in done.stdout


def test_no_command_shows_the_help() -> None:
    done = ficha()
    assert done.returncode == 2
    assert "Commands:" in done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = ficha(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: ficha {command} ")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["xyzzy"], "ficha: No such command 'xyzzy'. (see `ficha --help`)\n"),
        (["token"], "ficha: Missing option '--as'. (see `ficha --help`)\n"),
        (
            ["token", "--as", "a@demo.mx", "--days", "0"],
            "ficha: Invalid value for '--days': 0 is not in the range 1<=x<=365. (see `ficha --help`)\n",
        ),
        (
            ["seed", "--clients", "-1"],
            "ficha: Invalid value for '--clients': -1 is not in the range x>=0. (see `ficha --help`)\n",
        ),
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], line: str) -> None:
    done = ficha(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["seed"]])
def test_a_wrong_setting_is_one_line(command: list[str]) -> None:
    done = ficha(*command, PORT="http")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "ficha: PORT must be a whole number from 0 to 65535\n"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "command",
    [
        ["token", "--as", "admin@demo.mx"],
        ["check"],
        ["explain", "client_header"],
        ["key", "list"],
        ["unbind", "admin@demo.mx"],
        ["invite", "admin@demo.mx"],
        ["company", "list"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_needs_data_starts_nothing_where_there_are_none(tmp_path: Path, command: list[str]) -> None:
    nowhere = tmp_path / "nowhere"
    done = ficha(*command, FICHA_DATA_DIR=str(nowhere))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ficha: there are no data in {nowhere}: run `ficha serve` there first, or name their directory in"
        " FICHA_DATA_DIR or their database in FICHA_DATABASE_URL\n"
    )
    assert not nowhere.exists()


def test_an_operation_that_there_is_not_is_told_with_the_nearest() -> None:
    done = ficha("explain", "ClientHeadr")
    assert (done.returncode, done.stdout) == (1, "")
    near = "ClientHeadr is no file, and no operation in operations/: did you mean client_header?"
    assert done.stderr == f"ficha: {near}\n"


def test_a_failure_is_one_line_and_its_traceback_is_there_for_the_asking() -> None:
    done = ficha("migrate", **NOWHERE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("ficha: PostgreSQL: connection ")
    assert "Error" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" in ficha("migrate", FICHA_DEBUG="on", **NOWHERE).stderr


def test_a_second_serve_says_so_and_changes_nothing(tmp_path: Path) -> None:
    settings = Settings.from_env({"FICHA_DATA_DIR": str(tmp_path / "data")})
    with services(settings, "serve", s3=False), socket.create_server(("127.0.0.1", 0)) as taken:
        before = (settings.data_dir / "servers.json").read_bytes()
        # The first one has the port, too: what is said must be the reason, not that.
        done = ficha("serve", PORT=str(taken.getsockname()[1]), FICHA_DATA_DIR=str(settings.data_dir))
        assert (settings.data_dir / "servers.json").read_bytes() == before
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"ficha: `ficha serve` is running on {settings.data_dir}; nothing was started or changed\n"


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = ficha("serve", PORT=str(port), **NOWHERE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ficha: cannot listen on 127.0.0.1:{port}: Address already in use; PORT and FICHA_HOST choose another\n"
    )


@pytest.mark.claims(
    "docs/security.md",
    "Without an issuer, tokens are those of the demo, signed with a key in `FICHA_DATA_DIR`",
)
@pytest.mark.claims(
    "README.md",
    "Without `FICHA_JWT_ISSUER` tokens come from the demo issuer, whose key is in `FICHA_DATA_DIR`.",
)
@pytest.mark.claims(
    "docs/security.md",
    "`ficha serve` and `ficha token` use it on a database of one's own only with `FICHA_DEMO=on`.",
)
@pytest.mark.claims(
    "README.md",
    "On a database of your own Ficha refuses to start with it unless `FICHA_DEMO=on`; set an issuer "
    "before anything but a trial.",
)
@pytest.mark.parametrize("command", [["serve"], ["token", "--as", "admin@demo.mx"]])
@pytest.mark.parametrize("demo", ["", "auto", "off"])
def test_the_demo_issuer_is_not_used_by_chance(command: list[str], demo: str) -> None:
    done = ficha(*command, **NOWHERE | {"FICHA_DEMO": demo})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ficha: FICHA_JWT_ISSUER is needed with FICHA_DATABASE_URL, or FICHA_OIDC_ISSUERS; FICHA_DEMO=on uses the demo"
        " issuer, whose tokens anyone with FICHA_DATA_DIR can make\n"
    )


@pytest.mark.claims(
    "docs/settings.md",
    "`ficha migrate` does only that",
)
def test_migrate_says_nothing_when_all_is_well(database_url: str, s3: S3) -> None:
    done = ficha("migrate", **configured(database_url, s3))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.claims(
    "README.md",
    "`make run` prints the address of the client page, that of GraphiQL, and a token.",
)
def test_serve_announces_what_a_person_needs(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from server.command.serve import _announce

    _announce(replace(demo_settings, graphiql=True, web=True, demo=True), "http://127.0.0.1:8000", None, demo=True)
    served, clients, graphiql, token = capsys.readouterr().out.splitlines()
    assert served.endswith(" serves on http://127.0.0.1:8000/graphql")
    assert clients == "Clients   http://127.0.0.1:8000/app"
    assert graphiql == "GraphiQL  http://127.0.0.1:8000/graphiql"
    assert token.startswith("Token     ey")


def test_doctor_says_what_is_reached_and_how_fast(database_url: str, s3: S3) -> None:
    done = ficha("doctor", PORT=str(free_port()), **configured(database_url, s3))
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in lines] == [
        ["ok", "settings"], ["ok", "PostgreSQL"], ["ok", "migrations"], ["ok", "store"], ["ok", "sign-in"],
        ["ok", "server"],
    ]  # fmt: skip
    assert re.search(r" answers in [0-9.]+ ms$", lines[1])
    assert re.search(r" up to date, at [0-9]{4}$", lines[2])
    assert re.search(r" answers in [0-9.]+ ms$", lines[3])
    assert " nobody serves on http://127.0.0.1:" in lines[5]


def test_doctor_says_what_is_not_reached(database_url: str, s3: S3) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    gone = configured(database_url, s3) | {"FICHA_DATABASE_URL": "postgresql://ficha@127.0.0.1:1/ficha"}
    done = ficha("doctor", **gone | {"FICHA_S3_ENDPOINT": nowhere})
    ill = [line for line in done.stdout.splitlines() if line.startswith("NO")]
    assert [line.split()[1] for line in ill] == ["PostgreSQL", "store"]
    assert (done.returncode, done.stderr) == (1, "ficha: 2 not well: see above\n")


def test_open_shows_the_page_of_the_server_that_runs(live_server: Ficha, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    done = ficha("open", PORT=live_server.url.rpartition(":")[2], BROWSER=f"{browser} %s")
    page = done.stdout.strip()
    assert (done.returncode, page.startswith(f"{live_server.url}/")) == (0, True)
    assert (tmp_path / "opened").read_text(encoding="utf-8") == page


def test_open_says_where_nobody_serves() -> None:
    port = free_port()
    done = ficha("open", PORT=str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"ficha: nobody serves on http://127.0.0.1:{port}: run `ficha serve`, or name its PORT\n"


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
