"""Texts that are nearly policies: valid ones, changed in their structure or in their text."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from kmscli.authorization.conditions import COMPARISONS, NEGATIONS
from tests.authorization.documents import ACCOUNT, ADMIN, ALICE, BOB, KEY, ROOT, about, document, statement

PRINCIPALS = [ROOT, ALICE, BOB, ADMIN, "*", ACCOUNT]
USUAL = document(
    about(ROOT, Sid="Enable IAM User Permissions"),
    about([ADMIN, ALICE], Sid="Allow use of the key", Action=["kms:Encrypt", "kms:GenerateDataKey*"]),
    about(
        ADMIN,
        Sid="Allow attachment of persistent resources",
        Action=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        Condition={"Bool": {"kms:GrantIsForAWSResource": True}},
    ),
)
CONDITIONAL = document(
    about(
        "*",
        Condition={
            "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:EncryptionContext:App": "shop"},
            "ForAnyValue:StringLikeIfExists": {"kms:EncryptionContextKeys": ["A*", "${aws:username, 'b'}"]},
            "Null": {"kms:ViaService": "true"},
            "NumericLessThan": {"aws:EpochTime": 4102444800},
            "IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1"]},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"},
            "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
            "BinaryEqualsIfExists": {"aws:userid": "QUlEQQ=="},
        },
    ),
    {"Effect": "Deny", "Principal": "*", "NotAction": "kms:*", "Resource": [KEY, "arn:aws:kms:*:*:key/${kms:KeySpec}"]},
    {"Effect": "Deny", "NotPrincipal": {"AWS": [ROOT, ALICE]}, "Action": "kms:Decrypt", "NotResource": KEY},
    {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com", "AWS": BOB}, "Action": "*", "Resource": "*"},
)
NO_VARIABLES = {"StringNotLike": {"aws:username": "${aws:username}"}}
OLD = json.dumps({"Id": "old", "Statement": about(ALICE, Condition=NO_VARIABLES), "Version": "2008-10-17"})
KEY_POLICIES = [USUAL, CONDITIONAL, OLD]
IDENTITY_POLICIES = [
    document(statement(Action="kms:Encrypt"), statement("Deny", Resource=KEY)),
    document(statement(NotAction=["kms:D*"], Condition={"StringLike": {"kms:RequestAlias": "alias/${aws:username}"}})),
]

NAMES = [
    "", "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
    "NotResource", "Condition", "AWS", "Service", "Federated", "CanonicalUser", "effect", "kms:EncryptionContext:",
    "aws:RequestTag/", "Null", *COMPARISONS, *NEGATIONS,
]  # fmt: skip
PREFIXES = ["ForAllValues:", "ForAnyValue:", "ForSome:", ":", "$"]
ODD: list[Any] = [
    *PRINCIPALS, [], {}, [[]], [{}], {"AWS": []}, None, True, False, 0, -1, 1.5, 1e308, 10**30, "", "*", "?", "true",
    "Allow", "Deny", "ALLOW", "2012-10-17", "kms:*", "${", "${}", "${*}", "${aws:username", "${aws:username,'", "::",
    "\ud800", "\x00", "\xb2", "\u0660" * 12, "1_0", "nan", "-inf", "=", ":::::", "arn:aws:iam::111122223333:user/",
    "arn:aws:iam::111122223333:group/a", "0" * 5000, "0001-01-01", "9999-12-31T23:59:59-23:59", "0.0.0.0/0", "::/129",
    json.loads("[" * 70 + "]" * 70),
]  # fmt: skip
CHARACTERS = '{}[]":,\\ \n\t*?$0123456789.eE-+nulltruefaseAdiw\xa0ÿ'


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *_places(value[key]))]


def _renamed(draw: st.DrawFn, container: Any, key: Any) -> None:
    value = container.pop(key)
    if isinstance(container, list):
        container += [value, copy.deepcopy(value)]
    elif draw(st.booleans()):
        container[draw(st.sampled_from(NAMES))] = value
    else:
        container[draw(st.sampled_from(PREFIXES)) + key] = value


def _changed(draw: st.DrawFn, root: list[Any]) -> None:
    container, key = draw(st.sampled_from(_places(root)[::-1]))
    way = draw(st.sampled_from(["odd", "gone", "listed", "named", "moved", "renamed"]))
    if way == "gone":
        del container[key]
    elif way == "renamed":
        _renamed(draw, container, key)
    else:
        other, where = draw(st.sampled_from(_places(root)))
        container[key] = {
            "odd": copy.deepcopy(draw(st.sampled_from(ODD))),
            "listed": [container[key]],
            "named": {draw(st.sampled_from(NAMES)): container[key]},
            "moved": copy.deepcopy(other[where]),
        }[way]


@st.composite
def changed_in_structure(draw: st.DrawFn, texts: list[str]) -> str:
    """A policy of which members are gone, there twice, elsewhere, or something else; it may still be one."""
    root = [json.loads(draw(st.sampled_from(texts)))]
    for _ in range(draw(st.integers(1, 4))):
        if _places(root):
            _changed(draw, root)
    return json.dumps(root[0] if root else None)


@st.composite
def changed_in_text(draw: st.DrawFn, texts: list[str]) -> str:
    """A policy of which pieces are gone, there twice, or something else."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.text(CHARACTERS, max_size=4)))
        text = text[:start] + piece + text[end:]
    return text


def nearly(texts: list[str]) -> st.SearchStrategy[str]:
    """Texts that are nearly policies."""
    return changed_in_structure(texts) | changed_in_text(texts)
