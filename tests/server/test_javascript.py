"""The AWS SDK for JavaScript against a server. `make test` installs it, at the versions of node/package-lock.json."""

import json
import subprocess
from pathlib import Path

from tests.server.commands import ROLE, Commands
from tests.server.running import ACCOUNT

NODE = Path(__file__).parent / "node"


def test_a_program_on_the_sdk(commands: Commands) -> None:
    """Keys are made, used and listed, an error is of the SDK's class, and its role provider assumes a role."""
    assert (NODE / "node_modules").is_dir(), "run: npm ci --prefix tests/server/node"
    command = ["node", str(NODE / "calls.js"), commands.server.url, ROLE]
    env = commands.server.env | commands.credentials | {"AWS_ENDPOINT_URL_STS": commands.server.url}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    assumed = answer.pop("assumed")
    assert (assumed["known"], assumed["name"]) == (True, "AccessDeniedException")
    assert assumed["message"].startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Reader/node is not authorized")
    message = f"Alias arn:aws:kms:us-east-1:{ACCOUNT}:alias/none is not found."
    assert answer == {
        "created": True,
        "decrypted": [0, 1, 254, 255],
        "verified": True,
        "listed": True,
        "refused": {"known": True, "name": "NotFoundException", "message": message, "status": 400},
    }
