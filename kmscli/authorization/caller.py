"""Who calls: the principal, seen from an account and a Region, and who it really is at this machine."""

import json
from typing import Any

from kmscli.names import root_arn


class Caller:
    """A principal. `agent`: the user agent. `really`: the process's own user, and by which door the call came in."""

    def __init__(self, account: str, region: str, *, arn: str = "", agent: str, door: str, uid: int, user: str) -> None:
        self.account = account
        self.region = region
        self.arn = arn or root_arn(account, region)
        self.agent = agent
        self.really = json.dumps({"uid": uid, "user": user, "door": door}, separators=(",", ":")).encode()

    def identity(self) -> dict[str, Any]:
        """CloudTrail's `userIdentity` (reference, kms-semantics 14.1)."""
        if self.arn.endswith(":root"):
            return {"type": "Root", "principalId": self.account, "arn": self.arn, "accountId": self.account}
        name = self.arn.rsplit("/", 1)[-1]
        return {
            "type": "IAMUser",
            "principalId": name,
            "arn": self.arn,
            "accountId": self.account,
            "userName": name,
        }
