"""Calls through a VPC endpoint: its policy decides too, its id is a condition, and the event names it (6.1, 6.4)."""

import json
from typing import Any

from kmscli.authorization.caller import Caller
from tests.operations.house import ACCOUNT, House
from tests.operations.test_authorization import ALICE, BOB, DENIED, ROOT, by, policy, statement, told, when
from tests.operations.test_identity_policies import new_user, own

VPC = "vpc-0123456789abcdef0"


def new_endpoint(house: House, *statements: dict[str, Any]) -> str:
    """An endpoint, with a policy or AWS's own."""
    given = {"PolicyDocument": json.dumps({"Statement": list(statements)})} if statements else {}
    service = f"com.amazonaws.{house.caller.region}.kms"
    made = house.call("ec2:CreateVpcEndpoint", VpcEndpointType="Interface", VpcId=VPC, ServiceName=service, **given)
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def through(who: str, endpoint: str, vpc: str = VPC) -> Caller:
    """Somebody who calls through an endpoint."""
    return by(who).through_endpoint(endpoint, vpc, ACCOUNT)


def test_an_endpoint_s_policy_limits(house: House) -> None:
    """What the endpoint's policy does not allow is refused, to root too; by default it allows everything."""
    key = house.new_key(Policy=policy(statement(ALICE), statement(BOB)))
    narrow = new_endpoint(house, statement(ALICE, Action="kms:Decrypt"))
    silent = "because no VPC endpoint policy allows the kms:Encrypt action"
    given = {"KeyId": key, "Plaintext": b"x"}
    for who in (ALICE, ROOT):
        refused = house.refusal("Encrypt", through(who, narrow), **given)
        assert refused == told(who, "Encrypt", house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Arn"], silent)
    blob = house.call("Encrypt", through(ALICE, new_endpoint(house)), **given)["CiphertextBlob"]
    assert house.call("Decrypt", through(ALICE, narrow), CiphertextBlob=blob)["Plaintext"] == b"x"
    assert house.refusal("Decrypt", through(BOB, narrow), CiphertextBlob=blob)[0] == DENIED


def test_a_denial_in_an_endpoint_s_policy(house: House) -> None:
    """A statement that denies is told without the endpoint's name."""
    key = house.new_key()
    endpoint = new_endpoint(house, statement("*"), statement("*", "Deny", Action="kms:Encrypt"))
    code, message = house.refusal("Encrypt", through(ROOT, endpoint), KeyId=key, Plaintext=b"x")
    assert code == DENIED
    assert message.endswith("with an explicit deny in a VPC endpoint policy")


def test_only_through_this_endpoint(house: House) -> None:
    """A key policy can ask for the endpoint or the VPC; aws:SourceIp is absent there."""
    endpoint = new_endpoint(house)
    keys = {
        "endpoint": house.new_key(Policy=policy(statement(**when("aws:SourceVpce", endpoint)))),
        "VPC": house.new_key(Policy=policy(statement(**when("aws:SourceVpc", VPC)))),
        "address in the VPC": house.new_key(
            Policy=policy(statement(**when("aws:VpcSourceIp", "127.0.0.0/8", "IpAddress")))
        ),
        "address": house.new_key(Policy=policy(statement(**when("aws:SourceIp", "0.0.0.0/0", "IpAddress")))),
    }

    def may(caller: Caller) -> list[str]:
        given = {"Plaintext": b"x"}
        return [name for name, key in keys.items() if not house.result_by(caller, "Encrypt", KeyId=key, **given)[0]]

    assert may(through(ALICE, endpoint)) == ["endpoint", "VPC", "address in the VPC"]
    assert may(through(ALICE, new_endpoint(house), "vpc-1")) == ["address in the VPC"]
    assert may(by(ALICE)) == ["address"]


def test_an_endpoint_that_is_gone(house: House) -> None:
    """Through an endpoint that was deleted nothing is called any more."""
    endpoint, key = new_endpoint(house), house.new_key()
    house.call("ec2:DeleteVpcEndpoints", VpcEndpointIds=[endpoint])
    assert house.refusal("Encrypt", through(ROOT, endpoint), KeyId=key, Plaintext=b"x")[0] == DENIED


def test_an_event_names_its_endpoint(house: House) -> None:
    """The event of a call through an endpoint has its id and its account; others have neither."""
    endpoint = new_endpoint(house)
    assert "vpcEndpointId" not in house.event()
    new_user(house, ALICE, own())
    house.call("ListKeys", through(ALICE, endpoint))
    event = house.event()
    assert (event["vpcEndpointId"], event["vpcEndpointAccountId"]) == (endpoint, ACCOUNT)
