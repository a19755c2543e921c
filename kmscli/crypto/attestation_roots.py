"""Certificates that people name as roots of attestation documents."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kmscli.crypto.attestation_chain import BadChainError, check_root
from kmscli.crypto.hashing import sha256


class Root:
    """A root certificate: DER, its SHA-256 fingerprint in hex, and whose it says it is."""

    def __init__(self, certificate: bytes) -> None:
        """Raises BadChainError: it cannot be a root."""
        self.certificate = certificate
        self.subject = check_root(certificate).subject.rfc4514_string()
        self.fingerprint = sha256(certificate).hex()


def root_of(content: bytes) -> Root:
    """The one certificate in a file, PEM or DER. Raises BadChainError: there is none, or it cannot be a root."""
    if b"-----BEGIN " in content:
        try:
            content = x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
        except ValueError:
            raise BadChainError from None
    return Root(content)
