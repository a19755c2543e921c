"""ECDSA and ECDH over the NIST curves and secp256k1. The secret is the private scalar, as long as the curve's order."""

from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from kmscli.crypto import der
from kmscli.crypto.algorithm_hash import signing_hash
from kmscli.crypto.asymmetric import BadPeerKeyError, InvalidSignatureError


class Curve:
    """A named curve, the AlgorithmIdentifier of its keys, and the bytes that a scalar or a coordinate takes."""

    def __init__(self, curve: ec.EllipticCurve, algorithm: str) -> None:
        self.curve = curve
        self.algorithm = bytes.fromhex(algorithm)
        self.size = (curve.key_size + 7) // 8


CURVES = {
    "ECC_NIST_P256": Curve(ec.SECP256R1(), "301306072a8648ce3d020106082a8648ce3d030107"),
    "ECC_NIST_P384": Curve(ec.SECP384R1(), "301006072a8648ce3d020106052b81040022"),
    "ECC_NIST_P521": Curve(ec.SECP521R1(), "301006072a8648ce3d020106052b81040023"),
    "ECC_SECG_P256K1": Curve(ec.SECP256K1(), "301006072a8648ce3d020106052b8104000a"),
}


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key: secret and public key."""
    private = ec.generate_private_key(CURVES[spec].curve)
    return packed(spec, private.private_numbers().private_value), public_key(spec, private)


def packed(spec: str, scalar: int) -> bytes:
    """The secret of a private scalar."""
    return scalar.to_bytes(CURVES[spec].size, "big")


def load(spec: str, secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key of a secret. Raises ValueError: not between 1 and the curve's order."""
    return ec.derive_private_key(int.from_bytes(secret, "big"), CURVES[spec].curve)


def public_key(spec: str, private: ec.EllipticCurvePrivateKey) -> bytes:
    """The SubjectPublicKeyInfo of a private key, with a named curve and an uncompressed point."""
    return der.public_key_info(CURVES[spec].algorithm, _point(spec, private))


def load_public(spec: str, spki: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError: no point of this named curve."""
    curve = CURVES[spec]
    return ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, der.raw_public_key(curve.algorithm, spki))


def pkcs8(spec: str, secret: bytes) -> bytes:
    """The PKCS#8 form of a secret: RFC 5915's ECPrivateKey, with its public point."""
    point = der.element(0xA1, der.bit_string(_point(spec, load(spec, secret))))
    private_key = der.sequence(der.integer(1), der.octet_string(secret), point)
    return der.private_key_info(CURVES[spec].algorithm, private_key)


def sign(private: ec.EllipticCurvePrivateKey, algorithm: str, message_type: str, message: bytes) -> bytes:
    """A signature in DER: SEQUENCE { r, s }."""
    return private.sign(message, _scheme(algorithm, message_type))


def verify(
    public: ec.EllipticCurvePublicKey, algorithm: str, message_type: str, message: bytes, signature: bytes
) -> None:
    """Raises InvalidSignatureError."""
    try:
        public.verify(signature, message, _scheme(algorithm, message_type))
    except InvalidSignature:
        raise InvalidSignatureError from None


def agree(private: ec.EllipticCurvePrivateKey, spec: str, peer_spki: bytes) -> bytes:
    """The x coordinate of the shared point. Raises BadPeerKeyError: not a DER public key on this curve."""
    try:
        return private.exchange(ec.ECDH(), load_public(spec, peer_spki))
    except ValueError:
        raise BadPeerKeyError from None


@cache
def _scheme(algorithm: str, message_type: str) -> ec.ECDSA:
    return ec.ECDSA(signing_hash(algorithm, message_type))


def _point(spec: str, private: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = private.public_key().public_numbers()
    size = CURVES[spec].size
    return b"\x04" + numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")
