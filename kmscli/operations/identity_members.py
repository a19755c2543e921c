"""The members that the operations of IAM share."""

from typing import Any

from kmscli.operations.fields import Enum, Integer, Render, Sized, String
from kmscli.operations.shapes import List, Shape, Structure

NAME = "[\\w+=,.@-]+"
PATH = "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"
TAG = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]"
"""What a tag's key and value are made of: letters, separators, numbers and some signs."""


class UserName(String):
    """A user's name, where one is made or attached to."""

    def __init__(self, help: str = "The user, by name.") -> None:
        super().__init__(1, 64, pattern=NAME, help=help)


class ExistingUserName(String):
    """The name of a user who is there."""

    def __init__(self, help: str = "The user, by name.") -> None:
        super().__init__(1, 128, pattern=NAME, help=help)


class RoleName(String):
    """A role's name."""

    def __init__(self, help: str = "The role, by name.") -> None:
        super().__init__(1, 64, pattern=NAME, help=help)


class GroupName(String):
    """A group's name."""

    def __init__(self, help: str = "The group, by name.") -> None:
        super().__init__(1, 128, pattern=NAME, help=help)


class PolicyArn(String):
    """A managed policy's ARN."""

    def __init__(self, help: str = "The managed policy, by ARN.") -> None:
        super().__init__(20, 2048, help=help)


class PermissionsBoundary(PolicyArn):
    """The ARN of the policy that bounds."""

    def __init__(self, help: str = "The managed policy that is to bound what the policies allow, by ARN.") -> None:
        super().__init__(help)


class VersionId(String):
    """A policy's version."""

    def __init__(self, help: str = "The version, as v2.") -> None:
        super().__init__(pattern="v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?", help=help)


class AccessKeyId(String):
    """An access key's id."""

    def __init__(self, help: str = "The access key, by id.") -> None:
        super().__init__(16, 128, pattern="[\\w]+", help=help)


class AccessKeyStatus(Enum):
    """Whether an access key can be used."""

    def __init__(self, help: str = "Whether it can be used.") -> None:
        super().__init__("Active", "Inactive", "Expired", help=help)


class RoleDescription(String):
    """What a role is for."""

    def __init__(self) -> None:
        pattern = "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"
        super().__init__(0, 1000, pattern=pattern, help="What the role is for.")


class SessionDuration(Integer):
    """How long a session may last, in seconds."""

    def __init__(self, help: str = "How long a session of the role may last, in seconds. By default an hour.") -> None:
        super().__init__(3600, 43200, help=help)


class PolicyPath(String):
    """Where a managed policy stands among others."""

    def __init__(self, help: str = "The path, which begins and ends with a slash.") -> None:
        super().__init__(1, 512, pattern="((/[A-Za-z0-9\\.,\\+@=_-]+)*)/", help=help)


class PolicyName(String):
    """A policy's name."""

    def __init__(self, help: str = "The policy's name.") -> None:
        super().__init__(1, 128, pattern=NAME, help=help)


class PolicyDocument(String):
    """A policy's text; AWS CLI shows what it says."""

    def __init__(self, help: str = "The policy, a JSON document.") -> None:
        super().__init__(1, 131072, pattern="[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", help=help)

    def render(self, value: Any, style: Render) -> Any:
        spell = style.get("document")
        return spell(value) if spell else value


class Path(String):
    """Where an identity stands among others."""

    def __init__(self, help: str = "The path, which begins and ends with a slash.") -> None:
        super().__init__(1, 512, pattern=PATH, help=help)


class PathPrefix(String):
    """The beginning of a path."""

    def __init__(self) -> None:
        help = "List only those whose path begins with this."
        super().__init__(1, 512, pattern="\\u002F[\\u0021-\\u007F]*", help=help)


class UniqueId(String):
    """An id that no other identity ever had or has."""

    def __init__(self) -> None:
        super().__init__(16, 128, pattern="[\\w]+")


class Arn(String):
    """An ARN."""

    def __init__(self, help: str = "") -> None:
        super().__init__(20, 2048, help=help)


class MaxItems(Integer):
    """The size of a page."""

    def __init__(self) -> None:
        super().__init__(1, 1000, help="How many to return at most.")


class Marker(String):
    """Where a page starts."""

    def __init__(self) -> None:
        super().__init__(1, 320, pattern="[\\u0020-\\u00FF]+", help="Where to go on: the Marker of the page before.")


class TagText(String):
    """A tag's key or value. Python knows no classes of characters as the pattern has them; it is only quoted."""

    def constraints(self, value: Any) -> list[str]:
        broken = Sized.constraints(self, value)
        if not all(_fits_tag(character) for character in value):
            broken.append(f"Member must satisfy regular expression pattern: {self.pattern}")
        return broken


def _fits_tag(character: str) -> bool:
    from unicodedata import category

    return category(character)[0] in "LZN" or character in "_.:/=+-@"


class Tag(Shape):
    """A tag."""

    key = TagText(1, 128, pattern=f"{TAG}+", help="The tag's key.").required()
    value = TagText(0, 256, pattern=f"{TAG}*", help="The tag's value; may be empty.").required()


class TagKeys(List[str]):
    """Keys of tags."""

    def __init__(self) -> None:
        super().__init__(TagText(1, 128, pattern=f"{TAG}+"), 0, 50, help="The keys of the tags.")


class Tags(List[Tag]):
    """Tags."""

    def __init__(self, help: str = "Tags, up to 50.") -> None:
        super().__init__(Structure(Tag), 0, 50, help=help)
