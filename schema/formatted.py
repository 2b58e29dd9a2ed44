"""Addresses, telephones and accounts as people read them."""

import strawberry

from domain import formatted
from schema.fields import column, shows

_WHOLE = "Whether a part is hidden for lack of a permission. False: whoever sees the record sees all of it."


@strawberry.type(description="An address as on an envelope, without the addressee (dirección con formato).")
@shows(formatted.FormattedAddress)
class FichaFormattedAddress:
    text: str = column("In one line: `Av. Juárez 12, Int. 3, Centro, 06000 Cuauhtémoc, Ciudad de México`.")
    lines: list[str] = column(
        "Street and numbers; colonia; postal code, town and state; abroad the country, in capitals."
    )
    is_masked: bool = column(_WHOLE)


@strawberry.type(description="A telephone number with its extension (teléfono con formato).")
@shows(formatted.FormattedPhone)
class FichaFormattedPhone:
    text: str = column("As it is written in Mexico: `55 1234 5678 ext. 12`, or `+1 212-555-0123` for one of elsewhere.")
    national: str = column("As it is written in its own country.")
    international: str = column("With the code of its country: `+52 55 1234 5678 ext. 12`.")
    uri: str = column("As a link that dials it, RFC 3966: `tel:+525512345678;ext=12`.")
    is_masked: bool = column(_WHOLE)


@strawberry.type(description="An account number in groups (cuenta con formato).")
@shows(formatted.FormattedAccount)
class FichaFormattedAccount:
    text: str = column(
        "A CLABE by bank, plaza, account and control digit (`002 010 07777777777 1`), a card in groups of four, other"
        " numbers as they are; or `•••• 9719`."
    )
    is_masked: bool = column("Whether all but its end is hidden, for lack of the permission `billing:read`.")
