"""RetireGrant."""

from kmscli.errors import ValidationException
from kmscli.keys.grants import Grant, remove_grant
from kmscli.keys.key import find_key
from kmscli.operations.call import Call
from kmscli.operations.grant_members import GrantId, GrantToken, check_grant_id
from kmscli.operations.members import DryRun, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class RetireGrantRequest(Request):
    """What RetireGrant is asked."""

    grant_token = GrantToken("The grant, by a token that create-grant gave.")
    key_id = OwnKeyId("The grant's key, by key ARN or id; with --grant-id.")
    grant_id = GrantId("The grant, by its id; with --key-id.")
    dry_run = DryRun()

    def rules(self) -> None:
        """A token, or a key and a well-formed id (7.5)."""
        by_id = [one for one in (self.key_id, self.grant_id) if one is not None]
        if len(by_id) != (2 if self.grant_token is None else 0):
            raise ValidationException("You must specify either a grant token, or both a key ID and a grant ID.")
        if self.grant_id is not None:
            check_grant_id(self.grant_id)


@operation(targets=[Target("key_id", kind="grant")], logs="key")
def retire_grant(call: Call, request: RetireGrantRequest, grant: Grant) -> None:
    """Delete a grant, and end what it allows. For whom the grant itself lets do so; others use revoke-grant."""
    key = find_key(call.transaction, grant.account, grant.region, grant.key_id)
    assert key is not None  # the road found it with the grant
    call.additional["grantId"] = grant.grant_id
    remove_grant(call.transaction, key, grant)
