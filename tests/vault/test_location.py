"""Files are where platformdirs puts them, and the key never lies beside the vault."""

import os
from io import StringIO
from pathlib import Path

import platformdirs
import pytest

from kmscli.errors import ConfigurationError
from kmscli.vault import location
from kmscli.vault.location import default_folder, default_key_file, default_vault, trail_log
from tests.robustness.machine import Machine

SETTINGS: list[dict[str, str]] = [
    {},
    {"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
    {"XDG_DATA_HOME": "", "XDG_CONFIG_HOME": " ", "XDG_STATE_HOME": ""},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=["none", "XDG", "empty"])
@pytest.mark.parametrize("purpose", ["data", "config", "state"])
def test_default_folders_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, purpose: str, settings: dict[str, str]
) -> None:
    """The rule that is written out for Linux gives what platformdirs gives."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    folders = platformdirs.PlatformDirs("kmscli", appauthor=False)
    assert default_folder(purpose, os.environ) == getattr(folders, f"user_{purpose}_dir")


@pytest.mark.parametrize("settings", SETTINGS, ids=["none", "XDG", "empty"])
def test_the_key_is_not_beside_the_vault(settings: dict[str, str]) -> None:
    """The vault and its key file have different folders; the trail stands beside the vault."""
    vault = default_vault(settings)
    assert os.path.dirname(vault) != os.path.dirname(default_key_file(settings))
    assert trail_log(vault) == f"{vault}.trail/events.jsonl"


MOUNTS = """\
36 35 98:0 / /local rw,noatime - ext4 /dev/sda1 rw
37 35 0:41 / /net rw,relatime shared:1 - nfs4 server:/export rw
38 35 0:42 / /tmp rw - tmpfs tmpfs rw
"""


def test_a_network_disk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault on a network file system is refused, since SQLite's locks do not hold there; others are not."""
    monkeypatch.setattr(location, "open", lambda _: StringIO(MOUNTS), raising=False)
    location.check_disk("/tmp/vault.db", os.makedev(0, 42))
    location.check_disk("/local/vault.db", os.makedev(98, 0))
    with pytest.raises(ConfigurationError, match="is on a network file system"):
        location.check_disk("/net/vault.db", os.makedev(0, 41))


@pytest.mark.parametrize("name", ["a b", "a?b", "a#b", "a%20b", "ü", "/slashes"])
def test_a_vault_may_have_any_name(fresh: Machine, name: str) -> None:
    """What a URI would take for something else is part of the file's name, and two slashes are one."""
    path = f"{fresh.home}/{name}.db" if name != "/slashes" else f"/{fresh.home}/slashes.db"
    fresh.run("--vault", path, "vault", "init").expect()
    fresh.run("--vault", path, "create-key").expect()
    assert Path(path).is_file()
