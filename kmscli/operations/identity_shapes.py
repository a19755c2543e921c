"""Users, roles, groups and what they have, as IAM shows them."""

from kmscli.identities.access_keys import AccessKey
from kmscli.identities.groups import Group
from kmscli.identities.identity import Entity
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.operations import identity_members as members
from kmscli.operations.fields import Boolean, Enum, String, Timestamp
from kmscli.operations.identity_tags import shown_tags
from kmscli.operations.shapes import List, Response, Shape, Structure


class AttachedPermissionsBoundary(Shape):
    """What bounds an entity."""

    permissions_boundary_type = Enum("PermissionsBoundaryPolicy")
    permissions_boundary_arn = members.Arn()


class ShownUser(Shape):
    """A user."""

    path = members.Path().required()
    user_name = members.UserName().required()
    user_id = members.UniqueId().required()
    arn = members.Arn().required()
    create_date = Timestamp().required()
    permissions_boundary = Structure(AttachedPermissionsBoundary)
    tags = members.Tags()


class RoleLastUsed(Shape):
    """When a role was last used; that is not known here."""

    last_used_date = Timestamp()
    region = String()


class ShownRole(Shape):
    """A role."""

    path = members.Path().required()
    role_name = members.RoleName().required()
    role_id = members.UniqueId().required()
    arn = members.Arn().required()
    create_date = Timestamp().required()
    assume_role_policy_document = members.PolicyDocument()
    description = members.RoleDescription()
    max_session_duration = members.SessionDuration()
    permissions_boundary = Structure(AttachedPermissionsBoundary)
    tags = members.Tags()
    role_last_used = Structure(RoleLastUsed)


class ShownGroup(Shape):
    """A group."""

    path = members.Path().required()
    group_name = members.GroupName().required()
    group_id = members.UniqueId().required()
    arn = members.Arn().required()
    create_date = Timestamp().required()


class AccessKeyMetadata(Shape):
    """An access key without its secret."""

    user_name = members.UserName()
    access_key_id = members.AccessKeyId()
    status = members.AccessKeyStatus()
    create_date = Timestamp()


class ListPoliciesOfResponse(Response):
    """What the lists of inline policies answer."""

    policy_names = List(members.PolicyName()).required()
    is_truncated = Boolean()
    marker = String()


class ListTagsOfResponse(Response):
    """What the lists of tags answer."""

    tags = members.Tags().required()
    is_truncated = Boolean()
    marker = String()


def listed_user(user: User) -> ShownUser:
    """A user as a list shows him."""
    return ShownUser(
        path=user.path, user_name=user.name, user_id=user.unique_id, arn=user.arn, create_date=float(user.created)
    )


def shown_user(user: User) -> ShownUser:
    """A user with all that is known of him."""
    shown = listed_user(user)
    _add_details(shown, user)
    return shown


def made_role(role: Role) -> ShownRole:
    """A role as CreateRole answers."""
    shown = ShownRole(
        path=role.path,
        role_name=role.name,
        role_id=role.unique_id,
        arn=role.arn,
        create_date=float(role.created),
        assume_role_policy_document=role.trust,
    )
    _add_details(shown, role)
    return shown


def listed_role(role: Role) -> ShownRole:
    """A role as a list shows it."""
    shown = shown_role(role)
    for detail in ("permissions_boundary", "tags", "role_last_used"):
        shown.__dict__.pop(detail, None)
    return shown


def shown_role(role: Role) -> ShownRole:
    """A role with all that is known of it."""
    shown = made_role(role)
    shown.__dict__["max_session_duration"] = role.longest_session
    if role.description is not None:
        shown.__dict__["description"] = role.description
    shown.__dict__["role_last_used"] = RoleLastUsed()
    return shown


def shown_group(group: Group) -> ShownGroup:
    """A group."""
    return ShownGroup(
        path=group.path, group_name=group.name, group_id=group.unique_id, arn=group.arn,
        create_date=float(group.created),
    )  # fmt: skip


def shown_access_key(key: AccessKey) -> AccessKeyMetadata:
    """An access key without its secret."""
    return AccessKeyMetadata(
        user_name=key.user_name, access_key_id=key.key_id, status=key.status, create_date=float(key.created)
    )


def _add_details(shown: Shape, entity: Entity) -> None:
    """What only looking at one entity shows: its boundary and tags."""
    if entity.boundary:
        # The model's one choice is another than what AWS answers.
        bound = AttachedPermissionsBoundary(
            permissions_boundary_type="Policy", permissions_boundary_arn=entity.boundary
        )
        shown.__dict__["permissions_boundary"] = bound
    if entity.tags:
        shown.__dict__["tags"] = shown_tags(entity.tags)
