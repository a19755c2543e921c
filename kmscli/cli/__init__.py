"""The terminal face: the reader of argv, the Typer app, output formats, and the local command groups."""
