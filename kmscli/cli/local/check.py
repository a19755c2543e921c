"""Prove that ciphertexts can be decrypted, and show under which key."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from kmscli.cli.call import output_after_the_commit
from kmscli.cli.local._ciphertexts import DECRYPTING, DecryptSession, key_of, read_ciphertext, reason
from kmscli.cli.local._facts import show_rows
from kmscli.cli.local._vault_session import chosen_output, command
from kmscli.errors import CallsFailedError, UsageError
from kmscli.keys.aliases import aliases_of
from kmscli.keys.key import Key
from kmscli.operations.recording import Outcome

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

TITLES = ("File", "Decrypts", "Key", "Aliases", "Key material", "Why not")


@command(app, "check", session=DecryptSession, also=DECRYPTING)
def check_ciphertexts(
    session: DecryptSession,
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="A ciphertext, binary or in base64.")],
) -> None:
    """Prove that ciphertexts can be decrypted, and show under which key.

    Each is decrypted with the encryption context that you give, by a Decrypt call that the trail shows as any other;
    all calls are one group. No plaintext is printed. Where one cannot be decrypted, the key that it names is shown
    all the same, and why not: whether the context does not fit or the ciphertext was altered cannot be told apart.

    Exit codes: 0, all can be decrypted; 254, some cannot.
    """
    output = chosen_output(session.options)
    found = checked(session, files)
    with output_after_the_commit():
        show_rows({"Ciphertexts": found}, TITLES, [row(one) for one in found], output)
        sys.stdout.flush()
    failed = sum(not one["Decrypts"] for one in found)
    if failed:
        raise CallsFailedError(f"{failed} of {len(found)} ciphertexts cannot be decrypted.")


def checked(session: DecryptSession, files: list[str]) -> list[dict[str, Any]]:
    """What each file turns out to be."""
    read = [readable(file) for file in files]
    outcomes = iter(session.decrypted(one for one in read if isinstance(one, bytes)))
    came_to = [one if isinstance(one, UsageError) else next(outcomes) for one in read]
    aliases = names(session, (key_of(one) for one in came_to if isinstance(one, Outcome)))
    pairs = zip(files, came_to, strict=True)
    return [unread(file, one) if isinstance(one, UsageError) else fact(file, one, aliases) for file, one in pairs]


def readable(file: str) -> bytes | UsageError:
    """A file's ciphertext, or why there is none."""
    try:
        return read_ciphertext(file)
    except UsageError as error:
        return error


def names(session: DecryptSession, keys: Iterable[Key | None]) -> dict[str, list[str]]:
    """The aliases of some keys, by the keys' ARNs, sorted."""
    found = {key.arn: key for key in keys if key}
    if not found:
        return {}
    transaction = session.engine().vault.transaction()
    try:
        return {arn: sorted(one.value.name for one in aliases_of(transaction, key)) for arn, key in found.items()}
    finally:
        transaction.close()


def unread(file: str, error: UsageError) -> dict[str, Any]:
    """What there is to say of a file that no call was made for."""
    return {"File": file, "Decrypts": False, "Error": {"Code": error.code, "Message": error.message}}


def fact(file: str, outcome: Outcome, aliases: dict[str, list[str]]) -> dict[str, Any]:
    """What there is to say of a ciphertext, without its plaintext."""
    key = key_of(outcome)
    said: dict[str, Any] = {"File": file, "Decrypts": outcome.error is None}
    if key:
        said |= {"KeyId": key.arn, "Aliases": aliases[key.arn]}
    if outcome.response:
        answer = outcome.response.members({})
        said |= {name: answer[name] for name in ("KeyMaterialId", "EncryptionAlgorithm") if name in answer}
    if outcome.error:
        said["Error"] = reason(outcome, outcome.error)
    return said


def row(said: dict[str, Any]) -> list[str]:
    """The same as the cells of a line."""
    error = said.get("Error")
    return [
        said["File"],
        "yes" if said["Decrypts"] else "no",
        said.get("KeyId", "-"),
        ",".join(said.get("Aliases", ())) or "-",
        said.get("KeyMaterialId", "-"),
        f"{error['Code']}: {error['Message']}" if error else "-",
    ]
