"""Countries and states as SAT codes them, and the postal codes of Mexico with what each one tells."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from models.catalogs.catalog import Catalog, Entry, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Entry):
    """*País* (c_Pais, three letters), with the patterns (a whole match) SAT states for its codes, if any."""

    postal_code_pattern: str | None = None
    tax_id_pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Entry):
    """*Estado* (c_Estado) of Mexico, the United States or Canada; the usual IANA zone is known for Mexico's."""

    country: str
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality or a locality; its code is unique within its state."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PostalCode:
    """*Código postal* (c_CodigoPostal).

    A code that SAT holds in reserve has no municipality, and most codes have no locality. `border_incentive` is the
    tax stimulus of the border region: 0 none, 1 northern, 2 southern. `time_zone` is an IANA name.
    """

    code: str
    state: State
    municipality: Place | None
    locality: Place | None
    border_incentive: int
    time_zone: str


_Area = tuple[State, Place | None, Place | None, int, str]
"""What many postal codes have in common: the fields of `PostalCode` behind the code, in their order."""

COUNTRIES: Final = Catalog(Country, "countries.csv")
STATES: Final = Catalog(State, "states.csv")


def _places(file: str) -> Mapping[tuple[str, str | None], Place]:
    return {(row["state"], row["code"]): Place(row["code"], row["name"]) for row in read_rows(file)}


class PostalCodes:
    """The 95,749 postal codes, as one small number for each possible code: which area it lies in (0: none)."""

    @cached_property
    def _table(self) -> "tuple[array[int], tuple[_Area, ...]]":
        municipalities, localities = _places("municipalities.csv"), _places("localities.csv")
        states = {state.code: state for state in STATES}
        area_of = array("H", bytes(2 * 100_000))
        areas: list[_Area] = []
        for row in read_rows("postal_codes.csv"):
            state: State = states[row["state"]]
            zone = str(row["time_zone"] or state.time_zone)
            municipality = municipalities.get((state.code, row["municipality"]))
            locality = localities.get((state.code, row["locality"]))
            areas.append((state, municipality, locality, row["border_incentive"], zone))
            for codes in row["codes"].split():
                first, _, last = codes.partition("-")
                span = range(int(first), int(last or first) + 1)
                area_of[span.start : span.stop] = array("H", [len(areas)]) * len(span)
        return area_of, tuple(areas)

    def get(self, code: str | None) -> PostalCode | None:
        if code is None or len(code) != 5 or not (code.isascii() and code.isdigit()):
            return None
        area_of, areas = self._table
        number = area_of[int(code)]
        return PostalCode(code, *areas[number - 1]) if number else None

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self.get(code) is not None

    def __len__(self) -> int:
        return sum(map(bool, self._table[0]))


POSTAL_CODES: Final = PostalCodes()
