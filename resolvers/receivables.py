"""What a client owes, by age."""

from loaders.reads import Same
from resolvers.reading import resolver

ageing = resolver(Same())
"""The same sums, those by age alone."""
