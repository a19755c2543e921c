"""The real `aws` command against a server: it prints what `kmscli` prints for the same words on the same vault."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server.running import ACCOUNT, REGION, Running

AWS = str(Path(sys.executable).parent / "aws")
USER = f"arn:aws:iam::{ACCOUNT}:user/Alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Reader"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":["sts:AssumeRole","sts:TagSession"]}]}'
)
WORDS = b"\x00not text\xff"
FAILED = 255
"""The exit code of version 1 for whatever the service refused; `kmscli` has version 2's, 254."""


class Both:
    """The two commands on one vault, as one user. `names`: what rows call by a name in braces."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.folder = server.home
        user = server.new_user("Alice")
        server.kmscli("iam", "create-role", "--role-name", "Reader", "--assume-role-policy-document", TRUST)
        (self.folder / "config").write_text("[default]\ncli_timestamp_format = iso8601\n")
        (self.folder / "words").write_bytes(WORDS)
        self.env = server.env | {
            "AWS_ACCESS_KEY_ID": user["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": user["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_MAX_ATTEMPTS": "1",
        }
        self.names = {"words": f"fileb://{self.folder}/words"}
        self.names["key"] = self._made("create-key")
        self.names["signer"] = self._made("create-key", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY")
        for _ in range(3):
            self._made("create-key")
        server.kmscli("create-alias", "--alias-name", "alias/app", "--target-key-id", self.names["key"])
        self._keep("blob", "encrypt --key-id {key} --plaintext {words} --encryption-context app=größe")
        self._keep("signature", "sign --key-id {signer} --message {words} --signing-algorithm ECDSA_SHA_256")

    def _made(self, *words: str) -> str:
        return str(self.server.kmscli(*words)["KeyMetadata"]["KeyId"])

    def _keep(self, name: str, line: str) -> None:
        """Make a file of the blob that a command answers."""
        member = {"blob": "CiphertextBlob", "signature": "Signature"}[name]
        text = self.aws(f"kms {line} --query {member} --output text").stdout
        (self.folder / name).write_bytes(bytes_of(text))
        self.names[name] = f"fileb://{self.folder}/{name}"

    def words(self, line: str) -> list[str]:
        """The words of a row."""
        return [word.format(**self.names) if word.startswith("{") else word for word in line.split()]

    def aws(self, line: str) -> subprocess.CompletedProcess[str]:
        """`aws`, through the server."""
        command = [AWS, "--endpoint-url", self.server.url, *self.words(line)]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)

    def kmscli(self, line: str) -> subprocess.CompletedProcess[str]:
        """`kmscli`, on the vault itself."""
        command = [sys.executable, "-m", "kmscli", *self.words(line.removeprefix("kms ")), "--as", USER]
        return subprocess.run(command, env=self.server.env, capture_output=True, text=True, check=False)


def bytes_of(text: str) -> bytes:
    """What base64 text stands for."""
    return base64.b64decode(text)


@pytest.fixture(scope="module")
def both(server: Running) -> Both:
    """The commands."""
    return Both(server)


SAME = """
kms describe-key --key-id {key}
kms describe-key --key-id alias/app --query KeyMetadata.Arn --output text
kms list-keys
kms list-keys --page-size 2
kms list-keys --max-items 100 --output text
kms list-keys --no-paginate --limit 100
kms list-aliases --key-id {key}
kms decrypt --ciphertext-blob {blob} --encryption-context app=größe
kms decrypt --ciphertext-blob {blob} --encryption-context app=größe --query Plaintext --output text
kms verify --key-id {signer} --message {words} --signature {signature} --signing-algorithm ECDSA_SHA_256
kms get-public-key --key-id {signer}
kms tag-resource --key-id {key} --tags TagKey=team,TagValue=größe TagKey=cost,TagValue=1
kms list-resource-tags --key-id {key}
kms untag-resource --key-id {key} --tag-keys cost
kms get-key-policy --key-id {key} --policy-name default
kms get-key-rotation-status --key-id {key}
kms update-key-description --key-id {key} --description x
sts get-caller-identity
"""


@pytest.mark.parametrize("line", SAME.strip().splitlines())
def test_both_print_the_same(both: Both, line: str) -> None:
    """Answers without chance in them are the same, letter for letter."""
    theirs, ours = both.aws(line), both.kmscli(line)
    assert (theirs.returncode, theirs.stderr, theirs.stdout) == (0, "", ours.stdout)
    assert ours.returncode == 0


ALIKE = f"""
kms create-key --description x --tags TagKey=a,TagValue=b
kms create-key --key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT --multi-region
kms encrypt --key-id {{key}} --plaintext {{words}}
kms re-encrypt --ciphertext-blob {{blob}} --source-encryption-context app=größe --destination-key-id {{key}}
kms generate-data-key --key-id {{key}} --key-spec AES_256
kms generate-data-key-pair-without-plaintext --key-id {{key}} --key-pair-spec ECC_NIST_P256
kms generate-random --number-of-bytes 8
kms sign --key-id {{signer}} --message {{words}} --signing-algorithm ECDSA_SHA_256
kms create-grant --key-id {{key}} --grantee-principal {USER} --operations Decrypt
kms list-grants --key-id {{key}}
kms enable-key --key-id {{key}}
kms list-keys --max-items 2
sts assume-role --role-arn {ROLE} --role-session-name shift --tags Key=team,Value=größe
"""


def shape(value: Any) -> Any:
    """The members of an answer, and what kind each is."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("line", ALIKE.strip().splitlines())
def test_both_print_the_same_members(both: Both, line: str) -> None:
    """Answers with chance in them have the same members, in the same order."""
    theirs, ours = both.aws(line), both.kmscli(line)
    assert (theirs.returncode, theirs.stderr, ours.returncode) == (0, "", 0)
    if ours.stdout:
        shapes = [shape(json.loads(ran.stdout)) for ran in (theirs, ours)]
        assert json.dumps(shapes[0]) == json.dumps(shapes[1])
    else:
        assert theirs.stdout == ""


REFUSED = f"""
kms describe-key --key-id alias/none
kms describe-key --key-id 00000000-0000-0000-0000-000000000000
kms create-alias --alias-name none --target-key-id {{key}}
kms create-alias --alias-name alias/app --target-key-id {{key}}
kms decrypt --ciphertext-blob {{blob}}
kms decrypt --ciphertext-blob {{words}}
kms encrypt --key-id {{signer}} --plaintext {{words}}
kms sign --key-id {{signer}} --message {{words}} --signing-algorithm RSASSA_PSS_SHA_256
kms generate-random --number-of-bytes 4096
kms list-keys --no-paginate --limit 2000
kms encrypt --key-id {{key}} --plaintext {{words}} --dry-run
sts assume-role --role-arn {ROLE}x --role-session-name shift
sts assume-role --role-arn {ROLE} --role-session-name x/y
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_both_are_refused_alike(both: Both, line: str) -> None:
    """A refusal has the same code, operation and message; only the exit code is that of the command's version."""
    theirs, ours = both.aws(line), both.kmscli(line)
    assert theirs.stderr.strip() == ours.stderr.strip().removeprefix("kmscli: [ERROR]: ")
    assert theirs.stderr.startswith("\nAn error occurred (")
    assert (theirs.returncode, ours.returncode, theirs.stdout, ours.stdout) == (FAILED, 254, "", "")


def test_an_operation_that_is_not_served(both: Both) -> None:
    """What the server does not know is refused in the service's words."""
    said = both.aws("sts get-session-token").stderr
    assert "(InvalidAction) when calling the GetSessionToken operation: Could not find operation" in said
