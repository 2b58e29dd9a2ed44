"""How the process starts and what surrounds a request. The only room that wires the others together."""

__version__ = "0.1.0"
