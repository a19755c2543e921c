import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa

from tests.operations.house import House
from tests.operations.stock import DRY, Stock, incompatible, of_usage, read_event, wrong_usage

SIGNING = of_usage("SIGN_VERIFY")
MESSAGE = b"to be or not to be"
INVALID = ("KMSInvalidSignatureException", "")
SIZES = {"RSA_2048": 256, "RSA_3072": 384, "RSA_4096": 512, "ECC_NIST_EDWARDS25519": 64, "ML_DSA_44": 2420,
         "ML_DSA_65": 3309, "ML_DSA_87": 4627}  # fmt: skip
AT_MOST = {"ECC_NIST_P256": 72, "ECC_NIST_P384": 104, "ECC_NIST_P521": 139, "ECC_SECG_P256K1": 72}
EVERY_ALGORITHM = [
    *(f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PKCS1_V1_5", "PSS") for bits in (256, 384, 512)),
    "ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512", "ED25519_SHA_512", "ED25519_PH_SHA_512", "ML_DSA_SHAKE_256",
    "SM2DSA",
]  # fmt: skip


def digest_of(algorithm: str, message: bytes = MESSAGE) -> bytes:
    """A message's hash by a signing algorithm's hash."""
    return hashlib.new(f"sha{algorithm[-3:]}", message).digest()


def taken(algorithm: str) -> tuple[str, bytes]:
    """A message type that an algorithm takes, and a message of it."""
    return ("DIGEST", digest_of(algorithm)) if algorithm == "ED25519_PH_SHA_512" else ("RAW", MESSAGE)


def signed(stock: Stock, key: str, algorithm: str, message_type: str, message: bytes) -> bytes:
    """A signature."""
    given = {"MessageType": message_type, "SigningAlgorithm": algorithm}
    signature: bytes = stock.call("Sign", KeyId=key, Message=message, **given)["Signature"]
    return signature


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_sign_and_verify(stock: Stock, spec: str, algorithm: str) -> None:
    """Every algorithm of every spec signs, with a signature of 2.3's size, and verifies that message only."""
    key = stock.key(spec, "SIGN_VERIFY")
    message_type, message = taken(algorithm)
    given = {"KeyId": key, "Message": message, "MessageType": message_type, "SigningAlgorithm": algorithm}
    answer = stock.call("Sign", **given)
    signature = answer["Signature"]
    named = {"KeyId": f"arn:aws:kms:us-east-1:{stock.house.caller.account}:key/{key}", "SigningAlgorithm": algorithm}
    assert answer == {**named, "Signature": signature}
    assert len(signature) == SIZES[spec] if spec in SIZES else len(signature) <= AT_MOST[spec]
    assert stock.call("Verify", Signature=signature, **given) == {**named, "SignatureValid": True}
    other = message[:-1] + bytes((message[-1] ^ 1,))
    assert stock.refusal("Verify", Signature=signature, **{**given, "Message": other}) == INVALID
    altered = signature[:-1] + bytes((signature[-1] ^ 1,))
    for wrong in (altered, signature[:-1], signature + b"\0", b"\0"):
        assert stock.refusal("Verify", Signature=wrong, **given) == INVALID


@pytest.mark.parametrize("algorithm", ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_512", "ECDSA_SHA_384"])
def test_a_digest_and_its_message_are_one(stock: Stock, algorithm: str) -> None:
    """What was signed as a message verifies by its digest, and the other way round."""
    key = stock.key("ECC_NIST_P384" if algorithm.startswith("ECDSA") else "RSA_2048", "SIGN_VERIFY")
    spellings = {"RAW": MESSAGE, "DIGEST": digest_of(algorithm)}
    for message_type, message in spellings.items():
        signature = signed(stock, key, algorithm, message_type, message)
        for other, again in spellings.items():
            given = {"MessageType": other, "SigningAlgorithm": algorithm, "Message": again}
            assert stock.call("Verify", KeyId=key, Signature=signature, **given)["SignatureValid"] is True


def test_raw_is_the_default(stock: Stock) -> None:
    """Without a MessageType the message is hashed, even if it is as long as a hash."""
    key = stock.key("ECC_NIST_P256", "SIGN_VERIFY")
    given = {"KeyId": key, "Message": digest_of("ECDSA_SHA_256"), "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = stock.call("Sign", **given)["Signature"]
    assert stock.call("Verify", Signature=signature, MessageType="RAW", **given)["SignatureValid"] is True
    assert stock.refusal("Verify", Signature=signature, MessageType="DIGEST", **given) == INVALID


def test_an_external_mu_is_its_message(stock: Stock) -> None:
    """ML-DSA signs a message or its representative mu, which FIPS 204 makes of the public key and the message."""
    key = stock.key("ML_DSA_44", "SIGN_VERIFY")
    raw = stock.public_key(key)[22:]
    mu = hashlib.shake_256(hashlib.shake_256(raw).digest(64) + b"\0\0" + MESSAGE).digest(64)
    for message_type, message, other, again in (
        ("RAW", MESSAGE, "EXTERNAL_MU", mu),
        ("EXTERNAL_MU", mu, "RAW", MESSAGE),
    ):
        signature = signed(stock, key, "ML_DSA_SHAKE_256", message_type, message)
        given = {"MessageType": other, "SigningAlgorithm": "ML_DSA_SHAKE_256", "Message": again}
        assert stock.call("Verify", KeyId=key, Signature=signature, **given)["SignatureValid"] is True


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
@pytest.mark.parametrize("name", ["Sign", "Verify"])
def test_message_types_and_lengths(stock: Stock, name: str, spec: str, algorithm: str) -> None:
    """A message type that an algorithm does not take is refused, and so is a digest or mu of another length."""
    key = stock.key(spec, "SIGN_VERIFY")
    needs = {"Signature": b"\0"} if name == "Verify" else {}
    takes = {"ED25519_SHA_512": {"RAW"}, "ED25519_PH_SHA_512": {"DIGEST"}, "ML_DSA_SHAKE_256": {"RAW", "EXTERNAL_MU"}}
    for message_type in ("RAW", "DIGEST", "EXTERNAL_MU"):
        given = {"KeyId": key, "MessageType": message_type, "SigningAlgorithm": algorithm, **needs}
        if message_type not in takes.get(algorithm, {"RAW", "DIGEST"}):
            said = f"MessageType {message_type} is not valid for algorithm {algorithm}."
            assert stock.refusal(name, Message=bytes(64), **given) == ("ValidationException", said)
        elif message_type != "RAW":
            said = f"Digest is invalid length for algorithm {algorithm}."
            for length in (1, 31, 65, 4096):
                assert stock.refusal(name, Message=bytes(length), **given) == ("ValidationException", said)


@pytest.mark.parametrize("spec", ["RSA_2048", *AT_MOST, "ECC_NIST_EDWARDS25519", "ML_DSA_44"])
@pytest.mark.parametrize("name", ["Sign", "Verify"])
def test_an_algorithm_of_another_spec(stock: Stock, name: str, spec: str) -> None:
    """Each algorithm that a spec has not is refused."""
    key = stock.key(spec, "SIGN_VERIFY")
    needs = {"Signature": b"\0"} if name == "Verify" else {}
    for algorithm in EVERY_ALGORITHM:
        if (spec, algorithm) not in SIGNING:
            refusal = stock.refusal(name, KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm, **needs)
            assert refusal == incompatible(algorithm, spec)


@pytest.mark.parametrize("name", ["Sign", "Verify"])
def test_a_key_for_something_else(stock: Stock, name: str) -> None:
    """A key that encrypts, agrees or makes MACs signs nothing."""
    needs = {"Signature": b"\0"} if name == "Verify" else {}
    for spec, usage in (("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), ("ECC_NIST_P256", "KEY_AGREEMENT")):
        key = stock.key(spec, usage)
        given = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256", **needs}
        assert stock.refusal(name, **given) == wrong_usage(key, usage, name)


def test_a_message_is_up_to_4096_bytes(stock: Stock) -> None:
    """4,096 bytes are signed and 4,097 are not, and the message is shown in no refusal."""
    given = {"KeyId": stock.key("ECC_NIST_P256", "SIGN_VERIFY"), "SigningAlgorithm": "ECDSA_SHA_256"}
    stock.call("Sign", Message=bytes(4096), **given)
    code, message = stock.refusal("Sign", Message=b"s" * 4097, **given)
    assert code == "ValidationException"
    assert message == ("1 validation error detected: Value at 'message' failed to satisfy constraint: Member must "
                       "have length less than or equal to 4096")  # fmt: skip


@pytest.mark.parametrize("name", ["Sign", "Verify"])
def test_a_dry_run(stock: Stock, name: str) -> None:
    """A dry run says that it would succeed, or what would be wrong with it."""
    key = stock.key("ECC_NIST_P256", "SIGN_VERIFY")
    signature = signed(stock, key, "ECDSA_SHA_256", "RAW", MESSAGE)
    given = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256", "DryRun": True}
    if name == "Verify":
        assert stock.refusal(name, Signature=signature[:-1], **given) == INVALID
        given["Signature"] = signature
    assert stock.refusal(name, **given) == DRY
    refusal = stock.refusal(name, **{**given, "SigningAlgorithm": "ECDSA_SHA_384"})
    assert refusal == incompatible("ECDSA_SHA_384", "ECC_NIST_P256")


@pytest.mark.parametrize("name", ["Sign", "Verify"])
def test_the_event(stock: Stock, name: str) -> None:
    """The trail shows the key, the message type (the default too) and the algorithm, and no message or signature."""
    key = stock.key("ECC_NIST_P256", "SIGN_VERIFY")
    signature = signed(stock, key, "ECDSA_SHA_256", "RAW", MESSAGE)
    needs = {"Signature": signature} if name == "Verify" else {}
    stock.call(name, KeyId=key, Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_256", **needs)
    logged = {"messageType": "RAW", "signingAlgorithm": "ECDSA_SHA_256"}
    assert stock.logged() == read_event(name, key, logged)


def test_an_invalid_signature_is_an_event(stock: Stock) -> None:
    """A signature that is not valid is recorded by its code."""
    key = stock.key("ECC_NIST_P256", "SIGN_VERIFY")
    given = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}
    assert stock.refusal("Verify", Signature=b"\0", **given) == INVALID
    assert stock.house.event()["errorCode"] == "KMSInvalidSignatureException"


@pytest.mark.parametrize(("spec", "algorithm"), [one for one in SIGNING if one[1] != "ED25519_PH_SHA_512"])
def test_a_library_verifies(stock: Stock, spec: str, algorithm: str) -> None:
    """`cryptography` reads the public key and verifies the signature."""
    key = stock.key(spec, "SIGN_VERIFY")
    signature = signed(stock, key, algorithm, "RAW", MESSAGE)
    public = serialization.load_der_public_key(stock.public_key(key))
    chosen = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[algorithm[-3:]]
    if isinstance(public, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(chosen), chosen.digest_size)
        public.verify(signature, MESSAGE, pss if "PSS" in algorithm else padding.PKCS1v15(), chosen)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, MESSAGE, ec.ECDSA(chosen))
    else:
        classes = (ed25519.Ed25519PublicKey, mldsa.MLDSA44PublicKey, mldsa.MLDSA65PublicKey, mldsa.MLDSA87PublicKey)
        assert isinstance(public, classes)
        public.verify(signature, MESSAGE)


OPENSSL = {
    "RSASSA_PKCS1_V1_5_SHA_256": [],
    "RSASSA_PSS_SHA_256": ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"],
    "ECDSA_SHA_256": [],
}


@pytest.mark.parametrize("algorithm", OPENSSL)
def test_openssl_verifies(stock: Stock, tmp_path: Path, algorithm: str) -> None:
    """OpenSSL on the shell reads the public key and verifies the signature."""
    key = stock.key("ECC_NIST_P256" if algorithm == "ECDSA_SHA_256" else "RSA_2048", "SIGN_VERIFY")
    files = {"key": stock.public_key(key), "signature": signed(stock, key, algorithm, "RAW", MESSAGE), "m": MESSAGE}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words = ["openssl", "dgst", "-sha256", "-verify", "key", "-keyform", "DER", *OPENSSL[algorithm]]
    ran = subprocess.run([*words, "-signature", "signature", "m"], cwd=tmp_path, capture_output=True, check=True)
    assert ran.stdout == b"Verified OK\n"


def test_keys_outlive_the_process(stock: Stock) -> None:
    """A key that another process made signs, and what was signed before verifies."""
    key = stock.key("RSA_2048", "SIGN_VERIFY")
    given = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = signed(stock, key, "RSASSA_PSS_SHA_256", "RAW", MESSAGE)
    other = House(stock.house.path)
    assert other.call("Verify", Signature=signature, **given)["SignatureValid"] is True
    again = other.call("Sign", **given)["Signature"]
    other.close()
    assert stock.call("Verify", Signature=again, **given)["SignatureValid"] is True


def test_a_key_that_is_gone_signs_nothing(lab: House) -> None:
    """A private key that was loaded before its KMS key was deleted is not used again."""
    key = lab.new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    given = {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256"}
    lab.call("Sign", **given)
    lab.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert lab.refusal("Sign", **given)[0] == "KMSInvalidStateException"
    lab.later(days=8)
    assert lab.refusal("Sign", **given)[0] == "NotFoundException"
