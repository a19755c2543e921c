"""RSA: signatures (PKCS#1 v1.5 and PSS) and encryption (OAEP), RFC 8017.

The secret is RFC 8017's RSAPrivateKey in DER: its numbers, the CRT ones too, so that loading computes nothing.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kmscli.crypto import der
from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.algorithm_hash import algorithm_hash, signing_hash
from kmscli.crypto.asymmetric import InvalidSignatureError

ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
"""The AlgorithmIdentifier rsaEncryption, with its NULL."""


def bits(spec: str) -> int:
    """The length of a spec's modulus."""
    return int(spec.removeprefix("RSA_"))


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key with the public exponent 65537: secret and public key."""
    private = rsa.generate_private_key(65537, bits(spec))
    numbers = private.private_numbers()
    public = numbers.public_numbers
    return (
        packed(public.n, public.e, numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp),
        public_key(spec, private),
    )


def packed(*numbers: int) -> bytes:
    """The secret of a key's numbers: n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p."""
    return der.sequence(der.integer(0), *map(der.integer, numbers))


def load(_spec: str, secret: bytes) -> rsa.RSAPrivateKey:
    """The private key of a secret from the sealed vault, unchecked: checking takes a hundred times a signature."""
    return _numbers(secret).private_key(unsafe_skip_rsa_key_validation=True)


def load_checked(secret: bytes) -> rsa.RSAPrivateKey:
    """The private key of numbers from outside: all are checked, the primes too. Raises ValueError."""
    return _numbers(secret).private_key()


def public_key(_spec: str, private: rsa.RSAPrivateKey) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    numbers = private.public_key().public_numbers()
    return der.public_key_info(ALGORITHM, der.sequence(der.integer(numbers.n), der.integer(numbers.e)))


def load_public(_spec: str, spki: bytes) -> rsa.RSAPublicKey:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError."""
    modulus, exponent = der.integers(der.raw_public_key(ALGORITHM, spki))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def pkcs8(_spec: str, secret: bytes) -> bytes:
    """The PKCS#8 form of a secret."""
    return der.private_key_info(ALGORITHM, secret)


def sign(private: rsa.RSAPrivateKey, algorithm: str, message_type: str, message: bytes) -> bytes:
    """A signature as long as the modulus."""
    return private.sign(message, _signature_padding(algorithm), signing_hash(algorithm, message_type))


def verify(public: rsa.RSAPublicKey, algorithm: str, message_type: str, message: bytes, signature: bytes) -> None:
    """Raises InvalidSignatureError."""
    try:
        public.verify(signature, message, _signature_padding(algorithm), signing_hash(algorithm, message_type))
    except InvalidSignature:
        raise InvalidSignatureError from None


def maximum_plaintext(spec: str, algorithm: str) -> int:
    """What OAEP leaves of the modulus, in bytes."""
    return bits(spec) // 8 - 2 * algorithm_hash(algorithm).digest_size - 2


def encrypt(public: rsa.RSAPublicKey, algorithm: str, plaintext: bytes) -> bytes:
    """A ciphertext as long as the modulus. Raises ValueError: longer than `maximum_plaintext`."""
    return public.encrypt(plaintext, _oaep(algorithm))


def decrypt(private: rsa.RSAPrivateKey, algorithm: str, ciphertext: bytes) -> bytes:
    """The plaintext. Raises NotAuthenticError, for every cause alike: anything more would be an oracle."""
    try:
        return private.decrypt(ciphertext, _oaep(algorithm))
    except ValueError:
        raise NotAuthenticError from None


def _numbers(secret: bytes) -> rsa.RSAPrivateNumbers:
    _, n, e, d, p, q, dmp1, dmq1, iqmp = der.integers(secret)
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, rsa.RSAPublicNumbers(e, n))


def _signature_padding(algorithm: str) -> padding.PSS | padding.PKCS1v15:
    if not algorithm.startswith("RSASSA_PSS_"):
        return padding.PKCS1v15()
    # KMS salts with as many bytes as the hash has, and verifies no other salt.
    return padding.PSS(padding.MGF1(algorithm_hash(algorithm)), padding.PSS.DIGEST_LENGTH)


def _oaep(algorithm: str) -> padding.OAEP:
    chosen = algorithm_hash(algorithm)
    return padding.OAEP(padding.MGF1(chosen), chosen, label=None)
