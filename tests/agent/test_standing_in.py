"""What a child takes over of its client: the same call comes to the same, with an agent or without."""

import fcntl
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.agent.served import ServedMachine
from tests.robustness.machine import ALIAS, PATIENCE, Machine, Ran, unprivileged

ENCRYPT = ("encrypt", "--key-id", ALIAS, "--output", "text", "--query", "KeyId", "--plaintext")


@pytest.fixture(scope="module")
def served(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedMachine]:
    """One machine for all tests here: none of them minds what the others called."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(template, home, symlinks=True)
    with tempfile.TemporaryDirectory(prefix="kmscli-") as runtime:
        machine = ServedMachine(home, Path(runtime))
        machine.run("agent", "start").expect()
        yield machine
        machine.end()


@contextmanager
def standing_in(served: ServedMachine, calls: int) -> Iterator[None]:
    """See that the agent stands in for so many calls meanwhile."""
    before = served.calls()
    yield
    assert served.calls() == before + calls


def handed_over(served: ServedMachine, *words: str | bytes, **how: Any) -> Ran:
    """A call that comes to the same as one without the agent, and that the agent stood in for."""
    expected = Machine(served.home).run(*words, **how)
    with standing_in(served, 1):
        ran = served.run(*words, **how)
    assert (ran.code, ran.out, ran.err) == (expected.code, expected.out, expected.err)
    return ran


def made_alone(served: ServedMachine, *words: str | bytes, **how: Any) -> Ran:
    """A call that comes to the same as one without the agent, and that was not handed over."""
    expected = Machine(served.home).run(*words, **how)
    with standing_in(served, 0):
        ran = served.run(*words, **how)
    assert (ran.code, ran.out, ran.err) == (expected.code, expected.out, expected.err)
    return ran


def test_streams(served: ServedMachine) -> None:
    """Standard input is read to its end, and raw bytes are written as they are."""
    secret = os.urandom(4096)
    words = ("encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", "-")
    blob = served.run(*words, stdin=secret).expect().out
    ran = handed_over(served, "decrypt", "--ciphertext-blob", "-", "--plaintext-out", "-", stdin=blob)
    assert ran.expect().out == secret


def test_in_a_pipeline(served: ServedMachine) -> None:
    """A reader of a pipe sees its end, and one that leaves early is noticed."""
    script = "printf hi | kmscli encrypt --key-id alias/a --plaintext - --ciphertext-out - | {}"
    decrypt = "kmscli decrypt --ciphertext-blob - --plaintext-out -"
    with standing_in(served, 2):
        assert served.shell(script.format(decrypt)).expect().out == b"hi"
    handed_over(served, *ENCRYPT, "aGk=", stdout=_without_reader()).expect(255)


def _without_reader() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_answers_as_they_come(served: ServedMachine) -> None:
    """A batch is answered line by line, while the client waits for more."""
    with standing_in(served, 1), served.start("batch", stdin=subprocess.PIPE) as call:
        assert call.stdin
        assert call.stdout
        for _ in range(3):
            call.stdin.write(b'{"Operation": "ListKeys"}\n')
            call.stdin.flush()
            assert b"Keys" in call.stdout.readline()
        call.stdin.close()
        assert call.wait(PATIENCE) == 0


ODD = [
    [b"describe-key", b"--key-id", b"alias/\xff\xfe"],
    ["describe-key", "--key-id", ""],
    ["describe-key", "--key-id", "alias/größe\n\x1b[31m"],
    ["create-key", "--description", "x" * 100_000],
    [],
    ["--version"],
    ["sts", "get-caller-identity"],
    ["encrypt", "help"],
]


@pytest.mark.parametrize("words", ODD, ids=repr)
def test_odd_words(served: ServedMachine, words: list[str | bytes]) -> None:
    """Words that are empty, long, no text, or hostile."""
    handed_over(served, *words)


def test_much_to_hand_over(served: ServedMachine) -> None:
    """A megabyte of words and one of environment, which is what the kernel lets a process start with."""
    env = {f"FILLER_{number}": "x" * 100_000 for number in range(9)}
    ran = handed_over(served, *ENCRYPT, "aGk=", *(["--grant-tokens"] + ["x" * 100_000] * 8), env=env)
    assert ran.code == 254


def test_a_relative_path(served: ServedMachine, tmp_path: Path) -> None:
    """Files are looked for, and made, in the caller's folder."""
    (tmp_path / "secret").write_bytes(b"hi")
    handed_over(served, *ENCRYPT, "fileb://secret", cwd=tmp_path).expect()
    words = ("encrypt", "--key-id", ALIAS, "--plaintext", "fileb://secret", "--ciphertext-out", "blob")
    served.run(*words, cwd=tmp_path).expect()
    assert (tmp_path / "blob").exists()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o177])
def test_the_umask(served: ServedMachine, tmp_path: Path, mask: int) -> None:
    """What a call makes has the modes that the caller's umask leaves."""
    words = ("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--ciphertext-out")
    with standing_in(served, 1):
        served.run(*words, "served", cwd=tmp_path, umask=mask).expect()
    Machine(served.home).run(*words, "alone", cwd=tmp_path, umask=mask).expect()
    assert (tmp_path / "served").stat().st_mode == (tmp_path / "alone").stat().st_mode


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", ":America/New_York", "XYZ-3:30"])
def test_the_time_zone(served: ServedMachine, zone: str) -> None:
    """Times are shown in the caller's."""
    handed_over(served, "describe-key", "--key-id", ALIAS, env={"TZ": zone}).expect()


ENVIRONMENTS = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C.UTF-8"},
    {"AWS_DEFAULT_OUTPUT": "yaml"},
    {"AWS_REGION": "eu-central-1"},
    {"AWS_PROFILE": "nobody"},
    {"AWS_ACCESS_KEY_ID": "444455556666"},
    {"KMSCLI_VAULT": "nowhere.db"},
    {"HOME": "/nowhere"},
    {"EMPTY": "", "EQUALS": "=a=", "BYTES": "\udcff"},
]


@pytest.mark.parametrize("env", ENVIRONMENTS, ids=lambda env: next(iter(env)))
def test_the_environment(served: ServedMachine, env: dict[str, str]) -> None:
    """Settings are the caller's, not those that the agent was started with."""
    handed_over(served, "list-keys", env=env)


def test_the_agents_own_settings_do_not_count(alone: ServedMachine) -> None:
    """What was set where the agent was started is nothing to a call."""
    key = alone.key_file.read_text().strip()
    env = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_OUTPUT": "yaml", "KMSCLI_VAULT_KEY": key, "TZ": "Asia/Tokyo"}
    alone.run("agent", "start", env=env, umask=0o777, cwd="/").expect()
    handed_over(alone, "describe-key", "--key-id", ALIAS).expect()


def test_limits(served: ServedMachine) -> None:
    """A limit on files holds for the child: with no room the vault is busy with nothing, and nothing is lost."""
    handed_over(served, *ENCRYPT, "aGk=", preexec_fn=_no_files)
    served.run(*ENCRYPT, "aGk=").expect()


def _no_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _nice() -> None:
    os.nice(7)


HOW: list[Callable[[], object]] = [_few_descriptors, _nice]


@pytest.mark.parametrize("how", HOW)
def test_other_limits(served: ServedMachine, how: Callable[[], None]) -> None:
    """Limits that change nothing let the agent stand in."""
    handed_over(served, *ENCRYPT, "aGk=", preexec_fn=how).expect()


BY_ITSELF = [
    (["agent", "nonsense"], {}),
    (["vault", "status"], {}),
    (["configure", "list"], {}),
    (["exec", "--", "true"], {}),
    ([*ENCRYPT, "aGk=", "--profile", "vault"], {}),
    ([*ENCRYPT, "fileb:///proc/self/cmdline"], {}),
    (["list-keys"], {"KMSCLI_VAULT_KEY_FILE": "/dev/fd/9"}),
]


@pytest.mark.parametrize(("words", "env"), BY_ITSELF, ids=repr)
def test_what_is_not_handed_over(served: ServedMachine, words: list[str], env: dict[str, str]) -> None:
    """Commands and names that another process could not do anything with."""
    made_alone(served, *words, env=env)


def test_a_key_from_a_descriptor(served: ServedMachine) -> None:
    """A descriptor beside the standard streams is not handed over, so neither is a call that names one."""
    env = {"FILE": str(served.key_file)}
    with standing_in(served, 0):
        for words in ("--key-fd 3", "--key-fd=3"):
            served.shell(f'kmscli list-keys {words} 3< "$FILE"', env=env).expect()
        served.shell('kmscli list-keys --key-file <(cat "$FILE")', shell="/bin/bash", env=env)


def test_closed_streams(served: ServedMachine) -> None:
    """A process without a standard stream makes its call itself."""
    made_alone(served, *ENCRYPT, "aGk=", preexec_fn=lambda: os.close(0)).expect()


def test_other_rights(served: ServedMachine) -> None:
    """A process with fewer rights than the agent makes its call itself."""
    if os.geteuid() == 0:
        made_alone(served, *ENCRYPT, "aGk=", preexec_fn=unprivileged).expect()
    made_alone(served, *ENCRYPT, "aGk=", preexec_fn=_no_new_privileges).expect()


def _no_new_privileges() -> None:
    import ctypes

    assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS


def test_other_flags(served: ServedMachine) -> None:
    """An interpreter with other options is another one."""
    script = str(Path(sys.executable).with_name("kmscli"))
    with standing_in(served, 0):
        served.run("-I", script, "list-keys", executable=sys.executable).expect()


def test_many_at_once(served: ServedMachine) -> None:
    """Fifty calls at once are all answered, each with its own; some perhaps without the agent, if it is slow."""
    before = served.calls()
    with ThreadPoolExecutor(50) as threads:
        sizes = range(1, 51)
        rans = list(threads.map(lambda size: served.run("generate-random", "--number-of-bytes", str(size)), sizes))
    for size, ran in zip(sizes, rans, strict=True):
        assert len(ran.expect().answer["Plaintext"]) == (size + 2) // 3 * 4
    assert before < served.calls() <= before + 50


def test_a_slow_call_holds_up_nobody(served: ServedMachine) -> None:
    """While one call waits for its input another is answered."""
    with standing_in(served, 2), served.start("batch", stdin=subprocess.PIPE) as call:
        served.run(*ENCRYPT, "aGk=").expect()
        assert call.poll() is None
        call.communicate(timeout=PATIENCE)


def test_a_shared_stream_stays_as_it_is(served: ServedMachine, tmp_path: Path) -> None:
    """A file that the caller's stdout goes to is written where the caller had come to, and not made to wait or not."""
    with (tmp_path / "out").open("wb") as out:
        out.write(b"before\n")
        out.flush()
        flags = fcntl.fcntl(out, fcntl.F_GETFL)
        with standing_in(served, 1):
            served.run("--version", stdout=out).expect()
        assert fcntl.fcntl(out, fcntl.F_GETFL) == flags
        out.write(b"after\n")
    lines = (tmp_path / "out").read_bytes().splitlines()
    assert (lines[0], lines[2]) == (b"before", b"after")
