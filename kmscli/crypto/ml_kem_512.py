"""ML-KEM-512 by pycryptodome, since `cryptography` has the two larger ones only; with the same methods as theirs.

Encapsulation has no public name in pycryptodome. The published vectors are run against these two classes, so a release
that renames it cannot pass unseen.
"""

from typing import NoReturn

from Crypto.PublicKey import MLKEM


class PublicKey:
    """An encapsulation key."""

    def __init__(self, key: MLKEM.MLKEMKey) -> None:
        self._key = key

    @classmethod
    def from_public_bytes(cls, raw: bytes) -> "PublicKey":
        """Of 800 bytes. Raises ValueError: they are no key (FIPS 203, 7.2)."""
        return cls(MLKEM.construct(param_set=MLKEM.ML_KEM_512, ek=raw))

    def public_bytes_raw(self) -> bytes:
        """The 800 bytes."""
        return self._key.ek

    def encapsulate(self) -> tuple[bytes, bytes]:
        """A shared secret and its ciphertext."""
        return self._key._encaps()  # noqa: SLF001


class PrivateKey:
    """A decapsulation key. Does not show it, and never becomes bytes by accident."""

    def __init__(self, key: MLKEM.MLKEMKey) -> None:
        self._key = key

    @classmethod
    def from_seed_bytes(cls, seed: bytes) -> "PrivateKey":
        """Of 64 bytes, d ‖ z."""
        return cls(MLKEM.construct(param_set=MLKEM.ML_KEM_512, seed=seed))

    def public_key(self) -> PublicKey:
        """The encapsulation key."""
        return PublicKey(self._key.public_key())

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """The shared secret. Raises ValueError: not 768 bytes."""
        return self._key._decaps(ciphertext)  # noqa: SLF001

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is never pickled")
