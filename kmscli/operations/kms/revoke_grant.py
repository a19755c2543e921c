"""RevokeGrant."""

from kmscli.errors import NotFoundException
from kmscli.keys.grants import find_grant_of, remove_grant
from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.grant_members import GrantId, check_grant_id
from kmscli.operations.members import DryRun, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class RevokeGrantRequest(Request):
    """What RevokeGrant is asked."""

    key_id = OwnKeyId().required()
    grant_id = GrantId().required()
    dry_run = DryRun()

    def rules(self) -> None:
        """A well-formed id."""
        check_grant_id(self.grant_id)


@operation(targets=[Target("key_id")], logs="key")
def revoke_grant(call: Call, request: RevokeGrantRequest, key: Key) -> None:
    """Delete a grant, and end what it allows. For whoever may administer the key; others use retire-grant."""
    grant = find_grant_of(call.transaction, key, request.grant_id)
    if grant is None:
        raise NotFoundException(f"Grant ID {request.grant_id} not found")
    remove_grant(call.transaction, key, grant)
