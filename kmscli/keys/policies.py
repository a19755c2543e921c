"""Key policies as they are stored: one text a key (reference, kms-semantics 5)."""

from kmscli.keys.key import Key
from kmscli.names import root_arn
from kmscli.vault.transaction import Kind, Transaction, plain_kind

POLICY: Kind[str] = plain_kind(20, "policy")
LONGEST = 32768
"""A policy's longest text, in bytes."""

_DEFAULT = """{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "%s"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}"""


def default_policy(account: str, region: str) -> str:
    """The policy of a key made without one, in AWS's own white space (5.2)."""
    return _DEFAULT % root_arn(account, region)


def policy_of(transaction: Transaction, key: Key) -> str:
    """A key's policy, as it was given. Raises VaultDamagedError: its row is gone; no default takes its place."""
    policy = transaction.get(POLICY, key.scope, key.key_id)
    if policy is None:
        raise transaction.missing(POLICY, key.scope, key.key_id)
    return policy


def set_policy(transaction: Transaction, key: Key, policy: str) -> None:
    """Replace a key's policy."""
    transaction.put(POLICY, key.scope, key.key_id, policy)
