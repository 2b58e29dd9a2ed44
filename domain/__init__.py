"""The rules and the commands: what is allowed, what changes, what is recorded. No GraphQL and no HTTP."""
