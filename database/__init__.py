"""How Ficha talks to PostgreSQL: the wire, its connections and their pool, transactions, and who hears of them."""
