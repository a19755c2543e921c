"""A real boto3 against a real server: what it sends is understood, and it understands what is answered."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.server.running import ACCOUNT, NOBODY, Running


@pytest.fixture(scope="module")
def kms(server: Running) -> Any:
    """A user's client."""
    return server.client(**server.new_user("Alice"))


def refusal(call: Any, **members: Any) -> tuple[str, str, int]:
    """The code, message and status of a refused call."""
    with pytest.raises(ClientError) as refused:
        call(**members)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_key_s_round(kms: Any) -> None:
    """Blobs, moments, maps, lists and empty answers go both ways."""
    made = kms.create_key(Tags=[{"TagKey": "team", "TagValue": "größe"}], Description="a key")["KeyMetadata"]
    key = made["KeyId"]
    assert made["CreationDate"].tzinfo
    context = {"EncryptionContext": {"app": "größe"}}
    blob = kms.encrypt(KeyId=key, Plaintext=b"\x00secret\xff", **context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, **context)["Plaintext"] == b"\x00secret\xff"
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "team", "TagValue": "größe"}]
    answer = kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert answer.keys() == {"ResponseMetadata"}
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90
    pair = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signed = kms.sign(KeyId=pair, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    given = {"KeyId": pair, "Message": b"m", "Signature": signed, "SigningAlgorithm": "ECDSA_SHA_256"}
    assert kms.verify(**given)["SignatureValid"] is True


def test_a_list_is_paginated(kms: Any) -> None:
    """boto3's own paginator goes on from our markers."""
    for _ in range(3):
        kms.create_key()
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) > 1
    keys = [key["KeyId"] for page in pages for key in page["Keys"]]
    assert len(keys) == len(set(keys)) >= 3


def test_errors_are_aws_errors(kms: Any) -> None:
    """Errors have AWS's codes, messages and statuses, and their classes in boto3."""
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="alias/none")
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/none"
    assert refusal(kms.describe_key, KeyId="alias/none") == ("NotFoundException", f"Alias {arn} is not found.", 400)
    code, message, _ = refusal(kms.create_alias, AliasName="none", TargetKeyId="x")
    assert code == "ValidationException"
    assert message
    assert refusal(kms.decrypt, CiphertextBlob=b"x" * 100)[:2] == ("InvalidCiphertextException", "")


def test_decisions_are_made(server: Running, kms: Any) -> None:
    """Who has no permission is refused, with the user's name in the message."""
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    statement = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}]}'
    bob = server.client(**server.new_user("Bob", statement))
    assert bob.list_keys()["Keys"]
    code, message, status = refusal(bob.encrypt, KeyId=key, Plaintext=b"x")
    assert (code, status) == ("AccessDeniedException", 400)
    assert message.startswith(f"User: arn:aws:iam::{ACCOUNT}:user/Bob is not authorized to perform: kms:Encrypt")


def test_roles_are_assumed_over_the_wire(server: Running) -> None:
    """STS's protocol: an SDK asks who it is, assumes a role, and calls with the session."""
    credentials = server.new_user("Carol")
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'
        f'{ACCOUNT}:user/Carol"}},"Action":["sts:AssumeRole","sts:TagSession"]}}]}}'
    )
    server.kmscli("iam", "create-role", "--role-name", "Reader", "--assume-role-policy-document", trust)
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:List*","Resource":"*"}]}'
    given = ("--role-name", "Reader", "--policy-name", "p", "--policy-document", allow)
    server.kmscli("iam", "put-role-policy", *given)
    sts = server.client("sts", **credentials)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/Carol"
    tags = [{"Key": "team", "Value": "größe"}]
    role = f"arn:aws:iam::{ACCOUNT}:role/Reader"
    answer = sts.assume_role(RoleArn=role, RoleSessionName="one", Tags=tags, DurationSeconds=900)
    session = answer["Credentials"]
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/one"
    reader = server.client(
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    assert "Keys" in reader.list_keys()
    assert refusal(reader.create_key)[0] == "AccessDeniedException"
    assert refusal(sts.assume_role, RoleArn=role, RoleSessionName="x/y")[0] == "ValidationError"
    assert refusal(sts.get_session_token)[0] == "InvalidAction"


def test_sts_has_names_of_its_own_for_signatures(server: Running) -> None:
    """What KMS calls UnrecognizedClientException is InvalidClientTokenId at STS, and forbidden."""
    nobody = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    message = "The security token included in the request is invalid."
    sts = server.client("sts", **nobody)
    assert refusal(sts.get_caller_identity) == ("InvalidClientTokenId", message, 403)
    known = {**server.new_user("Dave"), "aws_secret_access_key": "x"}
    assert refusal(server.client("sts", **known).get_caller_identity)[0] == "SignatureDoesNotMatch"


def test_without_authentication(open_server: Running) -> None:
    """With --no-auth the access key id names the account, and the trail says by which door calls came."""
    mine = open_server.client(**NOBODY)
    theirs = open_server.client(aws_access_key_id="444455556666", aws_secret_access_key="x")
    key = mine.create_key()["KeyMetadata"]
    assert key["AWSAccountId"] == ACCOUNT
    assert theirs.list_keys()["Keys"] == []
    assert refusal(theirs.describe_key, KeyId=key["Arn"])[0] == "AccessDeniedException"
    assert open_server.client(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x").list_keys()["Keys"]
