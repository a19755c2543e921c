"""`kmscli vault seed`: the file in docs/seed.md, and fixtures that are good wherever it was seeded."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden.seed.make import (
    FOLDER,
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

FIXTURES = json.loads((FOLDER / "fixtures.json").read_text())
SIGNED = ("--message", MESSAGE, "--signature", FIXTURES["Signature"], "--signing-algorithm", "ECDSA_SHA_256")


@pytest.fixture
def machine(own_home: Path) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home)


def decrypted(machine: Machine, name: str) -> Any:
    """A ciphertext of the fixtures, decrypted."""
    words = ("--ciphertext-blob", FIXTURES[name], "--encryption-context", "made=once")
    return machine.run("decrypt", *words).expect().answer


def test_the_documents_file_seeds_a_lab(machine: Machine) -> None:
    """The example in the document is seeded as it stands, in one commit with one event; old fixtures are good."""
    made = seeded(machine, example())["Made"]
    assert [arn.rpartition("/")[2] for arn in made][:2] == [SYMMETRIC, SIGNER]
    initialised, event = machine.events()
    assert (event["eventName"], event["eventSource"]) == ("SeedVault", "kmscli.local")
    assert event["requestParameters"] == {"file": "-", "keys": made}
    assert event["kmscli"]["commit"] == initialised["kmscli"]["commit"] + 1
    for name in ("Before", "After"):
        assert decrypted(machine, name)["Plaintext"] == MESSAGE
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


def test_only_a_lab_is_seeded(machine: Machine, tmp_path: Path) -> None:
    """Any other vault refuses; so does a file that is not there."""
    machine.run("vault", "init").expect()
    error = machine.run("vault", "seed", "-", stdin=example().encode()).expect(253).err
    assert "Only a lab vault can be seeded" in error
    assert "No such file" in machine.run("vault", "seed", str(tmp_path / "none")).expect(255).err
