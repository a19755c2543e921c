"""Finding what a call acts on, and deciding on it: steps 4 to 6 of the road (design, "The road of a call")."""

from kmscli.keys.aliases import Alias
from kmscli.keys.finding import Found, alias_by_name, key_by_ciphertext, key_by_name, nothing
from kmscli.keys.key import Key, find_key
from kmscli.keys.specs import refuse_usage
from kmscli.keys.states import refuse_state
from kmscli.operations.authorizing import authorize, authorize_alone
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation, Target
from kmscli.operations.shapes import Request


class FallenDueError(Exception):
    """Something is due on a key that a call touches: first that, then the call."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.key = key


class Sought(Found):
    """What a target of a call turned out to be."""

    def __init__(self, target: Target, found: Found) -> None:
        self.__dict__.update(vars(found))
        self.target = target


def find(target: Target, call: Call, request: Request) -> Sought:
    """What a target names. Raises FallenDueError, and what finding raises."""
    found = named(target, call, request)
    touched = found.key or _key_of(found.thing, call)
    if touched and touched.multi_region:
        from kmscli.keys.multi_region import first_due

        touched = first_due(call.transaction, touched, call.now, call.held)
    if touched and touched.is_due(call.now, call.held):
        raise FallenDueError(touched)
    return found


def named(target: Target, call: Call, request: Request) -> Sought:
    """What a target names, whatever is due on it. Raises what finding raises."""
    text = getattr(request, target.member)
    if text is None and target.optional:
        return Sought(target, nothing(call.caller.account))
    if text is None or target.kind != "key":
        return Sought(target, _found(target, call, request, text))
    derived = call.transaction.derived
    name = ("key", text, call.caller.account, call.caller.region, target.aliases)
    found: Found | None = derived.get(name)
    if found is None:
        found = derived[name] = _found(target, call, request, text)
    return Sought(target, found)


def _found(target: Target, call: Call, request: Request, text: str | None) -> Found:
    account, region = call.caller.account, call.caller.region
    if target.kind == "grant":
        from kmscli.operations.grant_targets import grant_to_retire

        return grant_to_retire(call, request)
    if text is None:
        return key_by_ciphertext(call.transaction, getattr(request, target.ciphertext), region)
    if target.kind == "key":
        if target.predefined and "alias/aws/" in text:
            from kmscli.operations.managed_keys import bring_to_life

            bring_to_life(call, text)
        return key_by_name(call.transaction, text, account, region, aliases=target.aliases)
    return alias_by_name(call.transaction, text, account, region, new=target.kind == "new alias")


def _key_of(alias: Alias | None, call: Call) -> Key | None:
    """An alias's key: once that is gone, so is the alias."""
    return find_key(call.transaction, alias.account, alias.region, alias.key_id) if alias else None


def decide(operation: Operation, call: Call, request: Request, sought: list[Sought]) -> None:
    """Authorize each target, then look at the grant tokens, then at each key's state and usage."""
    if not (operation.targets or operation.open_to_all):
        authorize_alone(call, request, operation.action, _resource(operation, call, request))
    for one in sought:
        authorize(call, request, one)
        one.shows = bool(one.resource)
    _check_grant_tokens(request.__dict__.get("grant_tokens"), call)
    for one in sought:
        if one.key:
            _check_key(one.target, one.key, operation.name)


def _resource(operation: Operation, call: Call, request: Request) -> str:
    """What an operation without targets acts on, by ARN."""
    if operation.service != "iam" or call.caller.is_root:
        return "*"
    from kmscli.operations.identity_resources import resource_of

    return resource_of(call, request)


def _check_grant_tokens(tokens: list[str] | None, call: Call) -> None:
    """Raises InvalidGrantTokenException. A token of another grant than one that would help is no error (7.4)."""
    if tokens:
        from kmscli.keys.grant_tokens import granted_by

        for token in tokens:
            granted_by(call.keyring, token)


def _check_key(target: Target, key: Key, operation: str) -> None:
    if target.suits:
        target.suits(key)
    if target.states and key.state not in target.states:
        refuse_state(key.arn, key.state, target.states)
    if target.usage and key.usage != target.usage:
        refuse_usage(key.arn, key.usage, operation)
