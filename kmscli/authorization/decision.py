"""The decision: all policies that have a say, weighed as AWS weighs them (reference, kms-semantics 6.1).

An explicit deny anywhere wins. Then each limit must allow: resource control, service control, the VPC endpoint. Then
the resource's own policy or a grant, the caller's identity policies where those are needed, and what bounds them.
"""

from collections.abc import Callable, Sequence

from kmscli.authorization.document import Statement
from kmscli.authorization.evaluation import ANY_ONE, Question, Source, Verdict, evaluate
from kmscli.authorization.grants import Considered
from kmscli.authorization.principals import ACCOUNT, DIRECT, ROLE

IDENTITY = "identity-based"
RESOURCE = "resource-based"
SERVICE_CONTROL = "service control"
RESOURCE_CONTROL = "resource control"
ENDPOINT = "VPC endpoint"
SESSION = "session"
BOUNDARY = "permissions boundary"
GRANT = "grant"
ROOT = "root user"
"""What allows the root user of an account whatever the account itself may."""


class Policies:
    """All that is consulted for a question.

    `resource`: the key's policies; None where the resource has none of its own. `grant`: the id of a grant that
    allows it, looked for only when it is needed, and whether it only names the caller's account. `identity`,
    `boundary`, `sessions`: the caller's. `service_control`, `resource_control`: by level, from the root down; each
    level must allow. `endpoint`: of the VPC endpoint through which the call came. `considered`: the grants that were
    looked at, if the call is to be explained.
    """

    def __init__(
        self,
        *,
        resource: Sequence[Source] | None = None,
        grant: Callable[[], tuple[str, bool]] | None = None,
        identity: Sequence[Source] = (),
        boundary: Source | None = None,
        sessions: Sequence[Source] = (),
        service_control: Sequence[Sequence[Source]] = (),
        resource_control: Sequence[Sequence[Source]] = (),
        endpoint: Source | None = None,
    ) -> None:
        self.resource = resource
        self.grant = grant or (lambda: ("", False))
        self.identity = identity
        self.boundary = [boundary] if boundary else []
        self.sessions = sessions
        self.service_control = service_control
        self.resource_control = resource_control
        self.endpoint = [endpoint] if endpoint else []
        self.considered: list[Considered] = []

    def each(self, change: Callable[[Source], Source]) -> "Policies":
        """The same, with every policy changed."""

        def changed(sources: Sequence[Source]) -> list[Source]:
            return [change(source) for source in sources]

        return Policies(
            resource=None if self.resource is None else changed(self.resource),
            grant=self.grant,
            identity=changed(self.identity),
            boundary=change(self.boundary[0]) if self.boundary else None,
            sessions=changed(self.sessions),
            service_control=[changed(level) for level in self.service_control],
            resource_control=[changed(level) for level in self.resource_control],
            endpoint=change(self.endpoint[0]) if self.endpoint else None,
        )


class Decision:
    """What was decided.

    `by`: the kind of policy that decided, or whose silence did. `verdict`: of the policy that allowed or denied; `how`:
    the way in which it named the principal. `explicit`: denied by a statement. `hides`: the refusal must not say more.
    `verdicts`: every policy that was consulted, in order. `grant`: the id of the grant that allowed.
    `considered`: the grants that were looked at, if the call is to be explained.
    """

    def __init__(
        self,
        *,
        allowed: bool,
        by: str,
        verdicts: Sequence[Verdict],
        verdict: Verdict | None = None,
        explicit: bool = False,
        hides: bool = False,
        grant: str = "",
        how: str = "",
    ) -> None:
        self.allowed = allowed
        self.by = by
        self.verdicts = verdicts
        self.verdict = verdict
        self.explicit = explicit
        self.hides = hides
        self.grant = grant
        self.how = how
        self.considered: Sequence[Considered] = ()

    @property
    def statement(self) -> Statement | None:
        """The statement that decided."""
        if self.verdict is None:
            return None
        return self.verdict.denies if self.explicit else self.verdict.allows.get(self.how)


class Weighing:
    """A question being decided: each policy is evaluated once, in the order in which AWS names them."""

    def __init__(self, question: Question, policies: Policies) -> None:
        self.question = question
        self.policies = policies
        levels = [*policies.resource_control, *policies.service_control]
        self.levels = [[self._verdict(source) for source in level] for level in levels]
        self.endpoint = [self._verdict(source) for source in policies.endpoint]
        self.resource = [self._verdict(source) for source in policies.resource or ()]
        self.identity = [self._verdict(source) for source in policies.identity]
        self.boundary = [self._verdict(source) for source in policies.boundary]
        self.sessions = [self._verdict(source) for source in policies.sessions]

    def _verdict(self, source: Source) -> Verdict:
        return evaluate(source, self.question)

    @property
    def verdicts(self) -> list[Verdict]:
        """All of them."""
        limits = [verdict for level in self.levels for verdict in level]
        return [*limits, *self.endpoint, *self.resource, *self.identity, *self.boundary, *self.sessions]

    @property
    def is_foreign(self) -> bool:
        """Whether the resource belongs to another account than the caller's."""
        principal = self.question.principal
        return not principal.service and self.question.owner != principal.account

    def allowed(self, by: str, verdict: Verdict | None = None, *, how: str = "", grant: str = "") -> Decision:
        return Decision(allowed=True, by=by, verdicts=self.verdicts, verdict=verdict, how=how, grant=grant)

    def silent(self, by: str) -> Decision:
        """Nothing of a kind allows."""
        hides = self.is_foreign and by == RESOURCE
        return Decision(allowed=False, by=by, verdicts=self.verdicts, hides=hides)

    def denied(self, verdict: Verdict) -> Decision:
        hides = self.is_foreign and verdict.source.kind in (RESOURCE, RESOURCE_CONTROL)
        return Decision(
            allowed=False, by=verdict.source.kind, verdicts=self.verdicts, verdict=verdict, explicit=True, hides=hides
        )


def decide(question: Question, policies: Policies) -> Decision:
    """The decision on a question."""
    weighing = Weighing(question, policies)
    for verdict in weighing.verdicts:
        if verdict.denies:
            return weighing.denied(verdict)
    for level in [*weighing.levels, weighing.endpoint]:
        if level and not any(verdict.allows for verdict in level):
            return weighing.silent(level[0].source.kind)
    if policies.resource is None:
        return _by_identity(weighing)
    return _by_resource(weighing)


def _by_resource(weighing: Weighing) -> Decision:
    """By policies, or else by a grant (6.1, 5). One that names an account opens the door only, as a key policy does."""
    by_policy = _by_policies(weighing)
    if by_policy.allowed:
        return by_policy
    grant, names_account = weighing.policies.grant()
    if not grant:
        return by_policy
    return _by_identity(weighing, grant=grant) if names_account else weighing.allowed(GRANT, grant=grant)


def _by_policies(weighing: Weighing) -> Decision:
    """By the key's policy, and by identity policies too where that only opens the door (6.1, 5 to 8)."""
    direct, how = _allowing(weighing.resource, DIRECT, ROLE)
    if direct and not weighing.is_foreign:
        bound = _bound(weighing) if how == ROLE else None
        return bound or weighing.allowed(RESOURCE, direct, how=how)
    opens, how = _allowing(weighing.resource, DIRECT, ROLE, ACCOUNT)
    if not opens or weighing.question.principal.service:
        return weighing.silent(RESOURCE)
    if weighing.question.principal.is_root:
        return weighing.allowed(RESOURCE, opens, how=how)
    return _by_identity(weighing)


def _by_identity(weighing: Weighing, *, grant: str = "") -> Decision:
    """By the caller's own policies, and what bounds them. `grant`: the one that opens the door."""
    if weighing.question.principal.is_root:
        return weighing.allowed(ROOT, grant=grant)
    found, how = _allowing(weighing.identity, ANY_ONE)
    if found is None:
        return weighing.silent(IDENTITY)
    return _bound(weighing) or weighing.allowed(IDENTITY, found, how=how, grant=grant)


def _bound(weighing: Weighing) -> Decision | None:
    """The refusal of a permissions boundary, or of session policies, that does not allow."""
    for bounds, kind in ((weighing.boundary, BOUNDARY), (weighing.sessions, SESSION)):
        if bounds and not any(verdict.allows for verdict in bounds):
            return weighing.silent(kind)
    return None


def _allowing(verdicts: Sequence[Verdict], *ways: str) -> tuple[Verdict | None, str]:
    """The first policy that allows in one of some ways, and which; the first way is looked for first."""
    for how in ways:
        for verdict in verdicts:
            if how in verdict.allows:
                return verdict, how
    return None, ""
