"""Translates PostgreSQL's errors into Ficha's, in this one place.

Source: "PostgreSQL Error Codes", appendix A of its manual. Other errors are faults of Ficha and stay as they are.
"""

import psycopg

from errors import FichaError, FilterTooBroad, Overloaded, StorageFull, TimedOut, Unavailable

_AWAY = ("08", "57P01", "57P02", "57P03", "57P04", "57P05", "58", "25006")
"""Connection lost or refused; shutdown, crash, start-up, database dropped, idle too long; system error; a
primary that has become a standby."""
_FULL = "53100"
_BUSY = ("53", "55P03", "40001", "40P01")
"""Out of connections, memory or locks; a lock timeout; cancelled in favour of another transaction."""
_LATE = ("57014", "25P04")
"""A statement or transaction took too long, or an operator cancelled it."""
_BROAD = "54F01"
"""What `ficha_too_broad` raises."""
_LOST = ("08", "57P", "25P03")
"""After these the connection is gone, and nothing of an open transaction was kept."""


class Silent(psycopg.OperationalError):
    """PostgreSQL has not answered, long after its own time limit."""


def fault_of(error: Exception) -> FichaError | None:
    """The error to raise for one of psycopg; None for a fault of Ficha."""
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    if is_lost(error) or state.startswith(_AWAY):
        return unavailable()
    if state == _FULL:
        return StorageFull()
    if state.startswith(_BUSY):
        return overloaded()
    if state == _BROAD:
        return FilterTooBroad(
            "El filtro es demasiado amplio: se revisaron miles de registros y muy pocos lo cumplen. Agregue una"
            " condición que cumplan menos registros, o pida otro orden."
        )
    return TimedOut("La operación tardó demasiado y se canceló.") if state.startswith(_LATE) else None


def is_lost(error: Exception) -> bool:
    """Whether the connection is gone, and with it the transaction, unless it was being committed."""
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and error.sqlstate is None:
        return True
    return isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_LOST) and error.sqlstate != "57014"


def is_demoted(error: Exception) -> bool:
    """Whether a write reached a standby, because the server is no longer the primary."""
    return isinstance(error, psycopg.errors.ReadOnlySqlTransaction)


def unavailable() -> Unavailable:
    """The database does not answer."""
    return Unavailable("La base de datos no responde: intente de nuevo en unos segundos.")


def overloaded() -> Overloaded:
    """Too many wait for the database."""
    return Overloaded("Hay demasiadas operaciones en espera: intente de nuevo en unos segundos.")
