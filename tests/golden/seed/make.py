"""How the fixtures of the seed file in docs/seed.md were made: `python -m tests.golden.seed.make`, from the top.

They are not made anew when kmscli changes: what is here must be good for ever, wherever that file was seeded. Only what
is not here yet is made.
"""

import base64
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from tests.robustness.machine import Machine

FIXTURES = Path(__file__).with_name("fixtures.json")
DOCUMENT = FIXTURES.parents[3] / "docs/seed.md"
SYMMETRIC = "1234abcd-12ab-34cd-56ef-1234567890ab"
SIGNER = "0987dcba-09fe-87dc-65ba-ab0987654321"
ALIASES = {
    "Before": "alias/payments",
    "After": "alias/payments",
    "Imported": "alias/imported",
    "Primary": "alias/orders",
}
"""The fixtures that are ciphertexts, by the aliases of their keys. `Before`: before the rotation of its key."""
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


def encrypted(machine: Machine, alias: str) -> Any:
    """The message, encrypted."""
    words = ("--key-id", alias, "--plaintext", MESSAGE, "--encryption-context", "made=once")
    return machine.run("encrypt", *words).expect().answer["CiphertextBlob"]


def signed(machine: Machine) -> Any:
    """The message's signature."""
    words = ("--key-id", SIGNER, "--message", MESSAGE, "--signing-algorithm", "ECDSA_SHA_256")
    return machine.run("sign", *words, *SIGNERS_HOME, env=SIGNERS_ACCOUNT).expect().answer["Signature"]


def main() -> None:
    """Make the fixtures that are not there."""
    made = json.loads(FIXTURES.read_text())
    with tempfile.TemporaryDirectory() as folder:
        machines = {name: Machine(Path(folder, name)) for name in ("first", "rotated")}
        seeded(machines["first"], with_first_material_only(example()))
        seeded(machines["rotated"], example())
        for name, alias in ALIASES.items():
            if name not in made:
                made[name] = encrypted(machines["first" if name == "Before" else "rotated"], alias)
        made.setdefault("Signature", signed(machines["rotated"]))
    FIXTURES.write_text(json.dumps(made, indent=4) + "\n")


if __name__ == "__main__":
    main()
