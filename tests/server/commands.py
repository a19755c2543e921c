"""Command lines that are run in more ways than one on the same vault, and how their answers are compared.

Words in braces stand for what `Commands` has made.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.server.running import ACCOUNT, REGION, Running

AWS = str(Path(sys.executable).parent / "aws")
"""The newest of version 1, which brings a botocore of its own."""
USER = f"arn:aws:iam::{ACCOUNT}:user/Alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Reader"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":["sts:AssumeRole","sts:TagSession"]}]}'
)
WORDS = b"\x00not text\xff"

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
"""Rows whose answer has no chance in it."""

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
"""Rows whose answer has chance in it."""

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
"""Rows that are refused."""


def rows(table: str) -> list[str]:
    """The rows of a table."""
    return table.strip().splitlines()


Ran = subprocess.CompletedProcess[str]


class Commands:
    """Ways to run a row as one user. `names`: what rows call by a name in braces."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.folder = server.home
        user = server.new_user("Alice")
        server.kmscli("iam", "create-role", "--role-name", "Reader", "--assume-role-policy-document", TRUST)
        (self.folder / "config").write_text("[default]\ncli_timestamp_format = iso8601\n")
        (self.folder / "words").write_bytes(WORDS)
        self.credentials = {
            "AWS_ACCESS_KEY_ID": user["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": user["aws_secret_access_key"],
        }
        self.names = {"words": f"fileb://{self.folder}/words"}
        self.names["key"] = self._made("create-key")
        self.names["signer"] = self._made("create-key", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY")
        for _ in range(3):
            self._made("create-key")
        server.kmscli("create-alias", "--alias-name", "alias/app", "--target-key-id", self.names["key"])
        self._keep(
            "blob", "CiphertextBlob", "encrypt --key-id {key} --plaintext {words} --encryption-context app=größe"
        )
        self._keep(
            "signature", "Signature", "sign --key-id {signer} --message {words} --signing-algorithm ECDSA_SHA_256"
        )

    def _made(self, *words: str) -> str:
        return str(self.server.kmscli(*words)["KeyMetadata"]["KeyId"])

    def _keep(self, name: str, member: str, row: str) -> None:
        """Make a file of the blob that a command answers."""
        answer = json.loads(self.here(row).stdout)
        (self.folder / name).write_bytes(base64.b64decode(answer[member]))
        self.names[name] = f"fileb://{self.folder}/{name}"

    def _run(self, command: list[str], row: str, **env: str) -> Ran:
        words = [word.format(**self.names) if word.startswith("{") else word for word in row.split()]
        return subprocess.run(
            [*command, *words],
            env=self.server.env | env,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )

    def here(self, row: str) -> Ran:
        """`kmscli`, on the vault itself."""
        return self._run([sys.executable, "-m", "kmscli"], f"{row.removeprefix('kms ')} --as {USER}")

    def there(self, row: str, **env: str) -> Ran:
        """`kmscli`, through the server."""
        given = self.credentials | {"KMSCLI_ENDPOINT_URL": self.server.url} | env
        return self._run([sys.executable, "-m", "kmscli"], row.removeprefix("kms "), **given)

    def aws(self, row: str, command: str = AWS) -> Ran:
        """`aws`, through the server."""
        settings = {"AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": f"{self.folder}/config", "AWS_MAX_ATTEMPTS": "1"}
        return self._run([command, "--endpoint-url", self.server.url], row, **self.credentials, **settings)


def shape(value: Any) -> Any:
    """The members of an answer, and what kind each is."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else type(value).__name__


def same_members(one: Ran, other: Ran) -> bool:
    """Whether two answers have the same members in the same order; or are both empty."""
    if not one.stdout or not other.stdout:
        return one.stdout == other.stdout
    return json.dumps(shape(json.loads(one.stdout))) == json.dumps(shape(json.loads(other.stdout)))
