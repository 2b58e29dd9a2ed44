"""What somebody else changed while a client's form was filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.work import CONFLICT
from resolvers.mutation import Outcome
from resolvers.problem import path


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value in three columns, as text."""

    path: Sequence[str]
    base: Any
    theirs: Any
    mine: Any


def conflicts(root: Outcome) -> list[Conflict]:
    """The values that both sides changed."""
    return [
        Conflict(path(problem), *(problem.values[column] for column in ("base", "theirs", "mine")))
        for problem in root.user_errors
        if problem.code is CONFLICT and "theirs" in problem.values
    ]
