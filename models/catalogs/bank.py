"""Banks and the other institutions that hold accounts with a CLABE."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from models.catalogs.catalog import Catalog, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank(Entry):
    """A holder of accounts. `code` is the ABM's three digits, which open a CLABE; Banxico's own code has five."""

    banxico_code: str | None = None
    legal_name: str | None = None
    rfc: str | None = None

    @property
    def active(self) -> bool:
        """Whether it takes part in SPEI, the transfer system of the Banco de México."""
        return self.banxico_code is not None

    def valid(self, on: date) -> bool:  # noqa: ARG002  # the catalog asks every entry in the same way
        # No source dates an institution's coming and going, so a bank may be chosen while it is active.
        return self.active


BANKS: Final = Catalog(Bank, "banks.csv")
