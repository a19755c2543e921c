"""What comes in by a VPC endpoint's listener, and what only says so."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.server.running import Running, client_at

VPC = "vpc-0123456789abcdef0"
FORGED = {"X-Forwarded-For": "10.0.0.7", "X-Amz-Source-Vpc": VPC, "X-Amz-Vpc-Source-Ip": "127.0.0.1"}


def allowing(key: str, value: str) -> str:
    """A policy that allows all where a condition key has a value."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {key: value}}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def forge(request: Any, **_: Any) -> None:
    """Add headers that claim another way than the request's own."""
    for name, value in FORGED.items():
        request.headers[name] = value


def test_the_way_decides(tmp_path: Path) -> None:
    """Conditions on endpoint, VPC and address hold by the endpoint's listener alone, whatever headers say."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    made = ("--vpc-endpoint-type", "Interface", "--vpc-id", VPC, "--service-name", "com.amazonaws.us-east-1.kms")
    endpoint = running.kmscli("ec2", "create-vpc-endpoint", *made)["VpcEndpoint"]["VpcEndpointId"]
    conditions = {"aws:SourceVpce": endpoint, "aws:SourceVpc": VPC, "aws:VpcSourceIp": "127.0.0.1"}
    users = [running.new_user(name[4:], allowing(name, value)) for name, value in conditions.items()]
    running.start("--listen", "127.0.0.1:0", "--vpc-endpoint", f"{endpoint}=127.0.0.1:0", listeners=2)
    plain, through = running.urls
    for user in users:
        with closing(client_at(through, **user)) as kms:
            assert kms.list_keys()["Keys"] == []
        with closing(client_at(plain, **user)) as kms:
            kms.meta.events.register("before-sign.kms.ListKeys", forge)
            with pytest.raises(ClientError, match="AccessDenied"):
                kms.list_keys()
    assert running.stop() == 0
    log = Path(running.kmscli("audit", "path").strip()).read_text()
    events = [json.loads(line) for line in log.splitlines()]
    seen = [(e.get("vpcEndpointId"), e["sourceIPAddress"]) for e in events if e["eventName"] == "ListKeys"]
    assert seen == [(endpoint, "127.0.0.1"), (None, "127.0.0.1")] * 3
