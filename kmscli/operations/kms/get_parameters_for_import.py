"""GetParametersForImport."""

from kmscli.crypto.wrapping import new_wrapping_key
from kmscli.keys.import_tokens import LIFETIME, ImportToken, import_token
from kmscli.keys.key import Key
from kmscli.keys.states import IMPORTABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String, Timestamp
from kmscli.operations.import_members import WrappingAlgorithm, WrappingKeySpec, check_imports, check_wrapping
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class GetParametersForImportRequest(Request):
    """What GetParametersForImport is asked."""

    key_id = OwnKeyId().required()
    wrapping_algorithm = WrappingAlgorithm().required()
    wrapping_key_spec = WrappingKeySpec().required()


class GetParametersForImportResponse(Response):
    """What GetParametersForImport answers."""

    key_id = String(1, 2048)
    import_token = Blob(1, 6144)
    public_key = Blob(1, 4096, secret=True)
    parameters_valid_to = Timestamp()


@operation(
    targets=[Target("key_id", suits=check_imports, states=IMPORTABLE)],
    read_only=True,
    lengthy="wrapping_key_spec",
)
def get_parameters_for_import(
    call: Call, request: GetParametersForImportRequest, key: Key
) -> GetParametersForImportResponse:
    """Get a public key to wrap key material with, and the token that goes with it, for import-key-material.

    Both are good for 24 hours. To do it all in one step: kmscli import-key.
    """
    algorithm, spec = request.wrapping_algorithm, request.wrapping_key_spec
    check_wrapping(key, algorithm, spec)
    secret, public_key = call.once("wrapping key", lambda: new_wrapping_key(spec))
    valid_to = call.now + LIFETIME
    return GetParametersForImportResponse(
        key_id=key.arn,
        import_token=import_token(call.keyring, key, ImportToken(secret, algorithm), valid_to),
        public_key=public_key,
        parameters_valid_to=valid_to,
    )
