"""Who may do what, and why: pure functions over plain data that the engine loads."""
