"""Who calls, as policies name him, and the policies that are his own (reference, kms-semantics 6.1, 6 and 7)."""

from collections.abc import Sequence

from kmscli.authorization.decision import BOUNDARY, IDENTITY, SESSION
from kmscli.authorization.document import Document, MalformedDocumentError, Statement, Words, parsed
from kmscli.authorization.evaluation import Source
from kmscli.authorization.principals import Principal, principal_of
from kmscli.identities.finding import IdentityPolicy, boundary_of, find_role, find_user, policies_of
from kmscli.identities.identity import Entity
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
    """The caller's. A principal that the vault does not know has no policies, and neither has a service."""
    arn = call.caller.arn
    if not arn.startswith("arn:"):
        return Standing(principal_of(arn))
    kind, _, path = arn.split(":", 5)[5].partition("/")
    if kind == "user":
        user = find_user(call.transaction, call.caller.account, path.rsplit("/", 1)[-1])
        if user and user.arn == arn:
            return _of(call, principal_of(arn, name=user.name, user_id=user.unique_id, tags=user.tags), user)
    if kind == "assumed-role":
        name, _, session = path.partition("/")
        role = find_role(call.transaction, call.caller.account, name)
        if role and role.name == name:
            user_id = f"{role.unique_id}:{session}"
            in_session = call.caller.session
            tags = in_session.tags if in_session else role.tags
            own = _of(call, principal_of(arn, role=role.arn, user_id=user_id, tags=tags), role)
            own.sessions = [
                source_of(SESSION, text, policy, arn=policy_arn)
                for policy, policy_arn, text in (in_session.policies if in_session else ())
            ]
            return own
    return Standing(principal_of(arn))


def _of(call: Call, principal: Principal, entity: Entity) -> Standing:
    own = [_source(IDENTITY, policy) for policy in policies_of(call.transaction, entity)]
    bound = boundary_of(call.transaction, entity)
    return Standing(principal, identity=own, boundary=_source(BOUNDARY, bound) if bound else None)


def _source(kind: str, policy: IdentityPolicy) -> Source:
    return source_of(kind, policy.text, f"{policy.source} {policy.name}", arn=policy.arn)


def about_any_resource(source: Source) -> Source:
    """A policy each of whose statements is about whatever it is attached to."""
    anything = Words("Resource", ["*"])
    statements = [Statement(**{**vars(statement), "resource": anything}) for statement in source.document.statements]
    document = Document(statements, has_variables=source.document.has_variables)
    return Source(source.kind, document, name=source.name, arn=source.arn)


def source_of(kind: str, text: str, name: str, *, arn: str = "", names_principals: bool = False) -> Source:
    """A stored policy as one to weigh."""
    try:
        document = parsed(text, names_principals=names_principals)
    except MalformedDocumentError:
        document = EMPTY
    return Source(kind, document, name=name, arn=arn)
