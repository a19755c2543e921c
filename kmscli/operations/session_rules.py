"""What AssumeRole asks before it lets somebody be a role, and the session that it makes.

Source: the AWS STS API Reference, AssumeRole; the IAM User Guide, "Session policies" and "Pass session tags".
"""

from typing import TYPE_CHECKING, Any

from kmscli.authorization.document import MalformedDocumentError, parsed
from kmscli.errors import AccessDenied, MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError
from kmscli.identities.access_keys import new_secret
from kmscli.identities.finding import find_role
from kmscli.identities.managed_policies import policy_of
from kmscli.identities.roles import Role
from kmscli.identities.sessions import Session, new_session_key_id, session_token
from kmscli.names import is_caller_arn, session_arn
from kmscli.operations.call import Call
from kmscli.operations.weighing import weigh_trust

if TYPE_CHECKING:
    from kmscli.operations.sts.assume_role import AssumeRoleRequest

HOUR = 3600
MOST_PACKED = 2048
"""Characters of all session policies and tags together."""
MOST_POLICIES = 10


def role_to_assume(call: Call, request: "AssumeRoleRequest") -> Role:
    """The role that the caller may assume.

    Raises ValidationError: it is no role's ARN, or the session would be too long. AccessDenied: the caller may not, or
    there is no such role; or would change who is behind the session, which stays from the first to the last.
    """
    arn = request.role_arn
    if not (is_caller_arn(arn) and ":role/" in arn):
        raise ValidationError(f"{arn} is invalid")
    if call.caller.is_root:
        raise AccessDenied("Roles may not be assumed by root accounts.")
    role = find_role(call.transaction, arn.split(":")[4], arn.rsplit("/", 1)[-1])
    if role is None or role.arn != arn:
        raise _refused(call, "sts:AssumeRole", arn)
    before = call.caller.session.source_identity if call.caller.session else ""
    if before and request.source_identity not in (None, before):
        raise _refused(call, "sts:SetSourceIdentity", arn)
    more = {"sts:TagSession": request.tags, "sts:SetSourceIdentity": request.source_identity or before}
    for action in ("sts:AssumeRole", *(name for name, given in more.items() if given)):
        question, decision = weigh_trust(call, request, action, role)
        call.weighed.append((question, decision))
        if not decision.allowed:
            raise _refused(call, action, arn)
    _check_duration(call, request, role)
    return role


def policies_of_session(call: Call, request: "AssumeRoleRequest", role: Role) -> list[list[str]]:
    """The policies that bound a session: name, ARN and text of each.

    Raises MalformedPolicyDocument: one is none. ValidationError: a managed one is not there.
    """
    found = [["session policy", "", request.policy]] if request.policy is not None else []
    for given in request.policy_arns or []:
        policy = policy_of(call.transaction, given.arn or "")
        if policy is None or policy.account not in ("aws", role.account):
            raise ValidationError(f"Policy {given.arn} does not exist or is not attachable.")
        found.append([policy.name, given.arn or "", policy.text])
    if len(request.policy_arns or []) > MOST_POLICIES:
        raise ValidationError(f"The number of managed policy ARNs cannot exceed {MOST_POLICIES}.")
    for _, _, text in found:
        try:
            parsed(text, names_principals=False)
        except MalformedDocumentError as error:
            raise MalformedPolicyDocument(str(error)) from None
    return found


def tags_of_session(call: Call, request: "AssumeRoleRequest", role: Role) -> dict[str, str]:
    """The tags of a session: the role's, those that come from the session before, and its own.

    Raises ValidationError: a name is there twice, or would change what comes from before.
    """
    given = {tag.key: tag.value for tag in request.tags or []}
    if len({name.lower() for name in given}) < len(request.tags or []):
        raise ValidationError("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    before = call.caller.session
    inherited = {name: before.tags[name] for name in before.transitive} if before else {}
    taken = {name.lower() for name in inherited}
    if any(name.lower() in taken for name in given):
        raise ValidationError("One of the specified transitive tag keys can't be set because it conflicts.")
    own = {**inherited, **given}
    names = {name.lower() for name in own}
    return {**{name: value for name, value in role.tags.items() if name.lower() not in names}, **own}


class Made:
    """A new session with its secret and its token. `packed_size`: in percent, how much room its policies take."""

    def __init__(self, session: Session, *, secret: str, token: str, packed_size: int | None) -> None:
        self.session = session
        self.secret = secret
        self.token = token
        self.packed_size = packed_size


def new_session(
    call: Call, request: "AssumeRoleRequest", role: Role, *, policies: list[list[str]], tags: dict[str, str]
) -> Made:
    """The session. Raises PackedPolicyTooLarge: its policies and tags are too long together."""
    before = call.caller.session
    transitive = [*(before.transitive if before else []), *(request.transitive_tag_keys or [])]
    issued = int(call.now)
    session = Session(
        arn=session_arn(role.arn, request.role_session_name),
        role_arn=role.arn,
        role_id=role.unique_id,
        access_key=new_session_key_id(),
        issued=issued,
        expires=issued + _duration(call, request, role),
        policies=policies,
        tags=tags,
        transitive=[name for name in dict.fromkeys(transitive) if name in tags],
        source_identity=request.source_identity or (before.source_identity if before else ""),
    )
    secret = new_secret()
    size = _packed_size(request)
    if size is not None and size > 100:
        raise PackedPolicyTooLarge(f"The packed size of the session policies and tags is {size} % of what it may be.")
    return Made(session, secret=secret, token=session_token(call.keyring, session, secret), packed_size=size)


def _packed_size(request: "AssumeRoleRequest") -> int | None:
    texts = [request.policy or "", *(tag.key + tag.value for tag in request.tags or [])]
    length = sum(map(len, texts))
    return -(-100 * length // MOST_PACKED) if length else None


def _duration(call: Call, request: "AssumeRoleRequest", role: Role) -> int:
    longest = min(role.longest_session, HOUR) if call.caller.session else role.longest_session
    return request.duration_seconds or min(HOUR, longest)


def _check_duration(call: Call, request: "AssumeRoleRequest", role: Role) -> None:
    asked = request.duration_seconds or 0
    if call.caller.session and asked > HOUR:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    if asked > role.longest_session:
        raise ValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _refused(call: Call, action: str, arn: str) -> Any:
    return AccessDenied(f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {arn}")
