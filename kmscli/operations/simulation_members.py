"""The members of IAM's policy simulator."""

from kmscli.operations.fields import Boolean, Enum, Integer, String
from kmscli.operations.identity_members import PolicyDocument
from kmscli.operations.shapes import List, Response, Shape, Structure

DECISIONS = ("allowed", "explicitDeny", "implicitDeny")


class Policies(List[str]):
    """Policies by their texts."""

    def __init__(self, help: str) -> None:
        super().__init__(PolicyDocument(""), help=help)


class Boundary(Policies):
    """Permissions boundaries by their texts."""

    def __init__(self) -> None:
        super().__init__("A permissions boundary: one policy, a JSON document.")


class Actions(List[str]):
    """What would be called."""

    def __init__(self) -> None:
        super().__init__(String(3, 128), help="What would be called: kms:Encrypt, say; no wildcards.")


class Resources(List[str]):
    """What it would be called on."""

    def __init__(self) -> None:
        super().__init__(String(1, 2048), help="What it would be called on, by ARN. By default *.")


class ResourcePolicy(PolicyDocument):
    """The policy of what it would be called on."""

    def __init__(self) -> None:
        super().__init__("The policy that each resource has, a JSON document: a key policy, say.")


class ResourceOwner(String):
    """Whose the resources are."""

    def __init__(self) -> None:
        super().__init__(1, 2048, help="Whose resources are whose ARNs do not say so: the ARN of an account's root.")


class CallerArn(String):
    """Who would call."""

    def __init__(self, help: str) -> None:
        super().__init__(1, 2048, help=help)


class ContextEntry(Shape):
    """A condition key with its values."""

    context_key_name = String(5, 256, help="The condition key.")
    context_key_values = List(String(), help="Its values.")
    context_key_type = Enum(
        "string",
        "stringList",
        "numeric",
        "numericList",
        "boolean",
        "booleanList",
        "ip",
        "ipList",
        "binary",
        "binaryList",
        "date",
        "dateList",
        help="What they are; a policy's operators say how they are compared.",
    )


class ContextEntries(List[ContextEntry]):
    """Condition keys with their values."""

    def __init__(self) -> None:
        super().__init__(Structure(ContextEntry), help="Condition keys with their values.")


class Position(Shape):
    """A place in a policy's text, counted from 1."""

    line = Integer()
    column = Integer()


class MatchedStatement(Shape):
    """A statement that had a say."""

    source_policy_id = String()
    start_position = Structure(Position)
    end_position = Structure(Position)


class OrganizationsDetail(Shape):
    """What service control policies say."""

    allowed_by_organizations = Boolean()


class BoundaryDetail(Shape):
    """What a permissions boundary says."""

    allowed_by_permissions_boundary = Boolean()


class EvaluationResult(Shape):
    """What would come of a call."""

    eval_action_name = String().required()
    eval_resource_name = String()
    eval_decision = Enum(*DECISIONS).required()
    matched_statements = List(Structure(MatchedStatement))
    missing_context_values = List(String())
    organizations_decision_detail = Structure(OrganizationsDetail)
    permissions_boundary_decision_detail = Structure(BoundaryDetail)


class SimulationResponse(Response):
    """What the simulator answers."""

    evaluation_results = List(Structure(EvaluationResult))
    is_truncated = Boolean()
    marker = String()
