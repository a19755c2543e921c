"""What unlocks a vault is looked for in one order; the first source that is configured decides, right or wrong."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kmscli.errors import ConfigurationError
from kmscli.vault.os_keyring import stored_key
from kmscli.vault.unlocking import CREDENTIAL, Unlocking, key_secret, passphrase_secret
from tests.robustness.machine import Machine, Ran
from tests.vault.ground import PASSPHRASE, answering, header

WRONG = base64.b64encode(bytes(32)).decode()

KEYRING = """
import json, os
from keyring import errors

PLACE = os.environ["KEYRING_STAND_IN"]

def get_password(service, name):
    with open(PLACE) as stream:
        return json.load(stream).get(service + name)

def set_password(service, name, password):
    with open(PLACE) as stream:
        kept = json.load(stream)
    with open(PLACE, "w") as stream:
        json.dump({**kept, service + name: password}, stream)
"""


class Caller:
    """A call on a vault, with ways of unlocking that are there, right or wrong."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine = machine
        self.folder = folder
        self.right = machine.key_file.read_text().strip()
        machine.key_file.unlink()
        self.words: list[str] = []
        self.env: dict[str, str] = {}
        self.stdin: bytes | None = None

    def key_file(self, key: str) -> None:
        """--key-file."""
        self.words += ["--key-file", str(self._file("option.key", key))]

    def key_fd(self, key: str) -> None:
        """--key-fd, and a key behind it."""
        self.words += ["--key-fd", "0"]
        self.stdin = key.encode()

    def passphrase_fd(self, key: str) -> None:
        """--passphrase-fd, and a passphrase behind it."""
        self.words += ["--passphrase-fd", "0"]
        self.stdin = PASSPHRASE + b"\n" if key == self.right else b"another passphrase"

    def variable(self, key: str) -> None:
        """KMSCLI_VAULT_KEY."""
        self.env["KMSCLI_VAULT_KEY"] = key

    def variable_file(self, key: str) -> None:
        """KMSCLI_VAULT_KEY_FILE."""
        self.env["KMSCLI_VAULT_KEY_FILE"] = str(self._file("variable.key", key))

    def credential(self, key: str) -> None:
        """A systemd credential: in a folder of the service's own, readable by its group."""
        self._file(CREDENTIAL, key).chmod(0o440)
        self.env["CREDENTIALS_DIRECTORY"] = str(self.folder)

    def default_key_file(self, key: str) -> None:
        """The default key file."""
        self.machine.key_file.write_text(key)
        self.machine.key_file.chmod(0o600)

    def keyring(self, key: str) -> None:
        """A keyring that is installed and holds a key of this vault."""
        packages = self.folder / "packages"
        place = self.folder / "keyring.json"
        install_keyring(packages)
        place.write_text(json.dumps({"kmscli" + header(self.machine.vault).vault: key}))
        self.env |= {"PYTHONPATH": str(packages), "KEYRING_STAND_IN": str(place)}

    def call(self) -> Ran:
        """Call."""
        return self.machine.run(*self.words, "list-keys", env=self.env, stdin=self.stdin)

    def _file(self, name: str, key: str) -> Path:
        path = self.folder / name
        path.write_text(key + "\n")
        path.chmod(0o600)
        return path


def install_keyring(packages: Path) -> None:
    """A package `keyring` that keeps passwords in a file."""
    (packages / "keyring").mkdir(parents=True)
    (packages / "keyring" / "__init__.py").write_text(KEYRING)
    (packages / "keyring" / "errors.py").write_text("class KeyringError(Exception): ...\n")


SOURCES: list[tuple[str, Callable[[Caller, str], None], str]] = [
    ("option", Caller.key_file, "option.key"),
    ("key descriptor", Caller.key_fd, "descriptor 0"),
    ("passphrase descriptor", Caller.passphrase_fd, "descriptor 0"),
    ("variable", Caller.variable, "KMSCLI_VAULT_KEY"),
    ("file in a variable", Caller.variable_file, "variable.key"),
    ("systemd credential", Caller.credential, "the systemd credential"),
    ("default key file", Caller.default_key_file, "vault.key"),
    ("keyring", Caller.keyring, "the keyring"),
]


@pytest.fixture
def caller(shared: Machine, tmp_path: Path) -> Caller:
    """A caller with no way of unlocking yet."""
    folder = tmp_path / "sources"
    folder.mkdir()
    return Caller(shared, folder)


@pytest.mark.parametrize("first", range(len(SOURCES)), ids=[source[0] for source in SOURCES])
def test_the_first_source_decides(caller: Caller, first: int) -> None:
    """A source that opens the vault is taken before all that come after it, whatever those hold."""
    for _, later, _ in SOURCES[first + 1 :]:
        if later is not Caller.passphrase_fd:
            later(caller, WRONG)
    SOURCES[first][1](caller, caller.right)
    caller.call().expect()


@pytest.mark.parametrize("first", range(len(SOURCES)), ids=[source[0] for source in SOURCES])
def test_a_wrong_source_is_an_error(caller: Caller, first: int) -> None:
    """A source that does not open the vault is an error that names it, although a later one would."""
    for _, later, _ in SOURCES[first + 1 :]:
        if later is not Caller.passphrase_fd:
            later(caller, caller.right)
    SOURCES[first][1](caller, WRONG)
    ran = caller.call().expect(253)
    assert SOURCES[first][2] in ran.err
    assert "does not open this vault" in ran.err
    assert WRONG not in ran.err


def test_the_prompt_comes_last(shared: Machine) -> None:
    """Where nothing else unlocks the vault, a person is asked, without echo."""
    shared.key_file.unlink()
    ran = answering(shared, "list-keys", answers=[PASSPHRASE]).expect()
    assert b"Passphrase of the vault: " in ran.out
    assert PASSPHRASE not in ran.out
    assert b'"Keys"' in ran.out


def test_no_source_is_an_error(shared: Machine) -> None:
    """Where nothing unlocks the vault and nobody can be asked, the mend names the ways."""
    shared.key_file.unlink()
    ran = shared.run("list-keys").expect(253)
    assert "Nothing unlocks this vault" in ran.err
    assert "--key-file, --key-fd or --passphrase-fd" in ran.err


@pytest.mark.parametrize("empty", ["", "short", "!" * 60, base64.b64encode(bytes(31)).decode()])
def test_what_is_no_key(empty: str) -> None:
    """A key is 32 or more bytes in base64; anything else is refused without being shown."""
    with pytest.raises(ConfigurationError, match="is not 32 or more bytes in base64") as refused:
        key_secret(empty.encode(), "the test")
    assert not empty or empty not in refused.value.message


def test_a_secret_never_shows() -> None:
    """A secret's repr says where it came from, and nothing else of it."""
    shown = repr(key_secret(WRONG.encode(), "the test")) + repr(passphrase_secret(PASSPHRASE, "the test"))
    assert WRONG not in shown
    assert "correct horse" not in shown


def as_link(path: Path) -> None:
    """A symbolic link to the key file."""
    path.rename(path.with_name("real"))
    path.symlink_to("real")


def as_folder(path: Path) -> None:
    """A folder in the key file's place."""
    path.unlink()
    path.mkdir()


def as_pipe(path: Path) -> None:
    """A named pipe in the key file's place, which nobody writes into."""
    path.unlink()
    os.mkfifo(path, 0o600)


UNSAFE: list[tuple[str, Callable[[Path], None], str]] = [
    ("readable", lambda path: path.chmod(0o640), "can be read by others"),
    ("symbolic link", as_link, "is a symbolic link"),
    ("folder", as_folder, "is not a regular file"),
    ("pipe", as_pipe, "is not a regular file"),
    ("gone", lambda path: path.unlink(), "cannot be read: No such file or directory"),
]


@pytest.mark.parametrize(("prepare", "said"), [case[1:] for case in UNSAFE], ids=[case[0] for case in UNSAFE])
def test_an_unsafe_key_file_below_home_is_refused(
    machine: Machine, prepare: Callable[[Path], object], said: str
) -> None:
    """A key file below the caller's home is a regular file, his own, 0600 and no symbolic link."""
    path = machine.home / "own.key"
    path.write_text(machine.key_file.read_text())
    path.chmod(0o600)
    prepare(path)
    for how in ({}, {"KMSCLI_VAULT_KEY_FILE": str(path)}):
        words = () if how else ("--key-file", str(path))
        assert said in machine.run(*words, "list-keys", env=how).expect(253).err


def test_a_mounted_secret_is_taken_with_one_warning(machine: Machine, tmp_path: Path) -> None:
    """A key file as Kubernetes and Docker mount secrets, links and readable by others, is taken, with one warning."""
    mount = tmp_path / "mount"
    data = mount / "..2026_01_05"
    data.mkdir(parents=True)
    (data / "vault.key").write_text(machine.key_file.read_text())
    (data / "vault.key").chmod(0o444)
    (mount / "..data").symlink_to("..2026_01_05")
    (mount / "vault.key").symlink_to("..data/vault.key")
    machine.key_file.unlink()
    ran = machine.run("list-keys", env={"KMSCLI_VAULT_KEY_FILE": str(mount / "vault.key")}).expect()
    assert ran.err.count("\n") == 1
    assert "can be read by others; fine for a mounted secret" in ran.err
    (data / "vault.key").chmod(0o466)
    ran = machine.run("--key-file", str(mount / "vault.key"), "list-keys").expect(253)
    assert "can be written by others" in ran.err


OWNERS = [os.geteuid(), 0, 12345] if os.geteuid() == 0 else [os.geteuid()]
"""Whose a symbolic link can be made to be: only root can give one away."""


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("link", ["vault.key", "..data"])
def test_links_to_a_mounted_secret_are_root_s_or_ours(machine: Machine, tmp_path: Path, link: str, owner: int) -> None:
    """A symbolic link of another user, at the key file or on the way to it, is refused."""
    mount = tmp_path / "mount"
    (mount / "data").mkdir(parents=True)
    (mount / "data" / "vault.key").write_text(machine.key_file.read_text())
    (mount / "..data").symlink_to("data")
    (mount / "vault.key").symlink_to("..data/vault.key")
    os.lchown(mount / link, owner, -1)
    ran = machine.run("--key-file", str(mount / "vault.key"), "list-keys")
    if owner in (0, os.geteuid()):
        ran.expect()
    else:
        assert "is behind a symbolic link of another user" in ran.expect(253).err


def test_a_descriptor_that_is_none(machine: Machine) -> None:
    """A descriptor that cannot be read is said."""
    assert "Descriptor 77 cannot be read." in machine.run("--key-fd", "77", "list-keys").expect(253).err
    ran = machine.run("--passphrase-fd", "0", "list-keys", stdin=b"\n").expect(253)
    assert "is empty" in ran.err


def test_a_secret_is_read_once(machine: Machine) -> None:
    """A descriptor is read once, however often the vault is opened again with it."""
    read, write = os.pipe()
    os.write(write, machine.key_file.read_bytes())
    os.close(write)
    unlocking = Unlocking({}, key_fd=read, warn=print)
    assert unlocking.secret() is unlocking.secret()


def test_without_the_extra_there_is_no_keyring() -> None:
    """Where the keyring extra is not installed, the keyring holds nothing."""
    assert stored_key("of no vault") is None


def test_a_vault_is_made_with_a_keyring(fresh: Machine, tmp_path: Path) -> None:
    """`vault init --keyring` makes a key, keeps it in the keyring, and unlocks by it from then on."""
    install_keyring(tmp_path / "packages")
    place = tmp_path / "keyring.json"
    place.write_text("{}")
    env = {"PYTHONPATH": str(tmp_path / "packages"), "KEYRING_STAND_IN": str(place)}
    fresh.run("vault", "init", "--keyring", env=env).expect()
    assert not fresh.key_file.exists()
    fresh.run("create-key", env=env).expect()
    assert "Nothing unlocks this vault" in fresh.run("list-keys").expect(253).err
    ran = fresh.run("--vault", str(tmp_path / "v.db"), "vault", "init", "--keyring").expect(253)
    assert "pip install 'kmscli[keyring]'" in ran.err
