"""The hash that an algorithm of KMS names: the SHA-256 of RSASSA_PSS_SHA_256, HMAC_SHA_256 or RSAES_OAEP_SHA_256."""

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - in OAEP only, where AWS offers it and collisions do no harm
    "224": hashes.SHA224(),
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


def algorithm_hash(algorithm: str) -> hashes.HashAlgorithm:
    """The hash that an algorithm's name ends with. Raises KeyError: with none."""
    return _HASHES[algorithm.rpartition("SHA_")[2]]


def signing_hash(algorithm: str, message_type: str) -> "hashes.HashAlgorithm | Prehashed":
    """The hash for signing a message of a type: a DIGEST is not hashed again."""
    if message_type != "DIGEST":
        return algorithm_hash(algorithm)
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    return Prehashed(algorithm_hash(algorithm))
