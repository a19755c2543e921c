"""Ed25519 against RFC 8032, its authors' vectors and Wycheproof."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kmscli.crypto import edwards
from kmscli.crypto.asymmetric import InvalidSignatureError
from tests.crypto.packaged import NIST, judged, unhex

SPEC, PURE, PREHASHED = "ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "ED25519_PH_SHA_512"


def verifies(public: Ed25519PublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether a message has this signature."""
    try:
        edwards.verify(public, algorithm, "RAW", message, signature)
    except InvalidSignatureError:
        return False
    return True


def test_signatures_are_the_authors() -> None:
    """Every seed of the authors' list has its public key, and makes its signature, which verifies."""
    lines = NIST.joinpath("asymmetric/Ed25519/sign.input").read_text().splitlines()
    assert len(lines) == 1024
    for line in lines:
        keys, public, message, signed = (bytes.fromhex(field) for field in line.split(":")[:4])
        private = edwards.load(SPEC, keys[:32])
        spki = edwards.public_key(SPEC, private)
        assert spki[-32:] == public
        assert edwards.sign(private, PURE, "RAW", message) == signed[:64]
        assert verifies(edwards.load_public(SPEC, spki), PURE, message, signed[:64])


def test_signatures_are_judged_as_wycheproof_does() -> None:
    """Valid signatures verify, and the crafted ones do not."""
    wrong = [
        case["tcId"]
        for group, case in judged("Signature/ed25519")
        if verifies(edwards.load_public(SPEC, bytes.fromhex(group["publicKeyDer"])), PURE, *unhex(case, "msg", "sig"))
        != (case["result"] == "valid")
    ]
    assert wrong == []


def test_prehashing_is_what_rfc_8032_says() -> None:
    """Ed25519ph of `abc` is the signature of RFC 8032, section 7.3: what is to be signed is hashed once, here."""
    private = edwards.load(SPEC, bytes.fromhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"))
    public = edwards.load_public(SPEC, edwards.public_key(SPEC, private))
    assert public.public_bytes_raw().hex() == "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"
    signature = edwards.sign(private, PREHASHED, "DIGEST", b"abc")
    assert signature.hex() == (
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
    )
    assert verifies(public, PREHASHED, b"abc", signature)
    assert not verifies(public, PURE, b"abc", signature)


@pytest.mark.parametrize("algorithm", [PURE, PREHASHED])
def test_wrong_signatures_are_refused(algorithm: str) -> None:
    """A signature that was altered anywhere, cut, lengthened, or made for something else, does not verify."""
    secret, spki = edwards.generate(SPEC)
    private, public = edwards.load(SPEC, secret), edwards.load_public(SPEC, spki)
    message = bytes(range(64))
    signature = edwards.sign(private, algorithm, "RAW", message)
    flipped = [signature[:at] + bytes((signature[at] ^ 1,)) + signature[at + 1 :] for at in range(0, 64, 7)]
    for wrong in (*flipped, signature[:-1], signature + b"\0", b"", bytes(64), b"\xff" * 64):
        assert not verifies(public, algorithm, message, wrong)
    assert not verifies(public, algorithm, message[:-1], signature)
    other = PURE if algorithm == PREHASHED else PREHASHED
    assert not verifies(public, other, message, signature)
    assert verifies(public, algorithm, message, signature)
