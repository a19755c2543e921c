"""Each class of operation in the engine, in groups of 256 with one commit, against its primitive in `cryptography`.

The bare row computes with a loaded key and encodes one small JSON record; where there is no primitive, the record is
all. Symmetric calls are in `engine_calls`. Classes without a budget are printed to be seen.

    python benchmarks/operations.py [--rounds N] [--profile ROW]
"""

import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, padding, rsa
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from groups import KEY, Compared, House, bare, measure

SHA256 = hashes.SHA256()
MESSAGE = bytes(range(200)) + bytes(56)
OAEP = padding.OAEP(padding.MGF1(SHA256), SHA256, None)
PKCS1 = padding.PKCS1v15()


def rows(house: House) -> dict[str, Compared]:
    """All rows: what is compared, by name."""
    return {**macs(house), **rsa_rows(house), **curve_rows(house), **post_quantum_rows(house), **other_rows(house)}


def row(
    house: House,
    operation: str,
    members: dict[str, Any],
    primitive: Callable[[], object],
    budget: float | None = None,
) -> Compared:
    """A row of one operation."""
    return Compared(bare(lambda _: primitive()), lambda: house.group(operation, members), budget)


def macs(house: House) -> dict[str, Compared]:
    """HMAC."""
    key = house.new_key("HMAC_256", "GENERATE_VERIFY_MAC")
    request = {"KeyId": key, "MacAlgorithm": "HMAC_SHA_256", "Message": MESSAGE}
    tag = house.group("GenerateMac", request)[0].mac

    def keyed() -> HMAC:
        made = HMAC(KEY, SHA256)
        made.update(MESSAGE)
        return made

    own = keyed().finalize()
    return {
        "GenerateMac": row(house, "GenerateMac", request, lambda: keyed().finalize(), 9.0),
        "VerifyMac": row(house, "VerifyMac", {**request, "Mac": tag}, lambda: keyed().verify(own)),
    }


def signing(
    house: House,
    request: dict[str, Any],
    sign: Callable[[], bytes],
    verify: Callable[[bytes], object],
    *,
    budget: float | None = None,
) -> dict[str, Compared]:
    """Sign and Verify with a key of the spec that a request's algorithm is for."""
    signature = house.group("Sign", request)[0].signature
    own = sign()
    return {
        "Sign": row(house, "Sign", request, sign, budget),
        "Verify": row(house, "Verify", {**request, "Signature": signature}, lambda: verify(own)),
    }


def of(name: str, found: dict[str, Compared]) -> dict[str, Compared]:
    """The same rows, named for a kind of key."""
    return {f"{operation} {name}": compared for operation, compared in found.items()}


def to_sign(house: House, spec: str, algorithm: str) -> dict[str, Any]:
    """A request to sign with a new key."""
    return {"KeyId": house.new_key(spec, "SIGN_VERIFY"), "SigningAlgorithm": algorithm, "Message": MESSAGE}


def rsa_rows(house: House) -> dict[str, Compared]:
    """RSA-2048."""
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key()
    request = {"KeyId": house.new_key("RSA_2048"), "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    blob = house.group("Encrypt", {**request, "Plaintext": KEY})[0].ciphertext_blob
    own = public.encrypt(KEY, OAEP)
    signed = signing(
        house,
        to_sign(house, "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"),
        lambda: private.sign(MESSAGE, PKCS1, SHA256),
        lambda signature: public.verify(signature, MESSAGE, PKCS1, SHA256),
        budget=1.2,
    )
    encrypted = {
        "Encrypt": row(house, "Encrypt", {**request, "Plaintext": KEY}, lambda: public.encrypt(KEY, OAEP)),
        "Decrypt": row(house, "Decrypt", {**request, "CiphertextBlob": blob}, lambda: private.decrypt(own, OAEP), 1.2),
    }
    return of("RSA-2048", {**signed, **encrypted})


def curve_rows(house: House) -> dict[str, Compared]:
    """ECDSA and ECDH over P-256, and Ed25519."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key()
    edwards = ed25519.Ed25519PrivateKey.generate()
    edwards_public = edwards.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = house.new_key("ECC_NIST_P256", "KEY_AGREEMENT")
    agreement = {"KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": spki}
    ecdsa = signing(
        house,
        to_sign(house, "ECC_NIST_P256", "ECDSA_SHA_256"),
        lambda: private.sign(MESSAGE, ec.ECDSA(SHA256)),
        lambda signature: public.verify(signature, MESSAGE, ec.ECDSA(SHA256)),
        budget=2.2,
    )
    eddsa = signing(
        house,
        to_sign(house, "ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
        lambda: edwards.sign(MESSAGE),
        lambda signature: edwards_public.verify(signature, MESSAGE),
    )
    agreed = row(house, "DeriveSharedSecret", agreement, lambda: private.exchange(ec.ECDH(), public))
    return {**of("ECDSA P-256", ecdsa), **of("Ed25519", eddsa), "DeriveSharedSecret P-256": agreed}


def post_quantum_rows(house: House) -> dict[str, Compared]:
    """ML-DSA-65 and ML-KEM-768."""
    signer = mldsa.MLDSA65PrivateKey.generate()
    verifier = signer.public_key()
    kem = mlkem.MLKEM768PrivateKey.generate()
    kem_public = kem.public_key()
    _, own = kem_public.encapsulate()
    key = house.new_key("ML_KEM_768", "ENCAPSULATE_DECAPSULATE")
    request = {"KeyId": key, "EncapsulationAlgorithm": "ML_KEM"}
    blob = house.group("Encapsulate", request)[0].shared_secret_ciphertext_blob
    signed = signing(
        house,
        to_sign(house, "ML_DSA_65", "ML_DSA_SHAKE_256"),
        lambda: signer.sign(MESSAGE),
        lambda signature: verifier.verify(signature, MESSAGE),
    )
    encapsulated = {
        "Encapsulate": row(house, "Encapsulate", request, kem_public.encapsulate),
        "Decapsulate": row(
            house, "Decapsulate", {**request, "SharedSecretCiphertextBlob": blob}, lambda: kem.decapsulate(own)
        ),
    }
    return {**of("ML-DSA-65", signed), **of("ML-KEM-768", encapsulated)}


def other_rows(house: House) -> dict[str, Compared]:
    """Data key pairs, random bytes, and management: reading a key, and writing to it."""
    key = {"KeyId": house.new_key()}

    def pair() -> tuple[bytes, bytes]:
        made = ec.generate_private_key(ec.SECP256R1())
        public = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), public

    return {
        "GenerateDataKeyPair P-256": row(house, "GenerateDataKeyPair", {**key, "KeyPairSpec": "ECC_NIST_P256"}, pair),
        "GenerateRandom": row(house, "GenerateRandom", {"NumberOfBytes": 32}, lambda: os.urandom(32)),
        "DescribeKey": row(house, "DescribeKey", key, lambda: None),
        "UpdateKeyDescription": row(house, "UpdateKeyDescription", {**key, "Description": "a"}, lambda: None),
    }


if __name__ == "__main__":
    measure(__doc__, rows, rounds=7)
