"""Private keys from outside, in PKCS#8 (RFC 5958), BER or DER: nothing about them is taken on trust.

Read by asn1crypto, since `cryptography` reads DER only, and takes explicit parameters for the curve that they equal.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from asn1crypto.core import Any as AnyValue
from asn1crypto.core import Integer, OctetBitString, OctetString, Sequence, SetOf, Void
from asn1crypto.keys import ECDomainParameters, ECPrivateKey, PrivateKeyAlgorithm, RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from kmscli.crypto import der, edwards, elliptic, rsa_keys
from kmscli.crypto.importing import UnfitMaterialError

_UNREADABLE = "The key material is not a private key in PKCS#8 format, DER or BER encoded."
_ANOTHER_KEY = "The public key within the key material is another key's."
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)
_RSA_NUMBERS = (
    "modulus", "public_exponent", "private_exponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient",
)  # fmt: skip
_LEAST_EXPONENT, _LEAST_TOO_LARGE_EXPONENT = 65537, 2**64
"""FIPS 186-5 has 2^16 < e; under more than 64 bits OpenSSL does not verify when the modulus is longer than 3,072."""


class _Attributes(SetOf):  # type: ignore[misc]
    _child_spec = AnyValue


class _OneAsymmetricKey(Sequence):  # type: ignore[misc]
    """RFC 5958; without a public key it is RFC 5208's PrivateKeyInfo."""

    _fields: ClassVar[list[tuple[Any, ...]]] = [
        ("version", Integer),
        ("algorithm", PrivateKeyAlgorithm),
        ("private_key", OctetString),
        ("attributes", _Attributes, {"implicit": 0, "optional": True}),
        ("public_key", OctetBitString, {"implicit": 1, "optional": True}),
    ]


def imported_private_key(spec: str, material: bytes) -> tuple[bytes, bytes]:
    """The secret and the SubjectPublicKeyInfo of a PKCS#8 private key. Raises UnfitMaterialError."""
    try:
        info = _OneAsymmetricKey.load(material, strict=True)
        algorithm, read = _reader(spec)
        if info["version"].native not in (0, 1) or info["algorithm"]["algorithm"].native != algorithm:
            raise UnfitMaterialError(f"The key material is not a private key of the kind of {spec}.")
        return read(spec, info)
    except _MALFORMED:
        raise UnfitMaterialError(_UNREADABLE) from None


def _reader(spec: str) -> tuple[str, Callable[[str, Any], tuple[bytes, bytes]]]:
    if spec.startswith("RSA_"):
        return "rsa", _rsa
    return ("ec", _elliptic) if spec in elliptic.CURVES else ("ed25519", _edwards)


def _rsa(spec: str, info: Any) -> tuple[bytes, bytes]:
    key = RSAPrivateKey.load(bytes(info["private_key"]), strict=True)
    if key["version"].native != "two-prime" or _present(key["other_prime_infos"]):
        raise UnfitMaterialError("The RSA private key must have two primes.")
    numbers = [key[name].native for name in _RSA_NUMBERS]
    modulus, exponent = numbers[:2]
    if modulus.bit_length() != rsa_keys.bits(spec):
        raise UnfitMaterialError(f"The modulus of the RSA private key must have {rsa_keys.bits(spec)} bits.")
    if not _LEAST_EXPONENT <= exponent < _LEAST_TOO_LARGE_EXPONENT:
        raise UnfitMaterialError("The public exponent of the RSA private key must be between 65537 and 2^64.")
    secret = rsa_keys.packed(*numbers)
    try:
        private = rsa_keys.load_checked(secret)
    except ValueError:
        raise UnfitMaterialError("The numbers of the RSA private key do not belong together.") from None
    spki = rsa_keys.public_key(spec, private)
    _check_public_key(info, der.raw_public_key(rsa_keys.ALGORITHM, spki))
    return secret, spki


def _elliptic(spec: str, info: Any) -> tuple[bytes, bytes]:
    curve = elliptic.CURVES[spec].curve
    key = ECPrivateKey.load(bytes(info["private_key"]), strict=True)
    if key["version"].native != "ecPrivkeyVer1":
        raise UnfitMaterialError(_UNREADABLE)
    names = {_curve_name(parameters) for parameters in (info["algorithm"]["parameters"], *_present(key["parameters"]))}
    if names != {curve.name}:
        raise UnfitMaterialError(f"The private key must name its curve, and it must be {spec}'s.")
    secret = elliptic.packed(spec, key["private_key"].native)
    private = elliptic.load(spec, secret)
    for point in (*_present(key["public_key"]), *_present(info["public_key"])):
        if EllipticCurvePublicKey.from_encoded_point(curve, bytes(point)) != private.public_key():
            raise UnfitMaterialError(_ANOTHER_KEY)
    return secret, elliptic.public_key(spec, private)


def _curve_name(parameters: Any) -> str | None:
    is_named = isinstance(parameters, ECDomainParameters) and parameters.name == "named"
    return parameters.chosen.native if is_named else None


def _edwards(spec: str, info: Any) -> tuple[bytes, bytes]:
    secret = bytes(OctetString.load(bytes(info["private_key"]), strict=True))
    spki = edwards.public_key(spec, edwards.load(spec, secret))
    _check_public_key(info, der.raw_public_key(edwards.ALGORITHM, spki))
    return secret, spki


def _check_public_key(info: Any, expected: bytes) -> None:
    for public in _present(info["public_key"]):
        if bytes(public) != expected:
            raise UnfitMaterialError(_ANOTHER_KEY)


def _present(optional: Any) -> list[Any]:
    """An optional member, or nothing."""
    return [] if isinstance(optional, Void) else [optional]
