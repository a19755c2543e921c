"""What AWS KMS charges: the price list `prices.toml`, read, and which of its classes a request is in.

Reference, kms-semantics 13.2. Money is exact: fractions of the list's currency, rounded where a person reads them only.
"""

import os
import tomllib
from fractions import Fraction
from typing import Any

_OF_THE_KEY = frozenset(
    ("Encrypt", "Decrypt", "ReEncrypt", "Sign", "Verify", "DeriveSharedSecret", "Encapsulate", "Decapsulate",
     "GetPublicKey")
)  # fmt: skip
"""What costs as much as its key's spec says. Anything else costs the same on every key."""
_BOTH_SORTS = frozenset(("Encrypt", "Decrypt", "ReEncrypt"))
"""Those of them that a symmetric key can do."""


class RequestClass:
    """A class of requests. `price`: of one request. `in_free_tier`: whether the free requests are for it too."""

    def __init__(self, name: str, title: str, price: Fraction, *, in_free_tier: bool) -> None:
        self.name = name
        self.title = title
        self.price = price
        self.in_free_tier = in_free_tier


class Prices:
    """The price list. `key` and `rotation`: a month. `classes` by name, in the list's order."""

    def __init__(self, listed: dict[str, Any]) -> None:
        keys, requests = listed["keys"], listed["requests"]
        self.date = listed["date"].isoformat()
        self.region: str = listed["region"]
        self.currency: str = listed["currency"]
        self.source = " ".join(listed["source"].split())
        self.key = Fraction(keys["key"])
        self.rotation = Fraction(keys["rotation"])
        self.charged_rotations: int = keys["charged_rotations"]
        self.free_requests: int = requests["free"]
        self.classes = {
            name: RequestClass(
                name, each["title"], Fraction(each["price"]) / requests["per"], in_free_tier=each["in_free_tier"]
            )
            for name, each in requests["classes"].items()
        }


def read_prices() -> Prices:
    """The price list that came with kmscli."""
    with open(os.path.join(os.path.dirname(__file__), "prices.toml"), "rb") as file:
        return Prices(tomllib.load(file))


def class_of(operation: str, key_spec: str | None, key_pair_spec: str = "") -> str:
    """The name of a request's class. `key_spec`: None where no key was found, empty where it is not known."""
    if key_pair_spec:
        return "rsa_key_pairs" if key_pair_spec.startswith("RSA_") else "ecc_key_pairs"
    if key_spec is None or operation not in _OF_THE_KEY or _is_symmetric(operation, key_spec):
        return "symmetric"
    return "rsa_2048" if key_spec == "RSA_2048" else "asymmetric"


def _is_symmetric(operation: str, key_spec: str) -> bool:
    """Whether a key is symmetric; one that nobody knows any more is what most keys are that can do this."""
    return key_spec.startswith(("SYMMETRIC_", "HMAC_")) if key_spec else operation in _BOTH_SORTS
