"""The commands that are kmscli's own, one file a group. Each has `app`, a Typer app."""
