"""Who calls, as policies name him, and the policies that are his own (reference, kms-semantics 6.1, 6 and 7)."""

from collections.abc import Sequence

from kmscli.authorization.decision import BOUNDARY, IDENTITY
from kmscli.authorization.document import Document, MalformedDocumentError, parsed
from kmscli.authorization.evaluation import Source
from kmscli.authorization.principals import Principal, principal_of
from kmscli.identities.finding import IdentityPolicy, find_user, policies_of_user
from kmscli.identities.users import User
from kmscli.operations.call import Call

EMPTY = Document([], has_variables=False)
"""What a policy says that is none: it is in a vault from before policies were read."""


class Standing:
    """A principal with his identity policies, his permissions boundary and the policies of his session."""

    def __init__(
        self,
        principal: Principal,
        *,
        identity: Sequence[Source] = (),
        boundary: Source | None = None,
        sessions: Sequence[Source] = (),
    ) -> None:
        self.principal = principal
        self.identity = identity
        self.boundary = boundary
        self.sessions = sessions


def standing_of(call: Call) -> Standing:
    """The caller's. A principal that the vault does not know has no policies."""
    arn = call.caller.arn
    kind, _, path = arn.split(":", 5)[5].partition("/")
    if kind == "user":
        user = find_user(call.transaction, call.caller.account, path.rsplit("/", 1)[-1])
        if user and user.arn == arn:
            return _of_user(call, user)
    return Standing(principal_of(arn))


def _of_user(call: Call, user: User) -> Standing:
    principal = principal_of(user.arn, name=user.name, user_id=user.unique_id, tags=user.tags)
    own = [_identity_source(one) for one in policies_of_user(call.transaction, user)]
    return Standing(principal, identity=own)


def _identity_source(policy: IdentityPolicy) -> Source:
    return source_of(IDENTITY, policy.text, f"{policy.source} {policy.name}", arn=policy.arn)


def boundary_source(name: str, arn: str, text: str) -> Source:
    """A permissions boundary."""
    return source_of(BOUNDARY, text, f"{BOUNDARY} {name}", arn=arn)


def source_of(kind: str, text: str, name: str, *, arn: str = "", names_principals: bool = False) -> Source:
    """A stored policy as one to weigh."""
    try:
        document = parsed(text, names_principals=names_principals)
    except MalformedDocumentError:
        document = EMPTY
    return Source(kind, document, name=name, arn=arn)
