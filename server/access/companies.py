"""In which of their companies a person wants to work: a claim of the token says so, or else the request does."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from errors import BadInput, FichaError
from loaders.company import CompanyEntity
from loaders.ids import decode_as, encode

COMPANY_HEADER: Final = "x-ficha-company"
"""Of a request, or in the payload of a WebSocket's first message: the company's id."""


class Membership(NamedTuple):
    """A company in which a person is a collaborator."""

    company_id: UUID
    name: str
    suspended: bool


class CompanyRequired(FichaError):
    """The person is a collaborator of several companies, and neither token nor request says which one is meant."""

    code = "COMPANY_REQUIRED"

    def __init__(self, memberships: Sequence[Membership]) -> None:
        super().__init__("Trabaja en varias empresas: elija una en el encabezado X-Ficha-Company.")
        self.memberships = memberships

    @property
    def extensions(self) -> dict[str, object]:
        companies = [{"id": encode(CompanyEntity, each.company_id), "name": each.name} for each in self.memberships]
        return super().extensions | {"companies": companies}


class CompanyDiffers(FichaError):
    """The credentials are for one company, and the request names another."""

    code = "COMPANY_DIFFERS"

    def __init__(self) -> None:
        super().__init__("El encabezado X-Ficha-Company nombra otra empresa que la de las credenciales.")


def read_company(text: str) -> UUID | None:
    """The company that a request names; None where it names none. BadInput where it is no id of a company."""
    if not text:
        return None
    try:
        return decode_as(CompanyEntity, text, COMPANY_HEADER)
    except BadInput as error:
        raise BadInput(error.code, error.message, "X-Ficha-Company") from None
