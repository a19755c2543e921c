"""GetKeyPolicy."""

from kmscli.keys.key import Key
from kmscli.keys.policies import policy_of
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.members import OwnKeyId, PolicyName
from kmscli.operations.operation import Target, operation
from kmscli.operations.policy_rules import check_policy_name
from kmscli.operations.shapes import Request, Response


class GetKeyPolicyRequest(Request):
    """What GetKeyPolicy is asked."""

    key_id = OwnKeyId().required()
    policy_name = PolicyName().default("default")


class GetKeyPolicyResponse(Response):
    """What GetKeyPolicy answers."""

    policy = String(1, 131072, pattern="[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+")
    policy_name = String(1, 128, pattern="[\\w]+")


@operation(targets=[Target("key_id")], read_only=True)
def get_key_policy(call: Call, request: GetKeyPolicyRequest, key: Key) -> GetKeyPolicyResponse:
    """Show the key policy of a KMS key."""
    check_policy_name(request.policy_name)
    return GetKeyPolicyResponse(policy=policy_of(call.transaction, key), policy_name=request.policy_name)
