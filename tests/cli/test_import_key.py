"""`kmscli import-key`: parameters, wrapping and import in one step, from a file."""

import subprocess
from pathlib import Path

import pytest

from kmscli.crypto import asymmetric
from tests.robustness.machine import Machine


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for all tests of the module: each makes a key of its own."""
    home = tmp_path_factory.mktemp("importing") / "home"
    home.mkdir(mode=0o700)
    return home


@pytest.fixture
def machine(home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine with that home."""
    return Machine(home, runtime_either_way)


def external(machine: Machine, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT") -> str:
    """A key without material."""
    words = ("create-key", "--origin", "EXTERNAL", "--key-spec", spec, "--key-usage", usage)
    return str(machine.run(*words).expect().answer["KeyMetadata"]["KeyId"])


def state(machine: Machine, key: str) -> str:
    """A key's state."""
    return str(machine.run("describe-key", "--key-id", key).expect().answer["KeyMetadata"]["KeyState"])


def put(folder: Path, content: bytes, mode: int = 0o600) -> str:
    """A file with a content."""
    path = folder / "material"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def test_a_symmetric_key(machine: Machine, tmp_path: Path) -> None:
    """32 bytes make the key usable, for ever; the two calls are in the trail, the material nowhere."""
    key, material = external(machine), bytes(range(100, 132))
    ran = machine.run("import-key", put(tmp_path, material), "--key-id", key).expect()
    assert ran.err == ""
    imported, *_ = ran.out.decode().splitlines()
    assert imported == f"imported into: arn:aws:kms:us-east-1:111122223333:key/{key}"
    shown = machine.run("describe-key", "--key-id", key).expect().answer["KeyMetadata"]
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert f"key material id: {shown['CurrentKeyMaterialId']}" in ran.out.decode()
    parameters, import_ = machine.events()[-3:-1]
    assert parameters["eventName"] == "GetParametersForImport"
    wrapping = {"keyId": key, "wrappingAlgorithm": "RSAES_OAEP_SHA_256", "wrappingKeySpec": "RSA_3072"}
    assert parameters["requestParameters"] == wrapping
    assert (import_["eventName"], import_["resources"][0]["ARN"]) == ("ImportKeyMaterial", shown["Arn"])
    assert not any(material in path.read_bytes() for path in machine.home.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("spec", "usage", "made"),
    [
        ("ECC_NIST_P256", "SIGN_VERIFY", "EC -pkeyopt ec_paramgen_curve:P-256"),
        ("ECC_NIST_P521", "KEY_AGREEMENT", "EC -pkeyopt ec_paramgen_curve:P-521"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY", "EC -pkeyopt ec_paramgen_curve:secp256k1"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "ED25519"),
        ("RSA_2048", "SIGN_VERIFY", "RSA -pkeyopt rsa_keygen_bits:2048"),
        ("RSA_4096", "ENCRYPT_DECRYPT", "RSA -pkeyopt rsa_keygen_bits:4096"),
    ],
)
@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_a_pair_of_openssl(machine: Machine, tmp_path: Path, spec: str, usage: str, made: str, form: str) -> None:
    """A private key that OpenSSL made is imported, PEM or DER, and has the public key that OpenSSL says."""
    material, public = tmp_path / "material", tmp_path / "public"
    command = f"openssl genpkey -algorithm {made} -out {tmp_path}/pem"
    subprocess.run(command.split(), check=True, capture_output=True)
    command = f"openssl pkcs8 -topk8 -nocrypt -in {tmp_path}/pem -outform {form} -out {material}"
    subprocess.run(command.split(), check=True, capture_output=True)
    command = f"openssl pkey -in {material} -inform {form} -pubout -outform DER -out {public}"
    subprocess.run(command.split(), check=True, capture_output=True)
    material.chmod(0o600)
    key = external(machine, spec, usage)
    out = machine.run("import-key", str(material), "--key-id", key, "--output", "json").expect().answer
    assert out == {"KeyId": f"arn:aws:kms:us-east-1:111122223333:key/{key}"}
    words = ("get-public-key", "--key-id", key, "--query", "PublicKey", "--output", "text")
    shown = machine.shell(f"kmscli {' '.join(words)} | base64 -d").expect().out
    assert shown == public.read_bytes()


def test_all_options(machine: Machine, tmp_path: Path) -> None:
    """Expiry, description, import type, wrapping: what is given is what is asked."""
    key = external(machine)
    first = put(tmp_path, bytes(32))
    machine.run("import-key", first, "--key-id", key, "--valid-to", "2099-01-01T00:00:00Z").expect(254)
    again = machine.run("import-key", first, "--key-id", key, "--output", "json").expect().answer
    words = ("--import-type", "NEW_KEY_MATERIAL", "--key-material-description", "the second")
    wrapping = ("--wrapping-algorithm", "RSA_AES_KEY_WRAP_SHA_1", "--wrapping-key-spec", "RSA_2048")
    second = put(tmp_path, bytes(range(32)))
    machine.run("import-key", second, "--key-id", key, *words, *wrapping).expect()
    listed = machine.run("list-key-rotations", "--key-id", key, "--include-key-material", "ALL_KEY_MATERIAL")
    pending = listed.expect().answer["Rotations"][1]
    assert (pending["KeyMaterialState"], pending["KeyMaterialDescription"]) == ("PENDING_ROTATION", "the second")
    first = put(tmp_path, bytes(32))
    words = ("--import-type", "EXISTING_KEY_MATERIAL", "--key-material-id", again["KeyMaterialId"])
    machine.run("import-key", first, "--key-id", key, *words, "--expiration-model", "KEY_MATERIAL_EXPIRES").expect(254)
    machine.shell(
        f"kmscli import-key {first} --key-id {key} {' '.join(words)} --valid-to $(date -u -d +9days +%Y-%m-%dT%H:%MZ)"
    ).expect()
    shown = machine.run("describe-key", "--key-id", key).expect().answer["KeyMetadata"]
    assert shown["ExpirationModel"] == "KEY_MATERIAL_EXPIRES"


def test_standard_input(machine: Machine) -> None:
    """- is standard input."""
    key = external(machine, "HMAC_256", "GENERATE_VERIFY_MAC")
    machine.run("import-key", "-", "--key-id", key, stdin=bytes(64)).expect()
    assert state(machine, key) == "Enabled"


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_read(machine: Machine, tmp_path: Path, mode: int, *, warned: bool) -> None:
    """It is imported, with a warning."""
    path = put(tmp_path, bytes(32), mode)
    ran = machine.run("import-key", path, "--key-id", external(machine)).expect()
    warning = f"kmscli: others can read {path}: chmod 600 it, or delete it when its copy is safe.\n"
    assert ran.err == (warning if warned else "")


ENCRYPTED = "pkcs8 -topk8 -passout pass:x -in {0} -inform DER"
TRADITIONAL = "pkey -in {0} -inform DER -traditional"


@pytest.mark.parametrize(("command", "kind"), [(ENCRYPTED, "ENCRYPTED PRIVATE KEY"), (TRADITIONAL, "EC PRIVATE KEY")])
def test_another_pem_is_refused(machine: Machine, tmp_path: Path, command: str, kind: str) -> None:
    """A PEM that is not plain PKCS#8 is refused before anything is called, with the way to convert it."""
    path = put(tmp_path, asymmetric.generate_pair("ECC_NIST_P256")[0])
    content = subprocess.run(["openssl", *command.format(path).split()], check=True, capture_output=True).stdout
    key = external(machine, "ECC_NIST_P256", "SIGN_VERIFY")
    ran = machine.run("import-key", put(tmp_path, content), "--key-id", key).expect(252)
    assert f"The PEM holds {kind}" in ran.err
    assert "openssl pkcs8 -topk8 -nocrypt" in ran.err
    assert state(machine, key) == "PendingImport"


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (bytes(32), ("--valid-to", "soon"), 'Invalid timestamp "soon" for --valid-to'),
        (bytes(70_000), (), "is too large to be key material"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA", (), "The key material's PEM cannot be read"),
        (bytes(500), ("--wrapping-algorithm", "RSAES_OAEP_SHA_1"), "too long for RSAES_OAEP_SHA_1 with RSA_3072"),
    ],
)
def test_what_is_refused_here(
    machine: Machine, tmp_path: Path, content: bytes, words: tuple[str, ...], said: str
) -> None:
    """What cannot be sent is refused by the command line, 252."""
    ran = machine.run("import-key", put(tmp_path, content), "--key-id", external(machine), *words).expect(252)
    assert said in ran.err


def test_a_file_that_is_not_there(machine: Machine, tmp_path: Path) -> None:
    """It is named, and nothing is called."""
    path = tmp_path / "absent"
    ran = machine.run("import-key", str(path), "--key-id", external(machine)).expect(252)
    assert f"The key material in {path} cannot be read: No such file or directory" in ran.err
    assert "cannot be read: Is a directory" in machine.run("import-key", str(tmp_path), "--key-id", "x").expect(252).err


def test_what_the_service_refuses(machine: Machine, tmp_path: Path) -> None:
    """Its refusal is the command's, 254."""
    made = machine.run("create-key").expect().answer["KeyMetadata"]["KeyId"]
    path = put(tmp_path, bytes(32))
    ran = machine.run("import-key", path, "--key-id", made).expect(254)
    assert "(UnsupportedOperationException)" in ran.err
    assert (
        "(IncorrectKeyMaterialException)"
        in machine.run("import-key", put(tmp_path, bytes(31)), "--key-id", external(machine)).expect(254).err
    )
