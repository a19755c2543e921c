"""What the agent's process runs: it loads what calls use, answers a few of its own, and then stands in for others."""

import io
import os
import pkgutil
import sys
import tempfile
from importlib import import_module
from typing import NoReturn

import kmscli.crypto
import kmscli.operations.kms
from kmscli.agent.pages import learn
from kmscli.agent.starting import be_the_agent
from kmscli.cli.main import answered, main

PROGRAM = "import sys; sys.path[:] = filter(None, sys.path); from kmscli.cli.local._agent_process import run; run()"
"""For `python -c`, which would look for modules in the folder where it is started."""

ROAD = (
    "jmespath", "pwd", "ruamel.yaml",
    "kmscli.cli.call", "kmscli.cli.input_document", "kmscli.cli.output.as_table", "kmscli.cli.output.as_text",
    "kmscli.cli.output.as_yaml", "kmscli.cli.output.errors", "kmscli.cli.output.query", "kmscli.cli.pages",
    "kmscli.cli.skeleton", "kmscli.operations.index",
)  # fmt: skip
"""What calls import beside operations and algorithms, and what leads to the rest of it.

Nothing here may look at the environment when it is imported, as Typer and rich do: a client's is another.
"""


def run() -> NoReturn:
    """Be the agent."""
    for package in (kmscli.crypto, kmscli.operations.kms):
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for name in ROAD:
        import_module(name)
    warm_up(sys.argv[1])
    be_the_agent(answered)


def warm_up(socket: str) -> None:
    """Answer calls on a vault of its own, which is gone afterwards.

    A child of an interpreter whose code has run, and whose OpenSSL has looked for its algorithms, takes half the time.
    """
    before = dict(os.environ), sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory(dir=os.path.dirname(socket)) as home:
        os.environ.clear()
        os.environ["HOME"] = home
        sys.stdout = sys.stderr = io.StringIO()
        main(["create-key", "--query", "KeyMetadata.KeyId", "--output", "text"])
        key = "".join(sys.stdout.getvalue().split()[-1:])
        main(["describe-key", "--key-id", key])
        encrypt = ["encrypt", "--key-id", key, "--plaintext", "AA=="]
        main(encrypt)
        learn(lambda: main(encrypt))
    os.environ.clear()
    os.environ.update(before[0])
    _, sys.stdout, sys.stderr = before
