"""Organizations and policies for the tests of AWS Organizations' operations."""

import json
from typing import Any

from kmscli.engine import Caller
from tests.operations.house import ACCOUNT, House, caller

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"
FULL = "p-FullAWSAccess"
RCP_FULL = "p-RCPFullAWSAccess"
DENIAL = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}


def policy_text(**members: Any) -> str:
    """A policy of one statement, which denies Decrypt unless it says otherwise."""
    said = {name: value for name, value in {**DENIAL, **members}.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


DENY = {SCP: policy_text(), RCP: policy_text(Principal="*")}


class Organized:
    """A house whose account manages an organization."""

    def __init__(self, house: House, **members: Any) -> None:
        self.house = house
        self.organization: dict[str, Any] = self.call("CreateOrganization", **members)["Organization"]
        self.id = self.organization["Id"]
        [root] = self.call("ListRoots")["Roots"]
        self.root = str(root["Id"])

    def call(self, name: str, by: Caller | None = None, /, **members: Any) -> dict[str, Any]:
        """The answer to a call."""
        return self.house.call(f"organizations:{name}", by, **members)

    def refusal(self, name: str, by: Caller | None = None, /, **members: Any) -> tuple[str, str]:
        """The code and message of a call that is refused."""
        return self.house.refusal(f"organizations:{name}", by, **members)

    def arn(self, kind: str, *names: str) -> str:
        """The ARN of something in the organization."""
        return f"arn:aws:organizations::{ACCOUNT}:{kind}/{'/'.join((self.id, *names))}"

    def unit(self, name: str = "unit", parent: str = "") -> str:
        """A new unit's id."""
        made = self.call("CreateOrganizationalUnit", Name=name, ParentId=parent or self.root)
        return str(made["OrganizationalUnit"]["Id"])

    def account(self, name: str = "member", parent: str = "") -> str:
        """A new account's id."""
        made = self.call("CreateAccount", AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        account = str(made["AccountId"])
        if parent:
            self.move(account, self.root, parent)
        return account

    def move(self, account: str, source: str, destination: str) -> None:
        """Move an account."""
        self.call("MoveAccount", AccountId=account, SourceParentId=source, DestinationParentId=destination)

    def enable(self, type: str) -> None:
        """Enable a type of policies."""
        self.call("EnablePolicyType", RootId=self.root, PolicyType=type)

    def policy(self, name: str = "deny", type: str = SCP, text: str = "") -> str:
        """A new policy's id."""
        made = self.call("CreatePolicy", Name=name, Type=type, Description="", Content=text or DENY[type])
        return str(made["Policy"]["PolicySummary"]["Id"])

    def attach(self, policy: str, target: str) -> None:
        """Attach a policy."""
        self.call("AttachPolicy", PolicyId=policy, TargetId=target)

    def attached(self, target: str, type: str = SCP) -> list[str]:
        """The ids of the policies that are attached to something."""
        return [found["Id"] for found in self.call("ListPoliciesForTarget", TargetId=target, Filter=type)["Policies"]]

    def targets(self, policy: str) -> list[str]:
        """What a policy is attached to, by id."""
        return [found["TargetId"] for found in self.call("ListTargetsForPolicy", PolicyId=policy)["Targets"]]


def member(account: str) -> Caller:
    """The root user of an account."""
    return caller(account)
