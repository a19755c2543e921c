"""Finding what a call acts on, and deciding on it: steps 4 to 6 of the road (design, "The road of a call")."""

from kmscli.authorization.decision import authorize
from kmscli.authorization.grant_tokens import check_grant_tokens
from kmscli.keys.due import is_due
from kmscli.keys.finding import Found, alias_by_name, key_by_ciphertext, key_by_name
from kmscli.keys.key import Key
from kmscli.keys.specs import refuse_usage
from kmscli.keys.states import refuse_state
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation, Target
from kmscli.operations.shapes import Request


class FallenDueError(Exception):
    """Something is due on a key that a call touches: first that, then the call."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.key = key


def find(target: Target, call: Call, request: Request) -> list[Found]:
    """What a target names: nothing if it is optional and absent. Raises FallenDueError, and what finding raises."""
    text = getattr(request, target.member)
    caller = call.caller
    if target.kind in ("alias", "new alias"):
        return [alias_by_name(call.transaction, text, caller.account, caller.region, new=target.kind == "new alias")]
    if text is None and target.optional:
        return []
    if text is None:
        blob = getattr(request, target.ciphertext)
        found = key_by_ciphertext(call.transaction, blob, caller.region)
    else:
        found = key_by_name(call.transaction, text, caller.account, caller.region, aliases=target.aliases)
    if found.key and is_due(found.key, call.now, call.held):
        raise FallenDueError(found.key)
    return [found]


def decide(operation: Operation, call: Call, request: Request, found: list[Found]) -> None:
    """Authorize each target, then look at the grant tokens, then at each key's state and usage."""
    pairs = list(zip(operation.targets, found, strict=False))
    for target, one in pairs:
        authorize(call.caller, target.action, one.account, one.resource)
    check_grant_tokens(request.__dict__.get("grant_tokens") or [])
    for target, one in pairs:
        if one.key:
            _check_key(target, one.key, operation.name)


def _check_key(target: Target, key: Key, operation: str) -> None:
    if target.suits:
        target.suits(key)
    if target.states and key.state not in target.states:
        refuse_state(key.arn, key.state, target.states)
    if target.usage and key.usage != target.usage:
        refuse_usage(key.arn, key.usage, operation)
