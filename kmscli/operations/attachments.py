"""Managed policies on users, roles and groups: attached to them, or as a bound of what a user's or role's may."""

from typing import Any

from kmscli.errors import LimitExceeded, NoSuchEntity
from kmscli.identities.identity import Entity, Identity
from kmscli.identities.managed_policies import MOST_ATTACHED, note_use
from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, place_of, ranked
from kmscli.operations.identity_members import Arn, PolicyName
from kmscli.operations.managed_policies import attachable
from kmscli.operations.operation import Pagination
from kmscli.operations.shapes import List, Response, Shape, Structure


class AttachedPolicy(Shape):
    """A managed policy that is attached to something."""

    policy_name = PolicyName()
    policy_arn = Arn()


class ListAttachedPoliciesOfResponse(Response):
    """What the lists of attached policies answer."""

    attached_policies = List(Structure(AttachedPolicy))
    is_truncated = Boolean()
    marker = String()


def attach(call: Call, identity: Identity, arn: str) -> None:
    """Attach a policy; it may be attached already. Raises NoSuchEntity, InvalidInput, LimitExceeded."""
    if attachable(call, arn) is None:
        raise NoSuchEntity(f"Policy {arn} does not exist or is not attachable.")
    if arn in identity.attached:
        return
    if len(identity.attached) >= MOST_ATTACHED:
        raise LimitExceeded(f"Cannot exceed quota for PoliciesPer{identity.word.capitalize()}: {MOST_ATTACHED}")
    note_use(call.transaction, identity.account, arn, "attached", 1)
    save(call.transaction, identity.changed(attached=[*identity.attached, arn]))


def detach(call: Call, identity: Identity, arn: str) -> None:
    """Take a policy off again. Raises NoSuchEntity: it is not attached. InvalidInput."""
    attachable(call, arn)
    if arn not in identity.attached:
        raise NoSuchEntity(f"Policy {arn} was not found.")
    note_use(call.transaction, identity.account, arn, "attached", -1)
    save(call.transaction, identity.changed(attached=[other for other in identity.attached if other != arn]))


def attached_to(call: Call, pages: Pagination, request: Any, identity: Identity) -> ListAttachedPoliciesOfResponse:
    """A page of the policies that are attached, all or those below a path. Raises ValidationError."""
    prefix = request.path_prefix or "/"
    named = [(arn, *_path_and_name(arn)) for arn in identity.attached]
    below = [AttachedPolicy(policy_name=name, policy_arn=arn) for arn, path, name in named if path.startswith(prefix)]
    found = identity_page(call, pages, request, ranked(below), filter=f"{identity.unique_id} {prefix}")
    return ListAttachedPoliciesOfResponse(attached_policies=found.values, **place_of(found))


def use_boundary(call: Call, account: str, arn: str) -> None:
    """Count a policy that is to bound an entity. Raises NoSuchEntity, InvalidInput."""
    if attachable(call, arn) is None:
        raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")
    note_use(call.transaction, account, arn, "boundary", 1)


def set_boundary(call: Call, entity: Entity, arn: str) -> None:
    """Bound an entity, by this policy alone. Raises NoSuchEntity, InvalidInput."""
    use_boundary(call, entity.account, arn)
    release_boundary(call, entity)
    save(call.transaction, entity.changed(boundary=arn))


def remove_boundary(call: Call, entity: Entity) -> None:
    """Bound an entity no more; it need not be bounded."""
    release_boundary(call, entity)
    save(call.transaction, entity.changed(boundary=""))


def release_boundary(call: Call, entity: Entity) -> None:
    """Count the policy that bounds an entity no more."""
    if entity.boundary:
        note_use(call.transaction, entity.account, entity.boundary, "boundary", -1)


def _path_and_name(arn: str) -> tuple[str, str]:
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    return f"{path}/", name
