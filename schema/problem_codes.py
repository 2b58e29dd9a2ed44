"""Which problem codes each mutation can answer with, as its description says it.

They are written by `make schema`, from what its command reaches: see `tests/schema/codes.py`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from graphql import GraphQLSchema

from domain.problem import Severity, problem_codes

WRITTEN: Final = Path(__file__).with_suffix(".json")


def codes_by_mutation() -> Mapping[str, Sequence[str]]:
    """The names of the codes, by that of the mutation in the schema."""
    codes: Mapping[str, Sequence[str]] = json.loads(WRITTEN.read_text("utf-8"))
    return codes


def describe_codes(schema: GraphQLSchema) -> None:
    """Adds to the description of each mutation the codes that it can answer with."""
    fields: Mapping[str, Any] = schema.mutation_type.fields if schema.mutation_type else {}
    severities = {name: code.severity for name, code in problem_codes().items()}
    for name, codes in codes_by_mutation().items():
        errors = [code for code in codes if severities.get(code) is Severity.ERROR]
        warnings = [code for code in codes if severities.get(code) in {Severity.WARNING, Severity.UNVERIFIED}]
        if name in fields:
            fields[name].description += _listed("Problems", errors) + _listed("Warnings", warnings)


def _listed(heading: str, codes: Iterable[str]) -> str:
    return f" {heading}: {listed}." if (listed := ", ".join(f"`{code}`" for code in codes)) else ""
