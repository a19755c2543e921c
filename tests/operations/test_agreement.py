import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from kmscli.crypto import asymmetric
from tests.operations.house import arn
from tests.operations.stock import DRY, Stock, incompatible, read_event, wrong_usage

CURVES = {
    "ECC_NIST_P256": (ec.SECP256R1(), 32),
    "ECC_NIST_P384": (ec.SECP384R1(), 48),
    "ECC_NIST_P521": (ec.SECP521R1(), 66),
}
KEMS = {"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
AGREEMENT, ENCAPSULATION = "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"
INVALID = ("InvalidCiphertextException", "")


def der(private: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key of a private one."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.DER, form)


@pytest.mark.parametrize("spec", CURVES)
def test_a_shared_secret(stock: Stock, spec: str) -> None:
    """Both sides derive the x coordinate, in its whole length, from their private and the other's public key."""
    key = stock.key(spec, AGREEMENT)
    curve, length = CURVES[spec]
    peer = ec.generate_private_key(curve)
    answer = stock.call("DeriveSharedSecret", KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=der(peer))
    ours = serialization.load_der_public_key(stock.public_key(key))
    assert isinstance(ours, ec.EllipticCurvePublicKey)
    secret = peer.exchange(ec.ECDH(), ours)
    assert len(secret) == length
    algorithm = {"KeyAgreementAlgorithm": "ECDH"}
    assert answer == {"KeyId": arn(key), "SharedSecret": secret, **algorithm, "KeyOrigin": "AWS_KMS"}


def test_openssl_derives_the_same(stock: Stock, tmp_path: Path) -> None:
    """OpenSSL on the shell, with a key pair of its own, derives the same secret."""

    def openssl(*words: str) -> bytes:
        return subprocess.run(["openssl", *words], cwd=tmp_path, capture_output=True, check=True).stdout

    key = stock.key("ECC_NIST_P256", AGREEMENT)
    (tmp_path / "ours").write_bytes(stock.public_key(key))
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "theirs")
    peer = openssl("pkey", "-in", "theirs", "-pubout", "-outform", "DER")
    answer = stock.call("DeriveSharedSecret", KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=peer)
    openssl("pkey", "-pubin", "-inform", "DER", "-in", "ours", "-out", "ours.pem")
    assert openssl("pkeyutl", "-derive", "-inkey", "theirs", "-peerkey", "ours.pem") == answer["SharedSecret"]


def bad_peer(spec: str) -> tuple[str, str]:
    """The refusal of a public key."""
    said = f"PublicKey is not a public key of key spec {spec} in DER-encoded X.509 SubjectPublicKeyInfo form."
    return "ValidationException", said


@pytest.mark.parametrize("spec", CURVES)
def test_a_public_key_that_is_none(stock: Stock, spec: str) -> None:
    """A key on another curve, of another kind, off the curve, or in another form is refused."""
    key = stock.key(spec, AGREEMENT)
    own = stock.public_key(key)
    others = [stock.public_key(stock.key(other, AGREEMENT)) for other in CURVES if other != spec]
    off_curve = own[:-1] + bytes((own[-1] ^ 1,))
    for peer in (
        *others,
        stock.public_key(stock.key("RSA_2048", "SIGN_VERIFY")),
        off_curve,
        own + b"\0",
        own[26:],
        b"x",
    ):
        given = {"KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer}
        assert stock.refusal("DeriveSharedSecret", **given) == bad_peer(spec)


@pytest.mark.parametrize("spec", KEMS)
def test_encapsulate_and_decapsulate(stock: Stock, spec: str) -> None:
    """A new secret of 32 bytes comes with a ciphertext of the spec's length, which gives it back."""
    key = stock.key(spec, ENCAPSULATION)
    given = {"KeyId": key, "EncapsulationAlgorithm": "ML_KEM"}
    answer = stock.call("Encapsulate", **given)
    secret, blob = answer["SharedSecret"], answer["SharedSecretCiphertextBlob"]
    named = {"KeyId": arn(key), "EncapsulationAlgorithm": "ML_KEM", "SharedSecret": secret}
    assert answer == {**named, "SharedSecretCiphertextBlob": blob}
    assert (len(secret), len(blob)) == (32, KEMS[spec])
    assert stock.call("Decapsulate", SharedSecretCiphertextBlob=blob, **given) == named
    assert stock.call("Encapsulate", **given)["SharedSecret"] != secret


@pytest.mark.parametrize("spec", KEMS)
def test_an_altered_ciphertext_gives_another_secret(stock: Stock, spec: str) -> None:
    """Any ciphertext of the right length gives a secret, the same each time; only the length is ever an error."""
    given = {"KeyId": stock.key(spec, ENCAPSULATION), "EncapsulationAlgorithm": "ML_KEM"}
    made = stock.call("Encapsulate", **given)
    blob = made["SharedSecretCiphertextBlob"]
    for wrong in (bytes((blob[0] ^ 1,)) + blob[1:], bytes(len(blob))):
        secrets = {
            stock.call("Decapsulate", SharedSecretCiphertextBlob=wrong, **given)["SharedSecret"] for _ in range(2)
        }
        assert len(secrets) == 1
        assert made["SharedSecret"] not in secrets
    for wrong in (blob[:-1], blob + b"\0", b"x"):
        assert stock.refusal("Decapsulate", SharedSecretCiphertextBlob=wrong, **given) == INVALID


@pytest.mark.parametrize("spec", ["ML_KEM_768", "ML_KEM_1024"])
def test_a_library_encapsulates(stock: Stock, spec: str) -> None:
    """What `cryptography` encapsulates for the public key, Decapsulate opens."""
    key = stock.key(spec, ENCAPSULATION)
    public = serialization.load_der_public_key(stock.public_key(key))
    assert isinstance(public, mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey)
    secret, blob = public.encapsulate()
    given = {"KeyId": key, "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": blob}
    assert stock.call("Decapsulate", **given)["SharedSecret"] == secret


@settings(max_examples=20, deadline=None)
@for_all(spec=st.sampled_from(sorted(CURVES)))
def test_agreement_is_symmetric(spec: str) -> None:
    """Two keys of one spec derive the same secret, whichever is whose."""
    (first, first_public), (second, second_public) = asymmetric.generate(spec), asymmetric.generate(spec)
    one = asymmetric.agree(asymmetric.load(spec, first), spec, second_public)
    assert one == asymmetric.agree(asymmetric.load(spec, second), spec, first_public)


WRONG = [
    ("DeriveSharedSecret", "ECC_NIST_P256", "SIGN_VERIFY"),
    ("Encapsulate", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    ("Encapsulate", "ECC_NIST_P256", AGREEMENT),
    ("Decapsulate", "ECC_NIST_P256", AGREEMENT),
    ("DeriveSharedSecret", "ML_KEM_768", ENCAPSULATION),
]


def members(stock: Stock, name: str, key: str) -> dict[str, object]:
    """A request that is right in all but its key."""
    given: dict[str, dict[str, object]] = {
        "DeriveSharedSecret": {
            "KeyAgreementAlgorithm": "ECDH",
            "PublicKey": stock.public_key(stock.key("ECC_NIST_P256", AGREEMENT)),
        },
        "Encapsulate": {"EncapsulationAlgorithm": "ML_KEM"},
        "Decapsulate": {"EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": bytes(1088)},
    }
    return {"KeyId": key, **given[name]}


@pytest.mark.parametrize(("name", "spec", "usage"), WRONG)
def test_a_key_for_something_else(stock: Stock, name: str, spec: str, usage: str) -> None:
    """A key of another usage neither agrees nor encapsulates."""
    key = stock.key(spec, usage)
    assert stock.refusal(name, **members(stock, name, key)) == wrong_usage(key, usage, name)


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("DeriveSharedSecret", {"keyAgreementAlgorithm": "ECDH"}),
        ("Encapsulate", {"encapsulationAlgorithm": "ML_KEM"}),
        ("Decapsulate", {"encapsulationAlgorithm": "ML_KEM"}),
    ],
)
def test_a_dry_run_and_its_event(stock: Stock, name: str, logged: dict[str, str]) -> None:
    """A dry run says that it would succeed; the trail shows the algorithm, and neither secrets nor keys."""
    usage = AGREEMENT if name == "DeriveSharedSecret" else ENCAPSULATION
    key = stock.key("ECC_NIST_P256" if usage == AGREEMENT else "ML_KEM_768", usage)
    given = members(stock, name, key)
    assert stock.refusal(name, DryRun=True, **given) == DRY
    assert stock.logged() == read_event(name, key, {**logged, "dryRun": True})
    stock.call(name, **given)
    assert stock.logged() == read_event(name, key, logged)


def test_an_algorithm_outside_the_model(stock: Stock) -> None:
    """There is one algorithm for each; any other breaks the enum's constraint."""
    for name, member in (("Encapsulate", "EncapsulationAlgorithm"), ("DeriveSharedSecret", "KeyAgreementAlgorithm")):
        given = members(stock, name, stock.key()) | {member: "RSA"}
        assert stock.refusal(name, **given)[0] == "ValidationException"
    assert incompatible("ECDH", "RSA_2048")[0] == "InvalidKeyUsageException"
