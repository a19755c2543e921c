"""Users of this machine who call by a Unix socket as principals of the vault: what `serve --peer` maps."""

from collections.abc import Sequence

from kmscli.cli.settings import named_principal
from kmscli.errors import UsageError

LARGEST_UID = 2**32 - 2
"""The one after it stands for no user (chown(2))."""


def mapped_peers(given: Sequence[str], *, told: bool) -> dict[int, tuple[str, str]]:
    """By uid, whom a user calls as: an account, and an ARN, which is empty for the account's root.

    `told`: there is a Unix socket, which tells users, and who calls is asked.
    Raises UsageError: no such user, no principal, or a user twice.
    """
    if given and not told:
        raise UsageError("--peer is for users who call by --unix, and goes without --no-auth.")
    found: dict[int, tuple[str, str]] = {}
    for text in given:
        user, separator, principal = text.partition("=")
        if not separator:
            raise UsageError(f"argument --peer: {text} is not USER=PRINCIPAL.")
        uid = _uid(user)
        if uid in found:
            raise UsageError(f"argument --peer: {user} is mapped twice.")
        try:
            found[uid] = named_principal(principal)
        except UsageError:
            words = "is neither an account id nor the ARN of a user, role or session."
            raise UsageError(f"argument --peer: {principal} {words}") from None
    return found


def _uid(user: str) -> int:
    import pwd

    if user.isascii() and user.isdecimal() and int(user) <= LARGEST_UID:
        return int(user)
    try:
        return pwd.getpwnam(user).pw_uid
    except (KeyError, ValueError):
        raise UsageError(f"argument --peer: there is no user {user}.") from None
