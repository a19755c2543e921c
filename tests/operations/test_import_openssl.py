"""Key material that OpenSSL makes and wraps on the shell, as AWS's import guide has it, imported and used."""

from pathlib import Path

import pytest

from kmscli.crypto import wrapping
from tests.crypto.openssl import OAEP, WRAP_PAD, Shell
from tests.operations.house import House
from tests.operations.importing import external, parameters

MADE = {
    **{f"RSA_{bits}": f"RSA -pkeyopt rsa_keygen_bits:{bits}" for bits in (2048, 3072, 4096)},
    **{f"ECC_NIST_P{bits}": f"EC -pkeyopt ec_paramgen_curve:P-{bits}" for bits in (256, 384, 521)},
    "ECC_SECG_P256K1": "EC -pkeyopt ec_paramgen_curve:secp256k1",
    "ECC_NIST_EDWARDS25519": "ED25519",
}
"""How OpenSSL makes a private key of a spec."""
RANDOM = {"SYMMETRIC_DEFAULT": 32, "HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 128}
"""How many random bytes it makes for the others."""
USAGES = {
    "SYMMETRIC_DEFAULT": "ENCRYPT_DECRYPT",
    **{f"HMAC_{bits}": "GENERATE_VERIFY_MAC" for bits in (224, 256, 384, 512)},
}
CASES = [
    (spec, algorithm)
    for spec in (*RANDOM, *MADE)
    for algorithm in wrapping.ALGORITHMS
    if algorithm.startswith("RSA_AES_") or not spec.startswith("RSA_")
]


def made(shell: Shell, spec: str) -> bytes:
    """Material of a spec, made by OpenSSL."""
    if spec in RANDOM:
        return shell.openssl(f"rand -out out {RANDOM[spec]}")
    shell.openssl(f"genpkey -algorithm {MADE[spec]} -out pem")
    return shell.openssl("pkcs8 -topk8 -nocrypt -in pem -outform DER -out out")


def wrapped(shell: Shell, public_key: bytes, algorithm: str, material: bytes) -> bytes:
    """Material wrapped by OpenSSL."""
    hybrid = algorithm.startswith("RSA_AES_")
    key = shell.openssl("rand -out out 32")
    shell.put(public=public_key, material=material, clear=key if hybrid else material)
    oaep = OAEP.format("sha1" if algorithm.endswith("_1") else "sha256")
    blob = shell.openssl(f"pkeyutl -encrypt -pubin -inkey public -keyform DER -in clear -out out {oaep}")
    if hybrid:
        blob += shell.openssl(f"enc {WRAP_PAD} -K {key.hex()} -in material -out out")
    return blob


@pytest.mark.parametrize(("spec", "algorithm"), CASES)
def test_material_of_openssl_is_imported(shared: House, tmp_path: Path, spec: str, algorithm: str) -> None:
    """Every spec takes OpenSSL's material in OpenSSL's wrapping; a pair has the public key that OpenSSL says."""
    shell = Shell(tmp_path)
    material = made(shell, spec)
    key = external(shared, spec, USAGES.get(spec, "SIGN_VERIFY"))
    given = parameters(shared, key, algorithm, "RSA_3072" if spec == "ECC_NIST_P521" else "RSA_2048")
    members = {
        "ImportToken": given["ImportToken"],
        "EncryptedKeyMaterial": wrapped(shell, given["PublicKey"], algorithm, material),
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
    shared.call("ImportKeyMaterial", KeyId=key, **members)
    assert shared.state_of(key) == "Enabled"
    if spec in MADE:
        public = shell.openssl("pkey -in pem -pubout -outform DER -out out")
        assert shared.call("GetPublicKey", KeyId=key)["PublicKey"] == public
