"""The members that the operations on VPC endpoints share. The model of EC2 gives them no limits."""

from kmscli.operations.fields import Boolean, Enum, String, Timestamp
from kmscli.operations.shapes import List, Shape, Structure


class DryRun(Boolean):
    """Whether to only see if the call would succeed."""

    def __init__(self) -> None:
        super().__init__(help="Check everything, change nothing.")


class EndpointId(String):
    """An endpoint, by id."""

    def __init__(self, help: str = "The endpoint, by id.") -> None:
        super().__init__(help=help)


class EndpointType(Enum):
    """What kind of endpoint it is."""

    def __init__(self, help: str = "") -> None:
        super().__init__(
            "Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork", "Tunnel", help=help
        )


class Ids(List[str]):
    """Things by their ids."""

    def __init__(self, help: str = "") -> None:
        super().__init__(String(), help=help)


class PolicyDocument(String):
    """An endpoint's policy."""

    def __init__(self, help: str = "") -> None:
        super().__init__(help=help)


class Tag(Shape):
    """A tag."""

    key = String(help="The tag's key.")
    value = String(help="The tag's value; may be empty.")


class TagSpecification(Shape):
    """Tags for what a call makes."""

    resource_type = String(help="What is tagged: vpc-endpoint.")
    tags = List(Structure(Tag), help="The tags.")


class TagSpecifications(List[TagSpecification]):
    """Tags for what a call makes."""

    def __init__(self) -> None:
        super().__init__(Structure(TagSpecification), help="The tags of the endpoint, up to 50.")


class Filter(Shape):
    """What a list is narrowed by."""

    name = String(help="What the filter looks at.")
    values = List(String(), help="What that may be; * and ? are wildcards.")


class Filters(List[Filter]):
    """Filters, all of which must fit."""

    def __init__(self, help: str) -> None:
        super().__init__(Structure(Filter), help=help)


class Group(Shape):
    """A security group."""

    group_id = String()


class VpcEndpoint(Shape):
    """An endpoint, as EC2 shows it. Its State is in small letters, whatever the model says."""

    vpc_endpoint_id = String()
    vpc_endpoint_type = EndpointType()
    vpc_id = String()
    service_name = String()
    state = Enum(
        "PendingAcceptance", "Pending", "Available", "Deleting", "Deleted", "Rejected", "Failed", "Expired", "Partial"
    )
    policy_document = String()
    route_table_ids = Ids()
    subnet_ids = Ids()
    groups = List(Structure(Group))
    private_dns_enabled = Boolean()
    requester_managed = Boolean()
    creation_timestamp = Timestamp()
    tags = List(Structure(Tag))
    owner_id = String()
