"""A recipient's RSA keys as they stand in files: PEM or DER, as OpenSSL writes them."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from kmscli.crypto.attestation import RSA_SIZES

_MALFORMED = (ValueError, TypeError, UnsupportedAlgorithm)


class UnfitKeyError(Exception):
    """The file holds no RSA key of this kind, one of another size, or one under a passphrase."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"holds no RSA {kind} key of 2048, 3072 or 4096 bits, in PEM or DER and without a passphrase")


def new_key_pair() -> tuple[bytes, bytes]:
    """A new pair of 2,048 bits: the public key, SubjectPublicKeyInfo in DER; the private key, PKCS#8 in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    return spki(key.public_key()), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key_of(content: bytes) -> rsa.RSAPrivateKey:
    """The private key in a file. Raises UnfitKeyError."""
    load = load_pem_private_key if _is_pem(content) else load_der_private_key
    try:
        key = load(content, None)
    except _MALFORMED:
        raise UnfitKeyError("private") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size not in RSA_SIZES:
        raise UnfitKeyError("private")
    return key


def public_key_of(content: bytes) -> bytes:
    """The public key in a file, SubjectPublicKeyInfo in DER. Raises UnfitKeyError."""
    load = load_pem_public_key if _is_pem(content) else load_der_public_key
    try:
        key = load(content)
    except _MALFORMED:
        raise UnfitKeyError("public") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size not in RSA_SIZES:
        raise UnfitKeyError("public")
    return spki(key)


def spki(key: rsa.RSAPublicKey) -> bytes:
    """A public key's SubjectPublicKeyInfo in DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _is_pem(content: bytes) -> bool:
    return b"-----BEGIN " in content
