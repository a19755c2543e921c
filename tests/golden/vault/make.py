"""How the golden vault was made: `python -m tests.golden.vault.make`, from the top of the tree.

It is not made anew when kmscli changes: what is here must open for ever. A later format gets a golden vault of its own.
It holds what a vault can hold: two keys, one rotated, an alias, tags, a policy; a key file's slot and a passphrase's,
for which a rekeying left the root key; rows of two terms; and events that the log has not got yet.
"""

import base64
import json
import shutil
import tempfile
from pathlib import Path

from tests.robustness.machine import Machine

FOLDER = Path(__file__).parent
PASSPHRASE = b"correct horse battery staple"
CONTEXT = {"purpose": "golden", "Größe": "密鍵"}
PLAINTEXTS = [b"before the rotation", b"after the rotation"]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
    ],
}


def encrypt(machine: Machine, plaintext: bytes) -> str:
    """A ciphertext under the key that has the alias."""
    text = base64.b64encode(plaintext).decode()
    words = ("encrypt", "--key-id", "alias/golden", "--plaintext", text, "--encryption-context", json.dumps(CONTEXT))
    return str(machine.run(*words).expect().answer["CiphertextBlob"])


def main() -> None:
    """Make the vault, its key, its log, and what is to be read from them."""
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        machine.run("vault", "init", "--lab").expect()
        tags = ("--tags", "TagKey=Team,TagValue=Größe 密鍵")
        key = machine.run("create-key", "--description", "A golden key.", *tags).expect().answer["KeyMetadata"]["KeyId"]
        machine.run("create-key").expect()
        machine.run("create-alias", "--alias-name", "alias/golden", "--target-key-id", key).expect()
        machine.run("put-key-policy", "--key-id", key, "--policy", json.dumps(POLICY)).expect()
        blobs = [encrypt(machine, PLAINTEXTS[0])]
        machine.run("rotate-key-on-demand", "--key-id", key).expect()
        machine.run("vault", "keyslot", "add", "--new-passphrase-fd", "0", "--name", "me", stdin=PASSPHRASE).expect()
        machine.run("vault", "rekey").expect()
        blobs.append(encrypt(machine, PLAINTEXTS[1]))
        log = machine.log.read_bytes()
        shutil.rmtree(machine.trail)
        machine.trail.write_text("in the way of the last events")
        machine.run("disable-key", "--key-id", key).expect()
        machine.run("enable-key", "--key-id", key).expect()
        machine.run("vault", "backup", str(machine.home / "golden.db")).expect()
        (FOLDER / "vault.db").write_bytes((machine.home / "golden.db").read_bytes())
        (FOLDER / "vault.key").write_bytes(machine.key_file.read_bytes())
        (FOLDER / "events.jsonl").write_bytes(log)
    expected = {"KeyId": key, "CiphertextBlobs": blobs}
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=4) + "\n")


if __name__ == "__main__":
    main()
