"""How Ficha talks to PostgreSQL: the wire, its connections and their pool."""
