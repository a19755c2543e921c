"""DescribeKey."""

from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.key_metadata import KeyMetadata, metadata_of
from kmscli.operations.members import GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response, Structure


class DescribeKeyRequest(Request):
    """What DescribeKey is asked."""

    key_id = KeyId().required()
    grant_tokens = GrantTokens()


class DescribeKeyResponse(Response):
    """What DescribeKey answers."""

    key_metadata = Structure(KeyMetadata)


@operation(targets=[Target("key_id", aliases=True, predefined=True)], read_only=True)
def describe_key(call: Call, request: DescribeKeyRequest, key: Key) -> DescribeKeyResponse:
    """Show a KMS key's metadata: its ARN, spec, usage, state and dates. Never its material.

    Under a predefined alias, such as alias/aws/s3, it makes the AWS managed key if there is none yet.
    """
    return DescribeKeyResponse(key_metadata=metadata_of(key))
