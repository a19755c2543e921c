"""What the agent's process runs: it loads all that a call may use, and then stands in for console scripts."""

import pkgutil
from importlib import import_module
from typing import NoReturn

import kmscli.agent.starting
import kmscli.cli.output
import kmscli.crypto
import kmscli.operations.kms
from kmscli.cli.main import answered

PROGRAM = "import sys; sys.path[:] = filter(None, sys.path); from kmscli.cli.local._agent_process import run; run()"
"""For `python -c`, which would look for modules in the folder where it is started."""

ROAD = (
    "jmespath",
    "kmscli.cli.call",
    "kmscli.cli.input_document",
    "kmscli.cli.pages",
    "kmscli.cli.skeleton",
    "ruamel.yaml",
)
"""Of what a call imports, what leads to the rest. Nothing here may look at the environment when it is imported, as
Typer and rich do: the client's is another.
"""


def run() -> NoReturn:
    """Be the agent."""
    for package in (kmscli.crypto, kmscli.cli.output, kmscli.operations.kms):
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for name in ROAD:
        import_module(name)
    kmscli.agent.starting.run(answered)
