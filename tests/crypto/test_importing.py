"""What may be imported as key material, and what is refused and why."""

import base64
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import asymmetric, der, edwards, elliptic, rsa_keys
from kmscli.crypto.importing import RAW_LENGTHS, UnfitMaterialError, imported
from tests.crypto.packaged import NIST

SPECS = (*elliptic.CURVES, "ECC_NIST_EDWARDS25519", "RSA_2048")
PAIRS = {spec: asymmetric.generate_pair(spec) for spec in SPECS}
SCALAR = 0x1F3C5B7A99D8E7F60102030405060708090A0B0C0D0E0F101112131415161718


def reason(spec: str, material: bytes) -> str:
    """Why material is refused, after a look that neither the reason nor the traceback shows any of it."""
    with pytest.raises(UnfitMaterialError) as refusal:
        imported(spec, material)
    shown = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
    secret = material[len(material) // 3 :][:16]
    for form in (secret.hex(), repr(secret)[2:-1], str(int.from_bytes(secret, "big"))):
        assert len(form) < 8 or form not in shown
    return str(refusal.value)


def nist_key(name: str) -> bytes:
    """The DER of a PEM file, or a DER file."""
    content = NIST.joinpath(f"asymmetric/{name}").read_bytes()
    if not name.endswith(".pem"):
        return content
    return base64.b64decode(b"".join(line for line in content.splitlines() if not line.startswith(b"-----")))


def indefinite(content: bytes) -> bytes:
    """BER of the same value: constructed elements, also those within octet strings, of indefinite length."""
    made = b""
    while content:
        header = 2 if content[1] < 0x80 else 2 + (content[1] & 0x7F)
        length = content[1] if content[1] < 0x80 else int.from_bytes(content[2:header], "big")
        tag, value, content = content[0], content[header : header + length], content[header + length :]
        if tag == 0x30:
            made += bytes((tag, 0x80)) + indefinite(value) + b"\0\0"
        elif tag == 0x04 and value[0] == 0x30:
            inner = indefinite(value)
            half = len(inner) // 2
            chunks = der.octet_string(inner[:half]) + der.octet_string(inner[half:])
            made += b"\x24\x80" + chunks + b"\0\0"
        else:
            made += der.element(tag, value)
    return made


def long_lengths(content: bytes) -> bytes:
    """BER of the same value: the outermost length in more bytes than needed."""
    header = 2 if content[1] < 0x80 else 2 + (content[1] & 0x7F)
    return content[:1] + b"\x84" + (len(content) - header).to_bytes(4, "big") + content[header:]


RAW_CASES = [
    ("SYMMETRIC_DEFAULT", {32}, {0, 1, 16, 31, 33, 64}),
    ("HMAC_224", {28, 29, 32, 64, 128}, {0, 27, 129}),
    ("HMAC_256", {32, 33, 64, 128}, {0, 28, 31, 129}),
    ("HMAC_384", {48, 64, 128}, {0, 32, 47, 129}),
    ("HMAC_512", {64, 65, 128}, {0, 63, 129}),
]


@pytest.mark.parametrize(("spec", "fit", "unfit"), RAW_CASES)
def test_raw_material_is_judged_by_its_length(spec: str, fit: set[int], unfit: set[int]) -> None:
    """Symmetric keys take 32 bytes, HMAC keys from their hash's length to 128; the material is its own secret."""
    assert spec in RAW_LENGTHS
    for length in fit:
        assert imported(spec, b"k" * length) == (b"k" * length, b"")
    for length in unfit:
        assert spec in reason(spec, bytes(range(256))[:length])


@pytest.mark.parametrize("spec", [spec for spec in asymmetric.FAMILIES if spec.startswith("ML_")])
def test_post_quantum_keys_are_not_imported(spec: str) -> None:
    """ML-DSA and ML-KEM keys are refused, a good one too."""
    good = mldsa.MLDSA44PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert "cannot be imported" in reason(spec, good)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("encoding", [bytes, indefinite, long_lengths])
def test_private_keys_are_imported(spec: str, encoding: Callable[[bytes], bytes]) -> None:
    """A PKCS#8 key in DER or in BER gives the secret it holds and the public key that belongs to it."""
    pkcs8, spki = PAIRS[spec]
    secret, public = imported(spec, encoding(pkcs8))
    assert public == spki
    assert asymmetric.public_key(spec, secret) == spki


@pytest.mark.parametrize("spec", SPECS)
def test_private_keys_of_another_spec_are_refused(spec: str) -> None:
    """A good private key of any other spec is refused."""
    for other in SPECS:
        if other != spec:
            assert reason(spec, PAIRS[other][0])


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_no_pkcs_8_is_refused(spec: str) -> None:
    """Cut, lengthened, in PEM, encrypted, a public key, a bare key, or no key: all are refused."""
    pkcs8, spki = PAIRS[spec]
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(pkcs8) + b"\n-----END PRIVATE KEY-----\n"
    inner = bytes(keys.PrivateKeyInfo.load(pkcs8)["private_key"])
    for wrong in (b"", pkcs8[:-1], pkcs8 + b"\0", pkcs8[:40], pem, spki, inner, bytes(32), b"\x30\x80" * 3000):
        assert "PKCS#8" in reason(spec, wrong) or "kind" in reason(spec, wrong)
    assert reason(spec, nist_key("PKCS8/enc-rsa-pkcs8.pem"))


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("ECC_NIST_P256", "EC/secp256r1-explicit-no-seed.pem"),
        ("ECC_NIST_P256", "EC/secp256r1-explicit-seed.pem"),
        ("ECC_NIST_P384", "EC/secp384r1-explicit-no-seed.pem"),
        ("ECC_NIST_P521", "EC/secp521r1-explicit-seed.pem"),
        ("ECC_SECG_P256K1", "EC/secp256k1-explicit-no-seed.pem"),
        ("ECC_NIST_P256", "EC/explicit_parameters_private_key.pem"),
        ("ECC_NIST_P256", "PKCS8/ec-inconsistent-curve.pem"),
        ("ECC_NIST_P256", "PKCS8/ec-inconsistent-curve2.pem"),
        ("ECC_NIST_P256", "PKCS8/ec-invalid-private-scalar.pem"),
        ("ECC_NIST_P256", "PKCS8/ec-invalid-version.pem"),
        ("ECC_NIST_P256", "EC/truncated-private-key.der"),
        ("RSA_2048", "PKCS8/rsa_pss_2048.pem"),
        ("RSA_2048", "PKCS8/invalid-version.der"),
        ("RSA_2048", "PKCS8/unknown-oid.der"),
        ("RSA_2048", "PKCS8/unenc-rsa-pkcs8.pem"),
    ],
)
def test_published_bad_keys_are_refused(spec: str, name: str) -> None:
    """Keys with explicit parameters, another curve inside, a scalar out of range, or for PSS only, are refused."""
    assert reason(spec, nist_key(name))


@pytest.mark.parametrize("name", ["PKCS8/ec-consistent-curve.pem", "PKCS8/ec_private_key.pem"])
def test_published_good_keys_are_imported(name: str) -> None:
    """A key that names its curve is imported, also when it names it twice."""
    secret, spki = imported("ECC_NIST_P256", nist_key(name))
    assert asymmetric.public_key("ECC_NIST_P256", secret) == spki


def elliptic_key(spec: str, *, scalar: bytes, inner: bytes = b"", after: bytes = b"", version: int = 0) -> bytes:
    """A PKCS#8 key put together by hand: more members within and behind the private key."""
    private_key = der.sequence(der.integer(1), der.octet_string(scalar), inner)
    algorithm = elliptic.CURVES[spec].algorithm
    return der.sequence(der.integer(version), algorithm, der.octet_string(private_key), after)


@pytest.mark.parametrize("spec", elliptic.CURVES)
def test_the_public_point_may_be_absent_or_compressed_but_not_another_key_s(spec: str) -> None:
    """A point within is compared in any encoding; wherever a key holds another key's point, it is refused."""
    size = elliptic.CURVES[spec].size
    scalar = SCALAR.to_bytes(size, "big")
    spki = asymmetric.public_key(spec, scalar)
    point = der.raw_public_key(elliptic.CURVES[spec].algorithm, spki)
    compressed = bytes((2 + point[-1] % 2,)) + point[1 : 1 + size]
    other = der.raw_public_key(elliptic.CURVES[spec].algorithm, PAIRS[spec][1])
    assert imported(spec, elliptic_key(spec, scalar=scalar)) == (scalar, spki)
    assert imported(spec, elliptic_key(spec, scalar=SCALAR.to_bytes(32, "big"))) == (scalar, spki)
    for good in (point, compressed):
        within = der.element(0xA1, der.bit_string(good))
        behind = der.element(0x81, b"\0" + good)
        assert imported(spec, elliptic_key(spec, scalar=scalar, inner=within)) == (scalar, spki)
        assert imported(spec, elliptic_key(spec, scalar=scalar, after=behind, version=1)) == (scalar, spki)
    for wrong in (other, point[:-1], b"", bytes(len(point))):
        within = der.element(0xA1, der.bit_string(wrong))
        behind = der.element(0x81, b"\0" + wrong)
        assert reason(spec, elliptic_key(spec, scalar=scalar, inner=within))
        assert reason(spec, elliptic_key(spec, scalar=scalar, after=behind, version=1))


@pytest.mark.parametrize("spec", elliptic.CURVES)
def test_the_curve_must_be_named(spec: str) -> None:
    """A key that names no curve, or says that it inherits one, is refused; so is one that names another within."""
    scalar = SCALAR.to_bytes(elliptic.CURVES[spec].size, "big")
    members = der.integer(1), der.octet_string(scalar)
    for parameters in (b"", b"\x05\x00", b"\x30\x00", der.octet_string(b"P-256")):
        nameless = der.sequence(bytes.fromhex("06072a8648ce3d0201"), parameters)
        assert reason(spec, der.private_key_info(nameless, der.sequence(*members)))
    for other, curve in elliptic.CURVES.items():
        named = der.element(0xA0, curve.algorithm[11:])
        material = elliptic_key(spec, scalar=scalar, inner=named)
        if other == spec:
            assert imported(spec, material)[0] == scalar
        else:
            assert "name its curve" in reason(spec, material)


@pytest.mark.parametrize("spec", elliptic.CURVES)
def test_a_scalar_out_of_range_is_refused(spec: str) -> None:
    """Zero, the curve's order and anything longer are no scalars."""
    size, order = elliptic.CURVES[spec].size, elliptic.CURVES[spec].curve.group_order
    for scalar in (bytes(size), order.to_bytes(size, "big"), b"\xff" * (size + 1), b""):
        assert reason(spec, elliptic_key(spec, scalar=scalar))


def test_edwards_keys_of_both_versions_are_imported() -> None:
    """A seed is imported without its public key and with it (RFC 8410), not with another's, nor of another length."""
    pkcs8, spki = PAIRS["ECC_NIST_EDWARDS25519"]
    seed = pkcs8[-32:]
    inner = der.octet_string(der.octet_string(seed))
    public = der.element(0x81, b"\0" + spki[-32:])
    another = der.element(0x81, b"\0" + bytes(32))
    whole = der.sequence(der.integer(1), edwards.ALGORITHM, inner, public)
    assert imported("ECC_NIST_EDWARDS25519", whole) == (seed, spki)
    assert "another key's" in reason(
        "ECC_NIST_EDWARDS25519", der.sequence(der.integer(1), edwards.ALGORITHM, inner, another)
    )
    for length in (0, 31, 33, 57):
        short = der.private_key_info(edwards.ALGORITHM, der.octet_string(b"s" * length))
        assert reason("ECC_NIST_EDWARDS25519", short)
    x25519 = bytes.fromhex("300506032b656e")
    assert "kind" in reason("ECC_NIST_EDWARDS25519", der.private_key_info(x25519, der.octet_string(seed)))
    assert ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == spki[-32:]


def rsa_numbers() -> list[int]:
    """n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p of a good key."""
    return der.integers(bytes(keys.PrivateKeyInfo.load(PAIRS["RSA_2048"][0])["private_key"]))[1:]


def rsa_key(numbers: list[int], version: int = 0, more: bytes = b"") -> bytes:
    """The PKCS#8 form of RSA numbers."""
    inner = der.sequence(der.integer(version), *map(der.integer, numbers), more)
    return der.private_key_info(rsa_keys.ALGORITHM, inner)


@pytest.mark.parametrize("changed", range(8))
def test_rsa_numbers_must_belong_together(changed: int) -> None:
    """A key of which any one number is another is refused: it would sign wrongly, or tell its primes."""
    numbers = rsa_numbers()
    assert imported("RSA_2048", rsa_key(numbers))[1] == PAIRS["RSA_2048"][1]
    for other in (numbers[changed] + 2, numbers[changed] - 2, 0, 1):
        assert reason("RSA_2048", rsa_key([*numbers[:changed], other, *numbers[changed + 1 :]]))


def test_rsa_factors_must_be_prime() -> None:
    """A modulus of three primes that is passed off as one of two is refused."""
    two = rsa.generate_private_key(65537, 1024).private_numbers()
    q = rsa_numbers()[4]
    p = two.p * two.q
    d = pow(65537, -1, (two.p - 1) * (two.q - 1) * (q - 1))
    numbers = [p * q, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    bits = numbers[0].bit_length()
    assert reason("RSA_2048", rsa_key(numbers)) == (
        "The numbers of the RSA private key do not belong together."
        if bits == 2048
        else "The modulus of the RSA private key must have 2048 bits."
    )


@pytest.mark.parametrize("exponent", [3, 17, 257, 65536, 2**64 + 13])
def test_rsa_exponents_must_be_sane(exponent: int) -> None:
    """A public exponent below 65537 or beyond 64 bits is refused."""
    n, _, d, p, q, *_ = rsa_numbers()
    assert "exponent" in reason("RSA_2048", rsa_key([n, exponent, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]))


@pytest.mark.parametrize("spec", ["RSA_3072", "RSA_4096"])
def test_rsa_keys_must_have_the_size_of_their_spec(spec: str) -> None:
    """A key of 2,048 bits is none of a larger spec."""
    assert reason(spec, PAIRS["RSA_2048"][0]) == (
        f"The modulus of the RSA private key must have {spec.removeprefix('RSA_')} bits."
    )


def test_rsa_keys_have_two_primes(tmp_path: Path) -> None:
    """A key of three primes, as OpenSSL makes it, is refused."""
    options = "-pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3"
    generate = f"openssl genpkey -algorithm RSA {options} -out three.pem"
    convert = "openssl pkcs8 -topk8 -nocrypt -in three.pem -outform DER -out three.der"
    for command in (generate, convert):
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    assert reason("RSA_2048", (tmp_path / "three.der").read_bytes()) == "The RSA private key must have two primes."


@settings(deadline=None)
@given(some.sampled_from(SPECS), some.data())
def test_no_bytes_give_anything_but_a_key_or_a_refusal(spec: str, data: some.DataObject) -> None:
    """A good key with some bytes altered or cut out is either the same key still, or refused."""
    pkcs8, spki = PAIRS[spec]
    material = bytearray(indefinite(pkcs8) if data.draw(some.booleans()) else pkcs8)
    for _ in range(data.draw(some.integers(1, 3))):
        at = data.draw(some.integers(0, len(material) - 1))
        material[at : at + data.draw(some.integers(0, 2))] = data.draw(some.binary(max_size=3))
    try:
        secret, public = imported(spec, bytes(material))
    except UnfitMaterialError:
        return
    assert public == asymmetric.public_key(spec, secret)
    assert public == spki or spec in (*elliptic.CURVES, "ECC_NIST_EDWARDS25519")


@settings(deadline=None)
@given(some.sampled_from(SPECS), some.binary(max_size=200))
def test_random_bytes_are_refused(spec: str, material: bytes) -> None:
    """Bytes that are no key are refused, and not by any other error."""
    with pytest.raises(UnfitMaterialError):
        imported(spec, material)


def test_another_library_s_keys_are_imported() -> None:
    """What cryptography writes in PKCS#8 is imported for every spec that takes it."""
    for spec, curve in elliptic.CURVES.items():
        private = ec.generate_private_key(curve.curve)
        pkcs8 = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        secret, _ = imported(spec, pkcs8)
        assert int.from_bytes(secret, "big") == private.private_numbers().private_value
