"""An agent is started, stands in for calls, and ends."""

from tests.agent.served import ServedMachine, is_running, wait_until
from tests.robustness.machine import ALIAS


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
