import json
import re
from typing import Any

import pytest

from kmscli.authorization.document import parsed
from kmscli.keys.check import inspect
from kmscli.limits.endpoints import find_endpoint
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, START, House, caller

VPC = "vpc-0123456789abcdef0"
ABSENT = "vpce-0123456789abcdef0"
KMS = {"VpcEndpointType": "Interface", "VpcId": VPC, "ServiceName": f"com.amazonaws.{REGION}.kms"}
ANYTHING = {"Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}
GROUP = "sg-1a2b3c4d"
GONE = ("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{ABSENT}' does not exist")
IMPOSSIBLE = ("InvalidVpcEndpointId.Malformed", 'Invalid id: "vpce-x" (expecting "vpce-...")')


def policy(**members: Any) -> str:
    """An endpoint policy of one statement, which allows everything unless it says otherwise."""
    said = {name: value for name, value in {**ANYTHING, **members}.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


ONLY_DECRYPT = policy(Action="kms:Decrypt")


def created(house: House, **members: Any) -> dict[str, Any]:
    """A new endpoint, as CreateVpcEndpoint answers."""
    made: dict[str, Any] = house.call("ec2:CreateVpcEndpoint", **{**KMS, **members})["VpcEndpoint"]
    return made


def described(house: House, **members: Any) -> list[dict[str, Any]]:
    """Endpoints, as DescribeVpcEndpoints answers."""
    found: list[dict[str, Any]] = house.call("ec2:DescribeVpcEndpoints", **members)["VpcEndpoints"]
    return found


def ids_of(house: House, **members: Any) -> set[str]:
    """The ids of endpoints."""
    return {endpoint["VpcEndpointId"] for endpoint in described(house, **members)}


def test_an_endpoint_is_made_and_described(house: House) -> None:
    """What CreateVpcEndpoint answers is what DescribeVpcEndpoints shows: all that was given, and a new id."""
    tags = [{"Key": "Name", "Value": "kms"}, {"Key": "empty", "Value": ""}]
    made = created(
        house,
        SubnetIds=["subnet-1a2b3c4d"],
        SecurityGroupIds=[GROUP],
        PrivateDnsEnabled=False,
        PolicyDocument=ONLY_DECRYPT,
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )
    assert re.fullmatch("vpce-[0-9a-f]{17}", made["VpcEndpointId"])
    assert made == {
        "VpcEndpointId": made["VpcEndpointId"],
        "VpcEndpointType": "Interface",
        "VpcId": VPC,
        "ServiceName": "com.amazonaws.us-east-1.kms",
        "State": "available",
        "PolicyDocument": ONLY_DECRYPT,
        "RouteTableIds": [],
        "SubnetIds": ["subnet-1a2b3c4d"],
        "Groups": [{"GroupId": GROUP}],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "CreationTimestamp": START,
        "Tags": tags,
        "OwnerId": ACCOUNT,
    }
    assert described(house) == [made]
    assert described(house, VpcEndpointIds=[made["VpcEndpointId"]]) == [made]


def test_what_an_endpoint_is_by_default(house: House) -> None:
    """Without a policy everything may be called through an endpoint; it has private DNS and some security group."""
    made = created(house, ServiceName=f"com.amazonaws.{REGION}.kms-fips")
    assert json.loads(made["PolicyDocument"]) == {"Statement": [ANYTHING]}
    assert not parsed(made["PolicyDocument"], names_principals=True).has_variables
    assert (made["PrivateDnsEnabled"], made["SubnetIds"], len(made["Groups"]), made["Tags"]) == (True, [], 1, [])


def test_an_endpoint_is_of_an_account_and_a_region(house: House) -> None:
    """Others do not see it, whoever calls through it: for that it is found by its Region and id alone."""
    endpoint = created(house)["VpcEndpointId"]
    missing = ("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint}' does not exist")
    for other in (caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)):
        assert house.call("ec2:DescribeVpcEndpoints", other) == {"VpcEndpoints": []}
        assert house.refusal("ec2:DescribeVpcEndpoints", other, VpcEndpointIds=[endpoint]) == missing
        assert house.refusal("ec2:ModifyVpcEndpoint", other, VpcEndpointId=endpoint, ResetPolicy=True) == missing
        [failed] = house.call("ec2:DeleteVpcEndpoints", other, VpcEndpointIds=[endpoint])["Unsuccessful"]
        assert failed["ResourceId"] == endpoint
    transaction = house.transaction()
    found = find_endpoint(transaction, REGION, endpoint)
    assert found
    assert (found.account, found.vpc) == (ACCOUNT, VPC)
    assert [find_endpoint(transaction, *where) for where in ((OTHER_REGION, endpoint), (REGION, "vpce-\udcff"))] == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"ServiceName": None}, "MissingParameter", "The request must contain the parameter ServiceName"),
        (
            {"ServiceName": "com.amazonaws.us-east-1.s3"},
            "InvalidServiceName",
            "The Vpc Endpoint Service 'com.amazonaws.us-east-1.s3' does not exist",
        ),
        (
            {"ServiceName": "com.amazonaws.eu-west-1.kms"},
            "InvalidServiceName",
            "The Vpc Endpoint Service 'com.amazonaws.eu-west-1.kms' does not exist",
        ),
        (
            {"VpcEndpointType": None},
            "InvalidParameter",
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        ),
        (
            {"VpcEndpointType": "Resource"},
            "InvalidParameter",
            "Endpoint type (Resource) does not match available service types ([Interface]).",
        ),
        ({"VpcId": "vpc-x"}, "InvalidVpcID.Malformed", 'Invalid id: "vpc-x" (expecting "vpc-...")'),
        ({"VpcId": "12345678"}, "InvalidVpcID.Malformed", 'Invalid id: "12345678" (expecting "vpc-...")'),
        (
            {"SubnetIds": ["subnet-1a2b3c4d", "1a2b3c4d"]},
            "InvalidSubnetID.Malformed",
            'Invalid id: "1a2b3c4d" (expecting "subnet-...")',
        ),
        (
            {"SecurityGroupIds": ["sg-1A2B3C4D"]},
            "InvalidGroupId.Malformed",
            'Invalid id: "sg-1A2B3C4D" (expecting "sg-...")',
        ),
        (
            {"TagSpecifications": [{"ResourceType": "vpc", "Tags": []}]},
            "InvalidParameterValue",
            "'vpc' is not a valid taggable resource type for this operation.",
        ),
        (
            {"TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "aws:a", "Value": ""}]}]},
            "InvalidParameterValue",
            "Tag keys starting with 'aws:' are reserved for internal use",
        ),
        (
            {"TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": [{"Value": "a"}]}]},
            "InvalidParameterValue",
            "There may be 50 tags, with keys of 1 to 128 and values of 256 characters.",
        ),
    ],
)
def test_an_endpoint_that_cannot_be(house: House, members: dict[str, Any], code: str, message: str) -> None:
    """What is asked for has to be an interface endpoint for KMS of the Region, of things whose ids are ids."""
    assert house.refusal("ec2:CreateVpcEndpoint", **{**KMS, **members}) == (code, message)
    assert described(house) == []


def test_members_that_break_constraints(house: House) -> None:
    """EC2 has a code of its own for those; its model has no constraints but choices."""
    code, message = house.refusal("ec2:CreateVpcEndpoint", VpcEndpointType="Door")
    assert (code, message[:29]) == ("InvalidParameterValue", "2 validation errors detected:")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "The policy is not a valid JSON document."),
        (policy(Principal=None), "Policy contains a statement with no principal."),
        (policy(Principal={"AWS": "bob"}), "Policy contains a statement with one or more invalid principals."),
        (policy(Effect="Maybe"), "Each statement must have an Effect of Allow or Deny."),
        (policy(Action=None), "Each statement must have actions and resources."),
        (policy(Resource=[]), "Each statement must have actions and resources."),
        (policy(Sid="a" * 20480), "It is longer than 20480 characters."),
    ],
)
def test_a_policy_that_is_none(house: House, text: str, why: str) -> None:
    """What is no endpoint policy is refused where one is made and where it is changed, and the one before stays."""
    refused = ("InvalidPolicyDocument", f"The Policy Document is not valid. {why}")
    assert house.refusal("ec2:CreateVpcEndpoint", **KMS, PolicyDocument=text) == refused
    endpoint = created(house, PolicyDocument=ONLY_DECRYPT)["VpcEndpointId"]
    assert house.refusal("ec2:ModifyVpcEndpoint", VpcEndpointId=endpoint, PolicyDocument=text) == refused
    assert described(house)[0]["PolicyDocument"] == ONLY_DECRYPT


@pytest.mark.parametrize(
    ("members", "changes"),
    [
        ({}, {}),
        ({"PolicyDocument": policy()}, {"PolicyDocument": policy()}),
        ({"ResetPolicy": False, "PolicyDocument": policy()}, {"PolicyDocument": policy()}),
        (
            {"AddSubnetIds": ["subnet-00000002", "subnet-00000001"]},
            {"SubnetIds": ["subnet-00000001", "subnet-00000002"]},
        ),
        ({"RemoveSubnetIds": ["subnet-00000001", "subnet-00000009"]}, {"SubnetIds": []}),
        ({"AddSecurityGroupIds": ["sg-00000002"]}, {"Groups": [{"GroupId": GROUP}, {"GroupId": "sg-00000002"}]}),
        (
            {"AddSecurityGroupIds": ["sg-00000002"], "RemoveSecurityGroupIds": [GROUP]},
            {"Groups": [{"GroupId": "sg-00000002"}]},
        ),
        ({"PrivateDnsEnabled": False}, {"PrivateDnsEnabled": False}),
    ],
)
def test_what_is_changed(house: House, members: dict[str, Any], changes: dict[str, Any]) -> None:
    """A change is of what was asked for, and of nothing else."""
    made = created(house, SubnetIds=["subnet-00000001"], SecurityGroupIds=[GROUP], PolicyDocument=ONLY_DECRYPT)
    answer = house.call("ec2:ModifyVpcEndpoint", VpcEndpointId=made["VpcEndpointId"], **members)
    assert answer == {"Return": True}
    assert described(house) == [made | changes]


def test_a_policy_is_reset(house: House) -> None:
    """ResetPolicy gives an endpoint the policy of one that was given none."""
    usual = created(house)["PolicyDocument"]
    endpoint = created(house, PolicyDocument=ONLY_DECRYPT)["VpcEndpointId"]
    house.call("ec2:ModifyVpcEndpoint", VpcEndpointId=endpoint, ResetPolicy=True)
    assert described(house, VpcEndpointIds=[endpoint])[0]["PolicyDocument"] == usual


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"ResetPolicy": True, "PolicyDocument": policy()},
            "InvalidParameterCombination",
            "The parameter PolicyDocument cannot be used with the parameter ResetPolicy",
        ),
        (
            {"RemoveSecurityGroupIds": [GROUP]},
            "InvalidParameter",
            "An Interface VPC Endpoint must always have at least one Security Group.",
        ),
        ({"AddSubnetIds": ["x"]}, "InvalidSubnetID.Malformed", 'Invalid id: "x" (expecting "subnet-...")'),
        ({"AddSecurityGroupIds": ["x"]}, "InvalidGroupId.Malformed", 'Invalid id: "x" (expecting "sg-...")'),
        ({"VpcEndpointId": ABSENT}, *GONE),
        ({"VpcEndpointId": "vpce-x"}, *IMPOSSIBLE),
        (
            {"VpcEndpointId": "vpce-\udcff"},
            "InvalidVpcEndpointId.Malformed",
            'Invalid id: "vpce-\udcff" (expecting "vpce-...")',
        ),
    ],
)
def test_a_change_that_cannot_be(house: House, members: dict[str, Any], code: str, message: str) -> None:
    """A change that is refused changes nothing."""
    made = created(house, SecurityGroupIds=[GROUP])
    given = {"VpcEndpointId": made["VpcEndpointId"], "PrivateDnsEnabled": False, **members}
    assert house.refusal("ec2:ModifyVpcEndpoint", **given) == (code, message)
    assert described(house) == [made]


def test_endpoints_are_deleted(house: House) -> None:
    """Those that are there are gone at once; of the others the answer says why they were not deleted."""
    first, second = (created(house)["VpcEndpointId"] for _ in range(2))
    answer = house.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=[ABSENT, first, "vpce-x", first])
    failures = {
        failed["ResourceId"]: (failed["Error"]["Code"], failed["Error"]["Message"]) for failed in answer["Unsuccessful"]
    }
    missing = ("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{first}' does not exist")
    assert failures == {ABSENT: GONE, "vpce-x": IMPOSSIBLE, first: missing}
    assert ids_of(house) == {second}
    assert house.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=[second]) == {"Unsuccessful": []}
    assert described(house) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"vpc-id": [VPC]}, "ab"),
        ({"vpc-id": [VPC, "vpc-1a2b3c4d"]}, "abc"),
        ({"vpc-id": ["vpc-*"], "service-name": ["*.kms-fips"]}, "b"),
        ({"service-name": ["com.amazonaws.us-east-1.km?"]}, "ac"),
        ({"tag:Name": ["a", "c"]}, "ac"),
        ({"tag:Name": ["A"]}, ""),
        ({"tag:Other": ["*"]}, ""),
        ({"tag-key": ["Name"]}, "abc"),
        ({"vpc-endpoint-type": ["Interface"], "vpc-endpoint-state": ["available"]}, "abc"),
        ({"vpc-endpoint-state": ["deleted"]}, ""),
        ({"vpc-endpoint-id": [ABSENT]}, ""),
        ({"vpc-id": []}, ""),
    ],
)
def test_filters(house: House, filters: dict[str, list[str]], found: str) -> None:
    """All filters must fit, each by one of its values; they narrow a list of ids too."""
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("a", {}),
        ("b", {"ServiceName": f"com.amazonaws.{REGION}.kms-fips"}),
        ("c", {"VpcId": "vpc-1a2b3c4d"}),
    )
    for name, members in rows:
        tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": name}]}]
        created(house, TagSpecifications=tags, **members)
    given = [{"Name": name, "Values": values} for name, values in filters.items()]
    for more in ({}, {"VpcEndpointIds": sorted(ids_of(house))}):
        shown = described(house, Filters=given, **more)
        assert sorted(endpoint["Tags"][0]["Value"] for endpoint in shown) == list(found)


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({"Filters": [{"Name": "vpc", "Values": ["a"]}]}, "InvalidFilter", "The filter 'vpc' is invalid"),
        ({"Filters": [{}]}, "InvalidFilter", "The filter '' is invalid"),
        ({"MaxResults": 0}, "InvalidParameterValue", "Value ( 0 ) for parameter MaxResults is invalid."),
        ({"NextToken": "nonsense"}, "InvalidNextToken", "The specified NextToken is not valid."),
        ({"VpcEndpointIds": [ABSENT]}, *GONE),
        ({"VpcEndpointIds": ["vpce-x"]}, *IMPOSSIBLE),
    ],
)
def test_a_list_that_cannot_be(house: House, members: dict[str, Any], code: str, message: str) -> None:
    """A list asks for filters that there are, and for endpoints that there are."""
    assert house.refusal("ec2:DescribeVpcEndpoints", **members) == (code, message)


def test_paging_through_endpoints(house: House) -> None:
    """Endpoints come in pages of as many as asked for, 1,000 at most, each once."""
    made = {created(house)["VpcEndpointId"] for _ in range(7)}
    found: list[str] = []
    page: dict[str, Any] = {"NextToken": None}
    while "NextToken" in page:
        page = house.call("ec2:DescribeVpcEndpoints", MaxResults=3, NextToken=page["NextToken"])
        assert 0 < len(page["VpcEndpoints"]) <= 3
        found += [endpoint["VpcEndpointId"] for endpoint in page["VpcEndpoints"]]
    assert (len(found), set(found)) == (7, made)
    assert ids_of(house, MaxResults=5000) == made


@pytest.mark.parametrize(
    "name", ["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"]
)
def test_dry_runs(house: House, name: str) -> None:
    """A dry run says in EC2's words that the call would have succeeded, and changes nothing."""
    made = created(house)
    endpoint = made["VpcEndpointId"]
    members: dict[str, dict[str, Any]] = {
        "CreateVpcEndpoint": KMS,
        "ModifyVpcEndpoint": {"VpcEndpointId": endpoint, "PrivateDnsEnabled": False},
        "DeleteVpcEndpoints": {"VpcEndpointIds": [endpoint]},
    }
    said = ("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    assert house.refusal(f"ec2:{name}", DryRun=True, **members.get(name, {})) == said
    assert described(house) == [made]


def test_the_events(house: House) -> None:
    """The events are EC2's, in the Region of the call; they show requests, and answers of what changes something."""
    house.caller = caller(region=OTHER_REGION)
    made = created(house, ServiceName=f"com.amazonaws.{OTHER_REGION}.kms", PolicyDocument=ONLY_DECRYPT)
    event = house.event()
    shown = {key: event[key] for key in ("eventSource", "eventName", "awsRegion", "readOnly")}
    assert shown == {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "CreateVpcEndpoint",
        "awsRegion": OTHER_REGION,
        "readOnly": False,
    }
    assert event["requestParameters"]["policyDocument"] == ONLY_DECRYPT
    assert event["responseElements"]["vpcEndpoint"]["vpcEndpointId"] == made["VpcEndpointId"]
    assert "resources" not in event
    house.refusal("ec2:DescribeVpcEndpoints", VpcEndpointIds=[ABSENT])
    event = house.event()
    assert (event["errorCode"], event["errorMessage"], event["readOnly"]) == (*GONE, True)


def test_a_check_of_the_vault_knows_endpoints(house: House) -> None:
    """A vault with endpoints is sound."""
    created(house)
    created(house)
    house.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=[created(house)["VpcEndpointId"]])
    found = inspect(house.engine.vault)
    assert (found.counts["VPC endpoint"], found.faults) == (2, [])
