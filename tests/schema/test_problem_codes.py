"""Each mutation's description names the problem codes that it can answer with."""

import pytest

from schema import MUTATIONS, SCHEMA
from schema.problem_codes import codes_by_mutation
from tests.schema.codes import answers_as_described, codes


def description(name: str) -> str:
    mutation_type = SCHEMA._schema.mutation_type
    assert mutation_type
    return mutation_type.fields[name].description or ""


def test_the_written_codes_are_those_that_the_commands_reach() -> None:
    """`make schema` writes them anew."""
    assert codes_by_mutation() == codes()


def test_every_mutation_and_every_list_form_names_some() -> None:
    many = [each for each in MUTATIONS.values() if each.many]
    assert len(codes_by_mutation()) == len(MUTATIONS) + len(many)
    mutation_type = SCHEMA._schema.mutation_type
    assert mutation_type
    assert codes_by_mutation().keys() == mutation_type.fields.keys()
    assert [name for name in mutation_type.fields if " Problems: `" not in description(name)] == []


def test_what_refuses_and_what_warns_are_told_apart() -> None:
    assert description("createHoliday").endswith(
        " Problems: `DATE_FORMAT`, `DUPLICATE_DAY`, `INACTIVE`, `NOT_FOUND`, `OUT_OF_RANGE`, `RECORD_BREAKS_RULE`,"
        " `TEXT_REQUIRED`, `TEXT_TOO_LONG`, `TOO_MANY`."
    )
    refusing, warning = description("updateContact").split(" Problems: ")[1].split(" Warnings: ")
    assert "`EMAIL_INVALID`" in refusing
    assert warning == "`PHONE_UNASSIGNED`."


@pytest.mark.parametrize(
    ("code", "mutation", "other"),
    [
        ("DEAL_NOT_OPEN", "winDeal", "reopenDeal"),
        ("DEAL_OPEN", "reopenDeal", "winDeal"),
        ("CREDIT_LIMIT_EXCEEDED", "sendSalesDocument", "updateClient"),
        ("BULK_REJECTED", "createContacts", "createContact"),
        ("DUPLICATE_DAY", "createHoliday", "updateCompany"),
    ],
)
def test_a_code_stands_where_it_can_come(code: str, mutation: str, other: str) -> None:
    assert f"`{code}`" in description(mutation)
    assert f"`{code}`" not in description(other)


def test_an_answer_with_another_code_is_told() -> None:
    query = "mutation { first: createHoliday(input: {}) { userErrors { code } } }"
    assert answers_as_described(query, {"first": {"userErrors": [{"code": "DUPLICATE_DAY"}]}})
    with pytest.raises(AssertionError, match="createHoliday"):
        answers_as_described(query, {"first": {"userErrors": [{"code": "EMAIL_INVALID"}]}})
