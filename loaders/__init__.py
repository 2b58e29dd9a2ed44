"""How rows are fetched, many at once: what each kind of record is made of and how it relates to the others.

The entities and their relations are declared once, one module a noun. From a declaration come its dataloader and the
statement that the dataloader sends; nobody writes either by hand.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
