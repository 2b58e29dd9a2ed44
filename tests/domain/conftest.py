"""Property tests of the rules: no deadline, for a busy machine is no fault, and no example database in the tree."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, database=None, print_blob=True)
settings.load_profile("rules")
