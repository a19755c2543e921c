"""Callers in odd places, agents that leave at odd moments, and signals between two processes."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kmscli.agent.message import GIVEN_BACK, GO, READY, framed, unframed
from tests.agent.served import ServedMachine, is_running, opened_by
from tests.robustness.machine import ALIAS, KMSCLI, PATIENCE, Machine, Ran
from tests.waiting import children, wait_until

LIST = ("list-keys", "--output", "text")


def both_ways(served: ServedMachine, *words: str, **how: Any) -> Ran:
    """A call that comes to the same with the agent as without."""
    expected = Machine(served.home).run(*words, **how)
    ran = served.run(*words, **how)
    assert (ran.code, ran.out, ran.err) == (expected.code, expected.out, expected.err)
    return ran


def limited(limit: int, most: int) -> Callable[[], None]:
    """For `preexec_fn`: a limit."""
    return lambda: resource.setrlimit(limit, (most, most))


LIMITS = {
    "few descriptors": limited(resource.RLIMIT_NOFILE, 12),
    "too few descriptors": limited(resource.RLIMIT_NOFILE, 6),
    "little memory": limited(resource.RLIMIT_AS, 40 << 20),
}


@pytest.mark.parametrize("how", LIMITS.values(), ids=LIMITS)
def test_low_limits(served: ServedMachine, how: Callable[[], None]) -> None:
    """A child, which has more loaded and one descriptor more open, does not fail where a process would not."""
    both_ways(served, *LIST, preexec_fn=how)


def test_a_nameless_variable(served: ServedMachine) -> None:
    """A process can be given a variable that it cannot set itself, nor can a child: it makes its call itself."""
    both_ways(served, *LIST, env={"": "x=y"}).expect()


def test_descriptors_by_another_name(served: ServedMachine) -> None:
    """In /dev a relative path names a descriptor that only the caller has."""
    reading, writing = os.pipe()
    os.write(writing, ALIAS.encode())
    os.close(writing)
    served.run("describe-key", "--key-id", f"file://fd/{reading}", cwd="/dev", pass_fds=[reading]).expect()
    os.close(reading)


def test_passing_by_is_silent(alone: ServedMachine) -> None:
    """A process that was refused has closed what it opened: not even a Python that warns of everything says a word."""
    alone.run("agent", "start").expect()
    assert alone.run(*LIST, env={"PYTHONWARNINGS": "error"}).expect().err == ""


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "TMPDIR"])
def test_a_folder_is_not_relative(alone: ServedMachine, tmp_path: Path, variable: str) -> None:
    """Which socket is meant does not depend on the caller's folder."""
    alone.runtime = {"TMPDIR": alone.runtime["XDG_RUNTIME_DIR"]} | {variable: "relative"}
    (tmp_path / "relative").mkdir(mode=0o700)
    told = alone.run("agent", "status", cwd=tmp_path).expect(253)
    assert "relative" not in told.err


def test_options_of_the_interpreter(alone: ServedMachine) -> None:
    """An agent has those of who started it, since it stands in for no others."""
    isolated = f"'{sys.executable}' -I '{KMSCLI}'"
    alone.shell(f"{isolated} agent start && {isolated} list-keys").expect()
    assert alone.calls() == 1


@pytest.mark.parametrize("seconds", ["31622401", "1" + "0" * 400])
def test_a_time_beyond_all(served: ServedMachine, seconds: str) -> None:
    """No number of seconds is too much for the agent."""
    served.run("agent", "start", "--lock-after", seconds).expect(252)
    with spoken_to(served) as connection:
        connection.sendall(framed(b"hold", b"a", b"/a", bytes(32), seconds.encode()))
        assert b'"LocksIn": 31622400' in connection.recv(4096)


def test_room_for_clients(alone: ServedMachine) -> None:
    """An agent that is started where few descriptors are allowed takes as many as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    alone.run("agent", "start", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))).expect()
    assert resource.prlimit(alone.agent(), resource.RLIMIT_NOFILE)[0] == min(1024, hard)


def test_started_beside_one_that_nobody_reaches(served: ServedMachine) -> None:
    """An agent whose socket was removed is waited for, until it notices."""
    agent = served.agent()
    served.socket.unlink()
    with served.start("agent", "start", "--output", "json") as start:
        wait_until(lambda: any(f"{served.socket}.lock" in opened_by(child) for child in children(start.pid)))
        os.kill(agent, signal.SIGCHLD)  # lets it look around
        out, err = start.communicate(timeout=PATIENCE)
    Ran(start.returncode, out, err.decode()).expect()
    wait_until(lambda: not is_running(agent))
    assert served.agent() != agent


@contextmanager
def spoken_to(served: ServedMachine) -> Iterator[socket.socket]:
    """A connection to the agent."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(served.socket))
        yield connection


def offer_to(served: ServedMachine, connection: socket.socket, *words: str) -> None:
    """Have the agent offer to stand in for a call, as a client has."""
    streams = "\n".join(["utf-8 strict"] * 3).encode()
    installation = os.fsencode(served.status()["Installation"])
    argv = "\0".join(("kmscli", *words)).encode()
    home = f"HOME={served.home}".encode()
    connection.sendall(framed(b"call", installation, argv, home, b"18", streams, b""))
    assert connection.recv(1) == READY


def test_stopped_before_the_word(served: ServedMachine) -> None:
    """A client that an agent has offered to stand in for is told when that will not come to pass."""
    with spoken_to(served) as connection:
        offer_to(served, connection, *LIST)
        served.run("agent", "stop").expect()
        assert connection.recv(4) == GIVEN_BACK


def test_nonsense_after_the_word(served: ServedMachine) -> None:
    """A client that sends no signal's number is gone for the agent, and so is its child."""
    reading, writing = os.pipe()
    folder = os.open("/", os.O_RDONLY)
    with spoken_to(served) as connection:
        offer_to(served, connection, "batch")
        socket.send_fds(connection, [GO], [reading, writing, writing, folder])
        wait_until(served.children)
        [child] = served.children()
        connection.sendall(b"\xff")
        assert connection.recv(4) == b""
    wait_until(lambda: not is_running(child))
    for descriptor in (reading, writing, folder):
        os.close(descriptor)


@contextmanager
def agent_played(machine: ServedMachine) -> Iterator[Callable[[], socket.socket]]:
    """What accepts the next call, up to its word to go, in the place of an agent: this process."""
    machine.socket.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(machine.socket))
        machine.socket.chmod(0o600)
        listener.listen()
        listener.settimeout(PATIENCE)

        def accepted() -> socket.socket:
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE)
            received = b""
            while unframed(received) is None:
                received += connection.recv(1 << 16)
            return connection

        yield accepted


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, -15), (signal.SIGINT, 130), (signal.SIGUSR1, -10)])
def test_a_signal_to_a_call_that_is_given_back(alone: ServedMachine, number: int, code: int) -> None:
    """It is not lost between the child, which has ended, and the client, which begins."""
    with agent_played(alone) as accepted, alone.start("batch", stdin=subprocess.PIPE) as call:
        with accepted() as connection:
            connection.sendall(READY)
            assert connection.recv(1) == GO
            call.send_signal(number)
            assert connection.recv(1) == bytes([number])
            connection.sendall(GIVEN_BACK)
        _, err = call.communicate(timeout=PATIENCE)
    assert (call.returncode, err) == (code, b"")


def test_interrupted_before_the_offer(alone: ServedMachine) -> None:
    """While it waits for an agent that does not answer a process ends as at any other time."""
    with agent_played(alone) as accepted, alone.start(*LIST) as call, accepted():
        call.send_signal(signal.SIGINT)
        assert call.communicate(timeout=PATIENCE) == (b"", b"")
    assert call.returncode == 130


def test_an_agent_that_leaves_before_the_word(alone: ServedMachine) -> None:
    """Who could not be told to go has done nothing: the process makes its call itself."""
    with agent_played(alone) as accepted, alone.start(*LIST) as call:
        with accepted() as connection:
            os.kill(call.pid, signal.SIGSTOP)
            connection.sendall(READY)
        os.kill(call.pid, signal.SIGCONT)
        out, err = call.communicate(timeout=PATIENCE)
    assert out.startswith(b"KEYS")
    assert (call.returncode, err) == (0, b"")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes namespaces everywhere")
def test_a_container_is_told_nothing(alone: ServedMachine) -> None:
    """Its processes may have a user of ours, and a folder; what a call holds is not for them."""
    listen = (
        "import socket, sys; listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); "
        "__import__('os').chmod(sys.argv[1], 0o600); listener.listen(); print('listening', flush=True); "
        "print(len(listener.accept()[0].recv(4096)), flush=True)"
    )
    alone.socket.parent.mkdir(mode=0o700)
    command = ["unshare", "--pid", "--fork", sys.executable, "-c", listen, str(alone.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as container:
        assert container.stdout
        assert container.stdout.readline() == b"listening\n"
        alone.run(*LIST).expect()
        assert container.stdout.readline() == b"0\n"
