"""A vault for a call: found, unlocked, not rolled back, and made if this is a first `create-key`."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kmscli.agent.given_back import GivenBack
from kmscli.cli.output.printable import printable
from kmscli.cli.settings import Settings
from kmscli.clock import system_time
from kmscli.engine import Caller, Engine
from kmscli.errors import ConfigurationError, UsageError
from kmscli.vault.location import default_key_file, default_vault
from kmscli.vault.opening import create_vault, is_vault_there, make_key_file, open_vault
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

LIKE_OURS = ("AKIA", "ASIA")
"""How access key ids begin: a user's, and a session's."""


def named_vault(settings: Settings) -> str:
    """The vault's file where something names it: option, variable, profile. Else empty."""
    named = settings.options.get("vault") or settings.environment.get("KMSCLI_VAULT") or settings.profile.get("vault")
    return str(named or "")


def vault_path(settings: Settings) -> str:
    """The vault's file: the one that is named, or the default one."""
    return named_vault(settings) or default_vault(settings.environment)


def unlocking(settings: Settings) -> Unlocking:
    """How the vault is unlocked."""
    options = settings.options
    return Unlocking(
        settings.environment,
        key_file=options.get("key_file"),
        key_fd=options.get("key_fd"),
        passphrase_fd=options.get("passphrase_fd"),
        warn=warn,
        ask=asker(),
    )


def asker() -> Callable[[str], str] | None:
    """A prompt without echo, where a person can answer it."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    return prompt_for_passphrase


def prompt_for_passphrase(prompt: str) -> str:
    """What a person types, without echo. Raises ConfigurationError: nothing, but the end of input.

    GivenBack: this process stands in for one that he can answer.
    """
    if GivenBack.is_possible:
        raise GivenBack
    from getpass import getpass

    try:
        return getpass(prompt, sys.stderr)
    except EOFError:
        raise ConfigurationError("No passphrase was given.") from None


def warn(text: str) -> None:
    """A line on stderr that is no error; the call goes on where nobody listens."""
    with suppress(OSError):
        sys.stderr.write(printable(f"kmscli: {text}", terminal=sys.stderr.isatty()) + "\n")


def open_engine(settings: Settings, command: str) -> Engine:
    """An engine on the caller's vault. Raises ConfigurationError, VaultDamagedError, VaultRolledBackError."""
    settings.stay_here()
    path = vault_path(settings)
    made = command == "create-key" and not named_vault(settings) and make_first_vault(settings, path)
    key: dict[str, Any] = {}

    def opened() -> Vault:
        key.setdefault("unlocking", unlocking(settings))
        return open_vault(path, key["unlocking"])

    engine = Engine(opened(), system_time, opened)
    accept = bool(settings.options.get("accept_rollback"))
    engine.check_mark(settings.environment, settings.caller(), accept_rollback=accept)
    if made:
        header = engine.vault.header
        engine.record_local(settings.caller(), "InitVault", {"vaultId": header.vault, "lab": header.lab})
    return engine


def calling(engine: Engine, settings: Settings) -> Caller:
    """Who calls: whom the settings name, or the principal of an access key in the environment that the vault knows.

    A principal or a profile that is named on the command line goes before it. Raises ServiceError: the secret or the
    session does not hold.
    """
    caller = _credited(engine, settings, settings.caller())
    endpoint = settings.options.get("via_endpoint")
    return _through(engine, str(endpoint), caller) if endpoint else caller


def _through(engine: Engine, endpoint: str, caller: Caller) -> Caller:
    from kmscli.limits.endpoints import find_endpoint

    found = engine.look(caller, lambda transaction, _now, _held: find_endpoint(transaction, caller.region, endpoint))
    if found is None:
        raise UsageError(f"argument --via-endpoint: there is no VPC endpoint {endpoint} in {caller.region}.")
    return caller.through_endpoint(endpoint, found.vpc, found.account)


def _credited(engine: Engine, settings: Settings, caller: Caller) -> Caller:
    environment = settings.environment
    key_id = environment.get("AWS_ACCESS_KEY_ID", "")
    if not key_id.startswith(LIKE_OURS) or settings.options.get("principal") or settings.options.get("profile"):
        return caller
    from kmscli.operations.credentials import Credentials, caller_with

    secret, token = environment.get("AWS_SECRET_ACCESS_KEY", ""), environment.get("AWS_SESSION_TOKEN", "")
    claim, keyring = Credentials(key_id, secret, token).claim(), engine.vault.keyring
    found = engine.look(caller, lambda transaction, now, _held: caller_with(claim, caller, transaction, keyring, now))
    return found or caller


def make_first_vault(settings: Settings, path: str) -> bool:
    """A vault and its key file for somebody who has configured nothing, and one line that says so.

    False: there is a vault already, or another process has just made one.
    Raises ConfigurationError: its folders cannot be written.
    """
    how = unlocking(settings)
    if is_vault_there(path) or how.is_configured():
        return False
    key_file = default_key_file(settings.environment)
    try:
        secret = make_key_file(key_file)
    except OSError as error:
        raise ConfigurationError(f"No key file can be made at {key_file}: {error.strerror}.") from None
    made = create_vault(path, secret, slot_name="key file", lab=False, now=system_time())
    if made:
        warn(f"made a vault at {path} and its key file {key_file}. Keep a copy of the key file in another place.")
    return made
