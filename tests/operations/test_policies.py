import json

import pytest

from tests.operations.house import ACCOUNT, ANYONE, House, arn

DEFAULT = f"""{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{ACCOUNT}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"""
OWN = (
    '{"Statement":\t[{"Resource":"*","Sid":"a b ü","Effect":"Allow","Action":"kms:*",'
    f'"Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}}}}],\r\n "Version":"2012-10-17"}}'
)


def padded(size: int) -> str:
    """OWN with white space, as many bytes of UTF-8 as asked for."""
    return OWN + " " * (size - len(OWN.encode()))


def test_the_default_policy_is_aws_text(house: House) -> None:
    """A key made without a policy has AWS's default one, white space and all."""
    key = house.new_key()
    assert house.call("GetKeyPolicy", KeyId=key) == {"Policy": DEFAULT, "PolicyName": "default"}


@pytest.mark.parametrize("text", [OWN, padded(32_768)], ids=["odd white space", "32,768 bytes"])
def test_a_policy_is_kept_as_it_was_given(house: House, text: str) -> None:
    """CreateKey and PutKeyPolicy store a policy's text unchanged, up to 32,768 bytes."""
    made = house.new_key(Policy=text)
    assert house.call("GetKeyPolicy", KeyId=made, PolicyName="default")["Policy"] == text
    key = house.new_key()
    assert house.call("PutKeyPolicy", KeyId=key, PolicyName="default", Policy=text) == {}
    assert house.call("GetKeyPolicy", KeyId=key)["Policy"] == text


def test_the_lockout_check_may_be_bypassed(house: House) -> None:
    """With the bypass flag a policy is stored that allows nobody anything."""
    nobody = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"}]}'
    key = house.new_key(Policy=nobody, BypassPolicyLockoutSafetyCheck=True)
    assert house.refusal("PutKeyPolicy", KeyId=key, Policy=ANYONE) == (
        "AccessDeniedException",
        (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:PutKeyPolicy on resource: {arn(key)} "
            "with an explicit deny in a resource-based policy"
        ),
    )


def nested(depth: int) -> str:
    """A JSON object with lists in it, so many levels deep."""
    return '{"Statement":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


MALFORMED = "MalformedPolicyDocumentException"
REFUSED = {
    "no JSON": ("nonsense", MALFORMED),
    "half of one": (OWN[:-1], MALFORMED),
    "two": (OWN + OWN, MALFORMED),
    "a list": ("[]", MALFORMED),
    "a text": ('"{}"', MALFORMED),
    "NaN": ('{"Version":NaN}', MALFORMED),
    "a number without end": ('{"Version":' + "9" * 5000 + "}", MALFORMED),
    "a member twice": ('{"Version":"2012-10-17","Version":"2012-10-17"}', MALFORMED),
    "a member twice, deep inside": ('{"Statement":[{"Condition":{"Bool":{"a":"1","a":"2"}}}]}', MALFORMED),
    "65 levels": (nested(65), MALFORMED),
    "thousands of levels": ('{"a":' * 5000 + "1" + "}" * 5000, MALFORMED),
    "32,769 bytes": (padded(32_769), "LimitExceededException"),
    "16,385 characters of two bytes": ('{"Id":"' + "ü" * 16_385 + '"}', "LimitExceededException"),
}


@pytest.mark.parametrize("name", ["CreateKey", "PutKeyPolicy"])
@pytest.mark.parametrize("case", REFUSED)
def test_a_policy_that_is_none(house: House, name: str, case: str) -> None:
    """What is no JSON object, has a member twice, is too deep or too long is refused, and the old policy stays."""
    text, code = REFUSED[case]
    key = house.new_key()
    assert house.refusal(name, KeyId=key, Policy=text, BypassPolicyLockoutSafetyCheck=True)[0] == code
    assert house.call("GetKeyPolicy", KeyId=key)["Policy"] == DEFAULT


@pytest.mark.parametrize("text", ["", "{\u0100}", "{\u0000}", "{}" + " " * 131_071])
def test_a_policy_that_the_shape_refuses(house: House, text: str) -> None:
    """An empty policy, one of 131,073 characters and one with a character past U+00FF break a constraint."""
    code, message = house.refusal("PutKeyPolicy", KeyId=house.new_key(), Policy=text)
    assert code == "ValidationException"
    assert "at 'policy' failed to satisfy constraint: Member must" in message


def test_brackets_in_a_text_are_not_deep(house: House) -> None:
    """Brackets inside of strings do not count."""
    house.new_key(Policy=json.dumps({"Id": "[" * 100 + '\\"{', **json.loads(ANYONE)}))


NAMES = {
    ("GetKeyPolicy", "other"): ("NotFoundException", "No such policy exists"),
    ("GetKeyPolicy", "Default"): ("NotFoundException", "No such policy exists"),
    ("GetKeyPolicy", "AWS_RAM"): ("NotFoundException", "No such policy exists"),
    ("PutKeyPolicy", "other"): ("NotFoundException", "No such policy exists"),
    ("PutKeyPolicy", "AWS_RAM"): ("ValidationException", "The AWS_RAM policy can only be managed by the RAM service"),
}


@pytest.mark.parametrize(("name", "policy"), NAMES)
def test_there_is_one_policy_name(house: House, name: str, policy: str) -> None:
    """Only `default` can be read and written."""
    given = {"Policy": OWN} if name == "PutKeyPolicy" else {}
    refusal = house.refusal(name, KeyId=house.new_key(), PolicyName=policy, **given)
    assert refusal == NAMES[name, policy]


@pytest.mark.parametrize("name", ["a-b", "ä", "a b"])
def test_a_policy_name_of_other_characters(house: House, name: str) -> None:
    """A policy's name has letters, digits and underscores of ASCII."""
    code, message = house.refusal("GetKeyPolicy", KeyId=house.new_key(), PolicyName=name)
    assert code == "ValidationException"
    assert message == (
        f"1 validation error detected: Value '{name}' at 'policyName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w]+"
    )


def test_the_policies_are_listed(house: House) -> None:
    """ListKeyPolicies answers `default`."""
    expected = {"PolicyNames": ["default"], "Truncated": False}
    assert house.call("ListKeyPolicies", KeyId=house.new_key()) == expected
