"""Specs, usages and algorithms: what fits what (reference, kms-semantics 2)."""

from typing import NoReturn

from kmscli.errors import InvalidKeyUsageException

SYMMETRIC_DEFAULT = "SYMMETRIC_DEFAULT"
ENCRYPT_DECRYPT = "ENCRYPT_DECRYPT"

ENCRYPTION_ALGORITHMS: dict[str, tuple[str, ...]] = {
    SYMMETRIC_DEFAULT: (SYMMETRIC_DEFAULT,),
}
"""The encryption algorithms of each spec that encrypts, in the order in which metadata lists them."""


def refuse_usage(arn: str, usage: str, operation: str) -> NoReturn:
    """Raises InvalidKeyUsageException: the key is for something else (2.7)."""
    raise InvalidKeyUsageException(f"{arn} key usage is {usage} which is not valid for {operation}.")


def check_encryption_algorithm(algorithm: str, spec: str) -> None:
    """Raises InvalidKeyUsageException: the algorithm is none of the spec's (2.7)."""
    if algorithm not in ENCRYPTION_ALGORITHMS.get(spec, ()):
        raise InvalidKeyUsageException(f"Algorithm {algorithm} is incompatible with key spec {spec}.")
