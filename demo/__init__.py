"""Demo data: two companies with consistent rows and history, and a third of any size, for measurements."""

from demo.seed import SeedError, seed

__all__ = ["SeedError", "seed"]
