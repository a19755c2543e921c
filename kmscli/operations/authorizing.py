"""Step 5 of the road (design, "The road of a call"): may the caller do this to each of the call's targets.

The root user who calls the account's own keys directly, under the policy that a key has by default, may: that is most
calls of most vaults, and for it no policy is parsed. All else is weighed.
"""

from typing import TYPE_CHECKING, Any

from kmscli.keys.key import Key
from kmscli.keys.policies import default_policy, policy_of
from kmscli.limits.membership import organization_id_of
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

if TYPE_CHECKING:
    from kmscli.operations.targets import Sought


def authorize(call: Call, request: Request, sought: "Sought") -> None:
    """Decide on a target. Raises AccessDeniedException."""
    if sought.target.kind == "grant":
        from kmscli.operations.grant_targets import authorize_retirement

        authorize_retirement(call, request, sought)
    elif sought.target.optional and sought.account == call.caller.account:
        authorize_alone(call, request, sought.target.action, "*")
    elif sought.key:
        authorize_key(call, request, sought.target.action, sought.key, sought.named)
    elif sought.target.kind != "key":
        authorize_alone(call, request, sought.target.action, sought.resource)
    else:
        from kmscli.authorization.hidden import refuse_hidden

        refuse_hidden(call.caller, sought.target.action, sought.named)


def authorize_key(call: Call, request: Request, action: str, key: Key, named: str) -> None:
    """Decide on an action on a key. `named`: as the caller may see it, "" if by a ciphertext only.

    Raises AccessDeniedException.
    """
    if _is_root_alone(call, key.account) and _is_left_to_root(call, key):
        return
    from kmscli.operations.weighing import weigh_key

    decided(call, *weigh_key(call, request, action, key), named)


def authorize_alone(call: Call, request: Request, action: str, resource: str, *, asked_by: str = "") -> None:
    """Decide on an action on what has no policy of its own, in the caller's account.

    `asked_by`: the service that refuses, if it is not the action's own. Raises AccessDeniedException, or what that
    service has for it.
    """
    if may_do_all(call, call.caller.account):
        return
    from kmscli.operations.weighing import weigh_alone

    decided(call, *weigh_alone(call, request, action, resource), resource, asked_by=asked_by)


def may_do_all(call: Call, account: str) -> bool:
    """Whether nothing but a resource's own policy can keep the caller from what is an account's."""
    return _is_root_alone(call, account) and organization_id_of(call.transaction, account) is None


def _is_root_alone(call: Call, account: str) -> bool:
    caller = call.caller
    is_root = caller.is_root and caller.account == account
    return is_root and not (caller.service or caller.endpoint or call.explains)


def _is_left_to_root(call: Call, key: Key) -> bool:
    """Whether nothing limits what the root user of a key's account may do with it; for as long as no row is written."""
    derived, name = call.transaction.derived, ("left to root", key.arn)
    found: bool | None = derived.get(name)
    if found is None:
        is_unlimited = organization_id_of(call.transaction, key.account) is None
        is_default = policy_of(call.transaction, key) == default_policy(key.account, key.region)
        found = derived[name] = is_unlimited and is_default
    return found


def decided(call: Call, question: Any, decision: Any, named: str, *, asked_by: str = "") -> None:
    """Take a decision down. Raises AccessDeniedException."""
    call.weighed.append((question, decision))
    if not decision.allowed:
        from kmscli.authorization.refusal import denial
        from kmscli.operations.service_words import denied

        raise denied(asked_by or question.action.partition(":")[0])(denial(question, decision, named))
    call.grant = decision.grant or call.grant
