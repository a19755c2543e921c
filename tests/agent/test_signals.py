"""Signals, and ends by them, come through as if the client were the process that runs the call."""

import os
import pty
import signal
from pathlib import Path

import pytest

from tests.agent.served import ServedMachine, is_running, state, waiting
from tests.robustness.machine import PATIENCE, _take_terminal
from tests.waiting import wait_until

ENDS = [(signal.SIGINT, 130, b"\n"), *((number, -number, b"") for number in (1, 3, 10, 12, 14, 15))]


@pytest.mark.parametrize(("number", "code", "out"), ENDS)
def test_a_signal_ends_both(served: ServedMachine, tmp_path: Path, number: int, code: int, out: bytes) -> None:
    """What a signal does to a call it does through the agent, and the child is gone before the client is."""
    before = served.events()
    with waiting(served, tmp_path) as (client, child, _):
        client.send_signal(number)
        assert client.communicate(timeout=PATIENCE) == (out, b"")
        assert client.returncode == code
        assert state(child) == ""
    assert (served.events(), served.leftovers()) == (before, [])


def test_a_killed_client_takes_its_child_along(served: ServedMachine, tmp_path: Path) -> None:
    """Whose client is gone at once is ended at once, and the agent goes on."""
    before = served.events()
    with waiting(served, tmp_path) as (client, child, _):
        client.kill()
        wait_until(lambda: state(child) == "")
    served.run("list-keys").expect()
    assert len(served.events()) == len(before) + 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_killed_child_ends_its_client(served: ServedMachine, tmp_path: Path, number: int) -> None:
    """A client ends by the signal that its child ended by."""
    with waiting(served, tmp_path) as (client, child, _):
        os.kill(child, number)
        assert client.wait(PATIENCE) == -number


def test_control_c(served: ServedMachine, tmp_path: Path) -> None:
    """On a terminal, which is the client's and not its child's."""
    ours, theirs = pty.openpty()
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with waiting(served, tmp_path, start_new_session=True, preexec_fn=_take_terminal, **streams) as (client, child, _):
        os.write(ours, b"\x03")
        assert client.wait(PATIENCE) == 130
        assert state(child) == ""
    assert os.read(ours, 100) == b"^C\r\n"
    os.close(ours)
    os.close(theirs)


def test_stop_and_go_on(served: ServedMachine, tmp_path: Path) -> None:
    """Ctrl-Z stops both; they go on as if nothing had been."""
    with waiting(served, tmp_path, process_group=0) as (client, child, other_end):
        client.send_signal(signal.SIGTSTP)
        wait_until(lambda: (state(client.pid), state(child)) == ("T", "T"))
        os.write(other_end, b"hi")
        client.send_signal(signal.SIGCONT)
        wait_until(lambda: state(child) == "S")
        os.dup2(os.open(os.devnull, os.O_WRONLY), other_end)
        out, _ = client.communicate(timeout=PATIENCE)
    assert (client.returncode, b"CiphertextBlob" in out) == (0, True)


def test_nothing_stops_an_orphan(served: ServedMachine, tmp_path: Path) -> None:
    """A client that SIGTSTP does not stop, since nobody could continue it, is not left waiting for a stopped child."""
    with waiting(served, tmp_path, start_new_session=True) as (client, child, _):
        client.send_signal(signal.SIGTSTP)
        client.send_signal(signal.SIGINT)
        assert client.wait(PATIENCE) == 130
        assert state(child) == ""


def test_ignored_signals_are_ignored(served: ServedMachine, tmp_path: Path) -> None:
    """As with nohup, or in a shell's background."""

    def ignore() -> None:
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    with waiting(served, tmp_path, preexec_fn=ignore) as (client, child, _):
        for number in (signal.SIGINT, signal.SIGHUP):
            client.send_signal(number)
            os.kill(child, number)
        assert (client.poll(), is_running(child)) == (None, True)
        client.send_signal(signal.SIGTERM)
        assert client.wait(PATIENCE) == -signal.SIGTERM


def test_the_agent_is_killed(served: ServedMachine, tmp_path: Path) -> None:
    """Its children go with it, their clients say what they know, and the next call does without."""
    with waiting(served, tmp_path) as (client, child, _):
        os.kill(served.agent(), signal.SIGKILL)
        out, err = client.communicate(timeout=PATIENCE)
        assert (client.returncode, out) == (255, b"")
        assert b"The agent has gone. Nobody knows whether the call took effect." in err
        wait_until(lambda: state(child) == "")
    served.run("list-keys").expect()
    assert served.socket.exists()
    served.run("agent", "start").expect()
    assert served.calls() == 0


def test_the_agent_is_killed_and_nobody_can_be_told(served: ServedMachine, tmp_path: Path) -> None:
    """What cannot be said is no reason to make the call again."""
    with open("/dev/full", "wb") as full, waiting(served, tmp_path, stderr=full) as (client, _, _):
        os.kill(served.agent(), signal.SIGKILL)
        assert client.wait(PATIENCE) == 255


def test_a_stopped_agent_is_passed_by(served: ServedMachine) -> None:
    """An agent that does not answer does not keep a call; it does not make it later either."""
    agent, before = served.agent(), len(served.events())
    os.kill(agent, signal.SIGSTOP)
    served.run("list-keys").expect()
    os.kill(agent, signal.SIGCONT)
    assert served.calls() == 0
    assert len(served.events()) == before + 1


def test_children_finish_when_the_agent_stops(served: ServedMachine, tmp_path: Path) -> None:
    """A call under way goes on when the agent is told to stop, and a new agent can be started meanwhile."""
    with waiting(served, tmp_path) as (client, child, other_end):
        served.run("agent", "stop").expect()
        served.run("agent", "start").expect()
        assert (client.poll(), is_running(child)) == (None, True)
        os.write(other_end, b"hi")
        client.send_signal(signal.SIGTERM)
        assert client.wait(PATIENCE) == -signal.SIGTERM
        assert state(child) == ""
