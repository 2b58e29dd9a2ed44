"""`ficha explain`: how an operation is answered."""

import click

from errors import CommandRefused
from server.command.at_hand import at_hand


@click.command()
@click.argument("operation")
@click.option("--variables", metavar="JSON|FILE", help="Variables; without it those beside the operation's file.")
@click.option(
    "--as",
    "email",
    default="admin@demo.mx",
    show_default=True,
    metavar="EMAIL",
    help="Collaborator who sends the operation.",
)
@click.option("--analyze", is_flag=True, help="Execute the statement, and show what took how long.")
def explain(operation: str, variables: str | None, email: str, analyze: bool) -> None:
    """Show the statement that answers OPERATION, and PostgreSQL's plan for it.

    OPERATION is a name in operations/, as client_detail or ClientDetail, or a file.

    \b
    Example:
      ficha explain ClientDetail --as ventas@demo.mx
    """
    from server.execution import explain

    try:
        operation_file = explain.OperationFile.read(operation, variables)
    except LookupError as error:
        raise CommandRefused(str(error.args[0])) from None
    except (OSError, ValueError) as error:
        raise CommandRefused(f"{operation}: {error}") from None
    with at_hand("explain") as settings:
        try:
            lines = explain.explain(settings, operation_file, email, analyze=analyze)
        except LookupError as error:
            raise CommandRefused(str(error.args[0])) from None
    click.echo("\n".join(lines))
