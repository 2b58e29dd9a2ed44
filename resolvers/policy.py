"""Whether the viewer can take an action on a record now, and why not, by the same rules as the mutations."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from strawberry import Info

from domain.actions import Decider, Reason, columns_of, row_of
from domain.policy import Action, Asking
from resolvers.context import Context, context
from resolvers.reading import filled


def _answered(actions: tuple[Action, ...], answer: Callable[[Asking, Any], Any]) -> Any:
    """A field that is answered by what decides over these actions: the record's columns and its facts."""
    columns = columns_of(*actions)
    names = {column: column.removeprefix("facts.") for column in columns}

    @filled(*columns)
    def compute(context: Context, values: Mapping[str, Any]) -> Any:
        return answer(context, row_of({name: values[column] for column, name in names.items()}))

    return compute


def can(action: Action) -> Any:
    """Whether nothing is in the way of the action."""
    return _answered((action,), Decider(action).allows)


def states(kind: type[StrEnum]) -> Any:
    """Every action on the kind of record, each with its problems."""
    actions: Any = tuple(kind)
    deciders = [Decider(action) for action in actions]
    return _answered(actions, lambda asking, row: [decide(asking, row) for decide in deciders])


def available(kind: type[StrEnum]) -> Any:
    """The actions that nothing is in the way of."""
    actions: Any = tuple(kind)
    deciders = [Decider(action) for action in actions]
    return _answered(actions, lambda asking, row: [decide.action for decide in deciders if decide.allows(asking, row)])


# What a state shows


def message(root: Reason, info: Info) -> str:
    """The message of the problem, in the viewer's language."""
    return root.message(context(info).language)


def help_with(root: Reason, info: Info) -> str:
    """What would help, in the reader's language."""
    return root.help(context(info).language)
