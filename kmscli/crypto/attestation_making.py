"""Attestation documents to learn and to test with, under a root of one's own instead of AWS's (crypto 5.4).

The certificates are as AWS's: an authority above another, and a leaf that signs documents for three hours; P-384 all.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kmscli.crypto import elliptic
from kmscli.crypto.attestation import to_be_signed

ROOT_NAME = "kmscli.local-test.nitro-enclaves"
"""Not AWS's name, so that a person who looks at a document does not take it for one of AWS's."""

_SPEC, _HALF = "ECC_NIST_P384", 48
_PROTECTED = bytes.fromhex("a1013822")
"""The header of an ES384 signature: {1: -35}."""
ROOT_LIFETIME = 30 * 365 * 86400
"""Seconds that a root is valid; AWS's has 30 years too."""
_LATEST = 253_402_300_799
"""The end of the year 9999, where the calendar of certificates ends (RFC 5280)."""
_HOUR = 3600
_TAKEN_BACK = 60
"""Seconds before now from which a certificate is valid."""


class Authority:
    """A certificate in DER and the secret of its key. Does not show the secret."""

    def __init__(self, certificate: bytes, secret: bytes) -> None:
        self.certificate = certificate
        self.secret = secret

    def __repr__(self) -> str:
        return f"Authority({len(self.certificate)} bytes of certificate)"


def new_root(now: float) -> Authority:
    """A new root."""
    return _certified(ROOT_NAME, None, now, ROOT_LIFETIME, length=None)


def document(
    root: Authority, now: float, *, module_id: str, pcrs: Mapping[int, bytes], is_tpm: bool, public_key: bytes
) -> bytes:
    """A document of an enclave, or of a NitroTPM instance, made and signed at a time.

    `public_key`: the recipient's, SubjectPublicKeyInfo in DER.
    """
    between = _certified(f"zonal.{ROOT_NAME}", root, now, 24 * _HOUR, length=0)
    leaf = _certified(f"{module_id}.{ROOT_NAME}", between, now, 3 * _HOUR, length=-1)
    payload = cbor2.dumps(
        {
            "module_id": module_id,
            "digest": "SHA384",
            "timestamp": int(now * 1000),
            "nitrotpm_pcrs" if is_tpm else "pcrs": dict(pcrs),
            "certificate": leaf.certificate,
            "cabundle": [root.certificate, between.certificate],
            "public_key": public_key,
            "user_data": None,
            "nonce": None,
        }
    )
    signature = _signature(leaf.secret, to_be_signed(_PROTECTED, payload))
    made: bytes = cbor2.dumps([_PROTECTED, {}, payload, signature])
    return made


def _signature(secret: bytes, message: bytes) -> bytes:
    """r ‖ s, as COSE has it (RFC 9053)."""
    numbers = decode_dss_signature(elliptic.load(_SPEC, secret).sign(message, ec.ECDSA(SHA384())))
    return b"".join(number.to_bytes(_HALF, "big") for number in numbers)


def _certified(name: str, issuer: Authority | None, now: float, lifetime: int, *, length: int | None) -> Authority:
    """A new key and its certificate, by an issuer or by itself.

    `length`: how many authorities may stand below it; None: any number. Negative: it is none itself.
    """
    secret, _ = elliptic.generate(_SPEC)
    key = elliptic.load(_SPEC, secret)
    is_authority = length is None or length >= 0
    subject = _name(name)
    signer = elliptic.load(_SPEC, issuer.secret) if issuer else key
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.load_der_x509_certificate(issuer.certificate).subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(os.urandom(16), "big") >> 1 | 1)
        .not_valid_before(_moment(now - _TAKEN_BACK))
        .not_valid_after(_moment(now + lifetime))
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=length if is_authority else None), critical=True
        )
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .sign(signer, SHA384())
    )
    return Authority(certificate.public_bytes(Encoding.DER), secret)


def _name(common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "kmscli lab"), (NameOID.COMMON_NAME, common[:64]))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(int(seconds), _LATEST), UTC)
