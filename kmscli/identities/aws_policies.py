"""Policies that AWS keeps for every account: those that are about keys and administrators.

Of ReadOnlyAccess, which goes through every service, here is what it says of KMS, IAM and STS. (AWS Managed Policy
Reference.)
"""

import json
from typing import Any

from kmscli.identities.managed_policies import AWS, ManagedPolicy, Version

_POWER_USER = (
    "kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:Describe*", "kms:GenerateRandom", "kms:Get*",
    "kms:List*", "kms:TagResource", "kms:UntagResource", "iam:ListGroups", "iam:ListRoles", "iam:ListUsers",
)  # fmt: skip
_READ_ONLY = (
    "iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*",
    "sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken",
)  # fmt: skip

_POLICIES: dict[str, dict[str, Any]] = {
    "AdministratorAccess": {
        "unique_id": "ANPAIWMBCKSKIEE64ZLYK",
        "created": 1_423_247_986,
        "description": "Provides full access to AWS services and resources.",
        "actions": "*",
    },
    "AWSKeyManagementServicePowerUser": {
        "unique_id": "ANPAJNPP7PPPPMJRV2SA4",
        "created": 1_423_248_040,
        "description": "Provides access to AWS Key Management Service (KMS).",
        "actions": _POWER_USER,
    },
    "ReadOnlyAccess": {
        "unique_id": "ANPAILL3HVNFSB6DCOWYQ",
        "created": 1_423_247_988,
        "description": "Provides read-only access to AWS services and resources.",
        "actions": _READ_ONLY,
    },
}


def aws_policy(partition: str, name: str) -> ManagedPolicy | None:
    """One of AWS's policies by its name."""
    said = _POLICIES.get(name)
    if said is None:
        return None
    created = said["created"]
    return ManagedPolicy(
        name,
        account=AWS,
        partition=partition,
        path="/",
        unique_id=said["unique_id"],
        created=created,
        description=said["description"],
        versions=[vars(Version(1, text=_allowing(said["actions"]), created=created))],
    )


def aws_policies(partition: str) -> list[ManagedPolicy]:
    """All of AWS's policies, by name."""
    return [found for name in sorted(_POLICIES) if (found := aws_policy(partition, name))]


def _allowing(actions: str | tuple[str, ...]) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=4)
