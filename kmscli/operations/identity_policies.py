"""The inline policies of users, roles and groups."""

from collections.abc import Callable

from kmscli.errors import DeleteConflict, NoSuchEntity
from kmscli.identities.identity import I, Identity, save
from kmscli.operations.call import Call
from kmscli.operations.identity_documents import check_document, check_length
from kmscli.operations.paging import listed
from kmscli.vault.transaction import Entry, Kind


def put_policy(call: Call, kind: Kind[I], identity: I, name: str, text: str) -> None:
    """Give an identity a policy, in place of the one of this name. Raises MalformedPolicyDocument, LimitExceeded."""
    check_document(text)
    policies = {**identity.policies, name: text}
    check_length(list(policies.values()), identity.longest, f"{identity.word} {identity.name}")
    save(call.transaction, kind, identity.changed(policies=policies))


def policy_named(identity: Identity, name: str) -> str:
    """The text of an identity's policy. Raises NoSuchEntity."""
    text = identity.policies.get(name)
    if text is None:
        raise NoSuchEntity(f"The {identity.word} policy with name {name} cannot be found.")
    return text


def delete_policy(call: Call, kind: Kind[I], identity: I, name: str) -> None:
    """Take a policy from an identity. Raises NoSuchEntity."""
    policy_named(identity, name)
    policies = {other: text for other, text in identity.policies.items() if other != name}
    save(call.transaction, kind, identity.changed(policies=policies))


def names_of_policies(identity: Identity) -> Callable[[bytes, int], list[Entry]]:
    """The names of an identity's policies, in order, for a page."""
    return listed([(name, name) for name in sorted(identity.policies)])


def check_bare(identity: Identity) -> None:
    """Raises DeleteConflict: an identity still has policies."""
    if identity.attached:
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if identity.policies:
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
