"""CreateGrant."""

from collections import ChainMap
from collections.abc import Iterator
from typing import Any

from kmscli.errors import InvalidArnException, ValidationException
from kmscli.keys.grant_operations import check_grantable
from kmscli.keys.grant_tokens import grant_token
from kmscli.keys.grants import Grant, add_grant, new_grant_id, same_grant
from kmscli.keys.key import Key
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.keys.states import UNAVAILABLE, USABLE
from kmscli.names import root_arn
from kmscli.operations.call import Call
from kmscli.operations.grant_members import (
    GrantConstraints,
    GrantId,
    GrantName,
    GrantOperations,
    GrantToken,
    Principal,
    ServicePrincipal,
    check_principal,
)
from kmscli.operations.identity_presence import is_there
from kmscli.operations.members import DryRun, GrantTokens, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response, Structure

MOST_PAIRS = 8
LONGEST_CONTEXT = 384
"""The characters of all values in a constraint's encryption context."""


class CreateGrantRequest(Request):
    """What CreateGrant is asked."""

    key_id = OwnKeyId().required()
    grantee_principal = Principal("Who the grant is for, by ARN: an account, user, role or session.").feeds(
        "kms:GranteePrincipal"
    )
    retiring_principal = Principal("Who may retire the grant, by ARN.").feeds("kms:RetiringPrincipal")
    operations = GrantOperations("What the grant allows.").feeds("kms:GrantOperations").required()
    constraints = Structure(GrantConstraints, help="When it allows that: encryption context, source ARN.")
    grant_tokens = GrantTokens()
    name = GrantName("A name. The same call with the same name makes no second grant.")
    dry_run = DryRun()
    grantee_service_principal = ServicePrincipal("The service that the grant is for. Needs a source ARN.")
    retiring_service_principal = ServicePrincipal("The service that may retire the grant.")

    def rules(self) -> None:
        """One grantee and at most one to retire the grant; both, and a source ARN, where it is for a service (7.2)."""
        if (self.grantee_principal is None) == (self.grantee_service_principal is None):
            raise ValidationException("You must specify either GranteePrincipal or GranteeServicePrincipal.")
        retiring = [one for one in (self.retiring_principal, self.retiring_service_principal) if one is not None]
        if len(retiring) > 1:
            raise ValidationException("You can specify RetiringPrincipal or RetiringServicePrincipal, but not both.")
        source = self.constraints.source_arn if self.constraints else None
        if self.grantee_service_principal is not None and not (source and retiring):
            raise ValidationException(
                "A grant to a service must have a SourceArn constraint, and a RetiringPrincipal or "
                "RetiringServicePrincipal."
            )
        if not self.operations:
            raise ValidationException("Operations must name at least one operation.")
        for name, pairs in self.contexts().items():
            check_size(name, pairs)

    def conditions(self, action: str) -> Iterator[tuple[str, Any]]:
        """Those of the members, and of the constraints: which kind they are, and the pairs that they name (6.3)."""
        yield from super().conditions(action)
        contexts = self.contexts()
        if contexts:
            yield "kms:GrantConstraintType", list(contexts)
            yield (
                "kms:EncryptionContext:",
                dict(ChainMap(*contexts.values())),
            )

    def contexts(self) -> dict[str, dict[str, str]]:
        """The constraints on the encryption context, by name."""
        given = self.constraints.members({}) if self.constraints else {}
        return {name: pairs for name, pairs in given.items() if name != "SourceArn"}


class CreateGrantResponse(Response):
    """What CreateGrant answers."""

    grant_token = GrantToken()
    grant_id = GrantId()


@operation(targets=[Target("key_id", states=USABLE | {UNAVAILABLE})], logs="response and key")
def create_grant(call: Call, request: CreateGrantRequest, key: Key) -> CreateGrantResponse:
    """Let a principal use a KMS key, beside what its key policy allows.

    The grant ends when it is retired or revoked. Its token names it in retire-grant; --grant-tokens takes it too.
    """
    for principal in (request.grantee_principal, request.retiring_principal):
        if principal is not None:
            check_principal(principal, call.caller.region)
            if not is_there(call.transaction, principal):
                raise InvalidArnException(f"ARN does not refer to a valid principal: {principal}")
    check_grantable(key, request.operations)
    if request.contexts() and key.spec != SYMMETRIC_DEFAULT:
        raise ValidationException(
            f"Encryption context constraints are only for symmetric encryption keys; {key.arn} is of spec {key.spec}."
        )
    asked = grant_of(call, request, key)
    if call.grant:
        from kmscli.operations.granting import check_parents

        check_parents(call, request, key, asked)
    grant = same_grant(call.transaction, key, asked)
    if grant is None:
        grant = asked
        add_grant(call.transaction, key, grant)
    return CreateGrantResponse(grant_token=grant_token(call.keyring, grant.grant_id), grant_id=grant.grant_id)


def grant_of(call: Call, request: CreateGrantRequest, key: Key) -> Grant:
    """The grant that is asked for, under a new id."""
    given = vars(request)
    principals = [name for name in given if name.endswith("_principal")]
    return Grant(
        new_grant_id(),
        account=key.account,
        region=key.region,
        key_id=key.key_id,
        created=call.now,
        issuer=root_arn(call.caller.account, call.caller.region),
        name=request.name or "",
        operations=list(dict.fromkeys(request.operations)),
        principals={name: given[name] for name in principals},
        constraints=dict(vars(request.constraints)) if request.constraints else {},
    )


def check_size(name: str, pairs: dict[str, str]) -> None:
    """Raises ValidationException: a constraint with more pairs, or longer values, than it may have (7.3)."""
    if len(pairs) > MOST_PAIRS:
        raise ValidationException(f"{name} can have up to {MOST_PAIRS} encryption context pairs.")
    if sum(map(len, pairs.values())) > LONGEST_CONTEXT:
        raise ValidationException(f"The values of {name} can have up to {LONGEST_CONTEXT} characters in total.")
