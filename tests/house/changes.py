"""The five changes that a stranger makes, as data: each edit, and the sentence that tells that it was left out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Texts that are put in front of others in a file that is there, or in their place."""

    what: str
    file: str
    hunks: Sequence[tuple[str, str]]
    """What is found once, and what stands there afterwards."""
    told: str
    """What is told when it is left out, or made as `wrong`."""
    wrong: tuple[str, str] | None = None
    """Where nothing else needs the edit: a misspelling in it."""

    @property
    def lines(self) -> int:
        """How many lines are written."""
        return sum(len(set(new.splitlines()) - set(old.splitlines())) for old, new in self.hunks)


@dataclass(frozen=True, slots=True)
class Command:
    """A file that `ficha` writes, to be read and edited."""

    what: str
    arguments: Sequence[str]
    file: str
    """What is written, as a pattern; all of it is left out."""
    told: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a stranger wants, in how many hand-written files at most, and what proves that it works."""

    name: str
    most: int
    parts: Sequence[Edit | Command]
    proof: str = ""
    """Python that asserts it, without a database."""
    tests: str = ""
    """The tests of this house, by `-k`, that do it on a real server: of tests/operations/test_mutations.py."""

    @property
    def files(self) -> int:
        """How many files are written by hand, or by a command and then read: the migration, the operation."""
        return len({part.file for part in self.parts})


REVISION = "migrations/versions/*.py"

SCALAR = Change(
    name="A scalar on Contact",
    most=3,
    parts=(
        Edit(
            "the column",
            "models/contact.py",
            [
                (
                    "    job_title: Mapped[str | None] = line_of(200)\n",
                    "    job_title: Mapped[str | None] = line_of(200)\n"
                    "    nickname: Mapped[str | None] = line_of(40)\n",
                )
            ],
            "schema/contact.py: ClientContact.nickname names nickname, which ContactEntity does not have: did you mean"
            " name? If not, add the column in models/contact.py, or a Derived in loaders/contact.py",
        ),
        Edit(
            "the field of the type",
            "schema/contact.py",
            [
                (
                    '    job_title: str | None = column("Position at the client (puesto).")\n',
                    '    job_title: str | None = column("Position at the client (puesto).")\n'
                    '    nickname: str | None = column("What friends say (apodo).")\n',
                )
            ],
            "models/contact.py: Contact.nickname can be stated and is not shown: add it to ClientContact in"
            " schema/contact.py",
        ),
        Edit(
            "the field of the input",
            "schema/contact.py",
            [
                (
                    '    job_title: str | None = value("Position at the client.")\n',
                    '    job_title: str | None = value("Position at the client.")\n'
                    '    nickname: str | None = value("What friends say.")\n',
                )
            ],
            "models/contact.py: Contact.nickname is in no input: add it to ClientContactInput in schema/contact.py, or"
            " to `but` in domain/contact.py where commands set it",
        ),
        Edit(
            "its label",
            "schema/contact.py",
            [
                (
                    '    job_title=label("Puesto", "Position"),\n',
                    '    job_title=label("Puesto", "Position"),\n    nickname=label("Apodo", "Nickname"),\n',
                )
            ],
            'models/contact.py: Contact.nickname has no label: add nickname=label("…", "…") to'
            " name_fields(models.Contact, …) in schema/contact.py",
        ),
        Command(
            "the migration",
            ["revision", "Contacts have a nickname"],
            REVISION,
            'models/contact.py: Contact.nickname is in no migration: run `ficha revision "…"`, and read what it writes',
        ),
    ),
    proof="""
from domain.contact import FIELDS
from domain.fields import read
from domain.inputs import Input
from domain.problem import Rejected
from schema import sdl

assert read(FIELDS, Input(name="Ana", nickname="  La  jefa "), creating=True)["nickname"] == "La jefa"
try:
    read(FIELDS, Input(nickname="x" * 41), creating=False)
except Rejected as rejected:
    [problem] = rejected.problems
    assert (problem.code.name, *problem.path) == ("TEXT_TOO_LONG", "nickname")
# Limited and described in the type, and in the inputs that create, update and save one, alone or with its client.
assert sdl().count("What friends say (apodo), at most 40 characters.") == 1
assert sdl().count("What friends say, at most 40 characters.") == 5
""",
)

MUTATION = Change(
    name="A mutation",
    most=3,
    parts=(
        Edit(
            "the command",
            "domain/contact.py",
            [
                (
                    "from domain.parts import Parts, give_way\n",
                    "from domain.inputs import OnRecord\nfrom domain.parts import Parts, give_way\n",
                ),
                (
                    "    give_in=_give_in,\n)\n",
                    "    give_in=_give_in,\n)\n\n\n"
                    "async def promote_contact(work: UnitOfWork, input: OnRecord) -> Contact:\n"
                    '    """Makes it the primary contact."""\n'
                    "    return await CONTACTS.update(work, input.with_values(is_primary=True))\n",
                ),
            ],
            "schema/contact.py imports promote_contact, which is not there: add it to domain/contact.py",
        ),
        Edit(
            "its declaration",
            "schema/contact.py",
            [
                ("from domain.contact import CONTACTS\n", "from domain.contact import CONTACTS, promote_contact\n"),
                (
                    "MUTATIONS = (\n",
                    "MUTATIONS = (\n"
                    "    mutation(\n"
                    '        about("PromoteContactInput", "The contact to become the primary one."),\n'
                    "        promote_contact,\n"
                    "        ClientContact,\n"
                    '        "Makes it the primary contact.",\n'
                    "        needs=ContactAction.EDIT,\n"
                    "    ),\n",
                ),
            ],
            "domain/contact.py: no mutation does promote_contact: declare one in MUTATIONS of schema/contact.py",
        ),
        Command(
            "its canonical operation",
            ["operation", "promote_contact"],
            "operations/mutations/promote_contact.*",
            "operations/mutations/promote_contact.graphql is not there: run `ficha operation promote_contact`, and read"
            " what it writes",
        ),
    ),
    tests="promote_contact and does_what_it_says",
)

FILTER = Change(
    name="A filter through a relation",
    most=1,
    parts=(
        Edit(
            "the field of the filter",
            "schema/contact.py",
            [
                ("    from schema.client import Client\n", "    from schema.client import Client, ClientFilter\n"),
                (
                    '    name: FichaStringFilter | None = value("Name.")\n',
                    '    name: FichaStringFilter | None = value("Name.")\n'
                    '    client: Annotated["ClientFilter", strawberry.lazy("schema.client")] | None = value('
                    '"Its client.")\n',
                ),
            ],
            "schema/contact.py: ClientContactFilter.cliente names cliente, which ContactEntity does not have: did you"
            " mean client?",
            wrong=('    client: Annotated["ClientFilter"', '    cliente: Annotated["ClientFilter"'),
        ),
    ),
    proof="""
from schema import SCHEMA

assert str(SCHEMA._schema.type_map["ClientContactFilter"].fields["client"].type) == "ClientFilter"
""",
)

KIND = Change(
    name="A kind of history event",
    most=3,
    parts=(
        Edit(
            "the kind",
            "models/history.py",
            [
                (
                    "    CLIENT_CREATED = event(",
                    '    CLIENT_RESTORED = edited("Restauración", "Restored", "The record was restored",'
                    " Permission.CLIENTS_READ)\n"
                    "    CLIENT_CREATED = event(",
                )
            ],
            "domain/client.py names HistoryEventKind.CLIENT_RESTORED, which is not declared: add it to HistoryEventKind"
            " in models/history.py",
        ),
        Edit(
            "the command that records it",
            "domain/client.py",
            [
                (
                    "HistoryEventKind.CLIENT_CHANGED, client, Change.RESTORED",
                    "HistoryEventKind.CLIENT_RESTORED, client, Change.RESTORED",
                )
            ],
            "models/history.py: no command records history kind CLIENT_RESTORED: name HistoryEventKind.CLIENT_RESTORED"
            " in a command in domain/",
        ),
        Command(
            "the migration",
            ["revision", "A restored client is in its history"],
            REVISION,
            "the value CLIENT_RESTORED of models/history.py: HistoryEvent.kind is in no migration: run"
            ' `ficha revision "…"`, and read what it writes',
        ),
    ),
    proof="""
from schema import sdl

assert "type ClientRestoredEvent implements" in sdl()
assert "Restauración: the record was restored." in sdl()
""",
    tests="restore_client and does_what_it_says",
)

PERMISSION = Change(
    name="A permission",
    most=2,
    parts=(
        Edit(
            "the permission",
            "models/viewer.py",
            [
                (
                    '    DEALS_READ = "deals:read",',
                    '    CONTACTS_DELETE = "contacts:delete", "Eliminar contactos", "Delete contacts"\n'
                    '    DEALS_READ = "deals:read",',
                ),
                (
                    "_SELLING = _READING | {\n    Permission.CLIENTS_WRITE,\n",
                    "_SELLING = _READING | {\n    Permission.CLIENTS_WRITE,\n    Permission.CONTACTS_DELETE,\n",
                ),
            ],
            "schema/contact.py names Permission.CONTACTS_DELETE, which is not declared: add it to Permission in"
            " models/viewer.py",
        ),
        Edit(
            "what asks for it",
            "schema/contact.py",
            [
                (
                    "from schema.actions import ActionState, states\n",
                    "from models.viewer import Permission\nfrom schema.actions import ActionState, states\n",
                ),
                (
                    '        "Deletes a contact.",\n        needs=ContactAction.DELETE,\n',
                    '        "Deletes a contact.",\n        needs=Permission.CONTACTS_DELETE,\n',
                ),
            ],
            "models/viewer.py: nothing asks for the permission CONTACTS_DELETE: name it as `permission` of an entity in"
            " loaders/, `needs` of a mutation in schema/, or in a rule in domain/policy.py",
        ),
    ),
    proof="""
from models.collaborator import Role
from models.viewer import BUNDLES
from schema import sdl

assert "Needs `contacts:delete`." in sdl()
assert [role.name for role in Role if "contacts:delete" in BUNDLES[role]] == ["ADMIN", "SALES_MANAGER", "SALES"]
""",
    tests="delete_contact and (does_what_it_says or only_reads)",
)

CHANGES = (SCALAR, MUTATION, FILTER, KIND, PERMISSION)
