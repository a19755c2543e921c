"""Attestation documents that a test makes as it likes: certificates, members, header and signature."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

NOW = 1_767_603_600.0
HOUR = 3600
ES384 = {1: -35}
RECIPIENT = rsa.generate_private_key(65537, 2048)
PCR_0 = bytes(range(48))

NITRO_TIME = 1_731_627_989.45
NITRO_MODULE = "i-0f73a4b4cb74cc9f2-enc0192e4188fef781d"


def nitro_document() -> bytes:
    """A document that a real enclave was given on 2024-11-14, under AWS's own root; it holds no public key.

    It is a test vector of Mysten Labs' Sui (crates/sui-types, nitro attestation; Apache-2.0), whose data it is.
    """
    return bytes.fromhex(Path(__file__).with_name("nitro_document.hex").read_text())


def spki(key: Any) -> bytes:
    """A public key in DER."""
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


class Certified:
    """A certificate and its private key, made by an issuer or by itself."""

    def __init__(
        self,
        name: str,
        issuer: "Certified | None" = None,
        *,
        ca: bool = True,
        length: int | None = None,
        cert_sign: bool | None = None,
        signs: bool = True,
        start: float = NOW - HOUR,
        end: float = NOW + HOUR,
        curve: ec.EllipticCurve | None = None,
        usage: bool = True,
    ) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(curve or ec.SECP384R1())
        above = issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(above.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.fromtimestamp(start, UTC))
            .not_valid_after(datetime.fromtimestamp(end, UTC))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
        )
        if usage:
            signing = ca if cert_sign is None else cert_sign
            flags = (signs, False, False, False, False, signing, signing, False, False)
            builder = builder.add_extension(x509.KeyUsage(*flags), critical=True)
        self.der = builder.sign(above.key, SHA384()).public_bytes(Encoding.DER)


class Signer:
    """A chain of certificates, and documents signed by its last one."""

    def __init__(self, *chain: Certified) -> None:
        self.chain = chain or sound_chain()

    @property
    def root(self) -> bytes:
        """The root's certificate."""
        return self.chain[0].der

    def members(self, **changes: Any) -> dict[str, Any]:
        """A payload's members, some changed; those that are `...` left out."""
        sound = {
            "module_id": "i-0123456789abcdef0-enc0123456789abcdef",
            "digest": "SHA384",
            "timestamp": int(NOW * 1000),
            "pcrs": {0: PCR_0, **{index: bytes(48) for index in range(1, 16)}},
            "certificate": self.chain[-1].der,
            "cabundle": [certified.der for certified in self.chain[:-1]],
            "public_key": spki(RECIPIENT.public_key()),
            "user_data": None,
            "nonce": None,
        }
        return {name: value for name, value in {**sound, **changes}.items() if value is not ...}

    def document(self, payload: Any = None, *, header: Any = ES384, **changes: Any) -> bytes:
        """A document, untagged as enclaves send it."""
        encoded: bytes = cbor2.dumps(self.parts(payload, header=header, **changes))
        return encoded

    def parts(self, payload: Any = None, *, header: Any = ES384, **changes: Any) -> list[Any]:
        """The four parts of a document: protected header, unprotected header, payload, signature."""
        protected = cbor2.dumps(header)
        encoded = cbor2.dumps(self.members(**changes) if payload is None else payload)
        signed = cbor2.dumps(["Signature1", protected, b"", encoded])
        r, s = decode_dss_signature(self.chain[-1].key.sign(signed, ec.ECDSA(SHA384())))
        return [protected, {}, encoded, r.to_bytes(48, "big") + s.to_bytes(48, "big")]


def sound_chain() -> tuple[Certified, ...]:
    """Certificates as AWS has them: a root, three authorities with ever shorter paths below them, and the signer."""
    root = Certified("root")
    first = Certified("first", root, length=2)
    second = Certified("second", first, length=1)
    third = Certified("third", second, length=0)
    return root, first, second, third, Certified("leaf", third, ca=False)
