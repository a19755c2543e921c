"""What unlocks a vault, and where it is looked for. The first source configured decides; a wrong one is an error.

In this order: option (`--key-file`), descriptor (`--key-fd`, `--passphrase-fd`), `KMSCLI_VAULT_KEY`,
`KMSCLI_VAULT_KEY_FILE`, agent, systemd credential, default key file, keyring, prompt on a terminal (design, "Who
calls, and what fails how").
"""

import binascii
import os
import stat
from collections.abc import Callable

from kmscli.errors import ConfigurationError
from kmscli.vault.held_roots import HELD_ROOTS
from kmscli.vault.keyslots import MINIMUM_KEY_BYTES, UnlockingSecret
from kmscli.vault.location import Environment, default_key_file

CREDENTIAL = "kmscli.vault-key"
"""The systemd credential's name: `LoadCredentialEncrypted=kmscli.vault-key`."""

VARIABLES = ("KMSCLI_VAULT_KEY", "KMSCLI_VAULT_KEY_FILE")
"""The variables that unlock a vault, in the order in which they are looked at."""

_LONGEST_KEY_FILE = 4096
_MOST_LINKS = 40
"""As many as the kernel follows."""


class Unlocking:
    """What a caller said of unlocking: options, environment, and ways to warn him and to ask him.

    `ask` prompts without echo, or is None where there is no terminal.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        key_file: str | None = None,
        key_fd: int | None = None,
        passphrase_fd: int | None = None,
        warn: Callable[[str], None],
        ask: Callable[[str], str] | None = None,
    ) -> None:
        self.environment = environment
        self.key_file = key_file
        self.key_fd = key_fd
        self.passphrase_fd = passphrase_fd
        self.warn = warn
        self.ask = ask
        self.found: UnlockingSecret | None = None

    def is_configured(self) -> bool:
        """Whether the caller named a way of unlocking."""
        return self.is_named() or bool(self.variables())

    def is_named(self) -> bool:
        """Whether an option names a way of unlocking, or it is at hand already."""
        options = (self.key_file, self.key_fd, self.passphrase_fd, self.found)
        return any(option is not None for option in options)

    def variables(self) -> list[str]:
        """The variables in the environment that unlock a vault: whoever is given them can open it."""
        credential = ["CREDENTIALS_DIRECTORY"] if self._credential() else []
        return [*(name for name in VARIABLES if name in self.environment), *credential]

    def held_root(self, vault_id: str) -> bytes | None:
        """The root key that the agent holds, unless what goes before it is configured."""
        if self.is_named() or any(name in self.environment for name in VARIABLES):
            return None
        return HELD_ROOTS.get(vault_id)

    def secret(self, vault_id: str = "", methods: frozenset[str] = frozenset({"key", "passphrase"})) -> UnlockingSecret:
        """The secret of the first source that is configured. `methods`: those that the vault's slots have.

        It is looked for once: a descriptor gives its bytes once, and a person is asked once, however often a vault is
        opened again. Raises ConfigurationError: it cannot be read or is unsafe, or there is none.
        """
        if self.found is None:
            self.found = self._first(vault_id, methods)
        return self.found

    def _first(self, vault_id: str, methods: frozenset[str]) -> UnlockingSecret:
        return self._from_options() or self._from_environment() or self._from_this_machine(vault_id, methods)

    def _from_options(self) -> UnlockingSecret | None:
        if self.key_file is not None:
            return self._file_secret(self.key_file)
        if self.key_fd is not None:
            return key_secret(_read_descriptor(self.key_fd), f"descriptor {self.key_fd}")
        if self.passphrase_fd is not None:
            return passphrase_secret(_read_descriptor(self.passphrase_fd), f"descriptor {self.passphrase_fd}")
        return None

    def _from_environment(self) -> UnlockingSecret | None:
        environment = self.environment
        if "KMSCLI_VAULT_KEY" in environment:
            return key_secret(os.fsencode(environment["KMSCLI_VAULT_KEY"]), "KMSCLI_VAULT_KEY")
        if "KMSCLI_VAULT_KEY_FILE" in environment:
            return self._file_secret(environment["KMSCLI_VAULT_KEY_FILE"])
        credential = self._credential()
        if credential:
            return key_secret(_read_key_file(credential, None), "the systemd credential")
        return None

    def _credential(self) -> str:
        """The systemd credential's file, where the service has been given it."""
        folder = self.environment.get("CREDENTIALS_DIRECTORY", "")
        path = os.path.join(folder, CREDENTIAL)
        return path if folder and os.path.exists(path) else ""

    def _from_this_machine(self, vault_id: str, methods: frozenset[str]) -> UnlockingSecret:
        """What is there without being named: the default key file, the keyring of a desktop, a person at a prompt."""
        default = default_key_file(self.environment)
        if "key" in methods and os.path.lexists(default):
            return key_secret(_read_key_file(default, "strict"), f"the key file {default}")
        from kmscli.vault.os_keyring import stored_key

        stored = stored_key(vault_id) if "key" in methods else None
        if stored is not None:
            return key_secret(stored, "the keyring")
        if self.ask is not None and "passphrase" in methods:
            return passphrase_secret(os.fsencode(self.ask("Passphrase of the vault: ")), "the prompt")
        raise ConfigurationError(
            f"Nothing unlocks this vault: there is no key file {default}.",
            mend="Set KMSCLI_VAULT_KEY_FILE or KMSCLI_VAULT_KEY, or give --key-file, --key-fd or --passphrase-fd.",
        )

    def _file_secret(self, path: str) -> UnlockingSecret:
        """A key file that the caller names: strict below his home, else as Kubernetes and Docker mount secrets."""
        home = os.path.abspath(os.path.expanduser("~"))
        homes = tuple(os.path.join(folder, "") for folder in (home, os.path.realpath(home)))
        mode = "strict" if os.path.abspath(path).startswith(homes) else "mounted"
        loose: list[str] = []
        content = _read_key_file(path, mode, loose)
        if loose:
            self.warn(f"The key file {path} {loose[0]}; fine for a mounted secret, not for a file of your own.")
        return key_secret(content, f"the key file {path}")


def key_secret(text: bytes, source: str) -> UnlockingSecret:
    """A key in base64, of 32 bytes or more. Raises ConfigurationError, which never holds it."""
    try:
        key = binascii.a2b_base64(text.strip(), strict_mode=True)
    except binascii.Error:
        key = b""
    if len(key) < MINIMUM_KEY_BYTES:
        raise ConfigurationError(
            f"The key from {source} is not {MINIMUM_KEY_BYTES} or more bytes in base64.",
            mend="Make one: head -c 32 /dev/urandom | base64",
        )
    return UnlockingSecret("key", key, source)


def passphrase_secret(text: bytes, source: str) -> UnlockingSecret:
    """A passphrase, without the line end behind it. Raises ConfigurationError: it is empty."""
    passphrase = text.rstrip(b"\r\n")
    if not passphrase:
        raise ConfigurationError(f"The passphrase from {source} is empty.")
    return UnlockingSecret("passphrase", passphrase, source)


def _read_descriptor(descriptor: int) -> bytes:
    try:
        with os.fdopen(descriptor, "rb") as stream:
            return stream.read(_LONGEST_KEY_FILE)
    except (OSError, ValueError):
        raise ConfigurationError(f"Descriptor {descriptor} cannot be read.") from None


def read_strict_key_file(path: str) -> bytes:
    """The content of a key file of the caller's own. Raises ConfigurationError: unsafe, or not there."""
    return _read_key_file(path, "strict")


def _read_key_file(path: str, mode: str | None, loose: list[str] | None = None) -> bytes:
    """A key file's content. `mode`: `strict` (regular, ours, 0600, no symbolic link), `mounted` (what is loose is
    noted; links must be root's or ours), or None (whatever systemd made). Raises ConfigurationError.
    """
    if mode == "mounted":
        _check_links(path)
    try:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_NOFOLLOW if mode == "strict" else 0)
        descriptor = os.open(path, flags)
    except OSError as error:
        linked = mode == "strict" and os.path.islink(path)
        reason = "is a symbolic link" if linked else f"cannot be read: {error.strerror}"
        raise ConfigurationError(f"The key file {path} {reason}.") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigurationError(f"The key file {path} is not a regular file.")
        if mode:
            _check_owner(path, found, mode, loose if loose is not None else [])
        return os.read(descriptor, _LONGEST_KEY_FILE)
    finally:
        os.close(descriptor)


def _check_links(path: str) -> None:
    """Raises ConfigurationError: a symbolic link on the way to a key file is another user's, who may turn it around."""
    here = os.path.abspath(path)
    for _ in range(_MOST_LINKS):
        parts = here.split(os.sep)
        for end in range(2, len(parts) + 1):
            part = os.sep.join(parts[:end])
            if os.path.islink(part) and os.lstat(part).st_uid not in (0, os.geteuid()):
                raise ConfigurationError(f"The key file {path} is behind a symbolic link of another user, {part}.")
        if not os.path.islink(here):
            return
        here = os.path.normpath(os.path.join(os.path.dirname(here), os.readlink(here)))


def _check_owner(path: str, found: os.stat_result, mode: str, loose: list[str]) -> None:
    if found.st_uid != os.geteuid() and not (mode == "mounted" and found.st_uid == 0):
        raise ConfigurationError(f"The key file {path} belongs to another user.")
    if mode == "mounted" and found.st_mode & 0o022:
        raise ConfigurationError(f"The key file {path} can be written by others.", mend=f"Close it: chmod 600 {path}")
    if not found.st_mode & 0o077:
        return
    if mode == "strict":
        raise ConfigurationError(f"The key file {path} can be read by others.", mend=f"Close it: chmod 600 {path}")
    loose.append("can be read by others")
