"""ListKeyRotations."""

from typing import Any

from kmscli.keys.imports import expiration_model, is_everywhere
from kmscli.keys.key import Key
from kmscli.keys.material import Material, materials_of
from kmscli.keys.rotation import check_has_rotations
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Enum, String, Timestamp
from kmscli.operations.members import Limit, Marker, NextMarker, OwnKeyId
from kmscli.operations.operation import Pagination, Target, operation
from kmscli.operations.paging import listed, page
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = Pagination("Rotations", default=100, most=1000)
ALL = "ALL_KEY_MATERIAL"


class ListKeyRotationsRequest(Request):
    """What ListKeyRotations is asked."""

    key_id = OwnKeyId().required()
    include_key_material = Enum(
        ALL, "ROTATIONS_ONLY", help="Whether to list all key material: the first, and pending one."
    )
    limit = Limit()
    marker = Marker()


class RotationsListEntry(Shape):
    """A rotation, or a key material, in a list."""

    key_id = String(1, 2048)
    key_material_id = String(64, 64, pattern="^[a-f0-9]+$")
    key_material_description = String(0, 256, pattern="^[a-zA-Z0-9:/_\\s.-]+$")
    import_state = Enum("IMPORTED", "PENDING_IMPORT")
    key_material_state = Enum("NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION")
    expiration_model = Enum("KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    valid_to = Timestamp()
    rotation_date = Timestamp()
    rotation_type = Enum("AUTOMATIC", "ON_DEMAND")


class ListKeyRotationsResponse(Response):
    """What ListKeyRotations answers."""

    rotations = List(Structure(RotationsListEntry))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(targets=[Target("key_id", suits=check_has_rotations)], read_only=True, pages=PAGES)
def list_key_rotations(call: Call, request: ListKeyRotationsRequest, key: Key) -> ListKeyRotationsResponse:
    """List the completed rotations of a KMS key, oldest first, or all its key material."""
    shown = [
        (f"{material.order:08}", entry(key, material, state_of(call, key, material)))
        for material in materials_of(call.transaction, key)
        if material.rotated is not None or request.include_key_material == ALL
    ]
    found = page(call, PAGES, request.limit, request.marker, listed(shown))
    return ListKeyRotationsResponse(rotations=found.values, truncated=found.truncated, next_marker=found.next_marker)


def entry(key: Key, material: Material, state: str) -> RotationsListEntry:
    """A material as the list shows it; the first one, and one that is pending, were not rotated to."""
    return RotationsListEntry(
        key_id=key.key_id,
        key_material_id=material.material_id,
        key_material_state=state,
        rotation_date=material.rotated,
        rotation_type=material.rotation_type,
        **(shown_import(material) if key.origin == "EXTERNAL" else {}),
    )


def state_of(call: Call, key: Key, material: Material) -> str:
    """A material's KeyMaterialState (9.4)."""
    if material.pending:
        everywhere = is_everywhere(call.transaction, key, material)
        return "PENDING_ROTATION" if everywhere else "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    return "CURRENT" if material.material_id == key.material_id else "NON_CURRENT"


def shown_import(material: Material) -> dict[str, Any]:
    """The members that only imported material has (9.4)."""
    return {
        "key_material_description": material.description or None,
        "import_state": "IMPORTED" if material.present else "PENDING_IMPORT",
        "expiration_model": expiration_model(material.valid_to),
        "valid_to": material.valid_to,
    }
