"""Attestation documents of Nitro enclaves and of NitroTPM instances: reading and full verification (crypto 5.2).

A document is a COSE_Sign1 (RFC 9052) whose payload is a CBOR map. It holds if, in this order:

1. it has that form, each member within its limits, and is signed with ES384
2. the root of its certificates is one that the verifier trusts
3. its certificates form a chain from that root, all valid at the time of the call, and made for this
4. the key of the last one made the signature
5. it was made just now
6. it holds an RSA key to encrypt for
"""

import io
from collections.abc import Callable
from typing import Any

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from kmscli.crypto import rsa_keys
from kmscli.crypto.attestation_chain import BadChainError, leaf_of
from kmscli.crypto.hashing import sha256

NITRO_ROOT = "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"
"""The SHA-256 fingerprint of AWS's root for both kinds of documents, CN=aws.nitro-enclaves, valid until 2049: as the
Nitro Enclaves User Guide states it, under "Verifying the root of trust"."""

FRESH = 5 * 60
"""Seconds that a document's time may be away from the call's, either way. AWS's window is not known (crypto 5.2)."""

RSA_SIZES = (2048, 3072, 4096)
"""Bits of a recipient's key: those that the enclave SDK makes."""

_COSE_SIGN1, _ALGORITHM, _ES384 = 18, 1, -35
_HALF = 48
_DEEPEST = 5
_PCR_SIZES = (32, 48, 64)
_MALFORMED = (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError)


class BadDocumentError(Exception):
    """The document does not verify. The message says why, after "The attestation document "."""


class Attestation:
    """What a verified document says. `pcrs`: measurements by index. `root`: its root's fingerprint, hex."""

    def __init__(
        self,
        module_id: str,
        pcrs: dict[int, bytes],
        *,
        is_tpm: bool,
        public_key: rsa.RSAPublicKey,
        spki: bytes,
        root: str,
    ) -> None:
        self.module_id = module_id
        self.pcrs = pcrs
        self.is_tpm = is_tpm
        self.public_key = public_key
        self.spki = spki
        self.root = root

    @property
    def image_digest(self) -> str | None:
        """The measurement of an enclave's image, hex: PCR 0. NitroTPM measures another thing there."""
        return self.pcrs[0].hex() if 0 in self.pcrs and not self.is_tpm else None

    @property
    def is_local(self) -> bool:
        """Whether its root is not AWS's, but one that a vault was told to trust."""
        return self.root != NITRO_ROOT

    def conditions(self) -> dict[str, str]:
        """The values of the condition keys kms:RecipientAttestation:…, in lower-case hex (crypto 5.3)."""
        kind = "NitroTPMPCR" if self.is_tpm else "PCR"
        values = {f"kms:RecipientAttestation:{kind}{index}": pcr.hex() for index, pcr in self.pcrs.items()}
        if self.image_digest:
            values["kms:RecipientAttestation:ImageSha384"] = self.image_digest
        return values


def verified(document: bytes, now: float, trusts: Callable[[str], bool]) -> Attestation:
    """What a document says, once it holds at a time.

    `trusts`: whether a root may speak for documents, by its SHA-256 fingerprint in hex. Raises BadDocumentError.
    """
    protected, payload, signature = _signed(document)
    said = _members(payload)
    root = sha256(said["cabundle"][0]).hex()
    if not trusts(root):
        raise BadDocumentError("has a root certificate that is not trusted.")
    try:
        leaf = leaf_of([*said["cabundle"], said["certificate"]], now)
    except BadChainError:
        raise BadDocumentError("has certificates that form no chain which is valid now.") from None
    _check_signature(leaf, protected, payload, signature)
    if abs(now - said["timestamp"] / 1000) > FRESH:
        raise BadDocumentError("is expired.")
    spki = said.get("public_key") or b""
    return Attestation(
        said["module_id"],
        dict(sorted(said[_pcrs_of(said)].items())),
        is_tpm=_pcrs_of(said) == "nitrotpm_pcrs",
        public_key=_public_key(spki),
        spki=spki,
        root=root,
    )


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052's Sig_structure: what the signature is made over."""
    signed: bytes = cbor2.dumps(["Signature1", protected, b"", payload])
    return signed


def _signed(document: bytes) -> tuple[bytes, bytes, bytes]:
    """The protected header, the payload and the signature of a COSE_Sign1, with or without its tag."""
    decoded = _decoded(document)
    if isinstance(decoded, cbor2.CBORTag) and decoded.tag == _COSE_SIGN1:
        decoded = decoded.value
    match decoded:
        case [bytes(protected), unprotected, bytes(payload), bytes(signature)] if unprotected == {}:
            pass
        case _:
            raise BadDocumentError("is not a COSE_Sign1 structure.")
    if _decoded(protected) != {_ALGORITHM: _ES384} or len(signature) != 2 * _HALF:
        raise BadDocumentError("is not signed with ES384.")
    return protected, payload, signature


def _decoded(encoded: bytes) -> Any:
    """One CBOR value and nothing after it; no map names anything twice."""
    stream = io.BytesIO(encoded)
    try:
        decoded = cbor2.CBORDecoder(stream, max_depth=_DEEPEST, allow_duplicate_keys=False).decode()
    except _MALFORMED:
        raise BadDocumentError("is not CBOR.") from None
    if stream.read(1):
        raise BadDocumentError("is not CBOR.")
    return decoded


def _members(payload: bytes) -> dict[str, Any]:
    said = _decoded(payload)
    if not isinstance(said, dict):
        raise BadDocumentError("has no map as its payload.")
    for name, holds in _RULES.items():
        if not holds(said.get(name)):
            raise BadDocumentError(f"has no valid {name}.")
    pcrs = _pcrs_of(said)
    if not _are_measurements(said.get(pcrs)) or ("pcrs" in said and "nitrotpm_pcrs" in said):
        raise BadDocumentError(f"has no valid {pcrs}.")
    return said


def _pcrs_of(said: dict[str, Any]) -> str:
    return "nitrotpm_pcrs" if "nitrotpm_pcrs" in said else "pcrs"


def _are_measurements(pcrs: Any) -> bool:
    return isinstance(pcrs, dict) and 1 <= len(pcrs) <= 32 and all(_is_measurement(*pcr) for pcr in pcrs.items())


def _is_measurement(index: Any, value: Any) -> bool:
    return _is_number(index) and 0 <= index < 32 and isinstance(value, bytes) and len(value) in _PCR_SIZES


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _bytes(low: int, high: int, value: Any) -> bool:
    return isinstance(value, bytes) and low <= len(value) <= high


_RULES: dict[str, Callable[[Any], bool]] = {
    "module_id": lambda value: isinstance(value, str) and value != "",
    "digest": lambda value: value == "SHA384",
    "timestamp": lambda value: _is_number(value) and 0 < value < 2**63,
    "certificate": lambda value: _bytes(1, 1024, value),
    "cabundle": lambda value: isinstance(value, list) and value != [] and all(_bytes(1, 1024, it) for it in value),
    "public_key": lambda value: value is None or _bytes(1, 1024, value),
    "user_data": lambda value: value is None or _bytes(0, 512, value),
    "nonce": lambda value: value is None or _bytes(0, 512, value),
}
"""What each member must be; which measurements there are decides between the two kinds of documents."""


def _check_signature(leaf: x509.Certificate, protected: bytes, payload: bytes, signature: bytes) -> None:
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        raise BadDocumentError("is not signed with ES384.")
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), to_be_signed(protected, payload), ec.ECDSA(SHA384()))
    except InvalidSignature:
        raise BadDocumentError("has a signature that does not verify.") from None


def _public_key(spki: bytes) -> rsa.RSAPublicKey:
    try:
        key = rsa_keys.load_public("", spki)
    except ValueError:
        raise BadDocumentError("holds no RSA public key in DER.") from None
    if key.key_size not in RSA_SIZES:
        raise BadDocumentError("holds an RSA public key that has not 2048, 3072 or 4096 bits.")
    return key
