"""New ways of unlocking: a key file, a passphrase, the keyring, or whatever key the caller has already."""

import binascii
import os
from typing import Any

from kmscli.cli.session import asker, warn
from kmscli.errors import ConfigurationError, UsageError
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.location import Environment
from kmscli.vault.opening import make_key_file
from kmscli.vault.os_keyring import store_key
from kmscli.vault.unlocking import Unlocking, passphrase_secret

SHORTEST_PASSPHRASE = 12


def only_one(choices: dict[str, Any]) -> str:
    """The one option that was given, or "" if none was. Raises UsageError: more than one."""
    given = [option for option, value in choices.items() if value is not None and value is not False]
    if len(given) > 1:
        raise UsageError(f"argument {given[1]}: not allowed with argument {given[0]}")
    return given[0] if given else ""


def from_key_file(path: str, vault: str, environment: Environment) -> UnlockingSecret:
    """The key in a file, which is made if it is not there: in another folder than the vault's.

    Raises ConfigurationError.
    """
    path = os.path.abspath(path)
    if os.path.lexists(path):
        return Unlocking(environment, key_file=path, warn=warn).secret()
    if os.path.dirname(path) == os.path.dirname(os.path.abspath(vault)):
        raise ConfigurationError(
            f"The key file {path} would stand beside the vault: who copies one would have both.",
            mend="Name another folder.",
        )
    return make_key_file(path)


def from_descriptor(*, key: int | None = None, passphrase: int | None = None) -> UnlockingSecret:
    """A new key or passphrase from a descriptor. Raises ConfigurationError."""
    return long_enough(Unlocking({}, key_fd=key, passphrase_fd=passphrase, warn=warn).secret())


def from_a_person() -> UnlockingSecret:
    """A new passphrase, asked twice without echo.

    Raises ConfigurationError: there is no terminal, it is too short, or it is not the same twice.
    """
    ask = asker()
    if ask is None:
        raise ConfigurationError("A passphrase is asked for on a terminal.", mend="Or give it by a descriptor.")
    secret = long_enough(passphrase_secret(os.fsencode(ask("New passphrase: ")), "the prompt"))
    if passphrase_secret(os.fsencode(ask("Again: ")), "the prompt").value != secret.value:
        raise ConfigurationError("The two passphrases are not the same.")
    return secret


def from_keyring(vault_id: str) -> UnlockingSecret:
    """A new key, kept in the keyring. Raises ConfigurationError: there is none."""
    key = os.urandom(32)
    store_key(vault_id, binascii.b2a_base64(key, newline=False).decode())
    return UnlockingSecret("key", key, "the keyring")


def long_enough(secret: UnlockingSecret) -> UnlockingSecret:
    """The same. Raises ConfigurationError: a passphrase that is too short to protect anything."""
    if secret.method == "passphrase" and len(secret.value.decode("utf-8", "replace")) < SHORTEST_PASSPHRASE:
        raise ConfigurationError(
            f"A passphrase has at least {SHORTEST_PASSPHRASE} characters; several random words are best."
        )
    return secret
