"""AssumeRole."""

from collections.abc import Iterator
from typing import Any

from kmscli.operations.call import Call
from kmscli.operations.fields import Integer, String, Timestamp
from kmscli.operations.identity_members import Tag, TagKeys
from kmscli.operations.operation import operation
from kmscli.operations.session_rules import new_session, policies_of_session, role_to_assume, tags_of_session
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

_TEXT = "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"
"""How the model writes what an ARN is made of."""


class PolicyDescriptor(Shape):
    """A managed policy."""

    arn = String(20, 2048, pattern=_TEXT, help="A managed policy, by ARN.", wire="arn")


class Credentials(Shape):
    """What a session's calls are made with."""

    access_key_id = String(16, 128, pattern="[\\w]*").required()
    secret_access_key = String(secret=True, logged=False).required()
    session_token = String(logged=False).required()
    expiration = Timestamp().required()


class AssumedRoleUser(Shape):
    """Whom the session is."""

    assumed_role_id = String(2, 193, pattern="[\\w+=,.@:-]*").required()
    arn = String(20, 2048).required()


class AssumeRoleRequest(Request):
    """What AssumeRole is asked."""

    role_arn = String(20, 2048, pattern=_TEXT, help="The role, by ARN.").required()
    role_session_name = (
        String(2, 64, pattern="[\\w+=,.@-]*", help="The session's name.").feeds("sts:RoleSessionName").required()
    )
    policy_arns = List(Structure(PolicyDescriptor), help="Managed policies that bound what the session may.")
    policy = String(1, pattern="[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", help="A policy that bounds it, as JSON.")
    duration_seconds = Integer(900, 43200, help="How long the session lasts. By default an hour.")
    tags = List(Structure(Tag), 0, 50, help="Tags of the session.")
    transitive_tag_keys = TagKeys()
    external_id = String(
        2, 1224, pattern="[\\w+=,.@:\\/-]*", help="What the role's account has agreed on with you."
    ).feeds("sts:ExternalId")
    source_identity = String(2, 256, pattern="[\\w+=,.@-]*", help="Who is behind the session.").feeds(
        "sts:SourceIdentity"
    )

    def conditions(self, action: str) -> Iterator[tuple[str, Any]]:
        """Those of the members, and the tags."""
        yield from super().conditions(action)
        if self.tags:
            yield "aws:RequestTag/", self.tags


class AssumeRoleResponse(Response):
    """What AssumeRole answers."""

    credentials = Structure(Credentials)
    assumed_role_user = Structure(AssumedRoleUser)
    packed_policy_size = Integer()
    source_identity = String(2, 256)


@operation(logs="response", open_to_all=True)
def assume_role(call: Call, request: AssumeRoleRequest) -> AssumeRoleResponse:
    """Assume a role: get credentials that are good for a while, and for what the role's policies allow.

    The role's trust policy decides who may; who is of another account needs a policy of his own as well. Put the answer
    into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to call as the session.
    """
    role = role_to_assume(call, request)
    policies = policies_of_session(call, request, role)
    made = new_session(call, request, role, policies=policies, tags=tags_of_session(call, request, role))
    session = made.session
    return AssumeRoleResponse(
        credentials=Credentials(
            access_key_id=session.access_key,
            secret_access_key=made.secret,
            session_token=made.token,
            expiration=float(session.expires),
        ),
        assumed_role_user=AssumedRoleUser(
            assumed_role_id=f"{role.unique_id}:{request.role_session_name}", arn=session.arn
        ),
        packed_policy_size=made.packed_size,
        source_identity=session.source_identity or None,
    )
