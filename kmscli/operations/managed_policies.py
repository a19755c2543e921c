"""What the operations on managed policies share: finding one, and how it is shown."""

import re

from kmscli.errors import InvalidInput, LimitExceeded, NoSuchEntity
from kmscli.identities.managed_policies import AWS, LONGEST, ManagedPolicy, Version, policy_of, uses_of
from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Integer, String, Timestamp
from kmscli.operations.identity_documents import check_document, length_of
from kmscli.operations.identity_tags import shown_tags
from kmscli.operations.shapes import Shape

_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}|aws):policy/[!-~]+")


class ShownPolicy(Shape):
    """A managed policy."""

    policy_name = members.PolicyName()
    policy_id = members.UniqueId()
    arn = members.Arn()
    path = members.PolicyPath()
    default_version_id = members.VersionId()
    attachment_count = Integer()
    permissions_boundary_usage_count = Integer()
    is_attachable = Boolean()
    description = String(0, 1000)
    create_date = Timestamp()
    update_date = Timestamp()
    tags = members.Tags()


class ShownVersion(Shape):
    """A version of a managed policy."""

    document = members.PolicyDocument()
    version_id = members.VersionId()
    is_default_version = Boolean()
    create_date = Timestamp()


def policy_with_arn(call: Call, arn: str) -> ManagedPolicy:
    """A policy of AWS's or of the caller's account. Raises InvalidInput: no ARN of a policy. NoSuchEntity."""
    found = attachable(call, arn)
    if found is None:
        raise NoSuchEntity(f"Policy {arn} was not found.")
    return found


def own_policy(call: Call, arn: str) -> ManagedPolicy:
    """A policy of the caller's account, which he may change. Raises InvalidInput, NoSuchEntity."""
    found = policy_with_arn(call, arn)
    if found.account == AWS:
        raise InvalidInput(f"Policy {arn} is kept by AWS, and cannot be changed.")
    return found


def attachable(call: Call, arn: str) -> ManagedPolicy | None:
    """A policy of AWS's or of the caller's account, if it is there. Raises InvalidInput: no ARN of a policy."""
    if not _ARN.fullmatch(arn):
        raise InvalidInput(f"ARN {arn} is not valid.")
    found = policy_of(call.transaction, arn)
    return found if found and found.account in (AWS, call.caller.account) else None


def check_managed_document(text: str) -> None:
    """Raises MalformedPolicyDocument, LimitExceeded: no managed policy, or too long a one."""
    check_document(text)
    if length_of([text]) > LONGEST:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {LONGEST}")


def version_of(policy: ManagedPolicy, version_id: str) -> Version:
    """A version by its id. Raises NoSuchEntity."""
    for version in policy.all_versions():
        if version.version_id == version_id:
            return version
    raise NoSuchEntity(f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")


def listed_policy(call: Call, policy: ManagedPolicy) -> ShownPolicy:
    """A policy as a list shows it."""
    uses = uses_of(call.transaction, call.caller.account, policy.arn)
    return ShownPolicy(
        policy_name=policy.name,
        policy_id=policy.unique_id,
        arn=policy.arn,
        path=policy.path,
        default_version_id=f"v{policy.in_force}",
        attachment_count=uses["attached"],
        permissions_boundary_usage_count=uses["boundary"],
        is_attachable=True,
        create_date=float(policy.created),
        update_date=float(policy.updated),
    )


def shown_policy(call: Call, policy: ManagedPolicy, *, described: bool = True) -> ShownPolicy:
    """A policy with its tags, and, if it is `described`, its description."""
    shown = listed_policy(call, policy)
    if described and policy.description is not None:
        shown.__dict__["description"] = policy.description
    if policy.tags or described:
        shown.__dict__["tags"] = shown_tags(policy.tags)
    return shown


def shown_version(policy: ManagedPolicy, version: Version, *, text: bool = False) -> ShownVersion:
    """A version, with its `text` if that is asked for."""
    shown = ShownVersion(
        version_id=version.version_id,
        is_default_version=version.number == policy.in_force,
        create_date=float(version.created),
    )
    if text:
        shown.__dict__["document"] = version.text
    return shown
