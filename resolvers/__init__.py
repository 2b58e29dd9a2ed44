"""How each field is resolved: from its arguments, by a loader or a command."""
