"""The company's own days off."""

import datetime

import strawberry

from domain import holiday as commands
from models.viewer import Permission
from resolvers import catalogs as answers
from schema.fields import column, shows
from schema.inputs import Command, OwnId, required
from schema.mutations import mutation
from schema.node import Node


@strawberry.type(description="A day off of the company's own (día inhábil), beside the official holidays.")
class CompanyHoliday(Node):
    day: datetime.date = column("The day, unique in the company.")
    name: str = column("What it is.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("As `createdAt`: it is never changed.")


@strawberry.type(
    description="A day of compulsory rest in Mexico (día de descanso obligatorio), by article 74 of the labour law."
)
@shows(answers.OfficialHoliday)
class OfficialHoliday:
    day: datetime.date = column("The day.")
    name: str = column("What it is, in Spanish.")


@strawberry.input(description="A new day off.")
class CreateHolidayInput(Command):
    day: datetime.date = required("The day.")
    name: str = required("What it is.")


@strawberry.input(description="The day off to delete.")
class DeleteHolidayInput(Command):
    id: OwnId = required("The record.")


MUTATIONS = (
    mutation(
        CreateHolidayInput, commands.create_holiday, CompanyHoliday, "A new day off.", needs=Permission.COMPANY_WRITE
    ),
    mutation(
        DeleteHolidayInput,
        commands.delete_holiday,
        CompanyHoliday,
        "Takes a day off the company's list; an official holiday stays one.",
        needs=Permission.COMPANY_WRITE,
    ),
)
