"""PutKeyPolicy."""

from kmscli.keys.key import Key
from kmscli.keys.policies import set_policy
from kmscli.operations.call import Call
from kmscli.operations.members import BypassLockoutCheck, OwnKeyId, Policy, PolicyName
from kmscli.operations.operation import Target, operation
from kmscli.operations.policy_rules import check_key_policy, check_lockout, check_writable
from kmscli.operations.shapes import Request


class PutKeyPolicyRequest(Request):
    """What PutKeyPolicy is asked."""

    key_id = OwnKeyId().required()
    policy_name = PolicyName().default("default")
    policy = Policy("The new policy: a JSON document of up to 32,768 bytes.").required()
    bypass_policy_lockout_safety_check = BypassLockoutCheck().default(False)


@operation(targets=[Target("key_id")])
def put_key_policy(call: Call, request: PutKeyPolicyRequest, key: Key) -> None:
    """Replace the key policy of a KMS key."""
    check_writable(request.policy_name)
    check_key_policy(call, request.policy)
    check_lockout(call, request, key)
    set_policy(call.transaction, key, request.policy)
