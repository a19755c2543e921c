"""What the operations on users share: finding one, and how he is shown."""

from kmscli.errors import NoSuchEntity, ValidationError
from kmscli.identities.finding import find_user
from kmscli.identities.users import User
from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_tags import shown_tags


def user_named(call: Call, name: str) -> User:
    """A user of the caller's account. Raises NoSuchEntity."""
    user = find_user(call.transaction, call.caller.account, name)
    if user is None:
        raise NoSuchEntity(f"The user with name {name} cannot be found.")
    return user


def listed_user(user: User) -> members.User:
    """A user as a list shows him."""
    return members.User(
        path=user.path, user_name=user.name, user_id=user.unique_id, arn=user.arn, create_date=float(user.created)
    )


def shown_user(user: User) -> members.User:
    """A user with all that is known of him."""
    shown = listed_user(user)
    if user.tags:
        shown.__dict__["tags"] = shown_tags(user.tags)
    return shown


def own_name(call: Call) -> str:
    """The name of the user who calls. Raises ValidationError: the caller is no user."""
    kind, _, name = call.caller.arn.rpartition(":")[2].partition("/")
    if kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return name.rpartition("/")[2]


def shown_root(call: Call) -> members.User:
    """The root user, who has neither name nor path."""
    return members.User(user_id=call.caller.account, arn=call.caller.arn)
