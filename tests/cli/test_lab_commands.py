"""`kmscli lab …` as a person and a script see it: documents, roots, and opening what came for a recipient."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.crypto.documents import PCR_0, RECIPIENT, Certified
from tests.robustness.machine import Machine, Ran

DOCUMENT = ("lab", "attestation-document")
ROOT = ("lab", "attestation-root")
RANDOM = ("generate-random", "--number-of-bytes", "8")


@pytest.fixture(scope="session")
def home_with_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a lab vault."""
    home = tmp_path_factory.mktemp("lab") / "home"
    home.mkdir(mode=0o700)
    Machine(home).run("vault", "init", "--lab").expect()
    return home


@pytest.fixture
def machine(
    own_home: Path, home_with_lab: Path, runtime_either_way: Path | None, monkeypatch: pytest.MonkeyPatch
) -> Machine:
    """A machine with an empty lab vault, and its home as the current folder."""
    shutil.copytree(home_with_lab, own_home, dirs_exist_ok=True)
    monkeypatch.chdir(own_home)
    return Machine(own_home, runtime_either_way)


def private_key(path: Path, key: object = RECIPIENT, *, form: Encoding = Encoding.PEM) -> str:
    """A private key's file."""
    path.write_bytes(key.private_bytes(form, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[attr-defined]
    return str(path)


def called(machine: Machine, document: str = "doc") -> Ran:
    """A call with a document."""
    given = f"KeyEncryptionAlgorithm=RSAES_OAEP_SHA_256,AttestationDocument=fileb://{document}"
    return machine.run(*RANDOM, "--recipient", given)


def test_a_document_makes_a_private_key(machine: Machine) -> None:
    """A private key that is not there is made, for its owner alone; the next document is of the same one."""
    ran = machine.run(*DOCUMENT, "doc", "--private-key", "key.pem").expect()
    assert ran.out.decode().splitlines() == [
        "made document: doc",
        "module id: i-0123456789abcdef0-enc0123456789abcdef",
        "made private key: key.pem",
    ]
    key = machine.home / "key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    again = machine.run(*DOCUMENT, "doc", "--private-key", "key.pem", "--output", "json").expect().answer
    assert again == {
        "Document": "doc",
        "ModuleId": "i-0123456789abcdef0-enc0123456789abcdef",
        "PrivateKey": "key.pem",
        "MadePrivateKey": False,
    }
    assert key.read_bytes() == before
    blob = called(machine).expect().answer["CiphertextForRecipient"]
    (machine.home / "answer").write_bytes(base64.b64decode(blob))
    assert len(machine.run("lab", "open-for-recipient", "answer", "--private-key", "key.pem").expect().out) == 8
    opened = machine.run("lab", "open-for-recipient", "-", "--private-key", "key.pem", stdin=blob.encode()).expect()
    assert len(opened.out) == 8
    assert machine.leftovers() == ["answer", "doc", "key.pem"]


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
def test_a_document_for_anothers_public_key(machine: Machine, form: Encoding) -> None:
    """A public key may be given instead, in PEM or DER, and its owner opens the answer."""
    public = RECIPIENT.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
    (machine.home / "public").write_bytes(public)
    machine.run(*DOCUMENT, "doc", "--public-key", "public").expect()
    answer = machine.home / "answer"
    answer.write_text(called(machine).expect().answer["CiphertextForRecipient"])
    key = private_key(machine.home / "private", form=form)
    words = ("lab", "open-for-recipient", "answer", "--private-key", key, "--plaintext-out", "secret")
    assert machine.run(*words).expect().out == b""
    secret = machine.home / "secret"
    assert (len(secret.read_bytes()), secret.stat().st_mode & 0o777) == (8, 0o600)


ZEROS = (
    "kmscli: All measurements are zero, as of an enclave in debug mode: no condition on real ones matches. See --pcr.\n"
)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), ZEROS),
        (("--pcr", f"0={'00' * 48}"), ZEROS),
        (("--pcr", f"8={PCR_0.hex()}"), ""),
        (("--nitro-tpm",), ""),
    ],
)
def test_zeros_are_warned_of(machine: Machine, given: tuple[str, ...], said: str) -> None:
    """An enclave's document whose measurements are all zero is made, with a line on stderr and none on stdout."""
    key = private_key(machine.home / "key")
    ran = machine.run(*DOCUMENT, "-", "--private-key", key, *given).expect()
    assert ran.err == said
    assert machine.run(*DOCUMENT, "doc", "--private-key", key, *given).expect().err == said
    assert b"zero" not in ran.out


def test_what_a_document_says(machine: Machine) -> None:
    """Measurements and module are those that were given, of an enclave or a NitroTPM, and stand in the events."""
    key = private_key(machine.home / "key")
    given = ("--private-key", key, "--pcr", f"0=0x{PCR_0.hex().upper()}", "--module-id", "i-1-enc2")
    machine.run(*DOCUMENT, "doc", *given).expect()
    called(machine).expect()
    machine.run(*DOCUMENT, "tpm", "--private-key", key, "--nitro-tpm", "--pcr", f"23={'ab' * 32}").expect()
    called(machine, "tpm").expect()
    made, enclave, _, tpm = machine.events()[1:]
    assert (made["eventName"], made["eventSource"]) == ("MakeAttestationDocument", "kmscli.local")
    assert made["requestParameters"]["moduleId"] == "i-1-enc2"
    assert enclave["additionalEventData"]["recipient"] == {
        "attestationDocumentModuleId": "i-1-enc2",
        "attestationDocumentEnclaveImageDigest": PCR_0.hex(),
        "attestationDocumentRoot": "local-test",
    }
    assert "attestationDocumentEnclaveImageDigest" not in tpm["additionalEventData"]["recipient"]
    machine.run("vault", "check").expect()
    machine.run("audit", "verify").expect()


def test_a_document_goes_to_stdout(machine: Machine) -> None:
    """`-` writes the document, and nothing else, to stdout."""
    key = private_key(machine.home / "key")
    document = machine.run(*DOCUMENT, "-", "--private-key", key).expect().out
    (machine.home / "doc").write_bytes(document)
    called(machine).expect()


WRONG = [
    ((), "one of the following arguments is required: --private-key, --public-key"),
    (("--private-key", "key", "--public-key", "key"), "not allowed with argument"),
    (("--public-key", "absent"), "absent cannot be read: No such file or directory"),
    (("--public-key", "key"), "key holds no RSA public key"),
    (("--private-key", "text"), "text holds no RSA private key"),
    (("--private-key", "elliptic"), "elliptic holds no RSA private key"),
    (("--private-key", "locked"), "locked holds no RSA private key"),
    (("--private-key", "doc"), "cannot be the same"),
    (("--private-key", "absent/key"), "The output file absent/key cannot be written"),
    (("--private-key", "key", "--pcr", "0"), "'0' is not N=HEX"),
    (("--private-key", "key", "--pcr", "16=" + "00" * 48), "N from 0 to 15"),
    (("--private-key", "key", "--nitro-tpm", "--pcr", "24=" + "00" * 48), "N from 0 to 23"),
    (("--private-key", "key", "--pcr", "-1=" + "00" * 48), "is not N=HEX"),
    (("--private-key", "key", "--pcr", "0=00"), "32, 48 or 64 bytes"),
    (("--private-key", "key", "--pcr", "0=zz"), "is not N=HEX"),
    (("--private-key", "key", "--module-id", ""), "1 to 256 printable characters"),
    (("--private-key", "key", "--module-id", "a\nb"), "1 to 256 printable characters"),
]


@pytest.mark.parametrize(("words", "why"), WRONG, ids=[" ".join(words)[:40] for words, _ in WRONG])
def test_wrong_usage_changes_nothing(machine: Machine, words: tuple[str, ...], why: str) -> None:
    """What cannot be made a document of is refused by itself, and neither a file nor an event is left."""
    home = machine.home
    private_key(home / "key")
    private_key(home / "elliptic", Certified("x").key)
    (home / "text").write_text("no key")
    locked = RECIPIENT.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (home / "locked").write_bytes(locked)
    before, events = sorted(home.iterdir()), machine.events()
    assert why in machine.run(*DOCUMENT, "doc", *words).expect(252).err
    assert (sorted(home.iterdir()), machine.events()) == (before, events)


def test_only_lab_vaults_are_for_tests(machine: Machine) -> None:
    """Any other vault makes no document and takes no root, leaves no file and no event, and trusts AWS's root alone."""
    ordinary = ("--vault", "ordinary.db")
    machine.run(*ordinary, "vault", "init").expect()
    key = private_key(machine.home / "key")
    (machine.home / "root").write_bytes(Certified("root").der)
    before = machine.leftovers()
    for words in (
        (*DOCUMENT, "doc", "--private-key", key),
        (*DOCUMENT, "doc", "--private-key", "new"),
        (*ROOT, "add", "root"),
        (*ROOT, "remove", "ab"),
    ):
        assert "are for lab vaults, and this vault is none" in machine.run(*ordinary, *words).expect(253).err
    assert set(machine.leftovers()) <= set(before)
    [aws] = machine.run(*ordinary, *ROOT, "list", "--output", "json").expect().answer["Roots"]
    assert aws["Kind"] == "aws"
    machine.run(*DOCUMENT, "doc", "--private-key", key).expect()
    given = "KeyEncryptionAlgorithm=RSAES_OAEP_SHA_256,AttestationDocument=fileb://doc"
    refused = machine.run(*ordinary, *RANDOM, "--recipient", given).expect(254)
    assert "has a root certificate that is not trusted" in refused.err


def test_roots_are_added_and_removed(machine: Machine) -> None:
    """A root is trusted once it is added and no more once it is removed; the vault's own is made anew."""
    root = Certified("root")
    (machine.home / "root").write_bytes(root.der)
    subprocess.run(["openssl", "x509", "-in", "root", "-out", "root.pem"], cwd=machine.home, check=True)
    added = machine.run(*ROOT, "add", "root.pem", "--output", "json").expect().answer
    assert added["Subject"] == "CN=root"
    assert "trusts root" in machine.run(*ROOT, "add", "root").expect(253).err
    key = private_key(machine.home / "key")
    machine.run(*DOCUMENT, "doc", "--private-key", key).expect()
    called(machine).expect()
    roots = machine.run(*ROOT, "list", "--output", "json").expect().answer["Roots"]
    assert [entry["Kind"] for entry in roots] == ["aws", "local-test", "own"]
    assert "several roots begin" in machine.run(*ROOT, "remove", "").expect(253).err
    assert "no root begins" in machine.run(*ROOT, "remove", "x").expect(253).err
    for entry in roots[1:]:
        removed = machine.run(*ROOT, "remove", entry["Fingerprint"][:16], "--output", "json").expect().answer
        assert removed == {"Removed": entry["Fingerprint"]}
    assert "is not trusted" in called(machine).expect(254).err
    machine.run(*DOCUMENT, "doc", "--private-key", key).expect()
    called(machine).expect()
    names = [event["eventName"] for event in machine.events()]
    assert [name for name in names if "Root" in name] == ["AddAttestationRoot", *["RemoveAttestationRoot"] * 2]
    machine.run("vault", "check").expect()


def test_what_is_no_root_is_not_trusted(machine: Machine) -> None:
    """Only a self-signed authority can be added, and AWS's need not be."""
    root = Certified("root")
    for number, content in enumerate(
        (b"x", b"-----BEGIN x", Certified("below", root).der, Certified("a", ca=False).der)
    ):
        (machine.home / f"{number}").write_bytes(content)
        ran = machine.run(*ROOT, "add", f"{number}").expect(252)
        assert "holds no self-signed certificate of an authority" in ran.err
    assert "absent cannot be read" in machine.run(*ROOT, "add", "absent").expect(252).err


def test_what_does_not_open(machine: Machine) -> None:
    """An answer for another, or none at all, is refused and writes nothing; no vault is asked for."""
    key = private_key(machine.home / "key")
    machine.vault.unlink()
    for content in (b"", b"x", b"MIAG", b"0\x80"):
        (machine.home / "answer").write_bytes(content)
        words = ("lab", "open-for-recipient", "answer", "--private-key", key, "--plaintext-out", "secret")
        assert "holds no answer for the recipient" in machine.run(*words).expect(255).err
    (machine.home / "long").write_bytes(bytes((1 << 20) + 1))
    assert "long is too long" in machine.run("lab", "open-for-recipient", "long", "--private-key", key).expect(252).err
    assert machine.leftovers() == ["answer", "key", "long"]


def test_a_document_is_of_the_vaults_time(machine: Machine) -> None:
    """Where a lab's clock is moved, a document is of its time, and under a new root when the old one has expired."""
    for span, owned in (("1d", 1), ("31y", 2)):
        machine.run("clock", "advance", span).expect()
        machine.run(*DOCUMENT, "doc", "--private-key", "key").expect()
        called(machine).expect()
        roots = machine.run(*ROOT, "list", "--output", "json").expect().answer["Roots"]
        assert [root["Kind"] for root in roots] == ["aws", *["own"] * owned]
    machine.run("clock", "advance", "1h").expect()
    assert "is expired" in called(machine).expect(254).err
