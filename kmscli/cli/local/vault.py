"""The vault: make one, see how it is, check it, change its keys, back it up and put a backup back."""

import os
from typing import Annotated, Any

import typer

from kmscli.cli.call import finish
from kmscli.cli.local import _new_secret
from kmscli.cli.local._facts import show, show_rows
from kmscli.cli.local._keyslot import keyslot
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.cli.local._vault_status import status
from kmscli.cli.session import open_engine
from kmscli.clock import system_time
from kmscli.errors import ConfigurationError, VaultDamagedError
from kmscli.vault.backup import back_up, must_be_free
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.location import default_key_file
from kmscli.vault.opening import Opened, create_vault, must_not_exist, new_vault_id, open_with_root
from kmscli.vault.rekeying import rekeyed, resealed, swept, with_new_term, with_newest_term_only

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(keyslot, name="keyslot")

File = Annotated[str, typer.Argument(metavar="FILE", help="The backup's file.")]


@command(app, "init", without=("accept_rollback",))
def init_vault(
    session: VaultSession,
    *,
    lab: Annotated[bool, typer.Option("--lab", help="Make a lab vault, whose clock may be moved.")] = False,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Ask for a passphrase on the terminal.")] = False,
    keyring: Annotated[bool, typer.Option("--keyring", help="Make a key and keep it in the OS keyring.")] = False,
    name: Annotated[str, typer.Option(metavar="NAME", help="A name for the keyslot; it stands in clear.")] = "",
) -> None:
    """Make a vault.

    It is unlocked by what you name: --passphrase, --passphrase-fd, --key-file (made if it is not there), --key-fd,
    --keyring, KMSCLI_VAULT_KEY or KMSCLI_VAULT_KEY_FILE. Without any, a key file is made at the default place, which is
    another folder than the vault's. Whoever has lost all ways of unlocking a vault has lost what is in it.
    """
    must_not_exist(session.path)
    vault_id = new_vault_id()
    secret, method = _first_secret(session, vault_id, passphrase=passphrase, keyring=keyring)
    now = system_time()
    if not create_vault(session.path, secret, slot_name=name or method, lab=lab, now=now, vault_id=vault_id):
        raise ConfigurationError(f"Another process made a vault at {session.path} at the same moment: its own stands.")
    opened = open_with_root(session.path, session.unlocking_with(secret))
    session.record(opened.vault, "InitVault", {"vaultId": vault_id, "lab": lab})
    path = os.path.abspath(session.path)
    facts = {"Path": path, "VaultId": vault_id, "Lab": lab, "UnlockedBy": secret.source}
    kind = "lab vault" if lab else "vault"
    show(facts, [(f"made a {kind}", path), ("vault id", vault_id), ("unlocked by", secret.source)], session.output)


@command(app, "status")
def show_status(session: VaultSession) -> None:
    """Show what the vault says of itself: its keyslots, what it holds, and how far its log and its mark are.

    Takes no longer for a large vault: nothing is counted, and nothing checked but that it opens and was not rolled
    back. See: kmscli vault check.
    """
    facts = session.read(lambda opened: status(opened.vault, session.environment))
    show(facts, [(_words(name), _plain(value)) for name, value in facts.items()], session.output)


@command(app, "quotas")
def show_quotas(
    session: VaultSession,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=NUMBER", help="Raise a quota; may be given several times."),
    ] = None,
) -> None:
    """Show the quotas that can be raised, and raise them.

    Each line names a quota, what it is now, and what it is by default, which is AWS's own. A quota holds for each
    account and Region of the vault, and is never lowered.
    """
    from kmscli.cli.local._vault_quotas import raise_quotas, wanted
    from kmscli.keys.quotas import QUOTAS

    asked = wanted(settings or [])
    quotas = session.read(lambda opened: raise_quotas(session, opened, asked))
    facts = [{"Name": name, "Quota": quotas[name], "Default": quota.default} for name, quota in QUOTAS.items()]
    rows = [[str(fact) for fact in row.values()] for row in facts]
    show_rows({"Quotas": facts}, ("quota", "now", "by default"), rows, session.output)


@command(app, "check")
def check_vault(session: VaultSession) -> None:
    """Read the whole vault and its log, and name each row that is damaged, missing or outdated.

    Exit codes: 0, the vault is whole; 255, it is not.
    """
    from kmscli.cli.local._vault_check import check

    checked = session.read(lambda opened: check(opened.vault, session.environment), refuse_rollback=False)
    show(checked.facts(), checked.lines(), session.output)
    if checked.faults:
        count = f"{len(checked.faults)} fault" + ("s" if len(checked.faults) > 1 else "")
        raise VaultDamagedError(
            f"The vault is not whole: {count}, the first: {checked.faults[0]}.",
            mend="Restore a backup: kmscli vault restore FILE",
        )


@command(app, "rekey")
def rekey(session: VaultSession) -> None:
    """Give the vault a new root key and a new term, under which everything is written from now on.

    All keyslots stay. What is there already stays sealed as it is: see kmscli vault purge.
    """

    def change(opened: Opened) -> tuple[Opened, dict[str, Any]]:
        successor = rekeyed(opened)
        return successor, {"epoch": successor.vault.header.epoch}

    vault = session.change("RekeyVault", change).vault
    vault.store.checkpoint()
    show({"Epoch": vault.header.epoch}, [("rekeyed: epoch", str(vault.header.epoch))], session.output)


@command(app, "purge")
def purge(session: VaultSession) -> None:
    """Seal everything anew and forget the old terms, so that what was deleted is gone from the vault's file.

    Others may go on working meanwhile. Killed in the middle the vault is as good as before, and purging again finishes.
    Copies and backups made before keep what they hold.
    """
    count = None
    while count is None:
        opened = session.change("PurgeVault", lambda opened: (with_new_term(opened), {"stage": "begin"}))
        count = _purged(session, opened)
    show({"Rows": count}, [("purged: rows sealed anew", str(count))], session.output)


@command(app, "backup")
def backup(session: VaultSession, file: File) -> None:
    """Copy the vault into a new file, consistently, while others write.

    The backup is sealed as the vault is, and opens with what unlocks the vault now. It overwrites nothing.
    """
    must_be_free(file)
    path = os.path.abspath(file)

    def copy(opened: Opened) -> None:
        session.record(opened.vault, "BackupVault", {"file": path})
        back_up(opened.vault, file)

    session.read(copy)
    show({"Backup": path}, [("backed up to", path)], session.output)


@command(app, "restore")
def restore(session: VaultSession, file: File) -> None:
    """Put a backup in the place of the vault, which is kept beside it.

    The backup is checked first, whole, and refused if it is damaged. It is unlocked as the vault is. Keyslots are as
    they were when the backup was made.
    """
    from kmscli.cli.local._restore import restore_backup

    restored = restore_backup(session, file)
    facts = {"Path": restored.path, "Restored": os.path.abspath(file), "Kept": restored.kept or None}
    lines = [("restored", os.path.abspath(file)), ("to", restored.path)]
    show(facts, [*lines, *([("the vault before is kept at", restored.kept)] if restored.kept else [])], session.output)


@command(app, "seed")
def seed_vault(
    session: VaultSession,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The seed file, YAML or JSON; - is standard input.")],
) -> None:
    """Make the keys of a file in a lab vault: fixed ids, fixed key material, aliases, policies and tags.

    They are the same on every machine, so that ciphertexts kept as fixtures open in each vault that was seeded with the
    file. Keys may have imported key material, or wait for it, and be multi-Region, with replicas. All or nothing; what
    is there already as the file says stays as it is. The format is in docs/seed.md.
    """
    from kmscli.cli.local._seed import content_of, seed

    content = content_of(file)
    engine = open_engine(session.settings, "vault")
    try:
        made, there = seed(engine, session.caller, file, content)
    finally:
        finish(engine, session.environment)
    lines = [*(("made", arn) for arn in made), *(("there already", arn) for arn in there)]
    show({"Made": made, "ThereAlready": there}, lines, session.output)


def _purged(session: VaultSession, opened: Opened) -> int | None:
    """Seal everything under the vault's new term and forget the others. None: somebody else rekeyed meanwhile."""
    try:
        count = resealed(opened.vault)
        last = with_newest_term_only(opened).vault
        session.record(last, "PurgeVault", {"stage": "end", "rows": count})
    except RekeyedError:
        opened.vault.close()
        return None
    swept(last)
    return count


def _first_secret(
    session: VaultSession, vault_id: str, *, passphrase: bool, keyring: bool
) -> tuple[UnlockingSecret, str]:
    """What the new vault is unlocked by, and what to call that."""
    options, environment = session.options, session.environment
    choices = {f"--{name.replace('_', '-')}": options.get(name) for name in ("key_file", "key_fd", "passphrase_fd")}
    chosen = _new_secret.only_one({**choices, "--passphrase": passphrase, "--keyring": keyring})
    if chosen == "--key-file":
        return _new_secret.from_key_file(options["key_file"], session.path, environment), "key file"
    if chosen == "--passphrase":
        return _new_secret.from_a_person(), "passphrase"
    if chosen == "--keyring":
        return _new_secret.from_keyring(vault_id), "keyring"
    if session.unlocking.is_configured():
        secret = _new_secret.long_enough(session.unlocking.secret())
        return secret, secret.method
    return _new_secret.from_key_file(default_key_file(environment), session.path, environment), "key file"


def _words(name: str) -> str:
    """`PendingEvents` as `pending events`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_words(name)} {item}" for name, item in value.items()) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
