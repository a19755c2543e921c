"""Deciding on an Encrypt call, as its road does, against all the rest of that call in a group of 256 with one commit.

The decision looks up who calls, reads the key's policy, weighs it, and looks for grants where no policy allows; the
rest is the whole call without it: parsing, finding the key, encrypting, the event, its MAC, the commit, the log.

    python benchmarks/decisions.py [--rounds N] [--profile ROW]
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from groups import GROUP, House, profile
from measuring import alternate, headline, line

from kmscli.engine import Caller, find_operation
from kmscli.operations.call import Call
from kmscli.operations.targets import decide, find

BUDGET = 1.0
ACCOUNT = "arn:aws:iam::111122223333"
USER = f"{ACCOUNT}:user/alice"
CONTEXT = {"App": "shop", "Stage": "test"}
DELEGATES = {"Effect": "Allow", "Principal": {"AWS": f"{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
ADMINISTERING = [
    "kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*",
    "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion", "kms:RotateKeyOnDemand",
]  # fmt: skip
USING = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
GRANTING = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]


def usual(condition: dict[str, Any]) -> str:
    """The key policy that AWS's console writes, with two administrators and two users; these under a condition."""
    users = {"AWS": [f"{ACCOUNT}:role/app", USER]}
    administrators = {"AWS": [f"{ACCOUNT}:user/admin", f"{ACCOUNT}:role/admin"]}
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    statements = [
        {"Sid": "Enable IAM User Permissions", **DELEGATES},
        {**DELEGATES, "Sid": "Administrators", "Principal": administrators, "Action": ADMINISTERING},
        {**DELEGATES, "Sid": "Users", "Principal": users, "Action": USING, **condition},
        {**DELEGATES, "Sid": "Services", "Principal": users, "Action": GRANTING, "Condition": for_services},
    ]
    return json.dumps({"Version": "2012-10-17", "Id": "key-consolepolicy-3", "Statement": statements})


ON_CONTEXT = {
    "Condition": {
        "StringEquals": {"kms:EncryptionContext:App": "shop"},
        "StringLike": {"kms:EncryptionContext:Stage": ["test", "staging-*"]},
        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["App", "Stage"]},
    }
}


class Decided(NamedTuple):
    """A row: decisions, and the whole calls of which they are part."""

    decisions: Callable[[], object]
    calls: Callable[[], object]
    budget: float | None


def rows(house: House) -> dict[str, Decided]:
    """All rows: whose calls, under which policy."""
    root, user = house.caller, caller(house)
    granted = house.new_key()
    house.engine.call(root, "CreateGrant", {"KeyId": granted, "GranteePrincipal": USER, "Operations": ["Encrypt"]})
    return {
        "default policy, the root user": row(house, root, house.new_key(), None),
        "usual policy, a user whom it names": row(house, user, key(house, usual({})), BUDGET),
        "the same, on conditions": row(house, user, key(house, usual(ON_CONTEXT)), None),
        "default policy, a user by a grant": row(house, user, granted, None),
    }


def caller(house: House) -> Caller:
    """A user at this machine."""
    user = house.caller.at(house.caller.region)
    user.arn, user.is_root = USER, False
    return user


def key(house: House, policy: str) -> str:
    """A new key with a policy."""
    made = house.new_key()
    house.engine.call(house.caller, "PutKeyPolicy", {"KeyId": made, "Policy": policy})
    return made


def row(house: House, by: Caller, key: str, budget: float | None) -> Decided:
    """A row of one key and one caller."""
    members = {"KeyId": key, "Plaintext": bytes(32), "EncryptionContext": CONTEXT}

    def calls() -> None:
        house.group("Encrypt", members, by)

    return Decided(decisions(house, by, members), calls, budget)


def decisions(house: House, by: Caller, members: dict[str, Any]) -> Callable[[], object]:
    """The decisions of a group of calls, on the key that they found."""
    operation = find_operation("Encrypt")
    request = operation.request.parse(members)
    vault, now = house.engine.vault, house.engine.clock()

    def action() -> None:
        transaction = vault.transaction()
        first = Call(by, "Encrypt", now, 0.0, transaction, vault.keyring, remembered={})
        found = [find(target, first, request) for target in operation.targets]
        for _ in range(GROUP):
            call = Call(by, "Encrypt", now, 0.0, transaction, vault.keyring, remembered={})
            call.sought = found
            decide(operation, call, request, found)
        transaction.close()

    return action


def compare(rows: dict[str, Decided], rounds: int) -> None:
    """Time both sides of each row in turn, and print what the decision takes of the rest."""
    headline("Deciding on an Encrypt call, x all the rest of that call (CPU time)")
    for name, (decisions, calls, budget) in rows.items():
        times = alternate({"decisions": decisions, "calls": calls}, rounds, processes=False)
        share = times.ratio("decisions", "calls", cpu=True)
        least = min(times.cpu["decisions"]) / GROUP
        note = f"{1 / least:,.0f} decisions a second, {least * 1e6:.0f} us each (least)"
        line(name, share / (1 - share), budget, note=note)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", metavar="ROW", help="profile the decisions of one row instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = rows(House(folder))
        if arguments.profile:
            profile(made[arguments.profile].decisions)
        else:
            compare(made, arguments.rounds)
