"""Who else there is: other users, other files in the socket's place, and whoever sends nonsense."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kmscli.agent.message import GIVEN_BACK, GO, LONGEST, READY, framed
from tests.agent.served import ServedMachine, is_running
from tests.robustness.machine import PATIENCE
from tests.waiting import wait_until

LIST = ("list-keys", "--output", "off")
STRANGER = 65534
by_another = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


def wrong_socket_mode(served: ServedMachine) -> None:
    """A socket that others can speak to."""
    served.socket.chmod(0o666)


def wrong_folder_mode(served: ServedMachine) -> None:
    """A folder that others can enter."""
    served.socket.parent.chmod(0o755)


def symbolic_link_to_the_socket(served: ServedMachine) -> None:
    """A link in the socket's place."""
    aside = served.socket.with_name("aside")
    served.socket.rename(aside)
    served.socket.symlink_to(aside)


def symbolic_link_to_the_folder(served: ServedMachine) -> None:
    """A link in the folder's place."""
    aside = served.socket.parent.with_name("aside")
    served.socket.parent.rename(aside)
    served.socket.parent.symlink_to(aside)


def a_file_in_its_place(served: ServedMachine) -> None:
    """No socket at all."""
    served.socket.unlink()
    served.socket.write_text("")
    served.socket.chmod(0o600)


WRONG = [
    wrong_socket_mode,
    wrong_folder_mode,
    symbolic_link_to_the_socket,
    symbolic_link_to_the_folder,
    a_file_in_its_place,
]


@pytest.mark.parametrize("change", WRONG)
def test_a_place_that_is_not_safe(served: ServedMachine, change: Callable[[ServedMachine], None]) -> None:
    """An agent whose place is not its user's alone is passed by, in silence; `status` knows of none."""
    agent, before = served.agent(), len(served.events())
    change(served)
    assert served.run(*LIST).expect().err == ""
    assert len(served.events()) == before + 1
    assert not Path(f"/proc/{agent}/task/{agent}/children").read_text()
    served.run("agent", "status").expect(253)
    os.kill(agent, 9)


@pytest.mark.parametrize("change", [wrong_folder_mode, symbolic_link_to_the_folder])
def test_no_start_in_a_place_that_is_not_safe(served: ServedMachine, change: Callable[[ServedMachine], None]) -> None:
    """`start` refuses it."""
    agent = served.agent()
    change(served)
    ran = served.run("agent", "start").expect(253)
    assert "is not a folder of your own that nobody else can enter" in ran.err
    os.kill(agent, 9)


SPEAK = """
import os, socket, sys
os.setgroups([])
os.setgid({user})
os.setuid({user})
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(20)
connection.connect(sys.argv[1])
try:
    connection.sendall(sys.stdin.buffer.read())
    sys.stdout.buffer.write(connection.recv(4096))
except ConnectionError:
    pass
"""
LISTEN = """
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chown(sys.argv[1], 0, 0)
os.chmod(sys.argv[1], 0o600)
os.setgroups([])
os.setgid({user})
os.setuid({user})
listener.listen()
print("listening", flush=True)
connection, _ = listener.accept()
print(len(connection.recv(4096)), flush=True)
"""


@by_another
@pytest.mark.parametrize("message", [framed(b"status"), framed(b"stop"), framed(b"lock")])
def test_another_user_is_told_nothing(served: ServedMachine, message: bytes) -> None:
    """Even where he can reach the socket: the kernel says who he is."""
    served.socket.chmod(0o666)
    served.socket.parent.chmod(0o711)
    served.socket.parents[1].chmod(0o711)
    command = [sys.executable, "-c", SPEAK.format(user=STRANGER), str(served.socket)]
    ran = subprocess.run(command, input=message, capture_output=True, timeout=PATIENCE, check=True)
    assert ran.stdout == b""
    ours = subprocess.run(
        [*command[:2], SPEAK.format(user=0), command[3]],
        input=framed(b"status"),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert b"VaultId" in ours.stdout
    served.socket.parent.chmod(0o700)
    served.socket.chmod(0o600)


@by_another
def test_another_users_agent_is_told_nothing(alone: ServedMachine) -> None:
    """A client asks the kernel who listens, whatever the socket's owner and mode are."""
    alone.socket.parent.mkdir(mode=0o700)
    command = [sys.executable, "-c", LISTEN.format(user=STRANGER), str(alone.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as stranger:
        assert stranger.stdout
        assert stranger.stdout.readline() == b"listening\n"
        alone.run(*LIST).expect()
        assert stranger.stdout.readline() == b"0\n"


NONSENSE = {
    "nothing": b"",
    "half a length": b"\0\0",
    "half a message": framed(b"status")[:-1],
    "no message": framed(),
    "no verb that it knows": framed(b"give", b"key"),
    "too much": framed(b"status") + b"x",
    "a length beyond all": (LONGEST + 1).to_bytes(4, "big"),
    "a field beyond its message": b"\0\0\0\x08\0\0\0\x09abcd",
    "half a field's length": b"\0\0\0\x03\0\0\0",
    "a call without its fields": framed(b"call", b"x"),
    "a call of another installation": framed(b"call", b"x", b"", b"", b"0", b"", b""),
    "keys that are none": framed(b"hold", b"\xff", b"", b"", b"never"),
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "noise": bytes(range(256)) * 40,
}


def spoken(served: ServedMachine, message: bytes, *, done: bool = True) -> bytes:
    """What the agent answers to bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(served.socket))
        connection.sendall(message)
        if done:
            connection.shutdown(socket.SHUT_WR)
        try:
            return connection.recv(4096)
        except ConnectionError:
            return b""


@pytest.mark.parametrize("message", NONSENSE.values(), ids=NONSENSE)
def test_nonsense(served: ServedMachine, message: bytes) -> None:
    """Whoever sends nonsense is hung up on, and the agent goes on."""
    agent = served.agent()
    assert spoken(served, message) in {b"", GIVEN_BACK}
    served.run(*LIST).expect()
    assert (served.agent(), served.calls()) == (agent, 1)


def call_to(served: ServedMachine) -> bytes:
    """The message of a call, as a client of the agent's installation sends it."""
    streams = "\n".join(["utf-8 strict"] * 3).encode()
    installation = os.fsencode(served.status()["Installation"])
    return framed(b"call", installation, b"kmscli\0--version", b"HOME=/nowhere", b"18", streams, b"")


@pytest.mark.parametrize("word", [GO, b"\x0f", b"x" * 100])
def test_a_word_without_descriptors(served: ServedMachine, word: bytes) -> None:
    """A client that is asked for its descriptors and sends none gets no child."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(served.socket))
        connection.sendall(call_to(served))
        assert connection.recv(1) == READY
        connection.sendall(word)
        assert connection.recv(4) == GIVEN_BACK
    assert served.calls() == 0


def test_descriptors_that_nobody_asked_for(served: ServedMachine) -> None:
    """The agent keeps none that come too early, too many, or with nonsense."""
    agent = served.agent()
    before = len(os.listdir(f"/proc/{agent}/fd"))
    for message, number in ((framed(b"status"), 4), (b"x", 200), (call_to(served), 4)):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(served.socket))
            socket.send_fds(connection, [message], [0] * number)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(served.socket))
        connection.sendall(call_to(served))
        assert connection.recv(1) == READY
        socket.send_fds(connection, [GO], [0] * 7)
        assert connection.recv(4) == GIVEN_BACK
    wait_until(lambda: len(os.listdir(f"/proc/{agent}/fd")) == before)
    assert served.calls() == 0


def test_a_slow_client_holds_up_nobody(served: ServedMachine) -> None:
    """One that never comes to an end of its message is hung up on after a while; others are answered meanwhile."""
    with socket.socket(socket.AF_UNIX) as slow:
        slow.settimeout(PATIENCE)
        slow.connect(str(served.socket))
        slow.sendall(b"\0\0")
        served.run(*LIST).expect()
        assert served.calls() == 1
        assert slow.recv(1) == b""


def test_more_connections_than_it_takes(served: ServedMachine) -> None:
    """Who holds many connections open makes calls do without the agent, and ends nothing."""
    agent = served.agent()
    held = []
    for _ in range(200):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(served.socket))
        held.append(connection)
    served.run(*LIST).expect()
    for connection in held:
        connection.close()
    wait_until(lambda: served.run(*LIST).expect().code + served.calls())
    assert served.agent() == agent


def test_the_key_is_not_to_be_had(served: ServedMachine) -> None:
    """No answer of the agent has a byte of the root key."""
    root = served.opened_root()
    answers = b"".join(spoken(served, framed(verb)) for verb in (b"status", b"hold", b"keys", b"call"))
    assert b"VaultId" in answers
    assert root not in answers
    assert root.hex().encode() not in answers


def _debugs_nobody() -> None:
    """For `preexec_fn`: give up root's right to look into every process."""
    drop_from_bounding_set, sys_ptrace = 24, 19
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(drop_from_bounding_set, sys_ptrace, 0, 0, 0) == 0


def looked_into(process: int) -> bytes:
    """What comes of looking into another process: the kernel asks of this what it asks before it shows memory."""
    command = [sys.executable, "-c", "import os, sys; os.readlink(f'/proc/{sys.argv[1]}/ns/mnt')", str(process)]
    return subprocess.run(command, preexec_fn=_debugs_nobody, capture_output=True, check=False).stderr


def test_its_memory_is_shut(alone: ServedMachine) -> None:
    """To the user's other processes, which may look into each other; and its children's is as well."""
    alone.run("agent", "start", preexec_fn=_debugs_nobody).expect()
    with alone.start("batch", stdin=subprocess.PIPE, preexec_fn=_debugs_nobody) as client:
        wait_until(alone.children)
        assert looked_into(client.pid) == b""
        for process in (alone.agent(), *alone.children()):
            assert b"PermissionError" in looked_into(process)
        client.communicate(timeout=PATIENCE)


def test_the_folder_goes_while_a_call_is_made(served: ServedMachine) -> None:
    """A socket that is gone ends the agent, and costs calls nothing but time."""
    agent = served.agent()
    shutil.rmtree(served.socket.parent)
    served.run(*LIST).expect()
    os.kill(agent, 15)
    wait_until(lambda: not is_running(agent))
