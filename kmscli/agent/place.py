"""Where the agent's socket is, and whether it is to be trusted. The console script loads this at every call, so it
imports nothing that the interpreter has not loaded already.
"""

import os
import stat
import sys

from kmscli import __version__

TYPE_CHECKING = False  # nothing may be loaded that the interpreter has not
if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_OF_THE_INTERPRETER = ("PYTHON", "OPENSSL_", "LD_", "DYLD_")
"""How the variables begin that act when a process starts, or loads a library."""

RIGHTS = frozenset({
    b"Uid", b"Gid", b"Groups", b"CapInh", b"CapPrm", b"CapEff", b"CapBnd", b"CapAmb", b"NoNewPrivs", b"Seccomp",
})  # fmt: skip


def socket_path(environment: "Mapping[str, str]") -> str:
    """The socket of this user's agent: in the folder for such things, or else in one among the temporary ones."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        return os.path.join(runtime, "kmscli", "agent")
    temporary = environment.get("TMPDIR", "")
    if not temporary.startswith("/"):
        temporary = "/tmp"  # noqa: S108  checked by is_ours
    return os.path.join(temporary, f"kmscli-{os.geteuid()}", "agent")


def is_ours(path: str) -> bool:
    """Whether a socket stands there that only this user could have made, and only he can speak to."""
    try:
        found = os.lstat(path)
        folder = os.lstat(os.path.dirname(path))
    except (OSError, ValueError):
        return False
    return (
        stat.S_ISSOCK(found.st_mode)
        and stat.S_IMODE(found.st_mode) == 0o600
        and is_private_folder(folder)
        and found.st_uid == folder.st_uid
    )


def is_private_folder(found: os.stat_result) -> bool:
    """Whether this is a folder, no symbolic link, that is this user's and that nobody else may enter."""
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid == os.geteuid()


def rights(process: int | str) -> tuple[bytes, ...]:
    """What a process may do, and how far down among process namespaces it is: a container's is not one of ours, even
    where its user is. Empty where the system shows no such thing. Raises OSError: it does not show this one.
    """
    if sys.platform != "linux":
        return ()
    with open(f"/proc/{process}/status", "rb") as status:
        lines = [line.partition(b":\t") for line in status]
    depths = tuple(b"." * len(told.split()) for name, _, told in lines if name == b"NSpid")
    return depths + tuple(told for name, _, told in lines if name in RIGHTS)


def installation(environment: "Mapping[str, str]") -> bytes:
    """What must be the same in both for an agent to stand in for a process: the code, the interpreter, its settings.

    Not UTF-8 mode: where the encodings are the same it makes no other difference, and cron has another locale.
    """
    settings = sorted(item for item in environment.items() if item[0].startswith(SETTINGS_OF_THE_INTERPRETER))
    flags = repr(sys.flags).replace("utf8_mode=1", "utf8_mode=0")
    encoding = (sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    return os.fsencode(
        repr((__version__, os.path.dirname(__file__), sys.prefix, sys.hexversion, flags, encoding, settings))
    )
