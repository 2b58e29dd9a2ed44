"""The command `ficha`."""
