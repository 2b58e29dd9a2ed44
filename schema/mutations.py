"""How a mutation is declared: once, in its noun's file. Field, payload, list form and texts follow: `schema.payloads`.

    MUTATIONS = (
        mutation(
            new("CreateContactInput", ClientContactInput, "A new contact.", needed=("name",), base=OnClient),
            CONTACTS.create,
            ClientContact,
            "A new contact, at the end.",
            needs=ClientAction.ADD_CONTACT,
        ),
    )

The input's name is the mutation's: `CreateContactInput` is that of `createContact`. The input's `id` is one of the
record's type. The canonical operation is in `operations/mutations/`.
"""

from dataclasses import dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case, to_snake_case

from domain.policy import Action, permission_of
from models.viewer import Permission
from resolvers import mutation as answers


@dataclass(frozen=True, slots=True)
class Declared:
    """A mutation: its input, its command, and the permission or action that the viewer needs; the record is None if
    it is the client itself."""

    input: Any
    command: answers.Command
    record: type | None
    description: str
    needs: Permission | Action | tuple[Action, ...]
    """A permission; or the action that it is, of several each by some of its inputs."""
    unless: str | None = None
    """The rule, by name, under which it needs no permission: which record it is about decides."""
    many: str | None = None
    """The name of its list form, if it has one, as `CreateContacts`."""
    ahead: answers.Ahead | None = None
    """What its list form locks or reads before the first row, besides the rows' clients."""
    around: answers.Around | None = None
    payload: Any = None
    """Where it answers more than the record and its client."""
    resolver: Any = None
    """Where it is not answered as all the others are: a function of input type and payload."""

    @property
    def name(self) -> str:
        """As `create_contact`."""
        return to_snake_case(self.input.__name__.removesuffix("Input"))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of it and of its list form in the schema."""
        return tuple(to_camel_case(name) for name in (self.name, self.many and to_snake_case(self.many)) if name)

    @property
    def type_name(self) -> str:
        """The name of the record's type."""
        return self.record.__name__ if self.record else "Client"

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions that it takes; of a record they say whether it would be refused: see `domain.actions`."""
        if isinstance(self.needs, Permission):
            return ()
        return self.needs if isinstance(self.needs, tuple) else (self.needs,)

    @property
    def permission(self) -> Permission:
        """What the viewer needs: the permission itself, or that of its actions."""
        return self.needs if isinstance(self.needs, Permission) else permission_of(self.actions[0])


mutation = Declared
