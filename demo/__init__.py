"""Demo data: two companies whose rows and history tell one story, and a third as big as one asks, for measuring."""

from demo.seed import SeedError, seed

__all__ = ["SeedError", "seed"]
