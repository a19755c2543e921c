"""The root keys that this process was born with: a child of the agent has those that it holds, any other has none."""

HELD_ROOTS: dict[str, bytes] = {}
"""Root keys by vault id. Whoever finds that a vault was rekeyed puts the new one there, for the agent to learn."""
