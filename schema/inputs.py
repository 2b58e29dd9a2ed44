"""What inputs of mutations are made of; a mutation's own input is in its noun's file.

An absent field keeps what there is, or takes its default; null clears. The rules are those of the commands in
`domain/`: they find everything wrong with an input at once.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args

import strawberry
from strawberry import ID, UNSET
from strawberry.types import get_object_definition

from resolvers.inputs import OWN, ref
from resolvers.mutation import ErrorPolicy

if TYPE_CHECKING:
    from typing import Generic

    T = TypeVar("T")

    OwnId = ID

    class Ref(str, Generic[T]):
        """The global id of a record of this type."""

    from schema.client import Client
else:
    OwnId = ref(OWN)
    """The global id of a record of the mutation's own kind."""

    class Ref:
        """`Ref["Client"]` is the global id of a client; commands get the row's own id."""

        def __class_getitem__(cls, type_name: str) -> Any:
            return ref(type_name)


def value(description: str, name: str | None = None, default: object = UNSET) -> Any:
    """An optional field of an input."""
    return strawberry.field(description=description, name=name, default=default)


def required(description: str) -> Any:
    """A required field of an input."""
    return strawberry.field(description=description)


Class = TypeVar("Class", bound=type)


def demanding(*names: str) -> Callable[[Class], Class]:
    """Makes these optional fields of an input's base required, as a new record needs them. Stands below
    `strawberry.input`."""

    def demand(cls: Class) -> Class:
        inherited = {field.python_name: field for field in get_object_definition(cls, strict=True).fields}
        types = {name: each for base in cls.__mro__ for name, each in vars(base).get("__annotations__", {}).items()}
        for name in names:
            stated = [part for part in get_args(types[name]) if part is not type(None)]
            cls.__annotations__ = {**vars(cls).get("__annotations__", {}), name: Union[tuple(stated)]}  # noqa: UP007  # of types that are known at run time only
            setattr(cls, name, required(inherited[name].description or ""))
        return cls

    return demand


@strawberry.input
class Command:
    """What all inputs have in common; not a type of the schema itself."""

    validate_only: bool = value("Dry run: validate only, save nothing.", default=False)


@strawberry.input
class OnClient(Command):
    """An input about something new of a client; not a type of the schema itself."""

    client_id: Ref["Client"] = required("The client.")


@strawberry.input
class OnRecord(Command):
    """An input about one record; not a type of the schema itself."""

    id: OwnId = required("The record.")
    expected_version: int | None = value("The `version` that was read; `CONFLICT` if the record has another by now.")


def new(name: str, values: type, description: str, *, needed: Sequence[str], base: type = Command) -> Any:
    """The input of a new record, which has these of its values at least; `base` is OnClient for one of a client's."""
    return strawberry.input(demanding(*needed)(_class(name, values, base)), description=description)


def changes(name: str, values: type, description: str) -> Any:
    """The input of changes to a record's values."""
    return strawberry.input(_class(name, values, OnRecord), description=description)


def _class(name: str, values: type, base: type) -> type:
    return type(name, (values, base), {"__module__": values.__module__})


def about(name: str, description: str) -> Any:
    """An input that names a record and nothing else."""
    return _input_type(name, OnRecord, {}, {}, description)


def reorder(name: str, type_name: str, description: str) -> Any:
    """An input about the order of a client's records of a type."""
    ids = {"ids": required("All of them that are not deleted, once each, in the new order.")}
    return _input_type(name, OnClient, {"ids": list[ref(type_name)]}, ids, description)


def rows_of(row: Any, name: str) -> Any:
    """The input of a mutation's list form."""
    fields = {
        "rows": required("At most 200, applied in order."),
        "error_policy": value("What to do with the valid rows if some are invalid.", default=ErrorPolicy.REJECT_ALL),
    }
    types = {"rows": list[row], "error_policy": ErrorPolicy}
    return _input_type(name, Command, types, fields, "Several at once, in one transaction.")


def _input_type(name: str, base: type, types: dict[str, Any], fields: dict[str, Any], description: str) -> Any:
    cls = type(name, (base,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.input(cls, description=description)
