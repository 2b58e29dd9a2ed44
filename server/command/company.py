"""`ficha company`: creates, lists and suspends companies. For the operator of the server: no mutation creates a
company."""

import os

import click

from server.command.at_hand import at_hand
from server.settings import Settings


@click.group()
def company() -> None:
    """Make, list, suspend and resume companies."""


_QUESTIONS = {
    "name": ("Legal name (razón social)", None),
    "rfc": ("RFC", None),
    "tax_regime": ("Tax regime (régimen fiscal), as 601", None),
    "postal_code": ("Postal code (lugar de expedición)", None),
    "time_zone": ("Time zone", "America/Mexico_City"),
    "currency": ("Currency", "MXN"),
    "admin_name": ("First administrator's name", None),
    "admin_email": ("First administrator's e-mail address", None),
}
"""In the order of the prompts; each with its default."""


@company.command("create")
@click.option("--name", help="Legal name (razón social), as in its constancia de situación fiscal.")
@click.option("--rfc", metavar="RFC", help="Its RFC; no other company has it.")
@click.option("--tax-regime", metavar="CODE", help="Tax regime (régimen fiscal), SAT's c_RegimenFiscal.")
@click.option("--postal-code", metavar="CP", help="Where it issues its documents (lugar de expedición).")
@click.option("--time-zone", metavar="ZONE", help="IANA time zone in which its days and months begin.")
@click.option("--currency", metavar="CODE", help="Currency of its balances; fixed by its first document.")
@click.option("--admin-name", metavar="NAME", help="Name of its first administrator.")
@click.option("--admin-email", metavar="EMAIL", help="Address that the first administrator signs in with.")
def create(**options: str | None) -> None:
    """Make a company with its first administrator, and all that it begins with.

    The command prompts for options that are missing. The database is brought up to date first. It begins with funnel
    stages, loss reasons, states of prospects, reminders and series of folios, which its administrators change as they
    like.

    \b
    Example:
      ficha company create --name "ESCUELA KEMPER URGATE" --rfc EKU9003173C9 \\
        --tax-regime 601 --postal-code 42501 --time-zone America/Mexico_City \\
        --currency MXN --admin-name "Ana Ríos" --admin-email ana@kemper.mx
    """
    Settings.from_env(os.environ)  # what is wrong with them is told before all the questions
    values = {name: options[name] or _answer(name) for name in _QUESTIONS}

    from server.companies import create

    with at_hand("company", migrated=True) as settings:
        created, administrator = create(settings, values, lambda warning: click.echo(warning, err=True))
    click.echo(f"{created.name} ({created.rfc}) is there: com_{created.id}")
    click.echo(f"Administrator: {administrator.name}, {administrator.email}")
    click.echo()
    click.echo("Next: the administrator signs in with a token of your issuer, and is bound to its account by that:")
    click.echo(f"  {settings.jwt_company_claim}: com_{created.id}")
    click.echo(f"  {settings.jwt_collaborator_claim}: {administrator.email}")
    if not settings.issuers:
        click.echo(
            "FICHA_JWT_ISSUER names your issuer. To try without one, with FICHA_DEMO=on or the embedded database:"
        )
        click.echo(f"  ficha token --as {administrator.email}")


@company.command("list")
def list_companies() -> None:
    """Print the companies, one a line: id, RFC, name, time zone, currency, state, active collaborators."""
    from server.companies import listed

    with at_hand("company") as settings:
        for line in listed(settings):
            click.echo(line)


@company.command()
@click.argument("name", metavar="NAME|RFC|ID")
def suspend(name: str) -> None:
    """Let nobody of a company sign in any more. Nothing of it is lost.

    Whoever is signed in is refused after at most FICHA_VIEWER_CACHE_SECONDS, with the error COMPANY_SUSPENDED.

    \b
    Example:
      ficha company suspend EKU9003173C9
    """
    from server.companies import suspend

    with at_hand("company") as settings:
        suspended = suspend(settings, name)
    click.echo(f"{suspended} is suspended: nobody in it can sign in")


@company.command()
@click.argument("name", metavar="NAME|RFC|ID")
def resume(name: str) -> None:
    """Let the people of a suspended company sign in again.

    \b
    Example:
      ficha company resume EKU9003173C9
    """
    from server.companies import resume

    with at_hand("company") as settings:
        resumed = resume(settings, name)
    click.echo(f"{resumed} is active: its people can sign in")


def _answer(name: str) -> str:
    """The answer to a prompt, which is repeated until the answer is valid."""
    question, usual = _QUESTIONS[name]
    try:
        return click.prompt(question, default=usual, value_proc=lambda text: _checked(name, text), err=True)
    except click.Abort:  # there is no terminal
        if usual:
            return usual
        option = f"--{name.replace('_', '-')}"
        raise click.UsageError(f"Missing option '{option}'.") from None


def _checked(name: str, text: str) -> str:
    from domain.problem import Rejected
    from server.companies import parse

    try:
        return parse(name, text)
    except Rejected as rejected:
        raise click.UsageError(rejected.problems[0].message_en) from None
