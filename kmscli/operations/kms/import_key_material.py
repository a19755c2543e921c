"""ImportKeyMaterial."""

from kmscli.clock import DAY
from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.importing import UnfitMaterialError, imported
from kmscli.crypto.wrapping import unwrap
from kmscli.errors import (
    IncorrectKeyMaterialException,
    InvalidCiphertextException,
    KMSInvalidStateException,
    ValidationException,
)
from kmscli.keys.import_tokens import opened_token
from kmscli.keys.imports import DOES_NOT_EXPIRE, EXPIRES, add_import, describe, import_again, known_by, material_id_of
from kmscli.keys.key import Key
from kmscli.keys.material import Made, Material, materials_of
from kmscli.keys.multi_region import refuse_replica, synchronized
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.keys.states import RESTORABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.import_members import (
    KeyMaterialDescription,
    KeyMaterialId,
    check_imports,
    check_symmetric_only,
)
from kmscli.operations.members import CiphertextBlob, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response

NEW, EXISTING = "NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"
LONGEST = 365 * DAY
"""How far ahead an expiry may be, in seconds."""


class ImportKeyMaterialRequest(Request):
    """What ImportKeyMaterial is asked."""

    key_id = OwnKeyId().required()
    import_token = CiphertextBlob("The token that came with the public key.").required()
    encrypted_key_material = CiphertextBlob("The key material, wrapped with the public key.").required()
    valid_to = Timestamp(help="When the key material expires: at most 365 days from now.").feeds("kms:ValidTo")
    expiration_model = (
        Enum(EXPIRES, DOES_NOT_EXPIRE, help="Whether the key material expires.")
        .feeds("kms:ExpirationModel", by_default=False)
        .default(EXPIRES)
    )
    import_type = Enum(NEW, EXISTING, help="Whether the key had this material before. Symmetric keys only.")
    key_material_description = KeyMaterialDescription("What the material is; not secret. Symmetric keys only.")
    key_material_id = KeyMaterialId("The material that is imported again. Symmetric keys only.")

    def rules(self) -> None:
        """An expiry exactly where the model has one; an id only for material that the key had before (10.2)."""
        if self.expiration_model == EXPIRES and self.valid_to is None:
            raise ValidationException(f"A validTo date must be set if the ExpirationModel is {EXPIRES}.")
        if self.expiration_model == DOES_NOT_EXPIRE and self.valid_to is not None:
            raise ValidationException(f"A validTo date cannot be set if the ExpirationModel is {DOES_NOT_EXPIRE}.")
        if self.import_type == NEW and self.key_material_id is not None:
            raise ValidationException(f"KeyMaterialId cannot be specified if the ImportType is {NEW}.")


class ImportKeyMaterialResponse(Response):
    """What ImportKeyMaterial answers."""

    key_id = String(1, 2048)
    key_material_id = KeyMaterialId("")


@operation(targets=[Target("key_id", suits=check_imports, states=RESTORABLE)], logs="response")
def import_key_material(call: Call, request: ImportKeyMaterialRequest, key: Key) -> ImportKeyMaterialResponse:
    """Import key material into a KMS key that was created with --origin EXTERNAL.

    Wrap it with the public key that get-parameters-for-import gives. The first material makes the key usable. A
    symmetric key takes more, one at a time: rotate-key-on-demand makes the new one current, and the others go on
    decrypting. Material that was deleted, or expired, can be imported again, and no other in its place. Keep your own
    copy of it. Into a multi-Region key import it in each Region: into the primary key first. To do it all in one step:
    kmscli import-key.
    """
    check_symmetric_only(
        key,
        ImportType=request.import_type,
        KeyMaterialDescription=request.key_material_description,
        KeyMaterialId=request.key_material_id,
    )
    check_expiry(request.valid_to, call.now)
    made = unwrapped(call, request, key)
    material_id = import_material(call, request, key, made)
    return ImportKeyMaterialResponse(
        key_id=key.arn, key_material_id=material_id if key.spec == SYMMETRIC_DEFAULT else None
    )


def check_expiry(valid_to: float | None, now: float) -> None:
    """Raises ValidationException: the expiry is not within the next 365 days."""
    if valid_to is not None and not now < valid_to <= now + LONGEST:
        raise ValidationException("The validTo date must be in the future, and no more than 365 days from now.")


def unwrapped(call: Call, request: ImportKeyMaterialRequest, key: Key) -> Made:
    """The material that comes with a request, which is one for the key's spec.

    Raises InvalidImportTokenException, ExpiredImportTokenException. InvalidCiphertextException: it does not unwrap.
    IncorrectKeyMaterialException: it is no material of this spec.
    """
    token = opened_token(call.keyring, key, request.import_token, call.now)
    try:
        return Made(*imported(key.spec, unwrap(token.secret, token.algorithm, request.encrypted_key_material)))
    except NotAuthenticError:
        raise InvalidCiphertextException from None
    except UnfitMaterialError as unfit:
        raise IncorrectKeyMaterialException(str(unfit)) from None


def import_material(call: Call, request: ImportKeyMaterialRequest, key: Key, made: Made) -> str:
    """Give a key the material, as new or once more. Returns its id. Raises as the checks do.

    Whether a material is new, and how it is described, is the primary key's matter: replicas take what that has.
    """
    materials = materials_of(call.transaction, key)
    material_id = material_id_of(call.keyring, key, made)
    known = known_by(materials, material_id)
    is_new = request.import_type == NEW or (request.import_type is None and not materials)
    description, valid_to = request.key_material_description, request.valid_to
    if is_new or description is not None:
        refuse_replica(key)
    if is_new:
        check_is_new(key, materials, known)
        add_import(call.transaction, key, material_id, made, valid_to=valid_to, description=description or "")
        call.happened += synchronized(key, call.now)
        return material_id
    if known is None or request.key_material_id not in (None, known.material_id):
        raise IncorrectKeyMaterialException(f"The key material is not one that {key.arn} had before.")
    import_again(call.transaction, key, known, made, valid_to=valid_to)
    if description is not None:
        describe(call.transaction, key, known.material_id, description)
        call.happened += synchronized(key, call.now)
    return known.material_id


def check_is_new(key: Key, materials: list[Material], known: Material | None) -> None:
    """Raises IncorrectKeyMaterialException: the key has it already. KMSInvalidStateException: another is pending."""
    if known:
        raise IncorrectKeyMaterialException(f"The key material is already associated with {key.arn}.")
    if any(material.pending for material in materials):
        raise KMSInvalidStateException(f"{key.arn} already has key material that is pending rotation.")
