"""An agent is started, stands in for calls, and ends."""

import os
import subprocess
import sys

from tests.agent.served import ServedMachine, is_running, opened_by
from tests.robustness.machine import ALIAS
from tests.waiting import wait_until


def test_an_agent_stands_in(served: ServedMachine) -> None:
    """Calls are answered by the agent as by the process itself: output, errors, exit codes."""
    before = served.calls()
    words = ("encrypt", "--key-id", ALIAS, "--plaintext")
    blob = served.run(*words, "aGk=").expect().answer["CiphertextBlob"]
    assert served.run("decrypt", "--ciphertext-blob", blob).expect().answer["Plaintext"] == "aGk="
    assert "NotFoundException" in served.run("describe-key", "--key-id", "alias/b").expect(254).err
    served.run("no-such-operation").expect(252)
    assert served.calls() == before + 4


def test_without_an_agent_nothing_changes(alone: ServedMachine) -> None:
    """A process that finds no agent runs its call itself, and says nothing of it."""
    assert alone.run("list-keys").expect().err == ""
    assert "There is no agent" in alone.run("agent", "status").expect(253).err


def test_stop(served: ServedMachine) -> None:
    """A stopped agent is gone, with its socket, and calls go on without."""
    agent = served.agent()
    served.run("agent", "stop").expect()
    wait_until(lambda: not is_running(agent))
    assert not served.socket.exists()
    served.run("list-keys").expect()


LOADED = """
import os, sys
before = set(sys.modules)
leave = os._exit
def tell(code):
    print(*sorted(set(sys.modules) - before), file=sys.stderr)
    leave(code)
os._exit = tell
from kmscli.agent.hand_over import hand_over
hand_over()
tell(0)
"""


def loaded(served: ServedMachine) -> list[str]:
    """The modules that a client loads beside those of a bare interpreter."""
    environment = {"HOME": str(served.home), "PATH": os.environ["PATH"], **served.runtime}
    command = [sys.executable, "-c", LOADED, "--version"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    return ran.stderr.split()


def test_a_client_loads_next_to_nothing(alone: ServedMachine) -> None:
    """Looking for an agent is part of every call's time, and what a client loads is all of its time."""
    client = ["kmscli", "kmscli.agent", "kmscli.agent.hand_over", "kmscli.agent.place"]
    assert loaded(alone) == client
    alone.run("agent", "start").expect()
    with_agent = loaded(alone)
    assert alone.calls() == 1
    assert set(with_agent) - {"_socket"} == {*client, "kmscli.agent.message", "kmscli.peer"}


def test_the_agent_opens_no_vault(served: ServedMachine) -> None:
    """It has one thread and keys, no file of a vault's: its children open those."""
    served.run("create-key").expect()
    agent = served.agent()
    assert len(os.listdir(f"/proc/{agent}/task")) == 1
    opened = opened_by(agent)
    assert f"{served.socket}.lock" in opened
    assert [path for path in opened if path.startswith(str(served.home))] == []
