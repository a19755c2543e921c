"""DeleteImportedKeyMaterial."""

from kmscli.errors import NotFoundException
from kmscli.keys.imports import remove
from kmscli.keys.key import Key
from kmscli.keys.material import materials_of
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.keys.states import DELETING, IMPORTABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.import_members import KeyMaterialId, check_imports, check_symmetric_only
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class DeleteImportedKeyMaterialRequest(Request):
    """What DeleteImportedKeyMaterial is asked."""

    key_id = OwnKeyId().required()
    key_material_id = KeyMaterialId("The material to delete, by default the current one. Symmetric keys only.")


class DeleteImportedKeyMaterialResponse(Response):
    """What DeleteImportedKeyMaterial answers."""

    key_id = String(1, 2048)
    key_material_id = String(0, 64, pattern="^[a-f0-9]+$")


@operation(targets=[Target("key_id", suits=check_imports, states=IMPORTABLE | DELETING)], logs="response")
def delete_imported_key_material(
    call: Call, request: DeleteImportedKeyMaterialRequest, key: Key
) -> DeleteImportedKeyMaterialResponse:
    """Delete key material that was imported, at once.

    The key stays and cannot be used until the same material is imported again. Material that is still pending its
    rotation goes without a trace, and the key can be used as before.
    """
    check_symmetric_only(key, KeyMaterialId=request.key_material_id)
    wanted = request.key_material_id or key.material_id
    found = next((one for one in materials_of(call.transaction, key) if one.material_id == wanted), None)
    if found is None and request.key_material_id is not None:
        raise NotFoundException(f"Key material {wanted} of {key.arn} is not found.")
    if found is not None:
        remove(call.transaction, key, found)
    return DeleteImportedKeyMaterialResponse(
        key_id=key.arn, key_material_id=wanted if found and key.spec == SYMMETRIC_DEFAULT else None
    )
