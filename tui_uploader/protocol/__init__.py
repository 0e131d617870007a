"""How the service speaks, on the wire."""
