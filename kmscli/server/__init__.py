"""The HTTP face: listeners, who calls through them, and requests answered in groups."""
