"""`kmscli vault seed`: the file in docs/seed.md, and fixtures that are good wherever it was seeded."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden.seed import make
from tests.golden.seed.make import (
    ALIASES,
    MESSAGE,
    SIGNER,
    SIGNERS_ACCOUNT,
    SIGNERS_HOME,
    SYMMETRIC,
    example,
    seeded,
)
from tests.robustness.machine import Machine
from tests.vault.ground import faults

FIXTURES = json.loads(make.FIXTURES.read_text())
SIGNED = ("--message", MESSAGE, "--signature", FIXTURES["Signature"], "--signing-algorithm", "ECDSA_SHA_256")


@pytest.fixture
def machine(own_home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home, runtime_either_way)


def decrypted(machine: Machine, name: str, *options: str) -> Any:
    """A ciphertext of the fixtures, decrypted."""
    words = ("--ciphertext-blob", FIXTURES[name], "--encryption-context", "made=once", *options)
    return machine.run("decrypt", *words).expect().answer


def test_the_documents_file_seeds_a_lab(machine: Machine) -> None:
    """The example in the document is seeded as it stands, in one commit with one event; old fixtures are good."""
    made = seeded(machine, example())["Made"]
    assert [arn.rpartition("/")[2] for arn in made][:2] == [SYMMETRIC, SIGNER]
    initialised, event = machine.events()
    assert (event["eventName"], event["eventSource"]) == ("SeedVault", "kmscli.local")
    assert event["requestParameters"] == {"file": "-", "keys": made}
    assert event["kmscli"]["commit"] == initialised["kmscli"]["commit"] + 1
    for name in ALIASES:
        assert decrypted(machine, name)["Plaintext"] == MESSAGE
    for region in ("eu-west-1", "us-west-2"):
        assert decrypted(machine, "Primary", "--region", region)["Plaintext"] == MESSAGE
    verified = machine.run("verify", "--key-id", SIGNER, *SIGNED, *SIGNERS_HOME, env=SIGNERS_ACCOUNT).expect().answer
    assert verified["SignatureValid"] is True
    assert faults(machine) == []


def test_seeding_again_changes_nothing(machine: Machine, tmp_path: Path) -> None:
    """The same file again makes nothing and leaves no event; what differs by then is named and refused."""
    made = seeded(machine, example())["Made"]
    file = tmp_path / "lab.yaml"
    file.write_text(example())
    before = machine.log.read_bytes()
    lines = machine.run("vault", "seed", str(file)).expect().out.decode().splitlines()
    assert lines == [f"there already: {arn}" for arn in made]
    assert machine.log.read_bytes() == before
    machine.run("disable-key", "--key-id", SYMMETRIC).expect()
    machine.run("delete-alias", "--alias-name", "alias/payments").expect()
    error = machine.run("vault", "seed", str(file)).expect(253).err
    assert "keys[0]: the key is there already, and not like this: enabled, aliases" in error.splitlines()


def test_a_faulty_file_is_wrong_usage(machine: Machine) -> None:
    """Each fault is a line with its place; nothing is seeded, and no key material is shown."""
    machine.run("vault", "init", "--lab").expect()
    before = machine.log.read_bytes()
    secret = base64.b64encode(b"too short").decode()
    text = f"keys: [{{key_id: {SYMMETRIC}, aliases: [alias/a, b], materials: [{{base64: {secret}}}]}}, {{}}]"
    error = machine.run("vault", "seed", "-", stdin=text.encode()).expect(252).err
    places = [line.partition(": ")[0] for line in error.splitlines() if line.startswith("keys[")]
    assert places == ["keys[0].aliases[1]", "keys[1].key_id", "keys[1].materials"]
    assert secret not in error
    assert machine.log.read_bytes() == before
    assert machine.run("list-keys").expect().answer["Keys"] == []


def test_lost_material_comes_back(machine: Machine, tmp_path: Path) -> None:
    """Imported material of the file that was deleted is imported again from a file, and old fixtures are good."""
    seeded(machine, example())
    imported = decrypted(machine, "Imported")["KeyId"].rpartition("/")[2]
    machine.run("delete-imported-key-material", "--key-id", imported).expect()
    assert "is pending import" in machine.run("decrypt", "--ciphertext-blob", FIXTURES["Imported"]).expect(254).err
    material = tmp_path / "material"
    material.write_bytes(bytes(range(0x60, 0x80)))
    machine.run("import-key", str(material), "--key-id", imported).expect()
    assert decrypted(machine, "Imported")["Plaintext"] == MESSAGE


def test_only_a_lab_is_seeded(machine: Machine, tmp_path: Path) -> None:
    """Any other vault refuses; so does a file that is not there."""
    machine.run("vault", "init").expect()
    error = machine.run("vault", "seed", "-", stdin=example().encode()).expect(253).err
    assert "Only a lab vault can be seeded" in error
    assert "No such file" in machine.run("vault", "seed", str(tmp_path / "none")).expect(255).err
