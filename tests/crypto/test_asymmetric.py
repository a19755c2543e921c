"""All families behind one door: sizes, message types, round trips, and what a call loads."""

import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import asymmetric
from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.asymmetric import (
    BadPeerKeyError,
    InvalidSignatureError,
    WrongDigestLengthError,
    WrongMessageTypeError,
)

PUBLIC_KEY_LENGTHS = {
    "RSA_2048": 294, "RSA_3072": 422, "RSA_4096": 550,
    "ECC_NIST_P256": 91, "ECC_NIST_P384": 120, "ECC_NIST_P521": 158, "ECC_SECG_P256K1": 88,
    "ECC_NIST_EDWARDS25519": 44,
    "ML_DSA_44": 1334, "ML_DSA_65": 1974, "ML_DSA_87": 2614,
    "ML_KEM_512": 822, "ML_KEM_768": 1206, "ML_KEM_1024": 1590,
    "HMAC_224": 0, "HMAC_256": 0, "HMAC_384": 0, "HMAC_512": 0,
}  # fmt: skip
"""Reference, kms-semantics 2.6."""

OBJECT_IDENTIFIERS = {
    "RSA_2048": "06092a864886f70d010101",
    "ECC_NIST_P256": "06082a8648ce3d030107",
    "ECC_NIST_P384": "06052b81040022",
    "ECC_NIST_P521": "06052b81040023",
    "ECC_SECG_P256K1": "06052b8104000a",
    "ECC_NIST_EDWARDS25519": "06032b6570",
    "ML_DSA_44": "0609608648016503040311",
    "ML_DSA_65": "0609608648016503040312",
    "ML_DSA_87": "0609608648016503040313",
    "ML_KEM_512": "0609608648016503040401",
    "ML_KEM_768": "0609608648016503040402",
    "ML_KEM_1024": "0609608648016503040403",
}

SIGNATURE_LENGTHS = {
    "RSA_2048": (256, 256), "ECC_NIST_P256": (8, 72), "ECC_NIST_P384": (8, 104), "ECC_NIST_P521": (8, 139),
    "ECC_SECG_P256K1": (8, 72), "ECC_NIST_EDWARDS25519": (64, 64),
    "ML_DSA_44": (2420, 2420), "ML_DSA_65": (3309, 3309), "ML_DSA_87": (4627, 4627),
}  # fmt: skip
"""Reference, kms-semantics 2.3; a DER signature may be shorter than its maximum."""

SIGNING_ALGORITHMS = {
    "RSA_2048": [name for name in asymmetric.MESSAGE_TYPES if name.startswith("RSASSA_")],
    "ECC_NIST_P256": ["ECDSA_SHA_256"],
    "ECC_NIST_P384": ["ECDSA_SHA_384"],
    "ECC_NIST_P521": ["ECDSA_SHA_512"],
    "ECC_SECG_P256K1": ["ECDSA_SHA_256"],
    "ECC_NIST_EDWARDS25519": ["ED25519_SHA_512", "ED25519_PH_SHA_512"],
    "ML_DSA_44": ["ML_DSA_SHAKE_256"],
    "ML_DSA_65": ["ML_DSA_SHAKE_256"],
    "ML_DSA_87": ["ML_DSA_SHAKE_256"],
}
KEYS = {spec: asymmetric.generate(spec) for spec in asymmetric.FAMILIES if spec not in ("RSA_3072", "RSA_4096")}
WAYS = [
    (spec, algorithm, message_type, length)
    for spec, algorithms in SIGNING_ALGORITHMS.items()
    for algorithm in algorithms
    for message_type, length in asymmetric.MESSAGE_TYPES[algorithm].items()
]


def test_every_spec_has_its_family() -> None:
    """The specs are those of the reference; the one that is missing says why."""
    assert asymmetric.FAMILIES.keys() == PUBLIC_KEY_LENGTHS.keys()
    assert list(asymmetric.UNAVAILABLE) == ["SM2"]
    assert len(asymmetric.MESSAGE_TYPES) == 12


@pytest.mark.parametrize("spec", [spec for spec in PUBLIC_KEY_LENGTHS if spec != "RSA_4096"])
def test_public_keys_have_the_reference_s_size_and_object_identifier(spec: str) -> None:
    """A public key has its spec's length and algorithm, and belongs to its secret."""
    secret, spki = KEYS.get(spec) or asymmetric.generate(spec)
    assert len(spki) == PUBLIC_KEY_LENGTHS[spec]
    assert bytes.fromhex(OBJECT_IDENTIFIERS.get(spec, "")) in spki
    assert asymmetric.public_key(spec, secret) == spki


@pytest.mark.parametrize(
    ("spec", "length"),
    [
        ("ECC_NIST_P256", 138),
        ("ECC_NIST_P384", 185),
        ("ECC_NIST_P521", 241),
        ("ECC_SECG_P256K1", 135),
        ("ECC_NIST_EDWARDS25519", 48),
        ("ML_KEM_512", 86),
        ("ML_KEM_768", 86),
        ("ML_KEM_1024", 86),
    ],
)
def test_data_key_pairs_have_the_reference_s_size(spec: str, length: int) -> None:
    """A private key has its spec's length in PKCS#8; ML-KEM's, in seed form, has one length for all specs."""
    pkcs8, spki = asymmetric.generate_pair(spec)
    assert len(pkcs8) == length
    assert len(spki) == PUBLIC_KEY_LENGTHS[spec]
    assert asymmetric.generate_pair(spec) != (pkcs8, spki)


@pytest.mark.parametrize(("spec", "algorithm", "message_type", "length"), WAYS)
def test_what_is_signed_verifies_and_nothing_else(
    spec: str, algorithm: str, message_type: str, length: int | None
) -> None:
    """In every way to sign, the signature verifies for its message, key and algorithm, and for no other."""
    secret, spki = KEYS[spec]
    private, public = asymmetric.load(spec, secret), asymmetric.load_public(spec, spki)
    message = bytes(range(length or 100))
    signature = asymmetric.sign(private, algorithm, message_type, message)
    least, most = SIGNATURE_LENGTHS[spec]
    assert least <= len(signature) <= most
    asymmetric.verify(public, algorithm, message_type, message, signature)
    other_key = asymmetric.load_public(spec, asymmetric.generate(spec)[1])
    altered = signature[:-1] + bytes((signature[-1] ^ 1,))
    malformed = (altered, signature[:-1], signature + b"\0", b"", b"\x30\x00", bytes(5000))
    wrong: list[tuple[Any, bytes, bytes]] = [
        (other_key, message, signature),
        (public, message[::-1], signature),
        *((public, message, bad) for bad in malformed),
    ]
    for key, signed, bad in wrong:
        with pytest.raises(InvalidSignatureError) as refusal:
            asymmetric.verify(key, algorithm, message_type, signed, bad)
        assert refusal.value.args == ()
    for other in SIGNING_ALGORITHMS[spec]:
        if other != algorithm and length in asymmetric.MESSAGE_TYPES[other].values():
            with pytest.raises((InvalidSignatureError, WrongMessageTypeError)):
                asymmetric.verify(public, other, message_type, message, signature)


@pytest.mark.parametrize("algorithm", asymmetric.MESSAGE_TYPES)
@pytest.mark.parametrize("message_type", ["RAW", "DIGEST", "EXTERNAL_MU"])
def test_message_types_and_digest_lengths(algorithm: str, message_type: str) -> None:
    """Each algorithm takes its message types, and digests of one length only, before any key is looked at."""
    digest = {"256": 32, "384": 48, "512": 64}.get(algorithm[-3:])
    expected: dict[str, int | None] = {"RAW": None, "DIGEST": digest}
    if algorithm.startswith("ED25519"):
        expected = {"DIGEST": 64} if "_PH_" in algorithm else {"RAW": None}
    if algorithm.startswith("ML_DSA"):
        expected = {"RAW": None, "EXTERNAL_MU": 64}
    for length in (0, 1, 20, 31, 32, 33, 48, 64, 65, 4096):
        refused: type[Exception] | None = None
        if message_type not in expected:
            refused = WrongMessageTypeError
        elif expected[message_type] not in (None, length):
            refused = WrongDigestLengthError
        if refused is None:
            asymmetric.check_message(algorithm, message_type, bytes(length))
            continue
        with pytest.raises(refused):
            asymmetric.check_message(algorithm, message_type, bytes(length))
        with pytest.raises(refused):
            asymmetric.sign(None, algorithm, message_type, bytes(length))
        with pytest.raises(refused):
            asymmetric.verify(None, algorithm, message_type, bytes(length), b"")


def test_a_prehashed_digest_is_hashed_once_more() -> None:
    """ED25519_PH_SHA_512 signs the hash of the digest it is given: what AWS does, and its verifiers must do."""
    from Crypto.Hash import SHA512
    from Crypto.Signature import eddsa

    secret, spki = KEYS["ECC_NIST_EDWARDS25519"]
    digest = SHA512.new(b"message").digest()
    private = asymmetric.load("ECC_NIST_EDWARDS25519", secret)
    signature = asymmetric.sign(private, "ED25519_PH_SHA_512", "DIGEST", digest)
    verifier = eddsa.new(eddsa.import_public_key(spki[-32:]), "rfc8032")
    verifier.verify(SHA512.new(digest), signature)
    with pytest.raises(ValueError, match="not authentic"):
        verifier.verify(SHA512.new(b"message"), signature)


@settings(deadline=None)
@given(some.sampled_from([1, 256]), some.binary(min_size=1, max_size=190))
def test_what_is_encrypted_is_decrypted(digest: int, plaintext: bytes) -> None:
    """RSA ciphertexts open under their own key and algorithm."""
    secret, spki = KEYS["RSA_2048"]
    algorithm = f"RSAES_OAEP_SHA_{digest}"
    ciphertext = asymmetric.encrypt(asymmetric.load_public("RSA_2048", spki), algorithm, plaintext)
    assert asymmetric.decrypt(asymmetric.load("RSA_2048", secret), algorithm, ciphertext) == plaintext
    assert asymmetric.maximum_plaintext("RSA_2048", algorithm) >= len(plaintext)


@pytest.mark.parametrize(("spec", "length"), [("ECC_NIST_P256", 32), ("ECC_NIST_P384", 48), ("ECC_NIST_P521", 66)])
def test_both_sides_agree(spec: str, length: int) -> None:
    """Two keys of a curve agree on one secret as long as its field."""
    secret, spki = KEYS[spec]
    other, other_spki = asymmetric.generate(spec)
    shared = asymmetric.agree(asymmetric.load(spec, secret), spec, other_spki)
    assert shared == asymmetric.agree(asymmetric.load(spec, other), spec, spki)
    assert len(shared) == length


@pytest.mark.parametrize(("spec", "length"), [("ML_KEM_512", 768), ("ML_KEM_768", 1088), ("ML_KEM_1024", 1568)])
def test_both_sides_share(spec: str, length: int) -> None:
    """An encapsulated secret of 32 bytes comes out of its ciphertext; one of another length is refused."""
    secret, spki = KEYS[spec]
    private = asymmetric.load(spec, secret)
    shared, ciphertext = asymmetric.encapsulate(asymmetric.load_public(spec, spki))
    assert (len(shared), len(ciphertext)) == (32, length)
    assert asymmetric.decapsulate(private, ciphertext) == shared
    with pytest.raises(NotAuthenticError):
        asymmetric.decapsulate(private, ciphertext[:-1])


@settings(deadline=None)
@given(some.sampled_from([spec for spec, length in PUBLIC_KEY_LENGTHS.items() if length]), some.binary(max_size=200))
def test_what_is_no_public_key_is_a_value_error(spec: str, spki: bytes) -> None:
    """Any bytes that are no public key are refused with ValueError, as a peer's with BadPeerKeyError."""
    with pytest.raises(ValueError, match="not a public key"):
        asymmetric.load_public(spec, spki)
    if spec in ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"):
        with pytest.raises(BadPeerKeyError):
            asymmetric.agree(asymmetric.load(spec, KEYS[spec][0]), spec, spki)


REFUSING: dict[str, Callable[[Any], object]] = {
    "rsa_keys": lambda private: asymmetric.decrypt(private, "RSAES_OAEP_SHA_256", bytes(256)),
    "elliptic": lambda private: asymmetric.agree(private, "ECC_NIST_P256", bytes(91)),
    "ml_kem": lambda private: asymmetric.decapsulate(private, bytes(32)),
}
"""What each family refuses to do with a private key, where it refuses anything."""


@pytest.mark.parametrize("spec", [spec for spec in KEYS if not spec.startswith("HMAC_")])
def test_no_private_key_shows_its_secret(spec: str) -> None:
    """What Python prints of a loaded private key, or of a refusal under it, holds nothing of its secret."""
    secret, _ = KEYS[spec]
    private = asymmetric.load(spec, secret)
    shown = f"{private!r} {private} {[private]}"
    refusing = REFUSING.get(asymmetric.FAMILIES[spec])
    if refusing:
        with pytest.raises((NotAuthenticError, BadPeerKeyError)) as refusal:
            refusing(private)
        shown += "".join(traceback.format_exception(refusal.value))
    inner = secret[8:24]
    for form in (inner.hex(), repr(inner)[2:-1], str(int.from_bytes(inner, "big"))):
        assert form not in shown


HEAVY = {"Crypto", "_hashlib", "asn1crypto", "cryptography.hazmat.primitives.serialization", "cryptography.x509"}
FAMILIES = {f"kmscli.crypto.{name}" for name in asymmetric.FAMILIES.values()}


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    script = f"import sys; {statement}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_the_door_loads_no_family() -> None:
    """The dispatching module, and importing symmetric material, load no primitive at all."""
    loaded = loaded_by("from kmscli.crypto import asymmetric, importing; importing.imported('HMAC_224', bytes(32))")
    assert not {name for name in loaded if name.startswith(("cryptography", "Crypto", "asn1crypto"))}


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [(spec, names[0]) for spec, names in SIGNING_ALGORITHMS.items()],
)
def test_signing_loads_its_own_family_only(spec: str, algorithm: str) -> None:
    """A call that signs and verifies loads its family, and nothing that is heavy."""
    secret, spki = KEYS[spec]
    loaded = loaded_by(
        "from kmscli.crypto import asymmetric as a;"
        f"s = a.sign(a.load({spec!r}, {secret!r}), {algorithm!r}, 'RAW', b'm');"
        f"a.verify(a.load_public({spec!r}, {spki!r}), {algorithm!r}, 'RAW', b'm', s)"
    )
    assert FAMILIES & loaded == {f"kmscli.crypto.{asymmetric.FAMILIES[spec]}"}
    assert HEAVY & loaded == set()


@pytest.mark.parametrize("spec", ["ML_KEM_768", "ECC_NIST_P256", "RSA_2048"])
def test_other_uses_of_a_public_key_load_nothing_heavy(spec: str) -> None:
    """Encapsulating, agreeing and encrypting read the public key without the library's serialization."""
    use = {
        "ML_KEM_768": "a.encapsulate(a.load_public({0!r}, {2!r}))",
        "ECC_NIST_P256": "a.agree(a.load({0!r}, {1!r}), {0!r}, {2!r})",
        "RSA_2048": "a.encrypt(a.load_public({0!r}, {2!r}), 'RSAES_OAEP_SHA_256', b'm')",
    }
    statement = use[spec].format(spec, *KEYS[spec])
    assert HEAVY & loaded_by(f"from kmscli.crypto import asymmetric as a; {statement}") == set()
