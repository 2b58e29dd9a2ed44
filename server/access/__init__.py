"""Access: identity, keys, tokens, rate limits, and their audit."""
