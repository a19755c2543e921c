"""The request context of a call: its condition keys (reference, kms-semantics 6.4).

What the request's members feed is declared with them; what the key, the caller and the moment give is here. What takes
a look into the vault is looked up when a policy asks for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kmscli.authorization.context import Context, Source, Values
from kmscli.authorization.principals import Principal
from kmscli.clock import iso8601
from kmscli.keys.aliases import aliases_of
from kmscli.keys.key import Key
from kmscli.keys.tags import tags_of
from kmscli.operations.account_limits import organizations
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

ENCRYPTION_CONTEXT = "kms:EncryptionContext:"
REQUEST_TAGS = "aws:RequestTag/"
ATTESTATION = "kms:RecipientAttestation:"
MOST_ALIASES = 50
"""With more aliases than this, a condition on a key's aliases does not hold."""
ON_GRANTS = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")

Known = dict[str, Source]
Families = dict[str, Callable[[str], Values | None]]


def context_of(
    call: Call, request: Request, action: str, principal: Principal, key: Key | None, region: str
) -> Context:
    """The condition keys of a call, for one action on one key or on none, in the Region where it is done."""
    return Context.deferred(lambda: _worked_out(call, request, action, principal, key, region))


def _worked_out(
    call: Call, request: Request, action: str, principal: Principal, key: Key | None, region: str
) -> tuple[Known, Families]:
    owner = key.account if key else principal.account
    known: Known = {
        **_of_moment(call, region),
        **_of_principal(call, principal),
        **organizations(call, "principal", principal.account),
        **organizations(call, "resource", owner),
    }
    families: Families = {"aws:principaltag/": _by_name(principal.tags)}
    if key:
        known.update(_of_key(call, key))
        families["aws:resourcetag/"] = _tagged(call, key)
    if action.startswith("kms:"):
        if principal.account:
            known["kms:calleraccount"] = (principal.account,)
        known.update(_of_targets(call, action))
    for condition, value in request.conditions(action.partition(":")[2]):
        _feed(call, condition, value, known, families)
    return known, families


def encryption_context_of(request: Request, action: str) -> dict[str, str]:
    """The encryption context of a request, for one of its actions."""
    return next((dict(value) for condition, value in request.conditions(action) if condition == ENCRYPTION_CONTEXT), {})


def _of_moment(call: Call, region: str) -> Known:
    caller = call.caller
    known: Known = {
        "aws:currenttime": (iso8601(call.now),),
        "aws:epochtime": (str(int(call.now)),),
        "aws:requestedregion": (region,),
        "aws:securetransport": ("true",),
        "aws:useragent": (caller.agent,),
        "aws:viaawsservice": (str(bool(caller.service)).lower(),),
    }
    if caller.service:
        service = f"{caller.service}.amazonaws.com"
        known["kms:viaservice"] = (f"{caller.service}.{caller.region}.amazonaws.com",)
        known.update(dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), (service,)))
    elif caller.endpoint:
        known.update({"aws:sourcevpce": (caller.endpoint,), "aws:sourcevpc": (caller.vpc,)})
        known["aws:vpcsourceip"] = (caller.address,)
    else:
        known["aws:sourceip"] = (caller.address,)
    return known


def _of_principal(call: Call, principal: Principal) -> Known:
    if principal.service:
        return _of_service(call, principal)
    known: Known = {
        "aws:principalaccount": (principal.account,),
        "aws:principalarn": (principal.role or principal.arn,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": (principal.kind,),
    }
    if principal.user_id:
        known["aws:userid"] = (principal.user_id,)
    if principal.kind == "User":
        known["aws:username"] = (principal.name,)
    session = call.caller.session
    if session:
        known["aws:tokenissuetime"] = (iso8601(session.issued),)
        known["aws:multifactorauthpresent"] = ("false",)
        if session.source_identity:
            known["aws:sourceidentity"] = (session.source_identity,)
    return known


def _of_service(call: Call, principal: Principal) -> Known:
    """What is known of a service that calls by itself, and of the resource on whose behalf it does."""
    known: Known = {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (principal.service,),
        "aws:principalservicenameslist": (principal.service,),
    }
    source = call.caller.source_arn
    if source:
        account = source.split(":")[4]
        known.update({"aws:sourcearn": (source,), "aws:sourceaccount": (account,)})
        known.update(organizations(call, "source", account))
    return known


def _of_key(call: Call, key: Key) -> Known:
    known: Known = {
        "aws:resourceaccount": (key.account,),
        "kms:customermasterkeyspec": (key.spec,),
        "kms:customermasterkeyusage": (key.usage,),
        "kms:keyorigin": (key.origin,),
        "kms:keyspec": (key.spec,),
        "kms:keyusage": (key.usage,),
        "kms:multiregion": (str(bool(key.multi_region)).lower(),),
        "kms:resourcealiases": lambda: _aliases(call, key),
    }
    if key.multi_region:
        is_primary = key.multi_region["primary"] == key.region
        known["kms:multiregionkeytype"] = ("PRIMARY" if is_primary else "REPLICA",)
    return known


def _tagged(call: Call, key: Key) -> Callable[[str], Values | None]:
    def tag(name: str) -> Values | None:
        return _by_name(tags_of(call.transaction, key))(name)

    return tag


def _aliases(call: Call, key: Key) -> Values | None:
    names = tuple(entry.value.name for entry in aliases_of(call.transaction, key, limit=MOST_ALIASES + 1))
    return names if len(names) <= MOST_ALIASES else None


def _of_targets(call: Call, action: str) -> Known:
    """What follows from the targets: the alias by which one was named, and whether both keys are the same."""
    known: Known = {}
    for sought in call.sought:
        if sought.target.action == action and sought.key and sought.alias:
            known["kms:requestalias"] = (sought.alias,)
    if action.startswith("kms:ReEncrypt"):
        keys = {sought.resource for sought in call.sought}
        known["kms:reencryptonsamekey"] = (str(len(keys) == 1).lower(),)
    if action in ON_GRANTS:
        known["kms:grantisforawsresource"] = (str(bool(call.caller.service)).lower(),)
    return known


def _feed(call: Call, condition: str, value: Any, known: Known, families: Families) -> None:
    """Give a condition key the value of a member, as text; or a family of keys those of a map, or of tags."""
    if condition == ENCRYPTION_CONTEXT:
        families[condition.lower()] = _by_name(value)
        known["kms:encryptioncontextkeys"] = tuple(value)
    elif condition == REQUEST_TAGS:
        tags = dict(tuple(vars(tag).values()) for tag in value)
        families[condition.lower()] = _by_name(tags)
        known["aws:tagkeys"] = tuple(tags)
    elif condition == ATTESTATION:
        families[condition.lower()] = _attested(call, value)
    else:
        known[condition.lower()] = tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: Any) -> str:
    """A member's value as policies write it; a moment in seconds."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) else str(value)


def _by_name(values: Mapping[str, str]) -> Callable[[str], Values | None]:
    """The values of a family of keys, without regard to the case of their names."""
    folded = {name.lower(): (value,) for name, value in values.items()}
    return folded.get


def _attested(call: Call, recipient: Any) -> Callable[[str], Values | None]:
    """The measurements in a recipient's document; none where it does not verify."""
    found: dict[str, Values] = {}

    def measured(name: str) -> Values | None:
        from kmscli.errors import ValidationException
        from kmscli.operations.recipient import attested

        if not found:
            try:
                attestation = attested(call, recipient)
            except ValidationException:
                return None
            values = attestation.conditions() if attestation else {}
            found.update({key.lower().removeprefix(ATTESTATION.lower()): (value,) for key, value in values.items()})
        return found.get(name)

    return measured
