"""The context of resolvers: the viewer, and the dataloaders of the operation."""

import datetime
import re
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import UUID

from graphql import FieldNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, Visitor, visit
from strawberry import Info

from database.session import Session
from domain.account_statement_file import StatementFile
from domain.idempotency import Token
from domain.sat_certificates import NONE_AT_HAND, SatCertificates
from domain.work import UnitOfWork
from loaders.operation import Operation
from loaders.reader import Reader
from loaders.recent import Recent
from models.viewer import Viewer
from storage.links import LinkedFile
from storage.object_store import ObjectStore
from storage.reading import Readers


class Transact(Protocol):
    """Does something in a unit of work; see `server.work.UnitsOfWork.run`."""

    def __call__(
        self, do: Callable[[UnitOfWork], Awaitable[Any]], /, *, repeatable: bool = False
    ) -> Awaitable[Any]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A record as JSON, as the operation selects it; the paths of the errors within begin at the record."""

    json: bytes
    errors: Sequence[GraphQLError]


class Unwritten(Exception):
    """The record has yet to be read, by resolvers."""


class Results(Protocol):
    """Reads the records that a mutation or subscription leads to; see `server.execution.results`."""

    def follow(self, session: Session, root: str, outcomes: Sequence[Any]) -> None:
        """Has the session read those of a mutation's outcomes behind its commit, in the same round trip; `root` is the
        key of its field."""
        ...

    async def load(self, place: tuple[str, ...], id: UUID) -> Written | None:
        """The record of the field to which these keys lead; None if the viewer does not see it. Raises Unwritten."""
        ...

    def cancel(self) -> None:
        """Gives up what is being read; what others wait for too is read all the same."""
        ...


def nowhere(_: str) -> str | None:
    """There is no page for it."""
    return None


def no_file(_: StatementFile) -> tuple[str, datetime.datetime]:
    """Outside of HTTP there is no address."""
    raise LookupError("no files are served here")


def no_address(_: LinkedFile) -> str:
    """Outside of HTTP there is no address."""
    raise LookupError("no files are served here")


def no_thumbnail(_: UUID, __: UUID) -> None:
    """Nothing is drawn in the background here."""


@dataclass(slots=True)
class Context:
    """One request's context. `read` makes what reads for a viewer at an instant; `transact` does something in a unit of
    work; `readers` read the files of strangers; `link` is the address of a file; `language` is that of the messages,
    `es` or `en`. `token` stands for the request's `Idempotency-Key`.

    It must be part of no reference cycle, so that it is freed with its request and not by the next garbage
    collection.
    """

    viewer: Viewer
    now: datetime.datetime
    store: ObjectStore
    readers: Readers
    read: Callable[[Viewer, datetime.datetime], Reader]
    transact: Transact
    link: Callable[[LinkedFile], str]
    request_id: str
    language: str = "es"
    sat: SatCertificates = NONE_AT_HAND
    """By which CFDIs are verified."""
    token: Token | None = None
    replayed: bool = False
    """Whether the answer holds some of what the request did when it came before, with the same token."""
    operation: Operation | None = None
    changes: Callable[[UUID], AsyncGenerator[list[UUID]]] | None = None
    """In a subscription: each time that a client changed, the new events of its history. The viewer and the loaders
    are then those of that time."""
    results: Results | None = None
    """What reads the records that a mutation or subscription leads to, each by one statement; None where only
    resolvers do."""
    disclosed: Counter[str] = field(default_factory=Counter[str])
    """How many whole account numbers and links to files the answer holds: many of them are an export."""
    invitation_link: Callable[[str], str | None] = nowhere
    """The URL at which a person presents an invitation, from its secret."""
    statement_url: Callable[[StatementFile], tuple[str, datetime.datetime]] = no_file
    """The URL at which the viewer downloads a statement of account, and when it expires."""
    statement_page: Callable[[str], str | None] = nowhere
    """The URL at which whoever has the secret of a link to a statement downloads it."""
    address: Callable[[LinkedFile], str] = no_address
    """The URL of a file that is opened with the credentials of the request."""
    draw_thumbnail: Callable[[UUID, UUID], None] = no_thumbnail
    """Has the thumbnail of a company's document drawn soon."""
    committed: bool = False
    """Whether a mutation of the operation has changed anything: from then on an error is not the whole answer."""
    _readers: list[Reader] = field(default_factory=list[Reader])

    @property
    def today(self) -> datetime.date:
        """The day of the context's instant where the company is."""
        return self.viewer.today(self.now)

    def reader(self) -> Reader:
        """Reads for the viewer, as of the context's instant."""
        reader = self.read(self.viewer, self.now)
        self._readers.append(reader)
        return reader

    def cancel(self) -> None:
        """Gives up what is being read."""
        if self.results:
            self.results.cancel()
        for reader in self._readers:
            reader.cancel()

    def renew(self, viewer: Viewer, now: datetime.datetime) -> None:
        """From here on it is that of an operation which begins at that instant."""
        self.viewer = viewer
        self.now = now
        self.operation = None
        self._readers.clear()


def context(info: Info) -> Context:
    """The request's context."""
    return cast("Context", info.context)


def operation(info: Info) -> Operation:
    """The dataloaders of the operation."""
    request = context(info)
    if request.operation is None:
        raw = cast("Any", info)._raw_info  # the parsed operation has no public accessor
        request.operation = Operation(request.reader(), request.viewer, selected_fields(raw.operation, raw.fragments))
    return request.operation


def changes(info: Info, client_id: UUID) -> AsyncGenerator[list[UUID]]:
    """The client's changes, in a subscription."""
    watch = context(info).changes
    if watch is None:
        raise TypeError("only a subscription can watch")
    return watch(client_id)


def viewer(info: Info) -> Viewer:
    """Who asks."""
    return context(info).viewer


_MOST_OPERATIONS = 1000
_selections: Recent[int, tuple[OperationDefinitionNode, frozenset[str]]] = Recent(_MOST_OPERATIONS)


def selected_fields(node: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> frozenset[str]:
    """The names of all fields of an operation, as Python writes them.

    Kept for parsed documents that are used again; the node is kept with them so that its id stays its own.
    """

    def names() -> tuple[OperationDefinitionNode, frozenset[str]]:
        names: set[str] = set()

        class Names(Visitor):
            def enter_field(self, node: FieldNode, *_: Any) -> None:
                names.add(_CAPITAL.sub(r"_\1", node.name.value).lower())

        for part in (node, *fragments.values()):
            visit(part, Names())
        return node, frozenset(names)

    return _selections.remember(id(node), names)[1]


_CAPITAL = re.compile(r"([A-Z])")
