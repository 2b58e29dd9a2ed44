"""A sales document that is owed, as it is listed in what a client owes."""

from loaders.reads import Same
from resolvers.reading import resolver

itself = resolver(Same())
"""The row, as the document that it is."""
