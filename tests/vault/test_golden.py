"""A vault that an earlier kmscli made opens for ever, with all that it held."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from tests.golden.vault.make import CONTEXT, FOLDER, PASSPHRASE, PLAINTEXTS, POLICY
from tests.robustness.machine import Machine
from tests.vault.ground import faults

EXPECTED = json.loads((FOLDER / "expected.json").read_text())


@pytest.fixture
def golden(own_home: Path) -> Machine:
    """A machine with the golden vault."""
    machine = Machine(own_home)
    for source, target in (("vault.db", machine.vault), ("vault.key", machine.key_file), ("events.jsonl", machine.log)):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(FOLDER / source, target)
        target.chmod(0o600)
    return machine


def test_the_golden_vault_opens(golden: Machine) -> None:
    """The golden vault checks, decrypts what was encrypted with it, and answers what it was told."""
    assert faults(golden) == []
    for blob, plaintext in zip(EXPECTED["CiphertextBlobs"], PLAINTEXTS, strict=True):
        words = ("decrypt", "--ciphertext-blob", blob, "--encryption-context", json.dumps(CONTEXT))
        assert base64.b64decode(golden.run(*words).expect().answer["Plaintext"]) == plaintext
    key = golden.run("describe-key", "--key-id", "alias/golden").expect().answer["KeyMetadata"]
    assert (key["KeyId"], key["Description"], key["KeyState"]) == (EXPECTED["KeyId"], "A golden key.", "Enabled")
    tags = golden.run("list-resource-tags", "--key-id", key["KeyId"]).expect().answer["Tags"]
    assert tags == [{"TagKey": "Team", "TagValue": "Größe 密鍵"}]
    policy = golden.run("get-key-policy", "--key-id", key["KeyId"]).expect().answer["Policy"]
    assert json.loads(policy) == POLICY
    golden.run("audit", "verify").expect()


def test_the_golden_passphrase_opens(golden: Machine) -> None:
    """The holder of the passphrase, for whom a rekeying left the root key, comes in."""
    ran = golden.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).expect()
    assert len(ran.answer["Keys"]) == 2
    assert golden.run("vault", "status", "--output", "json").expect().answer["Lab"] is True
