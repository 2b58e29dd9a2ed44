"""The command `ficha`: arguments in, one line out when something is wrong. Its commands are in the files beside.

Exit codes: 0 done, or stopped by Ctrl-C or SIGTERM while serving; 1 failed; 2 wrong arguments or settings; 3 another
ficha uses the data directory; 128 + n ended by signal n.
"""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from errors import CommandRefused
from server import __version__
from server.command import (
    backup,
    catalog,
    check,
    company,
    config,
    distribute,
    doctor,
    explain,
    import_cfdi,
    invite,
    key,
    labels,
    migrate,
    open_page,
    operation,
    restore,
    revision,
    schema,
    seed,
    serve,
    sweep,
    token,
    unbind,
)
from server.command.signals import STOP_SIGNALS, Stopped, stop
from server.embedded import EmbeddedError, InUse
from server.settings import SettingsError

# Each command is in the file of its name. What it does is imported when it does it: `ficha --help` and a wrong setting
# answer at once.

EXAMPLES = """\b
Examples:
  ficha serve                              everything embedded, with demo data
  PORT=9000 ficha serve                    on another port
  FICHA_DATABASE_URL=postgresql://… FICHA_S3_ENDPOINT=https://… \\
  FICHA_S3_ACCESS_KEY=… FICHA_S3_SECRET_KEY=… ficha serve
  curl -H "Authorization: Bearer $(ficha token --as ventas@demo.mx)" …

\b
Exit codes: 0 done or stopped, 1 failed, 2 wrong arguments or settings,
3 another ficha uses the data directory. The settings are in docs/settings.md.
"""


@click.group(help="Ficha: the client record of a CRM as a GraphQL API.", epilog=EXAMPLES)
@click.version_option(__version__, prog_name="ficha", message="%(prog)s %(version)s")
def cli() -> None:
    pass


for command in (
    serve.serve,
    open_page.open_page,
    doctor.doctor,
    company.company,
    config.config,
    distribute.distribute,
    migrate.migrate,
    revision.revision,
    operation.operation,
    seed.seed,
    token.token,
    key.key,
    labels.labels,
    unbind.unbind,
    check.check,
    backup.backup,
    restore.restore,
    catalog.catalog,
    invite.invite,
    sweep.sweep,
    import_cfdi.import_,
    explain.explain,
    schema.schema,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with its exit code."""
    for each in STOP_SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as under nohup
            signal.signal(each, stop)
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="ficha", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _complain(f"{error.format_message()} (see `ficha --help`)", 2)
    except SettingsError as error:
        return _complain(str(error), 2)
    except InUse as error:
        return _complain(str(error), 3)
    except (EmbeddedError, CommandRefused) as error:
        return _complain(str(error), 1)
    except Stopped as stopped:
        return 128 + stopped.number
    except BrokenPipeError:  # `ficha schema | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001  # the edge: a person gets one line, and the traceback for the asking
        return _complain(f"{_sentence(error)} (FICHA_DEBUG=on shows where)", 1)


def _sentence(error: Exception) -> str:
    from psycopg import Error as OfPostgreSQL

    cause: object = getattr(error, "orig", None) or error  # SQLAlchemy's errors have the driver's within
    who = "PostgreSQL" if isinstance(cause, OfPostgreSQL) else "this should not have happened"
    line, _, _ = str(cause).strip().partition("\n")
    return f"{who}: {line}"


def _complain(lines: str, code: int) -> int:
    if os.environ.get("FICHA_DEBUG", "").lower() in ("on", "1"):
        traceback.print_exc()
    for line in lines.split("\n"):
        click.echo(f"ficha: {line}", err=True)
    return code


if __name__ == "__main__":
    main()
