"""A question with the policies that have a say, as the vault has them; what comes of it is in `authorization`."""

from collections.abc import Sequence

from kmscli.authorization.decision import ENDPOINT, GRANT, RESOURCE, Decision, Policies, decide
from kmscli.authorization.evaluation import Question, Source
from kmscli.identities.roles import Role
from kmscli.keys.key import Key
from kmscli.keys.policies import policy_of
from kmscli.operations.account_limits import resource_control, service_control
from kmscli.operations.call import Call
from kmscli.operations.request_context import context_of
from kmscli.operations.shapes import Request
from kmscli.operations.standing import Standing, about_any_resource, source_of, standing_of

KEY_POLICY = "key policy"
TRUST_POLICY = "trust policy"

Weighed = tuple[Question, Decision]


def weigh_key(call: Call, request: Request, action: str, key: Key) -> Weighed:
    """The decision on an action on a key.

    Where policies allow that have asked nothing of the request, the next call of the same kind is allowed likewise, for
    as long as no row is written.
    """
    who, derived = call.caller, call.transaction.derived
    alike = ("allowed", who.arn, who.account, who.service, who.source_arn, who.endpoint, action, key.arn)
    if alike in derived and not (who.session or call.explains):
        call.standing, decision = derived[alike]
        return question_of(call, request, action, key.arn, key), decision
    question, policies = key_question(call, request, action, key)
    decision = decide(question, policies)
    decision.considered = policies.considered
    if decision.allowed and not (decision.grant or question.context.was_asked or who.session):
        derived[alike] = standing(call), decision
    return question, decision


def key_question(call: Call, request: Request, action: str, key: Key) -> tuple[Question, Policies]:
    """What is asked by an action on a key, and all that has a say in it."""

    def grant() -> tuple[str, bool]:
        from kmscli.operations.granting import grant_for

        return grant_for(call, request, question, key, policies.considered)

    question = question_of(call, request, action, key.arn, key)
    policy = source_of(RESOURCE, policy_of(call.transaction, key), KEY_POLICY, names_principals=True)
    policies = policies_for(call, action, [policy])
    if not key.is_managed:
        policies.resource_control = resource_control(call, key.account)
    policies.grant = grant
    return question, policies


def weigh_alone(call: Call, request: Request, action: str, resource: str) -> Weighed:
    """The decision on an action on what has no policy of its own."""
    question = question_of(call, request, action, resource, None)
    return question, decide(question, policies_for(call, action, None))


def weigh_retirement(call: Call, request: Request, key_arn: str, grant: str) -> Weighed:
    """The decision on retiring a grant on a key. `grant`: its id, if it names the caller himself, which is enough."""
    question, decision = weigh_alone(call, request, "kms:RetireGrant", key_arn)
    if grant and not decision.explicit:
        decision = Decision(allowed=True, by=GRANT, verdicts=decision.verdicts, grant=grant)
    return question, decision


def weigh_trust(call: Call, request: Request, action: str, role: Role) -> Weighed:
    """The decision on assuming a role: by its trust policy, which speaks of no resource, since it is the role's own."""
    question = question_of(call, request, action, role.arn, None, owner=role.account)
    trust = source_of(RESOURCE, role.trust, TRUST_POLICY, names_principals=True)
    return question, decide(question, policies_for(call, action, [about_any_resource(trust)]))


def question_of(
    call: Call, request: Request, action: str, resource: str, key: Key | None, *, owner: str = ""
) -> Question:
    """Whether the caller may. `owner`: the resource's account, if it is no key and not the caller's."""
    principal = standing(call).principal
    owner = key.account if key else owner or call.caller.account
    region = resource.split(":", 4)[3] if resource.startswith("arn:") else ""
    context = context_of(call, request, action, principal, key, region or call.caller.region)
    return Question(principal, action, resource, owner, context)


def policies_for(call: Call, action: str, resource: Sequence[Source] | None) -> Policies:
    """All policies that have a say; `resource`: those of the key."""
    own = standing(call)
    return Policies(
        resource=resource,
        identity=own.identity,
        boundary=own.boundary,
        sessions=own.sessions,
        service_control=service_control(call),
        endpoint=endpoint_policy(call) if action.startswith("kms:") else None,
    )


def endpoint_policy(call: Call) -> Source | None:
    """The policy of the VPC endpoint through which a call comes; of one that is gone, a policy that allows nothing."""
    if not call.caller.endpoint:
        return None
    from kmscli.limits.endpoints import find_endpoint

    found = find_endpoint(call.transaction, call.caller.region, call.caller.endpoint)
    return source_of(ENDPOINT, found.policy if found else "", call.caller.endpoint, names_principals=True)


def standing(call: Call) -> Standing:
    """The caller's, looked up once a call."""
    if call.standing is None:
        call.standing = standing_of(call)
    found: Standing = call.standing
    return found


def may_put_policy(call: Call, request: Request, key: Key, text: str) -> bool:
    """Whether the caller could put a key's policy once more if this were it (reference, kms-semantics 5.5)."""
    question = question_of(call, request, "kms:PutKeyPolicy", key.arn, key)
    policy = source_of(RESOURCE, text, KEY_POLICY, names_principals=True)
    return decide(question, policies_for(call, question.action, [policy])).allowed
