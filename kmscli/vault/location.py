"""Where things are: the vault, its key file, its trail and its mark; and whether a file is safe to use.

The vault is data, its key file is configuration, so they never share a folder; the trail stands beside the vault,
since one vault has one trail; the mark stands with the machine's state, so that a copy of the vault does not carry it.
"""

import os
import stat
import sys
from collections.abc import Mapping

from kmscli.errors import ConfigurationError

Environment = Mapping[str, str]


def default_folder(purpose: str, environment: Environment) -> str:
    """kmscli's folder for `data`, `config` or `state`, where platformdirs puts it.

    On Linux the rule of three lines is written out here, since importing platformdirs costs a script more than all
    of KMS; a test holds the two together.
    """
    if sys.platform != "linux":
        import platformdirs

        folders = platformdirs.PlatformDirs("kmscli", appauthor=False)
        return str(getattr(folders, f"user_{purpose}_dir"))
    variable, below_home = {
        "data": ("XDG_DATA_HOME", ".local/share"),
        "config": ("XDG_CONFIG_HOME", ".config"),
        "state": ("XDG_STATE_HOME", ".local/state"),
    }[purpose]
    base = environment.get(variable, "").strip()
    return os.path.join(base or os.path.join(os.path.expanduser("~"), below_home), "kmscli")


def default_vault(environment: Environment) -> str:
    """The vault's file, when nothing names another."""
    return os.path.join(default_folder("data", environment), "vault.db")


def default_key_file(environment: Environment) -> str:
    """The key file, when nothing names another."""
    return os.path.join(default_folder("config", environment), "vault.key")


def trail_folder(vault: str) -> str:
    """The folder of a vault's trail."""
    return vault + ".trail"


def trail_log(vault: str) -> str:
    """The JSON-lines log of a vault."""
    return os.path.join(trail_folder(vault), "events.jsonl")


def mark_file(vault_id: str, environment: Environment) -> str:
    """Where this machine remembers how far it has seen a vault."""
    return os.path.join(default_folder("state", environment), "marks", vault_id)


def make_private_folder(path: str) -> None:
    """Make a folder that only its owner can enter, and the folders above it."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return


def check_vault_file(path: str) -> None:
    """Whether a vault's file is one to open: a regular file, no symbolic link, ours, on a disk of this machine.

    Raises ConfigurationError.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no vault at {path}.", mend="Make one: kmscli vault init, or a first kmscli create-key."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The vault at {path} cannot be opened: {error.strerror}.") from None
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(f"The vault at {path} is not a regular file.")
    if found.st_uid not in (os.geteuid(), 0):
        raise ConfigurationError(f"The vault at {path} belongs to another user.")
    if found.st_mode & 0o022:
        raise ConfigurationError(f"The vault at {path} can be written by others.", mend=f"Close it: chmod 600 {path}")
    check_disk(path, found.st_dev)


_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs", "lustre"})


def check_disk(path: str, device: int) -> None:
    """Raises ConfigurationError: a network file system, where SQLite's WAL does not work.

    Only devices without a driver of their own (major number 0) can be one, so others cost nothing to check.
    """
    if os.major(device) != 0 or sys.platform != "linux":
        return
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            fields = line.split()
            if fields[2] == wanted and fields[fields.index("-") + 1] in _NETWORK:
                raise ConfigurationError(
                    f"The vault at {path} is on a network file system, where it cannot be locked safely.",
                    mend="Keep it on a local disk, and copy it with kmscli vault backup.",
                )
