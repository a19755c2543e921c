"""`python -m kmscli`."""

from kmscli.cli.main import console

console()
