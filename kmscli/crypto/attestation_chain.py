"""The certificates of an attestation document: one chain, from a root that is trusted to the signer (crypto 5.2)."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError


class BadChainError(Exception):
    """The certificates form no chain, or one of them is not valid at the time, or not made for its place."""


def leaf_of(chain: list[bytes], now: float) -> x509.Certificate:
    """The last of some certificates in DER, root first, each of which has signed the next.

    That the root may be trusted is for the caller to see. Raises BadChainError.
    """
    try:
        root, *between, leaf = map(x509.load_der_x509_certificate, chain)
        verifier = (
            PolicyBuilder()
            .store(Store([root]))
            .time(datetime.fromtimestamp(now, UTC).replace(tzinfo=None))
            .extension_policies(ca_policy=_authorities(), ee_policy=_signers())
            .build_client_verifier()
        )
        verified = verifier.verify(leaf, between)
    except (ValueError, OverflowError, OSError, VerificationError):
        raise BadChainError from None
    if verified.chain != [leaf, *between[::-1], root]:
        raise BadChainError
    return leaf


def check_root(root: bytes) -> x509.Certificate:
    """A certificate in DER that can be the root of documents: an authority that signed itself. Raises BadChainError."""
    try:
        certificate = x509.load_der_x509_certificate(root)
        certificate.verify_directly_issued_by(certificate)
        _is_authority(None, certificate, certificate.extensions.get_extension_for_class(x509.BasicConstraints).value)
        _signs_certificates(None, certificate, certificate.extensions.get_extension_for_class(x509.KeyUsage).value)
    except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        raise BadChainError from None
    return certificate


def _authorities() -> ExtensionPolicy:
    return (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
    )


def _signers() -> ExtensionPolicy:
    # AWS's have no subject alternative name, which the default policy asks for.
    return ExtensionPolicy.permit_all().require_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs)


def _is_authority(_: Policy | None, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("no authority")


def _signs_certificates(_: Policy | None, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.key_cert_sign:
        raise ValueError("signs no certificates")


def _signs(_: Policy | None, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature:
        raise ValueError("signs nothing")
