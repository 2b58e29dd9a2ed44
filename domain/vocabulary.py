"""What a company sets up as a list of its own to choose from, as the stages of its funnel: its entries are made, edited
and deleted alike, and the audit log tells it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import func, select

from domain.audit import edit_setting, tell_created, tell_setting
from domain.fields import Fields
from domain.inputs import Input, OnRecord
from domain.work import UnitOfWork
from models import Base
from models.columns import range_of
from models.history import Change
from models.viewer import Permission

M = TypeVar("M", bound=Base)


@dataclass(frozen=True, slots=True)
class Vocabulary(Generic[M]):
    """Such a list, of rows with a name. An entry that is used cannot be deleted, and can be made inactive."""

    model: type[M]
    fields: Fields
    permission: Permission

    async def create(self, work: UnitOfWork, input: Input) -> M:
        """A new entry, the last unless it is told otherwise."""
        work.viewer.demand(self.permission)
        if "position" in self.fields:
            input = input.with_defaults(position=await self._end(work))
        values = await work.read(self.fields, input, creating=True)
        entry: Any = await work.add(work.new(self.model, **values))
        await tell_created(work, self.model.__tablename__, entry.name, self.fields, values)
        return entry

    async def update(self, work: UnitOfWork, input: OnRecord) -> M:
        """Changes what the input states."""
        entry: Any = await self._entry(work, input)
        values = await work.read(self.fields, input)
        await edit_setting(work, self.model.__tablename__, entry.name, entry, self.fields, values)
        return entry

    async def delete(self, work: UnitOfWork, input: OnRecord) -> M:
        """Deletes an entry that nothing refers to, nor ever did."""
        entry: Any = await self._entry(work, input)
        await work.session.delete(entry)
        work.flush()
        tell_setting(work, self.model.__tablename__, entry.name, Change.DELETED)
        return entry

    async def _entry(self, work: UnitOfWork, input: OnRecord) -> M:
        work.viewer.demand(self.permission)
        return await work.named(self.model, input)

    async def _end(self, work: UnitOfWork) -> int:
        """The place behind the last; of a list that is full to its highest place, that place."""
        model = cast("Any", self.model)
        last = await work.session.scalar(select(func.max(model.position)).where(model.company_id == work.company_id))
        bounds = range_of(model.__table__.c.position)
        end = 0 if last is None else last + 1
        return min(end, bounds.most) if bounds else end
