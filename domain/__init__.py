"""Is it allowed, what else changes, what is recorded: the rules and the commands. No GraphQL and no HTTP in here."""
