"""ECDSA and ECDH against Wycheproof and NIST."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kmscli.crypto import der, elliptic
from kmscli.crypto.asymmetric import BadPeerKeyError, InvalidSignatureError
from tests.crypto.packaged import judged, responses, unhex, wycheproof

ECDSA = {
    "ECC_NIST_P256": ("secp256r1", "P-256", 256),
    "ECC_NIST_P384": ("secp384r1", "P-384", 384),
    "ECC_NIST_P521": ("secp521r1", "P-521", 512),
    "ECC_SECG_P256K1": ("secp256k1", "K-256", 256),
}
AGREEING = ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521")


def verifies(public: ec.EllipticCurvePublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether a RAW message has this signature."""
    try:
        elliptic.verify(public, algorithm, "RAW", message, signature)
    except InvalidSignatureError:
        return False
    return True


def spki_of(spec: str, record: dict[str, str], x: str, y: str) -> bytes:
    """The SubjectPublicKeyInfo of a point that NIST gives by its coordinates."""
    size = elliptic.CURVES[spec].size
    point = b"\x04" + b"".join(int(record[name], 16).to_bytes(size, "big") for name in (x, y))
    return der.public_key_info(elliptic.CURVES[spec].algorithm, point)


@pytest.mark.parametrize("spec", ECDSA)
def test_signatures_are_judged_as_wycheproof_does(spec: str) -> None:
    """Valid signatures verify; those with other encodings, ranges or points do not."""
    curve, _, digest = ECDSA[spec]
    wrong = [
        case["tcId"]
        for group, case in judged(f"Signature/ecdsa_{curve}_sha{digest}")
        if verifies(
            elliptic.load_public(spec, bytes.fromhex(group["publicKeyDer"])),
            f"ECDSA_SHA_{digest}",
            *unhex(case, "msg", "sig"),
        )
        != (case["result"] == "valid")
    ]
    assert wrong == []


@pytest.mark.parametrize("spec", AGREEING)
def test_signatures_are_judged_as_nist_does(spec: str) -> None:
    """NIST's signatures verify or not as NIST says."""
    _, name, digest = ECDSA[spec]
    records = [
        record
        for record in responses("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp")
        if record["section"] == f"{name},SHA-{digest}"
    ]
    assert len(records) >= 10
    for record in records:
        public = elliptic.load_public(spec, spki_of(spec, record, "Qx", "Qy"))
        signature = encode_dss_signature(int(record["R"], 16), int(record["S"], 16))
        expected = record["Result"].startswith("P")
        assert verifies(public, f"ECDSA_SHA_{digest}", bytes.fromhex(record["Msg"]), signature) == expected


@pytest.mark.parametrize("spec", ECDSA)
def test_public_keys_are_nist_s(spec: str) -> None:
    """A private scalar of NIST's has NIST's public key, whose signature of the message verifies."""
    _, name, digest = ECDSA[spec]
    path = "SECP256K1" if name == "K-256" else "FIPS_186-3"
    records = [
        record
        for record in responses(f"asymmetric/ECDSA/{path}/SigGen.txt")
        if record["section"] == f"{name},SHA-{digest}"
    ]
    assert len(records) >= 5
    for record in records:
        private = elliptic.load(spec, elliptic.packed(spec, int(record["d"], 16)))
        spki = elliptic.public_key(spec, private)
        assert spki == spki_of(spec, record, "Qx", "Qy")
        signature = encode_dss_signature(int(record["R"], 16), int(record["S"], 16))
        public = elliptic.load_public(spec, spki)
        assert verifies(public, f"ECDSA_SHA_{digest}", bytes.fromhex(record["Msg"]), signature)
        own = elliptic.sign(private, f"ECDSA_SHA_{digest}", "RAW", bytes.fromhex(record["Msg"]))
        assert verifies(public, f"ECDSA_SHA_{digest}", bytes.fromhex(record["Msg"]), own)


@pytest.mark.parametrize("spec", AGREEING)
def test_agreement_is_what_wycheproof_says(spec: str) -> None:
    """Valid peers give the published secret; invalid ones, and all that do not name their curve, are refused."""
    agreed = 0
    for _, case in wycheproof(f"Protocol/ecdh_{ECDSA[spec][0]}"):
        private = elliptic.load(spec, elliptic.packed(spec, int(case["private"], 16)))
        try:
            shared = elliptic.agree(private, spec, bytes.fromhex(case["public"]))
        except BadPeerKeyError:
            assert case["result"] != "valid", case["tcId"]
            continue
        assert shared.hex() == case["shared"]
        assert case["result"] != "invalid"
        assert not {"UnnamedCurve", "InvalidAsn"} & set(case["flags"]), case["tcId"]
        agreed += 1
    assert agreed > 300


@pytest.mark.parametrize("spec", AGREEING)
@pytest.mark.parametrize("role", ["init", "resp"])
def test_agreement_is_what_nist_says(spec: str, role: str) -> None:
    """NIST's key pairs agree on NIST's secrets; a point off the curve agrees on nothing."""
    letter = {"ECC_NIST_P256": "EC - SHA256", "ECC_NIST_P384": "ED - SHA384", "ECC_NIST_P521": "EE - SHA512"}[spec]
    path = f"asymmetric/ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_{role}.fax"
    records = [
        record
        for record in responses(path)
        if record["section"] == letter and "IUT's" not in record.get("Result", "IUT's")
    ]
    assert len(records) >= 10
    for record in records:
        private = elliptic.load(spec, elliptic.packed(spec, int(record["dsIUT"], 16)))
        peer = spki_of(spec, record, "QsCAVSx", "QsCAVSy")
        if "CAVS's Static public key" in record["Result"]:
            with pytest.raises(BadPeerKeyError):
                elliptic.agree(private, spec, peer)
        else:
            agreed = elliptic.agree(private, spec, peer) == bytes.fromhex(record["Z"])
            assert agreed == record["Result"].startswith("P")


@pytest.mark.parametrize("spec", AGREEING)
def test_a_peer_of_another_curve_is_refused(spec: str) -> None:
    """A public key of any other curve, or of no curve, agrees on nothing."""
    private = elliptic.load(spec, elliptic.generate(spec)[0])
    for other in (*elliptic.CURVES, "garbage"):
        if other != spec:
            peer = elliptic.generate(other)[1] if other in elliptic.CURVES else b"\x30\x00"
            with pytest.raises(BadPeerKeyError):
                elliptic.agree(private, spec, peer)


@pytest.mark.parametrize("spec", elliptic.CURVES)
@pytest.mark.parametrize("excess", [0, 1])
def test_a_scalar_out_of_range_is_refused(spec: str, excess: int) -> None:
    """Zero and the curve's order are no private keys."""
    order = elliptic.CURVES[spec].curve.group_order
    with pytest.raises(ValueError, match=r"private_value|Invalid EC key"):
        elliptic.load(spec, elliptic.packed(spec, excess * order))
