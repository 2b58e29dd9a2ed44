"""The whole form of a client saved at once: its own values, contacts, addresses, accounts, terms, reminders, CFDI data.

The rules are those of the single commands; here is only what is saved, and what somebody else changed meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from domain import history, policy
from domain.actions import PERMISSION_MISSING
from domain.cfdi_profile import FIELDS as PROFILE
from domain.cfdi_profile import ProfileInput, current_profile
from domain.client import FIELDS, CreateClient, change_client, create_client, in_the_way
from domain.client_form import LISTS, add_rows, complete_singles, rows_of, unless_allowed
from domain.fields import Field, Fields
from domain.inputs import ABSENT, Expecting, Input, Maybe, OnRecord, known
from domain.parts import Parts, Path, Row
from domain.payment_reminders import FIELDS as REMINDERS
from domain.payment_reminders import UpdateReminders, reminders_of, update_payment_reminders
from domain.policy import NOT_FOUND, RECORD_DELETED, ClientAction
from domain.problem import TOO_MANY, Problem, Rejected, error, reject, reject_any
from domain.receivables import FIELDS as TERMS
from domain.receivables import TermsInput, terms_of
from domain.rfc import Rfc
from domain.work import CONFLICT, NOTHING_TO_COMPARE, Stale, UnitOfWork
from models import Client
from models.client import GENERIC_RFCS
from models.facts import MOST_PARTS
from models.ids import uuid7
from models.spelling import bare_line
from models.viewer import Permission


class ClientKey(StrEnum):
    """By what a client is found, beside its id."""

    RFC = "RFC"
    EXTERNAL_ID = "EXTERNAL_ID"


class SavedPart(Expecting):
    """A contact, address or account; without id a new one."""

    id: Maybe[UUID]


class SavedProfile(ProfileInput, Expecting):
    """CFDI data."""


class SavedTerms(TermsInput, Expecting):
    """Payment terms."""


class ClientBase(Input):
    """What the form had read before it was changed."""

    legal_name: Maybe[str]
    trade_name: Maybe[str]
    owner_id: Maybe[UUID]
    price_list_id: Maybe[UUID]
    internal_note: Maybe[str]
    external_id: Maybe[str]
    contacts: Maybe[Sequence[SavedPart]]
    addresses: Maybe[Sequence[SavedPart]]
    bank_accounts: Maybe[Sequence[SavedPart]]
    cfdi_profile: Maybe[ProfileInput]
    receivable_terms: Maybe[TermsInput]
    payment_reminders: Maybe[UpdateReminders]


class SaveClient(CreateClient, Expecting):
    """A client's form; without id, and without a client of the key, a new client."""

    id: Maybe[UUID]
    match_by: Maybe[str]
    contacts: Maybe[Sequence[SavedPart]]  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower, never assigned
    addresses: Maybe[Sequence[SavedPart]]  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower, never assigned
    bank_accounts: Maybe[Sequence[SavedPart]]  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower, never assigned
    cfdi_profile: Maybe[SavedProfile]  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower, never assigned
    receivable_terms: Maybe[SavedTerms]  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower, never assigned
    remove_missing: Maybe[bool]
    base: Maybe[ClientBase]


LISTED_TWICE: Final = error(
    "Este registro está dos veces en la lista: déjelo una vez.",
    "This record is in the list twice: name it once.",
)


class Diverged(Stale):
    """Others changed meanwhile what the form changes too. A `CONFLICT` with `theirs` has the three columns."""

    def __init__(self, client: Client, problems: Sequence[Problem]) -> None:
        super().__init__(client.version, client.id, client.id)
        self.problems = tuple(problems)


_Claim = tuple[Path, Any | None, Any]
"""Where a row is in the input, the part that it changes, and the row."""

_OF_BILLING: Final = ("receivable_terms", "payment_reminders", "bank_accounts")


async def save_client(work: UnitOfWork, input: SaveClient) -> Client:
    """Creates a client with the form, or changes the one of its id or key. What somebody else changed since `base` was
    read stays, unless the form changes it too: then nothing is saved, and each such value is a `CONFLICT`."""
    work.viewer.demand(Permission.CLIENTS_WRITE)
    work.group = uuid7()
    reject_any([*_missing(work, input)])
    id, path = await _target(work, input)
    if id is None:
        return await _create(work, input)
    client = await work.client(id, ClientAction.EDIT, path)
    work.expect(client, input)
    saving = _Saving(work, client, input, known(input.base) or ClientBase())
    await saving.all()
    return client


async def _create(work: UnitOfWork, input: SaveClient) -> Client:
    """A new client has no rows yet that a list could name, and nothing that the form could have read."""
    problems = [*_of_another(input)]
    if not problems:
        return await create_client(work, input)
    with work.gathering(problems):
        await create_client(work, input)
    raise Rejected(*problems)


def _of_another(input: SaveClient) -> Iterator[Problem]:
    """What the form of a new client says of a record that is there."""
    if known(input.base):
        yield Problem(NOTHING_TO_COMPARE, ("base",))
    rows: list[tuple[Path, Any]] = [row for name in LISTS for row in rows_of(input, name)]
    singles = [((name,), known(getattr(input, name))) for name in ("cfdi_profile", "receivable_terms")]
    for path, piece in [((), input), *singles, *rows]:
        if piece is None:
            continue
        if len(path) == 2 and not piece.is_unparsed("id") and known(piece.id) is not None:
            yield Problem(NOT_FOUND, (*path, "id"))
        elif known(piece.expected_version) is not None:
            yield Problem(NOTHING_TO_COMPARE, (*path, "expected_version"))


def _missing(work: UnitOfWork, input: SaveClient) -> Iterator[Problem]:
    """Each part asks its own permission."""
    if not work.viewer.may(Permission.BILLING_WRITE):
        for name in _OF_BILLING:
            if known(getattr(input, name)) is not None:
                yield Problem(PERMISSION_MISSING, (name,), {"permission": Permission.BILLING_WRITE.value})
    elif any(known(getattr(input, name)) is not None for name in _OF_BILLING):
        work.viewer.demand(Permission.BILLING_WRITE)  # a replay asks it again


async def _target(work: UnitOfWork, input: SaveClient) -> tuple[UUID | None, str]:
    """The client to be changed, None if there is none; and where the input names it. Two that save a client of the same
    key at once take turns."""
    if (id := known(input.id)) is not None:
        return id, "id"
    by = known(input.match_by)
    name = "rfc" if by == ClientKey.RFC else "external_id"
    value = None if by is None or input.is_unparsed(name) else known(getattr(input, name))
    if name == "rfc" and value is not None:
        try:
            value = Rfc.parse(value).value
        except Rejected:
            value = None  # told with the rest
    elif value is not None:
        value = bare_line(value)
    if value is None or value in GENERIC_RFCS:
        return None, name
    key = func.hashtextextended(f"save {work.company_id} {name} {value}", 0)
    await work.session.execute(select(func.pg_advisory_xact_lock(key)))
    client = await work.session.scalar(work.of(Client, getattr(Client, name) == value))
    # One out of sight is a duplicate, of which no more is told than `createClient` tells.
    return (client.id if client and policy.sees(work.viewer, client) else None), name


class _Saving:
    """One form on its way into a client that is there."""

    def __init__(self, work: UnitOfWork, client: Client, form: SaveClient, base: ClientBase) -> None:
        self.work, self.client, self.form, self.base = work, client, form, base
        self.problems: list[Problem] = []
        self.conflicts: list[Problem] = []

    async def all(self) -> None:
        """Saves everything, or raises with all that is in the way."""
        work, client, form = self.work, self.client, self.form
        for name, parts in LISTS.items():
            rows = known(getattr(form, name))
            if rows is not None:
                await self._list(name, parts, rows, known(getattr(self.base, name)))
        await self._reminders()
        own = await self._merged(FIELDS, client, form, self.base)
        values, problems = await work.read_each(FIELDS, own)
        self.problems += problems
        self.problems += await in_the_way(work, client, form, values)
        rest = await self._with_merged_singles()
        self.problems += await complete_singles(work, client, rest)
        if self.conflicts:
            raise Diverged(client, [*self.conflicts, *self.problems])
        reject_any(self.problems)
        await change_client(work, client, values)

    async def _list(self, name: str, parts: Parts[Any], rows: Sequence[Any], base: Sequence[Any] | None) -> None:
        """Saves the rows of a list by their ids. Without the missing ones, where these are to go: of those that the
        form had read, if it says which.

        Every row is compared before any is saved. Those that leave a place, which another may take, are saved first and
        in the record's order, and new ones last: so the rows may stand in any order.
        """
        work, client = self.work, self.client
        if len(rows) > MOST_PARTS:
            self.problems.append(Problem(TOO_MANY, (name,), {"most": MOST_PARTS}))
            return
        there = {part.id: part for part in await parts.alive(work, client)}
        bases = {row.id: row for row in base or () if not row.is_unparsed("id")}
        if self.form.remove_missing:
            read = {id: bases.get(id, Input()) for id in there if base is None or id in bases}
            await self._remove(name, parts, read, rows)
        changing: list[tuple[bool, int, int, Any, Any]] = []
        new: list[Row] = []
        seen = set[UUID]()
        for place, row in enumerate(rows):
            with work.gathering(self.problems), work.at(name, place):
                if known(row.id) is None:
                    work.expect_any(None, row)
                    new.append(((name, place), row))
                    continue
                if row.id in seen:
                    raise reject(LISTED_TWICE).at("id")
                seen.add(row.id)
                part = there.get(row.id) or await self._lost(parts, row.id)
                work.expect(part, row)
                mine = await self._merged(parts.fields, part, row, bases.get(row.id, Input()), name, place)
                stays = not parts.leaves(part, mine)
                changing.append((stays, place if stays else part.position, place, part, mine))
        if parts.flag and bases:
            claims: list[_Claim] = [((name, place), part, mine) for *_, place, part, mine in changing]
            self._claim(parts, there, bases, [*claims, *((path, None, row) for path, row in new)])
        for _, _, place, part, mine in sorted(changing, key=lambda each: each[:2]):
            with work.gathering(self.problems), work.at(name, place):
                await parts.change(work, client, part, mine)
        wrong, resembling = await add_rows(work, client, parts, new)
        self.problems += [*wrong, *unless_allowed(work, self.form, resembling)]

    def _claim(
        self, parts: Parts[Any], there: Mapping[UUID, Any], bases: Mapping[UUID, Any], rows: Sequence[_Claim]
    ) -> None:
        """Which part has the flag is a value of the list. The form changes it where it gives the flag to one; that is a
        conflict if others gave it to another one meanwhile, though no part's own values differ."""
        flag, kind = parts.flag, parts.one_of_each
        read = [id for id, base in bases.items() if not base.is_unparsed(flag) and known(getattr(base, flag))]
        moved = any(id not in there or not getattr(there[id], flag) for id in read)
        taken = [id for id, part in there.items() if getattr(part, flag) and id not in read and (id in bases or moved)]
        for path, part, row in rows:
            if row.is_unparsed(flag) or row.is_unparsed(kind) or not known(getattr(row, flag)):
                continue
            among = kind and (known(getattr(row, kind)) or getattr(part, kind, parts.fields[kind].default))
            rivals = {id: each for id, each in there.items() if not kind or getattr(each, kind) == among}
            holder = next((rivals[id] for id in taken if id in rivals), part)
            if holder is not part:
                former = next((parts.label(rivals[id]) for id in read if id in rivals), None)
                columns = {"base": former, "theirs": parts.label(holder), "mine": parts.label(part or row)}
                self._conflict(holder, columns, *path, flag)

    async def _remove(self, name: str, parts: Parts[Any], read: Mapping[UUID, Any], rows: Sequence[Any]) -> None:
        """Deletes those of the parts, by their ids as the form had read them, that are not among the rows."""
        listed = {row.id for row in rows if not row.is_unparsed("id")}
        for id, base in read.items():
            if id not in listed:
                with self.work.gathering(self.problems), self.work.at(name):
                    version = getattr(base, "expected_version", ABSENT)
                    await parts.delete(self.work, OnRecord(id=id, expected_version=version))

    async def _lost(self, parts: Parts[Any], id: UUID) -> Any:
        """Why a row that is listed is none of the client's."""
        part: Any = await self.work.get(parts.model, id)
        raise reject(RECORD_DELETED if part and part.client_id == self.client.id else NOT_FOUND).at("id")

    async def _reminders(self) -> None:
        reminders = known(self.form.payment_reminders)
        if reminders is None:
            return
        current = await reminders_of(self.work, self.client)
        base = known(self.base.payment_reminders) or Input()
        mine = await self._merged(REMINDERS, current, reminders, base, "payment_reminders")
        with self.work.gathering(self.problems), self.work.at("payment_reminders"):
            await update_payment_reminders(self.work, mine.with_values(client_id=self.client.id))

    async def _with_merged_singles(self) -> SaveClient:
        """The form with terms and CFDI data without what only others changed."""
        form = self.form
        for name, fields, find in (
            ("receivable_terms", TERMS, terms_of),
            ("cfdi_profile", PROFILE, current_profile),
        ):
            mine: Any = known(getattr(form, name))
            if mine is None:
                continue
            current: Any = await find(self.work, self.client)
            if current is not None:
                self.work.comes_after(current)
            with self.work.gathering(self.problems), self.work.at(name):
                self.work.expect_any(current, mine)
            merged = await self._merged(fields, current, mine, known(getattr(self.base, name)) or Input(), name)
            form = form.with_values(**{name: merged})
        return form

    async def _merged(self, fields: Fields, record: Any, mine: Any, base: Any, *path: str | int) -> Any:
        """What the form states without the values that it did not change. Those that others changed too are
        conflicts."""
        if record is None or not base:
            return mine
        unchanged: list[str] = []
        for name, field in fields.items():
            if mine.is_unparsed(name) or base.is_unparsed(name):
                continue
            stated, read, theirs = getattr(mine, name), getattr(base, name), getattr(record, name)
            if stated is ABSENT or read is ABSENT:
                continue
            try:
                value, before = field.parse(stated), _as_stored(field, read)
            except Rejected:
                continue  # told with the rest
            if value == before:
                unchanged.append(name)
            elif theirs not in (before, value) and read != field.shown(theirs):
                columns = {"base": before, "theirs": theirs, "mine": value}
                texts = {key: await history.text_of(self.work, field, each) for key, each in columns.items()}
                self._conflict(record, texts, *path, name)
        return mine.without(*unchanged)

    def _conflict(self, record: Any, texts: dict[str, str | None], *path: str | int) -> None:
        hides = path[0] in _OF_BILLING and not self.work.viewer.may(Permission.BILLING_READ)
        if hides or not self.work.viewer.may(Permission.CLIENTS_READ):
            texts["theirs"] = None
        self.conflicts.append(Problem(CONFLICT, path, {"version": record.version, **texts}))


def _as_stored(field: Field, value: Any) -> Any:
    """A value that was read of a record, as it is stored; it need not be one that could be saved now."""
    try:
        return field.parse(value)
    except Rejected:
        return value
