"""The members that the operations of AWS Organizations share."""

from typing import Any

from kmscli.operations.fields import Boolean, Enum, Integer, Render, String, Timestamp
from kmscli.operations.shapes import List, Response, Shape, Structure

ROOT_ID = "^r-[0-9a-z]{4,32}$"
UNIT_ID = "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$"
ACCOUNT_ID = "^\\d{12}$"
PARENT_ID = "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$"
CHILD_ID = "^(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$"
TARGET_ID = "^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$"
ANY_TEXT = "[\\s\\S]*"
HIDDEN = "****"
"""What the trail shows instead of an account's name and address."""


class PolicyType(Enum):
    """What a policy is for."""

    def __init__(self, help: str = "") -> None:
        super().__init__(
            "SERVICE_CONTROL_POLICY",
            "RESOURCE_CONTROL_POLICY",
            "TAG_POLICY",
            "BACKUP_POLICY",
            "AISERVICES_OPT_OUT_POLICY",
            "CHATBOT_POLICY",
            "DECLARATIVE_POLICY_EC2",
            "SECURITYHUB_POLICY",
            "SECURITYHUB_CSPM_POLICY",
            "INSPECTOR_POLICY",
            "UPGRADE_ROLLOUT_POLICY",
            "BEDROCK_POLICY",
            "S3_POLICY",
            "NETWORK_SECURITY_DIRECTOR_POLICY",
            "GUARDDUTY_POLICY",
            help=help,
        )


class FilterType(PolicyType):
    """The type of the policies that are listed."""

    def __init__(self) -> None:
        super().__init__("The type: SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY; there are none of others.")


class FeatureSet(Enum):
    """What an organization can do."""

    def __init__(self, help: str = "") -> None:
        super().__init__("ALL", "CONSOLIDATED_BILLING", help=help)


class Private(String):
    """What a person is known by: the trail does not show it."""

    def __init__(self, low: int, high: int, *, pattern: str, help: str = "") -> None:
        super().__init__(low, high, pattern=pattern, help=help, secret=True)

    def logs(self, value: Any, style: Render) -> Any:  # noqa: ARG002  whatever it is
        return HIDDEN


class Email(Private):
    """An account's e-mail address."""

    def __init__(self, help: str = "") -> None:
        super().__init__(6, 64, pattern="[^\\s@]+@[^\\s@]+\\.[^\\s@]+", help=help)


class NewAccountName(Private):
    """The name of an account that is created."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 50, pattern="[\\u0020-\\u007E]+", help=help)


class AccountId(String):
    """An account, by id."""

    def __init__(self, help: str = "The account, by id.") -> None:
        super().__init__(0, 12, pattern=ACCOUNT_ID, help=help)


class RootId(String):
    """A root, by id."""

    def __init__(self) -> None:
        super().__init__(0, 34, pattern=ROOT_ID, help="The root, by id.")


class UnitId(String):
    """An organizational unit, by id."""

    def __init__(self) -> None:
        super().__init__(0, 68, pattern=UNIT_ID, help="The organizational unit, by id.")


class ParentId(String):
    """A root or an organizational unit, by id."""

    def __init__(self, help: str = "The root or organizational unit, by id.") -> None:
        super().__init__(0, 100, pattern=PARENT_ID, help=help)


class TargetId(String):
    """What a policy is attached to, by id."""

    def __init__(self) -> None:
        super().__init__(0, 100, pattern=TARGET_ID, help="The root, organizational unit or account, by id.")


class PolicyId(String):
    """A policy, by id."""

    def __init__(self) -> None:
        super().__init__(0, 130, pattern="^p-[0-9a-zA-Z_]{8,128}$", help="The policy, by id.")


class UnitName(String):
    """An organizational unit's name."""

    def __init__(self) -> None:
        super().__init__(1, 128, pattern=ANY_TEXT, help="The name, which no other unit of the same parent has.")


class PolicyName(String):
    """A policy's name."""

    def __init__(self, help: str = "The name, which no other policy of the same type has.") -> None:
        super().__init__(1, 128, pattern=ANY_TEXT, help=help)


class PolicyDescription(String):
    """What a policy is for, in words."""

    def __init__(self, help: str = "What the policy is for; may be empty.") -> None:
        super().__init__(0, 512, pattern=ANY_TEXT, help=help)


class PolicyContent(String):
    """A policy's text."""

    def __init__(self, help: str = "The policy, a JSON document of up to 5,120 characters.") -> None:
        super().__init__(1, pattern=ANY_TEXT, help=help)


class MaxResults(Integer):
    """The size of a page."""

    def __init__(self) -> None:
        super().__init__(1, 20, help="How many to return at most.")


class NextToken(String):
    """Where a page starts."""

    def __init__(self) -> None:
        super().__init__(0, 100000, pattern=ANY_TEXT, help="Where to go on: the NextToken of the page before.")


class PolicyTypeSummary(Shape):
    """Whether policies of a type have effect."""

    type = PolicyType()
    status = Enum("ENABLED", "PENDING_ENABLE", "PENDING_DISABLE")


class Organization(Shape):
    """An organization."""

    id = String()
    arn = String()
    feature_set = FeatureSet()
    master_account_arn = String()
    master_account_id = String()
    master_account_email = Email()
    available_policy_types = List(Structure(PolicyTypeSummary))


class Root(Shape):
    """A root."""

    id = String()
    arn = String()
    name = String()
    policy_types = List(Structure(PolicyTypeSummary))


class OrganizationalUnit(Shape):
    """An organizational unit."""

    id = String()
    arn = String()
    name = String()
    path = String()


class Account(Shape):
    """An account."""

    id = String()
    arn = String()
    email = Email()
    name = Private(1, 128, pattern=ANY_TEXT)
    status = Enum("ACTIVE", "SUSPENDED", "PENDING_CLOSURE")
    state = Enum("PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")
    paths = List(String())
    joined_method = Enum("INVITED", "CREATED")
    joined_timestamp = Timestamp()


class PolicySummary(Shape):
    """A policy without its text."""

    id = String()
    arn = String()
    name = String()
    description = String()
    type = PolicyType()
    aws_managed = Boolean()


class Policy(Shape):
    """A policy."""

    policy_summary = Structure(PolicySummary)
    content = String()


class OrganizationResponse(Response):
    """What the operations on an organization answer."""

    organization = Structure(Organization)


class RootResponse(Response):
    """What the operations on a root answer."""

    root = Structure(Root)


class PolicyResponse(Response):
    """What the operations on a policy answer."""

    policy = Structure(Policy)


class PoliciesResponse(Response):
    """What the lists of policies answer."""

    policies = List(Structure(PolicySummary))
    next_token = String()
