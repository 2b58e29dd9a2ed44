"""Who may come in: identity, keys, tokens, rate limits, and the audit of it."""
