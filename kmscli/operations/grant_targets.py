"""The grant that RetireGrant names, and who may retire it: not who a key policy says (reference, kms-semantics 7.5)."""

from typing import Any

from kmscli.authorization import grants
from kmscli.authorization.caller import Caller
from kmscli.authorization.decision import refuse
from kmscli.errors import NotFoundException
from kmscli.keys.finding import Found, key_by_name
from kmscli.keys.grant_tokens import granted_by
from kmscli.keys.grants import Grant, find_grant, find_grant_of
from kmscli.keys.key import find_key
from kmscli.operations.call import Call


def grant_to_retire(call: Call, request: Any) -> Found:
    """The grant of a RetireGrant request, by a token or by a key and an id. `resource` and `key` are its key's.

    Raises InvalidGrantTokenException, InvalidArnException. NotFoundException: no such grant, or no such key of the
    caller's own account; that one of another account is not there must not show.
    """
    if request.grant_token is not None:
        return _by_token(call, granted_by(call.keyring, request.grant_token))
    caller = call.caller
    found = key_by_name(call.transaction, request.key_id, caller.account, caller.region, aliases=False)
    grant = find_grant_of(call.transaction, found.key, request.grant_id) if found.key else None
    if grant is None and found.account == caller.account:
        raise _not_found(request.grant_id)
    found.thing = grant
    return found


def authorize_retirement(caller: Caller, found: Found) -> None:
    """Raises AccessDeniedException: the caller may not retire the grant, or there is none."""
    grant: Grant | None = found.thing
    if grant is None:
        refuse(caller, f"kms:{grants.RETIRE}", found.named)
    grants.authorize_retirement(
        caller,
        found.named,
        issuer=grant.issuer,
        retiring=grant.retiring,
        grantee=grant.grantee,
        operations=grant.operations,
    )


def _by_token(call: Call, grant_id: str) -> Found:
    grant = find_grant(call.transaction, call.caller.region, grant_id)
    if grant is None:
        raise _not_found(grant_id)
    key = find_key(call.transaction, grant.account, grant.region, grant.key_id)
    found = Found(key, account=grant.account, resource=grant.key_arn, named=grant.key_arn)
    found.thing = grant
    return found


def _not_found(grant_id: str) -> NotFoundException:
    return NotFoundException(f"Grant ID {grant_id} not found")
