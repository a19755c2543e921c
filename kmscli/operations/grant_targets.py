"""The grant that RetireGrant names, and who may retire it: not who a key policy says (reference, kms-semantics 7.5)."""

from typing import Any

from kmscli.authorization import grants
from kmscli.authorization.hidden import refuse_hidden
from kmscli.authorization.principals import principal_of
from kmscli.errors import NotFoundException
from kmscli.keys.finding import Found, key_by_name
from kmscli.keys.grant_tokens import granted_by
from kmscli.keys.grants import Grant, find_grant, find_grant_of
from kmscli.keys.key import find_key
from kmscli.operations.authorizing import decided, may_do_all
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

RETIRE_GRANT = f"kms:{grants.RETIRE}"


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


def authorize_retirement(call: Call, request: Request, found: Found) -> None:
    """Raises AccessDeniedException: the caller may not retire the grant, or there is none.

    Its retiring principal may, and its grantee where it allows that: named as such they need no policy, by their
    account they do, and so does everybody of the account that issued the grant. A policy that denies it counts.
    """
    grant: Grant | None = found.thing
    if grant is None:
        refuse_hidden(call.caller, RETIRE_GRANT, found.named)
    principal = principal_of(call.caller.arn)
    named = [grant.retiring] + ([grant.grantee] if grants.RETIRE in grant.operations else [])
    entitled = [one for one in named if one and grants.covers(one, principal)]
    if not entitled and grants.account_of(grant.issuer) != principal.account:
        refuse_hidden(call.caller, RETIRE_GRANT, found.named)
    if may_do_all(call, principal.account):
        return
    from kmscli.operations.weighing import weigh_retirement

    account = "" if principal.service else grants.account_root(principal.arn)
    itself = any(one != account for one in entitled)
    decided(call, *weigh_retirement(call, request, grant.key_arn, grant.grant_id if itself else ""), found.named)


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
