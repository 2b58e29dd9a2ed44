"""What a client is never told: the words that only Python, its packages and PostgreSQL say."""

import re

LEAKS = re.compile(
    r"Traceback|\.py\b|site-packages|psycopg|sqlalchemy|strawberry|<class|object at 0x|[a-z]Error\b|NoneType|SELECT "
)
