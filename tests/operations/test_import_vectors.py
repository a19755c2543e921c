"""Published private keys, imported, and then used through the operations with the published answers."""

import hashlib
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.crypto.packaged import NIST, judged, responses, unhex, wycheproof
from tests.operations.house import House
from tests.operations.importing import external, import_material

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
CURVES: dict[str, tuple[ec.EllipticCurve, str, str]] = {
    "ECC_NIST_P256": (ec.SECP256R1(), "FIPS_186-3", "P-256,SHA-256"),
    "ECC_NIST_P384": (ec.SECP384R1(), "FIPS_186-3", "P-384,SHA-384"),
    "ECC_NIST_P521": (ec.SECP521R1(), "FIPS_186-3", "P-521,SHA-512"),
    "ECC_SECG_P256K1": (ec.SECP256K1(), "SECP256K1", "K-256,SHA-256"),
}


def imported(house: House, spec: str, usage: str, material: bytes) -> str:
    """A key with this material."""
    key = external(house, spec, usage)
    import_material(house, key, material)
    return key


def pkcs8(private: Private) -> bytes:
    """A private key as a caller imports it."""
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_signatures(shared: House, bits: int) -> None:
    """Wycheproof's RSA keys make Wycheproof's PKCS #1 v1.5 signatures."""
    keys: dict[str, str] = {}
    seen = 0
    for group, case in judged(f"Signature/rsa_pkcs1_{bits}_sig_gen"):
        message, signature = unhex(case, "msg", "sig")
        if group["sha"] not in ("SHA-256", "SHA-384", "SHA-512") or not message:
            continue
        material = group["privateKeyPkcs8"]
        if material not in keys:
            keys[material] = imported(shared, f"RSA_{bits}", "SIGN_VERIFY", bytes.fromhex(material))
        algorithm = f"RSASSA_PKCS1_V1_5_{group['sha'].replace('-', '_')}"
        members = {"KeyId": keys[material], "Message": message, "SigningAlgorithm": algorithm}
        assert shared.call("Sign", **members)["Signature"] == signature
        assert shared.call("Verify", **members, Signature=signature)["SignatureValid"] is True
        seen += 1
    assert seen >= 6


@pytest.mark.parametrize(("bits", "digest"), [(2048, 1), (2048, 256), (3072, 256), (4096, 256)])
def test_rsa_decryption(shared: House, bits: int, digest: int) -> None:
    """Wycheproof's RSA keys open Wycheproof's ciphertexts, and refuse the others in one way."""
    keys: dict[str, str] = {}
    for group, case in list(judged(f"Cipher/rsa_oaep_{bits}_sha{digest}_mgf1sha{digest}"))[::3]:
        material = group["privateKeyPkcs8"]
        if material not in keys:
            keys[material] = imported(shared, f"RSA_{bits}", "ENCRYPT_DECRYPT", bytes.fromhex(material))
        ciphertext, message = unhex(case, "ct", "msg")
        if not ciphertext:
            continue
        algorithm = f"RSAES_OAEP_SHA_{digest}"
        members = {"KeyId": keys[material], "CiphertextBlob": ciphertext, "EncryptionAlgorithm": algorithm}
        if case["result"] == "valid" and not case["label"]:
            assert shared.call("Decrypt", **members)["Plaintext"] == message
        else:
            assert shared.refusal("Decrypt", **members)[0] == "InvalidCiphertextException"


@pytest.mark.parametrize("spec", CURVES)
def test_ecdsa_signatures(shared: House, spec: str) -> None:
    """NIST's private scalars have NIST's public keys, which verify NIST's signatures and their own."""
    curve, path, section = CURVES[spec]
    algorithm = f"ECDSA_SHA_{section.rpartition('-')[2]}"
    records = [one for one in responses(f"asymmetric/ECDSA/{path}/SigGen.txt") if one["section"] == section]
    assert len(records) >= 5
    for record in records[:5]:
        key = imported(shared, spec, "SIGN_VERIFY", pkcs8(ec.derive_private_key(int(record["d"], 16), curve)))
        size = (curve.key_size + 7) // 8
        point = b"".join(int(record[name], 16).to_bytes(size, "big") for name in ("Qx", "Qy"))
        assert shared.call("GetPublicKey", KeyId=key)["PublicKey"].endswith(b"\x04" + point)
        members = {"KeyId": key, "Message": bytes.fromhex(record["Msg"]), "SigningAlgorithm": algorithm}
        published = encode_dss_signature(int(record["R"], 16), int(record["S"], 16))
        for signature in (published, shared.call("Sign", **members)["Signature"]):
            assert shared.call("Verify", **members, Signature=signature)["SignatureValid"] is True


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_agreement(shared: House, spec: str) -> None:
    """Wycheproof's private keys agree on Wycheproof's secrets."""
    curve = CURVES[spec][0]
    valid = [case for _, case in wycheproof(f"Protocol/ecdh_{curve.name}") if case["result"] == "valid"]
    chosen = {case["private"]: case for case in valid}.values()
    assert len(chosen) >= 10
    for case in list(chosen)[:10]:
        key = imported(shared, spec, "KEY_AGREEMENT", pkcs8(ec.derive_private_key(int(case["private"], 16), curve)))
        members = {"KeyAgreementAlgorithm": "ECDH", "PublicKey": bytes.fromhex(case["public"])}
        assert shared.call("DeriveSharedSecret", KeyId=key, **members)["SharedSecret"].hex() == case["shared"]


def test_edwards_signatures(shared: House) -> None:
    """The seeds of Ed25519's authors make their signatures."""
    lines = NIST.joinpath("asymmetric/Ed25519/sign.input").read_text().splitlines()
    for line in lines[1::100]:
        secret, public, message, signed = (bytes.fromhex(field) for field in line.split(":")[:4])
        material = pkcs8(ed25519.Ed25519PrivateKey.from_private_bytes(secret[:32]))
        key = imported(shared, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", material)
        assert shared.call("GetPublicKey", KeyId=key)["PublicKey"].endswith(public)
        members = {"KeyId": key, "Message": message, "SigningAlgorithm": "ED25519_SHA_512"}
        assert shared.call("Sign", **members)["Signature"] == signed[:64]


def as_imported(key: bytes, bits: int) -> bytes:
    """An HMAC key at a length that may be imported, as RFC 2104 makes them equal: padded by zeros, or hashed first."""
    return hashlib.new(f"sha{bits}", key).digest() if len(key) > 128 else key.ljust(bits // 8, b"\0")


def authenticated(bits: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """RFC 4231's keys, messages and MACs that are whole."""
    for vector in responses(f"HMAC/rfc-4231-sha{bits}.txt"):
        key, message, mac = unhex(vector, "Key", "Msg", "MD")
        if len(mac) == bits // 8:
            yield key, message, mac


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_macs(shared: House, bits: int) -> None:
    """RFC 4231's keys make RFC 4231's MACs."""
    vectors = list(authenticated(bits))
    assert len(vectors) >= 5
    for secret, message, mac in vectors:
        key = imported(shared, f"HMAC_{bits}", "GENERATE_VERIFY_MAC", as_imported(secret, bits))
        members = {"KeyId": key, "Message": message, "MacAlgorithm": f"HMAC_SHA_{bits}"}
        assert shared.call("GenerateMac", **members)["Mac"] == mac
        assert shared.call("VerifyMac", **members, Mac=mac)["MacValid"] is True
