"""What the operations on VPC endpoints share: finding one, what one may be made of, and how it is shown.

kmscli keeps no networks: a VPC, a subnet or a security group is there if its id has the form of one.
"""

from kmscli.authorization.document import MalformedDocumentError, parsed
from kmscli.limits.endpoints import PREFIX, Endpoint, find_endpoint
from kmscli.operations import endpoint_members as members
from kmscli.operations.call import Call
from kmscli.operations.endpoint_errors import (
    InvalidParameter,
    InvalidParameterValue,
    InvalidPolicyDocument,
    MalformedId,
    VpcEndpointNotFound,
)

INTERFACE = "Interface"
LONGEST_POLICY = 20480
MOST_TAGS = 50
CODES = {
    "vpc-": "InvalidVpcID",
    "subnet-": "InvalidSubnetID",
    "sg-": "InvalidGroupId",
    PREFIX: "InvalidVpcEndpointId",
}
"""How the refusal of a malformed id begins, by how the ids of its kind begin."""
_HEX = frozenset("0123456789abcdef")


def endpoint_named(call: Call, endpoint_id: str) -> Endpoint:
    """An endpoint of the caller's account and Region. Raises MalformedId, VpcEndpointNotFound."""
    check_ids([endpoint_id], PREFIX)
    endpoint = find_endpoint(call.transaction, call.caller.region, endpoint_id)
    if endpoint is None or endpoint.account != call.caller.account:
        raise VpcEndpointNotFound(f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    return endpoint


def check_ids(ids: list[str], prefix: str) -> None:
    """Raises MalformedId: an id is not of the kind whose ids begin so: 8 or 17 hex digits follow."""
    for text in ids:
        digits = text.removeprefix(prefix)
        if not text.startswith(prefix) or len(digits) not in {8, 17} or not _HEX.issuperset(digits):
            raise MalformedId(text, prefix, CODES[prefix])


def check_groups(groups: list[str]) -> None:
    """Raises MalformedId, InvalidParameter: there is no group."""
    check_ids(groups, "sg-")
    if not groups:
        raise InvalidParameter("An Interface VPC Endpoint must always have at least one Security Group.")


def check_policy(text: str) -> None:
    """Raises InvalidPolicyDocument: no policy of an endpoint."""
    if len(text) > LONGEST_POLICY:
        raise _no_policy(f"It is longer than {LONGEST_POLICY} characters.")
    try:
        document = parsed(text, names_principals=True)
    except MalformedDocumentError as error:
        raise _no_policy(str(error)) from None
    for statement in document.statements:
        if not (statement.action.values and statement.resource.values):
            raise _no_policy("Each statement must have actions and resources.")


def checked_tags(specifications: list[members.TagSpecification] | None) -> dict[str, str]:
    """The tags of a request. Raises InvalidParameterValue."""
    tags: dict[str, str] = {}
    for specification in specifications or []:
        if specification.resource_type != "vpc-endpoint":
            kind = specification.resource_type or ""
            raise InvalidParameterValue(f"'{kind}' is not a valid taggable resource type for this operation.")
        tags |= {tag.key or "": tag.value or "" for tag in specification.tags or []}
    if any(key.lower().startswith("aws:") for key in tags):
        raise InvalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use")
    if len(tags) > MOST_TAGS or not all(0 < len(key) <= 128 and len(value) <= 256 for key, value in tags.items()):
        raise InvalidParameterValue(
            f"There may be {MOST_TAGS} tags, with keys of 1 to 128 and values of 256 characters."
        )
    return tags


def shown_endpoint(endpoint: Endpoint) -> members.VpcEndpoint:
    """An endpoint as EC2 shows it; here it is there at once."""
    return members.VpcEndpoint(
        vpc_endpoint_id=endpoint.endpoint_id,
        vpc_endpoint_type=INTERFACE,
        vpc_id=endpoint.vpc,
        service_name=endpoint.service,
        state="available",
        policy_document=endpoint.policy,
        route_table_ids=[],
        subnet_ids=endpoint.subnets,
        groups=[members.Group(group_id=group) for group in endpoint.groups],
        private_dns_enabled=endpoint.private_dns,
        requester_managed=False,
        creation_timestamp=endpoint.created,
        tags=[members.Tag(key=key, value=value) for key, value in endpoint.tags.items()],
        owner_id=endpoint.account,
    )


def _no_policy(why: str) -> InvalidPolicyDocument:
    return InvalidPolicyDocument(f"The Policy Document is not valid. {why}")
