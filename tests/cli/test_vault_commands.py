"""`kmscli vault …` as a person and a script see it: what it makes, says, refuses, and leaves in the trail."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from tests.robustness.machine import Machine
from tests.vault.ground import PASSPHRASE, answering, faults, header

INIT = ("vault", "init")


@pytest.fixture(scope="session")
def home_with_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a vault that `vault init` made."""
    home = tmp_path_factory.mktemp("initialised") / "home"
    home.mkdir(mode=0o700)
    Machine(home).run(*INIT).expect()
    return home


@pytest.fixture
def fresh(own_home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home, runtime_either_way)


@pytest.fixture
def machine(own_home: Path, home_with_vault: Path, runtime_either_way: Path | None) -> Machine:
    """A machine with an empty vault."""
    shutil.copytree(home_with_vault, own_home, dirs_exist_ok=True)
    return Machine(own_home, runtime_either_way)


def facts(text: bytes) -> dict[str, str]:
    """What plain lines say."""
    return dict(line.split(": ", 1) for line in text.decode().splitlines())


def test_init_makes_a_vault_and_its_key_file(fresh: Machine) -> None:
    """`vault init` makes a vault and, in another folder, its key file, says where they are, and leaves an event."""
    ran = fresh.run(*INIT).expect()
    said = facts(ran.out)
    assert said["made a vault"] == str(fresh.vault)
    assert said["unlocked by"] == f"the key file {fresh.key_file}"
    assert len(base64.b64decode(fresh.key_file.read_bytes())) == 32
    assert fresh.key_file.stat().st_mode & 0o777 == 0o600
    [event] = fresh.events()
    assert (event["eventName"], event["eventSource"]) == ("InitVault", "kmscli.local")
    assert event["requestParameters"] == {"vaultId": said["vault id"], "lab": False}
    fresh.run("audit", "verify").expect()


def test_init_refuses_to_overwrite(machine: Machine) -> None:
    """`vault init` leaves a vault that is there as it is, and anything else that stands in its place."""
    before = machine.vault.read_bytes()
    assert "There is a vault at" in machine.run(*INIT).expect(253).err
    assert machine.vault.read_bytes() == before


def test_init_makes_a_lab_vault(fresh: Machine) -> None:
    """`vault init --lab` makes a vault that says so."""
    answer = fresh.run(*INIT, "--lab", "--output", "json").expect().answer
    assert answer["Lab"] is True
    assert fresh.run("vault", "status", "--output", "json").expect().answer["Lab"] is True


def test_init_with_a_key_from_elsewhere(fresh: Machine, tmp_path: Path) -> None:
    """A key in a variable, a file or behind a descriptor is used as it is; no key file is made."""
    key = base64.b64encode(b"k" * 32)
    vaults = [str(tmp_path / f"{number}.db") for number in range(3)]
    file = tmp_path / "keys" / "vault.key"
    fresh.run("--vault", vaults[0], *INIT, env={"KMSCLI_VAULT_KEY": key.decode()}).expect()
    fresh.run("--vault", vaults[1], "--key-fd", "0", *INIT, stdin=key).expect()
    fresh.run(*INIT, "--vault", vaults[2], "--key-file", str(file)).expect()
    assert not fresh.key_file.exists()
    assert file.stat().st_mode & 0o777 == 0o600
    for vault in vaults[:2]:
        fresh.run("--vault", vault, "--key-fd", "0", "create-key", stdin=key).expect()
    fresh.run("--vault", vaults[2], "--key-file", str(file), "create-key").expect()


def test_init_keeps_the_key_apart(fresh: Machine, tmp_path: Path) -> None:
    """A new key file is not made beside the vault."""
    words = ("--vault", str(tmp_path / "a.db"), *INIT, "--key-file", str(tmp_path / "a.key"))
    assert "would stand beside the vault" in fresh.run(*words).expect(253).err
    assert not list(tmp_path.glob("a.*"))


def test_init_with_a_passphrase_behind_a_descriptor(fresh: Machine) -> None:
    """A passphrase of 12 characters or more may come from a descriptor."""
    assert "at least 12 characters" in fresh.run(*INIT, "--passphrase-fd", "0", stdin=b"too short").expect(253).err
    assert not fresh.vault.exists()
    fresh.run(*INIT, "--passphrase-fd", "0", stdin=PASSPHRASE).expect()
    [slot] = header(fresh.vault).slots
    assert (slot["method"], slot["name"]) == ("passphrase", "passphrase")
    assert slot["argon2id"]["memory"] >= 64 * 1024
    fresh.run("--passphrase-fd", "0", "create-key", stdin=PASSPHRASE).expect()


def test_init_asks_for_a_passphrase_twice(fresh: Machine) -> None:
    """On a terminal a passphrase is asked for twice, without echo."""
    ran = answering(fresh, *INIT, "--passphrase", answers=[PASSPHRASE, b"something else here"])
    assert "The two passphrases are not the same." in ran.err
    assert not fresh.vault.exists()
    ran = answering(fresh, *INIT, "--passphrase", answers=[PASSPHRASE, PASSPHRASE]).expect()
    assert "New passphrase: " in ran.err
    assert PASSPHRASE not in ran.out
    assert fresh.vault.exists()
    assert "asked for on a terminal" in fresh.run("--vault", "other.db", *INIT, "--passphrase").expect(253).err


CONFLICTS = [
    ("--passphrase", "--keyring"),
    ("--key-file", "a", "--passphrase"),
    ("--key-fd", "0", "--passphrase-fd", "0"),
]


@pytest.mark.parametrize("words", CONFLICTS, ids=" ".join)
def test_init_takes_one_way(fresh: Machine, words: tuple[str, ...]) -> None:
    """Two ways of unlocking at once are wrong usage."""
    assert "not allowed with argument" in fresh.run(*INIT, *words).expect(252).err
    assert not fresh.vault.exists()


def test_a_race_has_one_winner(fresh: Machine) -> None:
    """Of several that make a vault at once, one makes it; the others say so, and nothing of theirs is left."""
    calls = [fresh.start(*INIT) for _ in range(4)]
    answers = [call.communicate() for call in calls]
    codes = sorted(call.returncode for call in calls)
    assert codes == [0, 253, 253, 253]
    refusals = [error.decode() for (_, error), call in zip(answers, calls, strict=True) if call.returncode]
    assert all("at the same moment" in text or "There is a vault" in text for text in refusals)
    assert fresh.leftovers() == []
    assert len(fresh.events()) == 1


def test_a_first_create_key_race_loses_nothing(fresh: Machine) -> None:
    """Several first calls at once use one vault and one key file, and each key is there."""
    calls = [fresh.start("create-key") for _ in range(5)]
    answers = [call.communicate() for call in calls]
    assert [call.returncode for call in calls] == [0] * 5
    made = {json.loads(out)["KeyMetadata"]["KeyId"] for out, _ in answers}
    listed = {key["KeyId"] for key in fresh.run("list-keys").expect().answer["Keys"]}
    assert made == listed
    assert len(made) == 5
    assert sum(b"made a vault at" in error for _, error in answers) == 1
    assert fresh.leftovers() == []
    assert faults(fresh) == []
    fresh.run("audit", "verify").expect()


def test_status_says_how_the_vault_is(machine: Machine) -> None:
    """`vault status` says what header, head, log and mark say, to people and to scripts."""
    machine.run("create-key").expect()
    machine.run("create-key").expect()
    answer = machine.run("vault", "status", "--output", "json").expect().answer
    assert answer.items() >= {"Path": str(machine.vault), "Format": 1, "Lab": False, "Epoch": 1, "Keyslots": 1}.items()
    assert answer.items() >= {"Keys": 2, "Events": 3, "PendingEvents": 0, "Log": str(machine.log)}.items()
    assert answer["Rows"].items() >= {"key": 2, "material": 2, "policy": 2, "tags": 2}.items()
    assert answer["SyncedEvent"] == {"Chain": answer["Chain"], "Number": 3}
    assert answer["Mark"] == f"kept at event 3 of chain {answer['Chain']}"
    said = facts(machine.run("vault", "status").expect().out)
    assert said["pending events"] == "0"
    assert said["path"] == str(machine.vault)
    assert len(machine.events()) == 3


def test_status_says_that_events_wait(machine: Machine) -> None:
    """Events that could not be appended are counted as pending."""
    shutil.rmtree(machine.trail)
    machine.trail.write_text("in the way")
    ran = machine.run("create-key").expect()
    assert "the events wait in the vault" in ran.err
    machine.run("create-key").expect()
    assert machine.run("vault", "status", "--output", "json").expect().answer["PendingEvents"] == 2


def test_status_says_why_there_is_no_mark(machine: Machine) -> None:
    """Where no mark can be kept, that is said."""
    marks = machine.home / ".local/state/kmscli/marks"
    shutil.rmtree(marks)
    answer = machine.run("vault", "status", "--output", "json").expect().answer
    assert answer["Mark"] == "none yet: the next call leaves one"


def test_on_a_terminal_facts_are_a_table(machine: Machine) -> None:
    """On a terminal facts are shown by rich; what would hurt the terminal is escaped; when piped they are plain."""
    words = ("vault", "keyslot", "add", "--new-key-file", str(machine.home / "k" / "b.key"), "--name", "[red]b[/]")
    machine.run(*words).expect()
    shown = machine.run_on_terminal("vault", "keyslot", "list", env={"TERM": "xterm-256color"}).expect().out
    assert b"\x1b[" in shown
    assert b"[red]b[/]" in shown
    assert b"\x1b[" not in machine.run("vault", "keyslot", "list").expect().out
    shown = machine.run_on_terminal("vault", "status", env={"TERM": "xterm-256color"}).expect().out
    assert b"pending events" in shown


def test_keyslots_are_listed(machine: Machine) -> None:
    """`vault keyslot list` says what each slot is, and which is the caller's."""
    [slot] = machine.run("vault", "keyslot", "list", "--output", "json").expect().answer["Keyslots"]
    assert slot["Yours"] is True
    assert (slot["Name"], slot["Method"]) == ("key file", "key")
    fields = machine.run("vault", "keyslot", "list").expect().out.decode().rstrip("\n").split("\t")
    assert fields == [slot["Id"], "key file", "key", slot["Created"], "yours"]


def test_keyslots_of_each_kind_are_added(machine: Machine) -> None:
    """A key file, a key and a passphrase behind descriptors become ways of unlocking, each with an event."""
    key = base64.b64encode(b"k" * 32)
    file = machine.home / "other" / "vault.key"
    add = ("vault", "keyslot", "add")
    machine.run(*add, "--new-key-file", str(file)).expect()
    machine.run(*add, "--new-key-fd", "0", "--name", "robot", stdin=key).expect()
    answer = machine.run(*add, "--new-passphrase-fd", "0", "--output", "json", stdin=PASSPHRASE).expect().answer
    assert answer["Method"] == "passphrase"
    machine.run("--key-file", str(file), "create-key").expect()
    machine.run("--key-fd", "0", "create-key", stdin=key).expect()
    machine.run("--passphrase-fd", "0", "create-key", stdin=PASSPHRASE).expect()
    added = [event["requestParameters"] for event in machine.events() if event["eventName"] == "AddKeyslot"]
    assert [slot["name"] for slot in added] == ["key file", "robot", "passphrase"]
    again = machine.run(*add, "--new-key-file", str(file)).expect(253)
    assert "opens the vault already" in again.err
    assert "is required" in machine.run(*add).expect(252).err


def test_a_passphrase_is_asked_for_a_keyslot(machine: Machine) -> None:
    """`vault keyslot add --new-passphrase` asks twice on a terminal."""
    ran = answering(machine, "vault", "keyslot", "add", "--new-passphrase", answers=[PASSPHRASE, PASSPHRASE]).expect()
    assert PASSPHRASE not in ran.out
    assert [slot["method"] for slot in header(machine.vault).slots] == ["key", "passphrase"]


@pytest.mark.parametrize("name", ["\x1b[31m", "x" * 65], ids=["escape", "long"])
def test_a_keyslots_name_is_printable(machine: Machine, name: str) -> None:
    """A name that does not fit is wrong usage."""
    words = ("vault", "keyslot", "add", "--new-key-file", "k", "--name", name)
    assert "a name has at most 64 characters" in machine.run(*words).expect(252).err


def test_a_keyslot_that_is_not_there(machine: Machine) -> None:
    """Removing what is not there is refused, with where to look."""
    ran = machine.run("vault", "keyslot", "remove", "nobody").expect(253)
    assert "No keyslot has the id or name nobody" in ran.err
    assert "kmscli vault keyslot list" in ran.err


def test_two_keyslots_of_one_name(machine: Machine) -> None:
    """A name that two slots have names neither; the id does."""
    words = ("vault", "keyslot", "add", "--new-key-file", str(machine.home / "other" / "k"))
    slot = machine.run(*words, "--output", "json").expect().answer["Id"]
    assert "Several keyslots" in machine.run("vault", "keyslot", "remove", "key file").expect(253).err
    machine.run("vault", "keyslot", "remove", slot).expect()


def test_a_whole_vault_checks(machine: Machine) -> None:
    """The check of a whole vault says what it read, and leaves the trail as it is."""
    machine.run("create-key").expect()
    answer = machine.run("vault", "check", "--output", "json").expect().answer
    assert answer["Faults"] == []
    assert answer["Events"] == 2
    assert answer["Rows"]["key"] == 1
    assert facts(machine.run("vault", "check").expect().out)["events in the log"] == "2"
    assert len(machine.events()) == 2


def test_options_stand_before_or_behind(machine: Machine, tmp_path: Path) -> None:
    """The options of the vault may stand before the group's name and behind the command's."""
    elsewhere = str(tmp_path / "elsewhere.db")
    machine.run("--vault", elsewhere, *INIT).expect()
    first = machine.run("--vault", elsewhere, "vault", "status", "--output", "json").expect().answer
    second = machine.run("vault", "status", "--vault", elsewhere, "--output", "json").expect().answer
    third = machine.run("--output", "json", "vault", "status", env={"KMSCLI_VAULT": elsewhere}).expect().answer
    assert first == second == third


def test_an_endpoint_means_nothing_here(machine: Machine) -> None:
    """A machine that sends its calls over the network can still look after its vault."""
    machine.run("vault", "status", env={"AWS_ENDPOINT_URL_KMS": "http://localhost:1"}).expect()


def test_wrong_usage_unlocks_nothing(fresh: Machine) -> None:
    """Wrong usage is refused before any vault is looked for."""
    for words in (["--output", "yaml"], ["--nonsense"], ["stray"]):
        fresh.run("vault", "status", *words).expect(252)
    fresh.run("vault", "nonsense").expect(252)


def test_no_vault_is_said(fresh: Machine) -> None:
    """Without a vault every command but init and restore says so, with the mend."""
    for words in (["status"], ["purge"], ["keyslot", "list"]):
        ran = fresh.run("vault", *words).expect(253)
        assert "There is no vault at" in ran.err
        assert "kmscli vault init" in ran.err


def test_a_local_caller_is_recorded(machine: Machine) -> None:
    """An event of a change says which principal made it, and who that was on this machine."""
    machine.run("vault", "rekey", env={"AWS_ACCESS_KEY_ID": "444455556666"}).expect()
    event = machine.events()[-1]
    assert event["eventName"] == "RekeyVault"
    assert event["userIdentity"]["accountId"] == "444455556666"
    assert event["kmscli"]["caller"]["door"] == "command line"
    assert event["readOnly"] is False


def test_help_names_every_command(fresh: Machine) -> None:
    """The group's help, and that of each command, reads without a vault."""
    shown = fresh.run("vault", "--help").expect().out.decode()
    for name in ("init", "status", "check", "rekey", "purge", "backup", "restore", "keyslot"):
        assert f"\n  {name} " in shown
    assert "keyslot remove" in fresh.run("vault", "keyslot", "remove", "--help").expect().out.decode()
