"""Values of a mutation's input that their scalar, or their kind of id, could not be read from.

They come as far as the command, which meets each as a problem of its field; so all that is wrong with an input is told
in one answer. What a command does not look at, `problems_of` finds.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from domain.problem import Problem, ProblemCode, error

DECIMAL_FORMAT: Final = error(
    'Debe ser un número decimal entre comillas, con a lo más 15 dígitos y 6 decimales, como "1234.50"; se recibió'
    " {written}.",
    'It must be a decimal number in quotes with at most 15 digits and 6 decimals, as "1234.50"; {written} was sent.',
)
DATE_FORMAT: Final = error(
    "Debe ser un día del calendario, AAAA-MM-DD; se recibió {written}.",
    "It must be a day of the calendar, YYYY-MM-DD; {written} was sent.",
)
DATE_TIME_FORMAT: Final = error(
    "Debe ser una fecha y hora con su zona, como 2026-11-25T01:44:58Z; se recibió {written}.",
    "It must be a date and time with its offset, as 2026-11-25T01:44:58Z; {written} was sent.",
)
YEAR_MONTH_FORMAT: Final = error(
    "Debe ser un mes entre 1900-01 y 2999-12, AAAA-MM; se recibió {written}.",
    "It must be a month between 1900-01 and 2999-12, YYYY-MM; {written} was sent.",
)
UUID_FORMAT: Final = error(
    "Debe ser un UUID: 32 dígitos hexadecimales con cuatro guiones; se recibió {written}.",
    "It must be a UUID: 32 hexadecimal digits with four hyphens; {written} was sent.",
)
TEXT_EXPECTED: Final = error(
    "Debe ser un texto entre comillas; se recibió {written}.", "It must be a text; {written} was sent."
)
BAD_ID: Final = error(
    "{written} no es el identificador de un registro de este tipo.",
    "{written} is not the id of a record of this kind.",
)


@dataclass(frozen=True, slots=True)
class Unparsed:
    """In place of a value: what is wrong with it. In place of a list: what is wrong with its items."""

    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, code: ProblemCode, value: object) -> "Unparsed":
        """In place of a value that came as JSON."""
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        return cls((Problem(code, values={"written": written}),))

    @classmethod
    def in_list(cls, items: Sequence[Any]) -> "Unparsed | None":
        """In place of a list, where any of its items could not be read."""
        problems = [
            problem.at(place)
            for place, item in enumerate(items)
            if isinstance(item, Unparsed)
            for problem in item.problems
        ]
        return cls(tuple(problems)) if problems else None


def problems_of(value: Any, *path: str | int) -> Iterator[Problem]:
    """What is wrong with the values in an input, with their paths in it."""
    match value:
        case Unparsed():
            yield from (problem.at(*path) for problem in value.problems)
        case Mapping():
            for name, part in cast("Mapping[str, Any]", value).items():
                yield from problems_of(part, *path, name)
        case list():
            for place, part in enumerate(cast("list[Any]", value)):
                yield from problems_of(part, *path, place)
        case _:
            pass


def with_unparsed(unparsed: Sequence[Problem], others: Sequence[Problem]) -> tuple[Problem, ...]:
    """All problems of an input, each once: a command may have met some of the unparsed values itself."""
    met = [problem.values for problem in unparsed]
    return (*unparsed, *(problem for problem in others if not any(problem.values is values for values in met)))
