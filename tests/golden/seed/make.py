"""How the fixtures of the seed file in docs/seed.md were made: `python -m tests.golden.seed.make`, from the top.

They are not made anew when kmscli changes: what is here must be good for ever, wherever that file was seeded.
"""

import base64
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from tests.robustness.machine import Machine

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parents[2] / "docs/seed.md"
SYMMETRIC = "1234abcd-12ab-34cd-56ef-1234567890ab"
SIGNER = "0987dcba-09fe-87dc-65ba-ab0987654321"
MESSAGE = base64.b64encode(b"a fixture").decode()
SIGNERS_HOME = ("--region", "eu-west-1")
SIGNERS_ACCOUNT = {"AWS_ACCESS_KEY_ID": "444455556666", "AWS_SECRET_ACCESS_KEY": "x"}


def example() -> str:
    """The seed file in the document."""
    found = re.search(r"^```yaml\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def with_first_material_only(text: str) -> str:
    """The same file with the symmetric key as it was before its rotation."""
    return re.sub(r"      - base64: .*\n        rotated: .*\n        rotation_type: .*\n", "", text)


def seeded(machine: Machine, text: str) -> Any:
    """What seeding a new lab vault answers."""
    machine.run("vault", "init", "--lab").expect()
    return machine.run("vault", "seed", "-", "--output", "json", stdin=text.encode()).expect().answer


def main() -> None:
    """Make the fixtures."""
    made = {}
    for name, text in (("Before", with_first_material_only(example())), ("After", example())):
        with tempfile.TemporaryDirectory() as folder:
            machine = Machine(Path(folder))
            seeded(machine, text)
            words = ("--key-id", "alias/payments", "--plaintext", MESSAGE, "--encryption-context", "made=once")
            made[name] = machine.run("encrypt", *words).expect().answer["CiphertextBlob"]
            sign = ("sign", "--key-id", SIGNER, "--message", MESSAGE, "--signing-algorithm", "ECDSA_SHA_256")
            answer = machine.run(*sign, *SIGNERS_HOME, env=SIGNERS_ACCOUNT).expect().answer
            made["Signature"] = answer["Signature"]
    (FOLDER / "fixtures.json").write_text(json.dumps(made, indent=4) + "\n")


if __name__ == "__main__":
    main()
