"""What is or may be wrong with a value, as the schema shows it."""

from typing import Any

from strawberry import Info
from strawberry.utils.str_converters import to_camel_case

from domain.problem import Problem
from loaders.client import ClientEntity
from models.viewer import Permission
from resolvers.context import context, operation, viewer


def message(root: Problem, info: Info) -> str:
    """In the reader's language."""
    return root.message_en if context(info).language == "en" else root.message_es


def path(root: Problem) -> list[str]:
    """Leads into the input, in the API's names; places in lists are numbers from 0."""
    return [to_camel_case(step) if isinstance(step, str) else str(step) for step in root.path]


async def clients(root: Problem, info: Info) -> list[Any]:
    """The records that the problem is about; none for viewers who may not read clients."""
    if not viewer(info).may(Permission.CLIENTS_READ):
        return []
    records = [await operation(info).record(ClientEntity, id) for id in root.records]
    return [row for row in records if row is not None]
