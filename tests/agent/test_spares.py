"""A spare child waits for the next call: it is used, it is never in the way, and it never outlives its keys."""

import os
import signal
from pathlib import Path

import pytest

from kmscli.vault.opening import create_vault
from kmscli.vault.unlocking import passphrase_secret
from tests.agent.served import ServedMachine, is_running, opened_by, state, waiting
from tests.waiting import wait_until

LIST = ("list-keys", "--output", "off")


def spare_of(served: ServedMachine) -> int:
    """The spare, once it waits for a client, after a call that was the last."""
    served.run(*LIST).expect()
    wait_until(lambda: [state(child) for child in served.children()] == ["S"])
    [spare] = served.children()
    return spare


def test_the_next_call_is_the_spares(served: ServedMachine, tmp_path: Path) -> None:
    """There is none before a call, one after it, which takes the next one, and then another."""
    assert served.children() == []
    spare = spare_of(served)
    with waiting(served, tmp_path) as (client, child, _):
        assert child == spare
        client.send_signal(signal.SIGTERM)
        assert client.wait() == -signal.SIGTERM
    wait_until(lambda: len(served.children()) == 1)
    assert spare not in served.children()


def test_many_in_a_row(served: ServedMachine) -> None:
    """However soon the next call comes it gets its own answer, and is made once."""
    before = len(served.events())
    script = "for size in $(seq 40); do kmscli generate-random --number-of-bytes $size --plaintext-out - | wc -c; done"
    assert served.shell(script).expect().out.split() == [str(size).encode() for size in range(1, 41)]
    assert (served.calls(), len(served.events())) == (40, before + 40)
    wait_until(lambda: len(served.children()) == 1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_spare_that_is_gone(served: ServedMachine, number: int) -> None:
    """A signal that was not meant for a call ends none: another child takes it."""
    for _ in range(5):
        os.kill(spare_of(served), number)
        served.run(*LIST).expect()
    assert served.calls() == 10


def test_a_spare_keeps_nothing_open(served: ServedMachine, tmp_path: Path) -> None:
    """Of a call under way, of other clients and of the agent: their other ends see when they close them."""
    with waiting(served, tmp_path) as (_, child, _):
        served.run(*LIST).expect()
        wait_until(lambda: len(served.children()) == 2)
        [spare] = set(served.children()) - {child}
        wait_until(lambda: state(spare) == "S")
        opened = opened_by(spare)
    assert {path.partition("[")[0] for path in opened} == {"/dev/null", "socket:"}
    assert len(opened) == 2


@pytest.mark.parametrize("verb", ["lock", "stop"])
def test_a_spare_goes_with_its_keys(served: ServedMachine, verb: str) -> None:
    """An agent that has no keys any more has no child that was born with them, by the time that it says so."""
    spare = spare_of(served)
    served.run("agent", verb).expect()
    wait_until(lambda: not is_running(spare))
    served.run(*LIST).expect()


def test_an_agent_that_locks_itself(served: ServedMachine) -> None:
    """The same where nobody called for long."""
    served.run("agent", "start", "--lock-after", "2").expect()
    spare = spare_of(served)
    wait_until(lambda: not is_running(spare))
    assert (served.status()["Vaults"], served.children()) == ([], [])


def test_a_spare_goes_with_the_agent(served: ServedMachine) -> None:
    """Also where that was killed."""
    spare = spare_of(served)
    os.kill(served.agent(), signal.SIGKILL)
    wait_until(lambda: not is_running(spare))


def test_a_key_that_the_spare_has_not(served: ServedMachine, tmp_path: Path) -> None:
    """A vault that is unlocked while a spare waits is unlocked for the next call."""
    other = str(tmp_path / "other.db")
    secret = passphrase_secret(b"another", "the test")
    assert create_vault(other, secret, slot_name="passphrase", lab=False, now=0)
    spare_of(served)
    served.run("agent", "start", "--vault", other, "--passphrase-fd", "0", stdin=b"another").expect()
    served.run(*LIST, "--vault", other).expect()


def test_a_key_that_the_spare_has_no_more(served: ServedMachine, tmp_path: Path) -> None:
    """What was locked while a spare waited is locked for the next call."""
    spare_of(served)
    served.key_file.rename(tmp_path / "moved")
    served.run(*LIST).expect()
    served.run("agent", "lock").expect()
    served.run(*LIST).expect(253)


@pytest.mark.long
def test_a_spare_for_which_no_client_comes(served: ServedMachine) -> None:
    """It is let go, and the keys stay."""
    spare = spare_of(served)
    wait_until(lambda: not is_running(spare))
    assert (len(served.status()["Vaults"]), served.children()) == (1, [])
    served.run(*LIST).expect()
