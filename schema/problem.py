"""What is or may be wrong with a value: one type for the errors and warnings of mutations and for readiness."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.problem import ProblemCode, Severity, problem_codes, without_values
from models.labels import Label
from resolvers import problem as answers
from resolvers import shown
from schema.enums import describe, label
from schema.fields import answered, column, shows

if TYPE_CHECKING:
    from schema.client import Client

    FichaProblemCode = ProblemCode
else:
    FichaProblemCode = Enum("FichaProblemCode", problem_codes())
    describe(
        FichaProblemCode,
        "What is or may be wrong with a value or with the request.",
        **{name: Label(*map(without_values, (code.es, code.en)), code.en) for name, code in problem_codes().items()},
    )

describe(
    Severity,
    "Severity of a problem (gravedad).",
    name="FichaProblemSeverity",
    ERROR=label("Error", "Error", "it is refused, by Ficha or by the SAT."),
    WARNING=label("Advertencia", "Warning", "it may be wrong, or the SAT may refuse it."),
    UNVERIFIED=label("Sin verificar", "Not verified", "only the SAT's own lists can tell."),
)


@strawberry.type(description="What is or may be wrong with a value or with the request (problema).")
@shows(shown.Problem)
class FichaProblem:
    code: FichaProblemCode = column("Machine-readable code, as `RFC_CHECK_DIGIT`.")
    severity: Severity = column("Severity. What is listed under `userErrors` was not saved, whatever it is.")
    message: str = answered(
        answers.message,
        "For people: in Spanish, or in English if `Accept-Language` or the viewer's locale prefers it.",
    )
    path: list[str] = answered(
        answers.path,
        "Path to the value in the input, or in `CfdiProfile`; positions in lists count from 0. Empty if it concerns"
        " the input as a whole.",
    )
    sat_code: str | None = column("The code the SAT would answer with, as `CFDI40161`.")
    allowed: list[str] = column("Codes that would be valid; empty if the list would be long.")
    suggestion: str | None = column("Suggested value.")
    clients: list[Annotated["Client", strawberry.lazy("schema.client")]] = answered(
        answers.clients,
        "The records concerned, for example possible duplicates; only those that the viewer may see.",
    )
