from collections.abc import Sequence
from typing import Any

import pytest

from kmscli.authorization.decision import BOUNDARY, ENDPOINT, RESOURCE_CONTROL, SERVICE_CONTROL, Policies, decide
from kmscli.authorization.decision import SESSION as SESSION_KIND
from kmscli.authorization.evaluation import Source
from kmscli.authorization.explanation import outcome
from kmscli.authorization.principals import Principal
from kmscli.authorization.refusal import denial
from tests.authorization.documents import (
    ADMIN,
    ALICE,
    BOB,
    KEY,
    OTHER,
    ROOT,
    SESSION,
    about,
    identity_policy,
    key_policy,
    question,
    statement,
)

DELEGATES = key_policy(about(ROOT))
NAMES_ALICE = key_policy(about(ALICE))
NAMES_ADMIN = key_policy(about(ADMIN))
NAMES_SESSION = key_policy(about(SESSION))
NAMES_ALL = key_policy(about("*"))
NAMES_OTHER = key_policy(about(f"arn:aws:iam::{OTHER}:root"))
NAMES_OTHER_BY_ID = key_policy(about(OTHER))
NAMES_BOB = key_policy(about(BOB))
SILENT = key_policy(about(ROOT, Action="kms:Describe*"))
DENIES_ALICE = key_policy(about(ROOT), about(ALICE, "Deny"))
MAY = identity_policy(statement())
MAY_NOT = identity_policy(statement("Deny"))
DESCRIBES = identity_policy(statement(Action="kms:DescribeKey"))
DENYING = "arn:aws:iam::111122223333:policy/denying"

ALLOWED = "allowed"
IMPLICIT = "implicitDeny"
EXPLICIT = "explicitDeny"


def bound(source: Source, kind: str) -> Source:
    """The same policy in another place."""
    return Source(kind, source.document, name=source.name)


TABLE: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("root by delegation alone", ROOT, ALLOWED, "resource-based", {"resource": [DELEGATES]}),
    ("root when the key policy says nothing", ROOT, IMPLICIT, "resource-based", {"resource": [SILENT]}),
    ("a user by delegation alone", ALICE, IMPLICIT, "identity-based", {"resource": [DELEGATES]}),
    (
        "a user by delegation and his own policy",
        ALICE,
        ALLOWED,
        "identity-based",
        {"resource": [DELEGATES], "identity": [MAY]},
    ),
    ("a user by his own policy alone", ALICE, IMPLICIT, "resource-based", {"resource": [SILENT], "identity": [MAY]}),
    ("a user whom the key policy names", ALICE, ALLOWED, "resource-based", {"resource": [NAMES_ALICE]}),
    ("everyone of the account", ALICE, ALLOWED, "resource-based", {"resource": [NAMES_ALL]}),
    ("everyone of another account", BOB, IMPLICIT, "identity-based", {"resource": [NAMES_ALL]}),
    ("a session by its role", SESSION, ALLOWED, "resource-based", {"resource": [NAMES_ADMIN]}),
    ("a session by itself", SESSION, ALLOWED, "resource-based", {"resource": [NAMES_SESSION]}),
    ("a role is not its session", ADMIN, IMPLICIT, "resource-based", {"resource": [NAMES_SESSION]}),
    ("a deny in the key policy", ALICE, EXPLICIT, "resource-based", {"resource": [DENIES_ALICE], "identity": [MAY]}),
    (
        "a deny in an identity policy",
        ALICE,
        EXPLICIT,
        "identity-based",
        {"resource": [NAMES_ALICE], "identity": [MAY_NOT]},
    ),
    ("a grant", ALICE, ALLOWED, "grant", {"resource": [SILENT], "grant": lambda: ("g", False)}),
    (
        "a grant against a deny",
        ALICE,
        EXPLICIT,
        "resource-based",
        {"resource": [DENIES_ALICE], "grant": lambda: ("g", False)},
    ),
    (
        "a user by a grant to his account",
        ALICE,
        IMPLICIT,
        "identity-based",
        {"resource": [SILENT], "grant": lambda: ("g", True)},
    ),
    (
        "a user by a grant to his account, and that",
        ALICE,
        ALLOWED,
        "identity-based",
        {"resource": [SILENT], "grant": lambda: ("g", True), "identity": [MAY]},
    ),
    (
        "policies before a grant",
        ALICE,
        ALLOWED,
        "identity-based",
        {"resource": [DELEGATES], "grant": lambda: ("g", False), "identity": [MAY]},
    ),
    (
        "a grant where a boundary is silent on a role that the key policy names",
        SESSION,
        ALLOWED,
        "grant",
        {"resource": [NAMES_ADMIN], "grant": lambda: ("g", False), "boundary": bound(DESCRIBES, BOUNDARY)},
    ),
    ("a foreigner by his account and nobody", BOB, IMPLICIT, "identity-based", {"resource": [NAMES_OTHER]}),
    (
        "a foreigner by his account's id",
        BOB,
        ALLOWED,
        "identity-based",
        {"resource": [NAMES_OTHER_BY_ID], "identity": [MAY]},
    ),
    ("a foreigner by both accounts", BOB, ALLOWED, "identity-based", {"resource": [NAMES_OTHER], "identity": [MAY]}),
    ("a foreigner by name alone", BOB, IMPLICIT, "identity-based", {"resource": [NAMES_BOB]}),
    (
        "a foreigner by name and his account",
        BOB,
        ALLOWED,
        "identity-based",
        {"resource": [NAMES_BOB], "identity": [MAY]},
    ),
    ("a foreigner by his account alone", BOB, IMPLICIT, "resource-based", {"resource": [DELEGATES], "identity": [MAY]}),
    ("a foreigner by a grant to him", BOB, ALLOWED, "grant", {"resource": [DELEGATES], "grant": lambda: ("g", False)}),
    (
        "a foreigner by a grant to his account",
        BOB,
        IMPLICIT,
        "identity-based",
        {"resource": [DELEGATES], "grant": lambda: ("g", True)},
    ),
    (
        "a foreigner by a grant to his account, and that",
        BOB,
        ALLOWED,
        "identity-based",
        {"resource": [DELEGATES], "grant": lambda: ("g", True), "identity": [MAY]},
    ),
    (
        "a boundary that is silent",
        ALICE,
        IMPLICIT,
        BOUNDARY,
        {"resource": [DELEGATES], "identity": [MAY], "boundary": bound(DESCRIBES, BOUNDARY)},
    ),
    (
        "a boundary that denies",
        ALICE,
        EXPLICIT,
        BOUNDARY,
        {"resource": [NAMES_ALICE], "boundary": bound(MAY_NOT, BOUNDARY)},
    ),
    (
        "a boundary does not limit a user whom the key policy names",
        ALICE,
        ALLOWED,
        "resource-based",
        {"resource": [NAMES_ALICE], "boundary": bound(DESCRIBES, BOUNDARY)},
    ),
    (
        "a boundary limits a role that the key policy names",
        SESSION,
        IMPLICIT,
        BOUNDARY,
        {"resource": [NAMES_ADMIN], "boundary": bound(DESCRIBES, BOUNDARY)},
    ),
    (
        "a session policy limits a role that the key policy names",
        SESSION,
        IMPLICIT,
        SESSION_KIND,
        {"resource": [NAMES_ADMIN], "sessions": [bound(DESCRIBES, SESSION_KIND)]},
    ),
    (
        "a session policy does not limit a session that the key policy names",
        SESSION,
        ALLOWED,
        "resource-based",
        {"resource": [NAMES_SESSION], "sessions": [bound(DESCRIBES, SESSION_KIND)]},
    ),
    (
        "a session policy limits identity policies",
        SESSION,
        IMPLICIT,
        SESSION_KIND,
        {"resource": [DELEGATES], "identity": [MAY], "sessions": [bound(DESCRIBES, SESSION_KIND)]},
    ),
    (
        "service control that is silent at one level",
        ALICE,
        IMPLICIT,
        SERVICE_CONTROL,
        {
            "resource": [NAMES_ALICE],
            "service_control": [[bound(MAY, SERVICE_CONTROL)], [bound(DESCRIBES, SERVICE_CONTROL)]],
        },
    ),
    (
        "service control that allows at each level",
        ALICE,
        ALLOWED,
        "resource-based",
        {
            "resource": [NAMES_ALICE],
            "service_control": [
                [bound(MAY, SERVICE_CONTROL)],
                [bound(DESCRIBES, SERVICE_CONTROL), bound(MAY, SERVICE_CONTROL)],
            ],
        },
    ),
    (
        "service control that denies",
        ROOT,
        EXPLICIT,
        SERVICE_CONTROL,
        {"resource": [DELEGATES], "service_control": [[bound(MAY, SERVICE_CONTROL), bound(MAY_NOT, SERVICE_CONTROL)]]},
    ),
    (
        "resource control that denies",
        ALICE,
        EXPLICIT,
        RESOURCE_CONTROL,
        {
            "resource": [NAMES_ALICE],
            "resource_control": [
                [bound(NAMES_ALL, RESOURCE_CONTROL), bound(key_policy(about("*", "Deny")), RESOURCE_CONTROL)]
            ],
        },
    ),
    (
        "an endpoint that lets all through",
        ALICE,
        ALLOWED,
        "resource-based",
        {"resource": [NAMES_ALICE], "endpoint": bound(NAMES_ALL, ENDPOINT)},
    ),
    (
        "an endpoint that lets another through",
        ALICE,
        IMPLICIT,
        ENDPOINT,
        {"resource": [NAMES_ALICE], "endpoint": bound(NAMES_ADMIN, ENDPOINT)},
    ),
    (
        "an endpoint does not allow by itself",
        ALICE,
        IMPLICIT,
        "resource-based",
        {"resource": [SILENT], "endpoint": bound(NAMES_ALL, ENDPOINT)},
    ),
    ("no key, and root", ROOT, ALLOWED, "root user", {}),
    ("no key, and a user's policy", ALICE, ALLOWED, "identity-based", {"identity": [MAY]}),
    ("no key, and nothing", ALICE, IMPLICIT, "identity-based", {}),
    ("two key policies, of which one allows", ALICE, ALLOWED, "resource-based", {"resource": [SILENT, NAMES_ALICE]}),
    (
        "two key policies, of which one denies",
        ALICE,
        EXPLICIT,
        "resource-based",
        {"resource": [NAMES_ALICE, DENIES_ALICE]},
    ),
]


@pytest.mark.parametrize(
    ("caller", "expected", "by", "policies"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_decision(caller: str, expected: str, by: str, policies: dict[str, Any]) -> None:
    """Each way of being allowed or denied of the reference's 6.1 comes out as it says, by the policy that it says."""
    decision = decide(question(caller), Policies(**policies))
    assert (outcome(decision), decision.by) == (expected, by)


def test_a_service_is_allowed_by_name_only() -> None:
    """A service principal is allowed where a statement names it as a service, and not by the account's delegation."""
    service = Principal("s3.amazonaws.com", account="", kind="Service", service="s3.amazonaws.com")
    named = key_policy(statement(Principal={"Service": "s3.amazonaws.com"}))
    asked = question(principal=service)
    assert decide(asked, Policies(resource=[named])).allowed
    assert not decide(asked, Policies(resource=[NAMES_ALL, DELEGATES])).allowed


TAILS = {
    "because no resource-based policy allows the kms:Encrypt action": (ALICE, {"resource": [SILENT]}),
    "because no identity-based policy allows the kms:Encrypt action": (ALICE, {"resource": [DELEGATES]}),
    "with an explicit deny in a resource-based policy": (ALICE, {"resource": [DENIES_ALICE]}),
    "with an explicit deny in an identity-based policy": (ALICE, {"resource": [DELEGATES], "identity": [MAY_NOT]}),
    f"with an explicit deny in an identity-based policy: {DENYING}": (
        ALICE, {"resource": [DELEGATES], "identity": [identity_policy(statement("Deny"), arn=DENYING)]},
    ),
    "because no permissions boundary allows the kms:Encrypt action": (
        ALICE, {"resource": [DELEGATES], "identity": [MAY], "boundary": bound(DESCRIBES, BOUNDARY)},
    ),
    "with an explicit deny in a permissions boundary": (
        ALICE, {"resource": [DELEGATES], "boundary": bound(MAY_NOT, BOUNDARY)},
    ),
    "because no VPC endpoint policy allows the kms:Encrypt action": (
        ALICE, {"resource": [NAMES_ALICE], "endpoint": bound(NAMES_ADMIN, ENDPOINT)},
    ),
    "because no session policy allows the kms:Encrypt action": (
        SESSION, {"resource": [DELEGATES], "identity": [MAY], "sessions": [bound(DESCRIBES, SESSION_KIND)]},
    ),
    "because no service control policy allows the kms:Encrypt action": (
        ALICE, {"resource": [NAMES_ALICE], "service_control": [[bound(DESCRIBES, SERVICE_CONTROL)]]},
    ),
    "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based "
    "policy explicitly denies access": (BOB, {"resource": [DELEGATES]}),
}  # fmt: skip


@pytest.mark.parametrize(("tail", "caller", "policies"), [(tail, *case) for tail, case in TAILS.items()])
def test_the_refusal_says_which_kind_of_policy(tail: str, caller: str, policies: dict[str, Any]) -> None:
    """A denial ends in the words of the reference's 6.5, which hide another account's key."""
    asked = question(caller)
    message = denial(asked, decide(asked, Policies(**policies)), KEY)
    assert message == f"User: {caller} is not authorized to perform: kms:Encrypt on resource: {KEY} {tail}"


def test_a_ciphertext_names_no_resource() -> None:
    """Where only the ciphertext names the key, the refusal does not, and gives no reason."""
    asked = question(BOB, action="kms:Decrypt")
    message = denial(asked, decide(asked, Policies(resource=[DELEGATES])), "")
    assert message.startswith(f"User: {BOB} is not authorized to perform: kms:Decrypt on the resource associated with")
    assert KEY not in message


SPARED: list[tuple[Sequence[str], str, bool]] = [
    ([ALICE, ROOT], ALICE, True),
    ([ALICE], ALICE, False),
    ([ROOT], ALICE, False),
    ([ROOT], ROOT, True),
    ([ADMIN, ROOT], SESSION, True),
    ([ADMIN], SESSION, False),
    ([ALICE, ROOT], SESSION, False),
]


@pytest.mark.parametrize(("listed", "caller", "spared"), SPARED)
def test_not_principal(listed: list[str], caller: str, spared: bool) -> None:
    """A Deny with NotPrincipal spares only whose account and self, or role, it lists."""
    denies = {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "*", "Resource": "*"}
    policy = key_policy(about([ROOT, ALICE, SESSION]), denies)
    assert decide(question(caller), Policies(resource=[policy])).allowed is spared
