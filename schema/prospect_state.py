"""The states of the company's prospects."""

import datetime

import strawberry

from domain import prospect_state as commands
from models.viewer import Permission
from schema.fields import column
from schema.filters import FichaBooleanFilter, FichaIdFilter, FichaIntFilter, FichaStringFilter, filter_input
from schema.inputs import about, changes, new, value
from schema.mutations import mutation
from schema.node import Node


@filter_input("Conditions on a state of prospects.")
class ProspectStateFilter:
    id: FichaIdFilter | None = value("Id.")
    name: FichaStringFilter | None = value("Name.")
    position: FichaIntFilter | None = value("Place among the states.")
    active: FichaBooleanFilter | None = value("Whether it can still be chosen.")


@strawberry.type(description="A state of the company's prospects (estado de prospecto).")
class ProspectState(Node):
    name: str = column("Name, unique in the company.")
    position: int = column("Its place among the states, from the first on.")
    active: bool = column("Whether it can still be chosen.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A state of prospects; not a type of the schema itself.")
class ProspectStateInput:
    name: str | None = value("Name, unique.")
    position: int | None = value("Its place among the states; the last by default.")
    active: bool | None = value("Whether it can be chosen.")


MUTATIONS = (
    mutation(
        new("CreateProspectStateInput", ProspectStateInput, "A new state of prospects.", needed=("name",)),
        commands.STATES.create,
        ProspectState,
        "A new state of prospects.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        changes("UpdateProspectStateInput", ProspectStateInput, "Changes to a state of prospects."),
        commands.STATES.update,
        ProspectState,
        "Edits a state of prospects.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        about("DeleteProspectStateInput", "The state to be deleted."),
        commands.STATES.delete,
        ProspectState,
        "Deletes a state that no prospect is in; one that is in use can be made inactive.",
        needs=Permission.COMPANY_WRITE,
    ),
)
