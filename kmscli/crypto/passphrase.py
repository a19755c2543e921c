"""A key from a passphrase: Argon2id (RFC 9106), with limits on settings that are read before they can be trusted."""

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


class CostlySettingsError(Exception):
    """The settings are outside of what kmscli accepts: planted to exhaust memory, or too weak to protect."""


class Settings:
    """Argon2id's cost: passes over memory, lanes, and memory in KiB."""

    def __init__(self, passes: int, lanes: int, memory: int) -> None:
        self.passes = passes
        self.lanes = lanes
        self.memory = memory

    def check(self) -> None:
        """Raises CostlySettingsError: below the floor (2, 1, 19 MiB) or above the cap (16, 16, 1 GiB)."""
        if not (2 <= self.passes <= 16 and 1 <= self.lanes <= 16 and 19 * 1024 <= self.memory <= 1024 * 1024):
            raise CostlySettingsError


DEFAULT = Settings(passes=3, lanes=4, memory=128 * 1024)
"""For new keyslots: twice the memory of RFC 9106's second choice, about 0.3 s once for each unlocking."""


def passphrase_key(passphrase: bytes, salt: bytes, settings: Settings, bound_to: bytes, length: int) -> bytes:
    """Key bytes from a passphrase. `bound_to` goes in as associated data, so that settings cannot be swapped.

    Raises CostlySettingsError.
    """
    settings.check()
    return Argon2id(
        salt=salt,
        length=length,
        iterations=settings.passes,
        lanes=settings.lanes,
        memory_cost=settings.memory,
        ad=bound_to,
    ).derive(passphrase)
