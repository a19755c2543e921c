"""Starting agents: once, twice, at once, in odd places, beside old ones."""

import os
import resource
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.agent.served import ServedMachine, is_running
from tests.robustness.machine import PATIENCE, unprivileged
from tests.waiting import wait_until

PACKAGE = Path(__file__).parents[2] / "kmscli"
LIST = ("list-keys", "--output", "off")


def test_started_again(served: ServedMachine) -> None:
    """A second start finds the first one's agent."""
    agent = served.agent()
    served.run("agent", "start").expect()
    assert served.agent() == agent
    assert len(served.status()["Vaults"]) == 1


def test_started_at_once(alone: ServedMachine) -> None:
    """Of several starts at once one agent is left, which holds the vault, and all starts have succeeded."""
    starts = [alone.start("agent", "start", "--output", "json") for _ in range(6)]
    said = [start.communicate(timeout=PATIENCE) for start in starts]
    assert [start.returncode for start in starts] == [0] * len(starts), said
    agent = alone.agent()
    assert all(f'"Pid": {agent}'.encode() in out for out, _ in said)
    alone.run(*LIST).expect()
    assert alone.calls() == 1


def test_after_a_kill(served: ServedMachine) -> None:
    """The socket of an agent that was killed is in nobody's way."""
    agent = served.agent()
    os.kill(agent, signal.SIGKILL)
    wait_until(lambda: not is_running(agent))
    assert "There is no agent" in served.run("agent", "status").expect(253).err
    served.run(*LIST).expect()
    served.run("agent", "start").expect()
    served.run(*LIST).expect()
    assert served.calls() == 1


def test_started_at_once_after_a_kill(served: ServedMachine) -> None:
    """The same where the socket of a killed agent is in their way."""
    os.kill(served.agent(), signal.SIGKILL)
    starts = [served.start("agent", "start") for _ in range(4)]
    said = [start.communicate(timeout=PATIENCE) for start in starts]
    assert [start.returncode for start in starts] == [0] * len(starts), said


def test_an_agent_that_does_not_answer(served: ServedMachine) -> None:
    """It is not replaced while it runs, and `start` says so."""
    agent = served.agent()
    served.socket.unlink()
    os.kill(agent, signal.SIGSTOP)
    assert "another one runs that does not answer" in served.run("agent", "start").expect(255).err
    os.kill(agent, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stopped_by_a_signal(served: ServedMachine, number: int) -> None:
    """An agent that is told to end leaves no socket."""
    agent = served.agent()
    os.kill(agent, number)
    wait_until(lambda: not is_running(agent))
    assert not served.socket.exists()


def test_an_agent_whose_socket_is_gone_ends(served: ServedMachine) -> None:
    """Nobody can reach it, to lock it for one; it looks when a child ends, or now and then."""
    agent = served.agent()
    with served.start("batch", stdin=subprocess.PIPE) as call:
        wait_until(served.children)
        shutil.rmtree(served.socket.parent)
        call.communicate(timeout=PATIENCE)
    wait_until(lambda: not is_running(agent))


def test_an_agent_with_few_descriptors(alone: ServedMachine) -> None:
    """What it has no descriptors for its clients do themselves, and it goes on."""

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))

    agent = alone.run("agent", "start", "--output", "json", preexec_fn=few).expect().answer["Pid"]
    with ThreadPoolExecutor(12) as threads:
        rans = list(threads.map(lambda _: alone.run(*LIST), range(24)))
    assert [ran.code for ran in rans] == [0] * 24
    before = alone.calls()
    alone.run(*LIST).expect()
    assert (alone.agent(), alone.calls()) == (agent, before + 1)


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "TMPDIR"])
def test_no_room(alone: ServedMachine, tmp_path: Path, variable: str) -> None:
    """Where no socket can be made `start` says so, and calls do without."""
    env = {"XDG_RUNTIME_DIR": "", variable: str(tmp_path / "nowhere" / "at-all")}
    ran = alone.run("agent", "start", env=env).expect(253)
    assert "No folder for the agent's socket can be made" in ran.err
    alone.run(*LIST, env=env).expect()


def test_a_folder_that_cannot_be_written(alone: ServedMachine) -> None:
    """The same on a disk that nothing can be written to."""
    alone.socket.parent.parent.chmod(0o500)
    ran = alone.run("agent", "start", preexec_fn=unprivileged).expect(253)
    assert "Permission denied" in ran.err
    alone.run(*LIST, preexec_fn=unprivileged).expect()


def test_a_path_too_long_for_a_socket(alone: ServedMachine, tmp_path: Path) -> None:
    """The same where the path has more bytes than the system takes."""
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    env = {"XDG_RUNTIME_DIR": str(folder)}
    assert "too long for a socket" in alone.run("agent", "start", env=env).expect(253).err
    alone.run(*LIST, env=env).expect()


def test_without_a_runtime_folder(alone: ServedMachine, runtime: Path) -> None:
    """Without XDG_RUNTIME_DIR the socket is among the temporary files, in a folder of the user's own."""
    env = {"XDG_RUNTIME_DIR": "", "TMPDIR": str(runtime)}
    status = alone.run("agent", "start", "--output", "json", env=env).expect().answer
    assert status["Socket"] == str(runtime / f"kmscli-{os.geteuid()}" / "agent")
    alone.run(*LIST, env=env).expect()
    alone.run("agent", "stop", env=env).expect()


def test_the_environment_holds_no_secret(alone: ServedMachine) -> None:
    """The agent is not given what unlocks a vault, nor credentials."""
    key = alone.key_file.read_text().strip()
    env = {"KMSCLI_VAULT_KEY": key, "AWS_SECRET_ACCESS_KEY": "much-too-secret"}
    agent = alone.run("agent", "start", "--output", "json", env=env).expect().answer["Pid"]
    environ = Path(f"/proc/{agent}/environ").read_bytes()
    assert b"HOME=" in environ
    assert key.encode() not in environ
    assert b"much-too-secret" not in environ
    command_line = Path(f"/proc/{agent}/cmdline").read_bytes()
    assert key.encode() not in command_line


def test_the_agent_is_a_daemon(served: ServedMachine) -> None:
    """It has a session of its own, keeps no folder busy and none of the starter's streams, and leaves no core file."""
    agent = served.agent()
    assert os.getsid(agent) == agent
    assert os.readlink(f"/proc/{agent}/cwd") == "/"
    assert {os.readlink(f"/proc/{agent}/fd/{number}") for number in (0, 1, 2)} == {"/dev/null"}
    [core] = [line for line in Path(f"/proc/{agent}/limits").read_text().splitlines() if "core" in line]
    assert core.split()[4] == "0"


def test_another_version(alone: ServedMachine, tmp_path: Path) -> None:
    """An agent of another version is passed by, still answers `status`, and is replaced by `start`."""
    shutil.copytree(PACKAGE, tmp_path / "old" / "kmscli", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "old" / "kmscli" / "__init__.py").write_text('__version__ = "0.0.9"\n')
    old = {"PYTHONPATH": str(tmp_path / "old")}
    agent = alone.run("agent", "start", "--output", "json", env=old).expect().answer
    assert agent["Version"] == "0.0.9"
    alone.run(*LIST).expect()
    assert alone.calls() == 0
    ran = alone.run("agent", "start").expect()
    assert "ended an agent of another installation of kmscli, version 0.0.9" in ran.err
    wait_until(lambda: not is_running(agent["Pid"]))
    alone.run(*LIST).expect()
    assert (alone.status()["Version"] != "0.0.9", alone.calls()) == (True, 1)


OTHERS = [
    {"PYTHONHASHSEED": "1"},
    {"PYTHONUTF8": "1"},
    {"PYTHONDONTWRITEBYTECODE": "1"},
    {"OPENSSL_CONF": "/dev/null"},
]


@pytest.mark.parametrize("env", OTHERS, ids=lambda env: next(iter(env)))
def test_another_interpreter(served: ServedMachine, env: dict[str, str]) -> None:
    """A process whose interpreter was told other things at its start is none that the agent can stand in for."""
    served.run(*LIST, env=env).expect()
    assert served.calls() == 0
