"""CreateKey."""

from collections.abc import Iterator
from typing import Any

from kmscli.errors import UnsupportedOperationException, ValidationException
from kmscli.keys.key import Key, save_key
from kmscli.keys.material import add_material, make_material
from kmscli.keys.specs import CHINA_ONLY, ENCRYPT_DECRYPT, SPECS, SYMMETRIC_DEFAULT, old_name, origins
from kmscli.keys.states import ENABLED, PENDING_IMPORT
from kmscli.names import new_multi_region_id, new_uuid
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Enum, String
from kmscli.operations.key_metadata import KeyMetadata, metadata_of
from kmscli.operations.members import (
    CUSTOMER_MASTER_KEY_SPECS,
    KEY_SPECS,
    KEY_USAGES,
    ORIGINS,
    BypassLockoutCheck,
    Policy,
    Tags,
)
from kmscli.operations.new_keys import check_furnished, check_new_key, furnish
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure

VAULT_ORIGINS = ("AWS_KMS", "EXTERNAL")
"""The origins of keys whose material lives in the vault."""


class CreateKeyRequest(Request):
    """What CreateKey is asked."""

    policy = Policy()
    description = String(0, 8192, help="What the key is for; not secret.").default("")
    key_usage = Enum(
        *KEY_USAGES, help="What the key is for. Must be given for all but symmetric encryption keys."
    ).feeds("kms:KeyUsage")
    customer_master_key_spec = Enum(*CUSTOMER_MASTER_KEY_SPECS, help="The old name of --key-spec.")
    key_spec = Enum(*KEY_SPECS, help="The kind of key material.").feeds("kms:KeySpec")
    origin = Enum(*ORIGINS, help="Where the key material comes from.").feeds("kms:KeyOrigin").default("AWS_KMS")
    custom_key_store_id = String(1, 64, help="The custom key store that is to hold the key material.")
    bypass_policy_lockout_safety_check = BypassLockoutCheck().default(False)
    tags = Tags()
    multi_region = Boolean(help="Make a multi-Region primary key.").feeds("kms:MultiRegion").default(False)
    xks_key_id = String(
        1, 128, pattern="^[a-zA-Z0-9-_.]+$", help="The external key behind an external key store's key."
    )

    def rules(self) -> None:
        """One spec, under its new or its old name; a usage unless the spec is symmetric; an origin that the spec has.

        Fills in what is not given.
        """
        given, old = self.key_spec, self.customer_master_key_spec
        if given and old and given != old:
            raise ValidationException(
                "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                "CustomerMasterKeySpec is deprecated."
            )
        spec = given or old or SYMMETRIC_DEFAULT
        if self.key_usage is None and spec != SYMMETRIC_DEFAULT:
            raise ValidationException(
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
            )
        usage = self.key_usage or ENCRYPT_DECRYPT
        if usage not in SPECS[spec]:
            raise ValidationException(f"KeyUsage {usage} is not compatible with KeySpec {spec}")
        if self.origin not in origins(spec):
            raise UnsupportedOperationException(f"Origin {self.origin} is not supported for KeySpec {spec}.")
        old = old_name(spec)
        self.__dict__.update(key_spec=spec, customer_master_key_spec=old, key_usage=usage, tags=self.tags or [])
        if self.custom_key_store_id is not None or self.xks_key_id is not None or self.origin not in VAULT_ORIGINS:
            from kmscli.operations.keys_in_stores import check_members

            check_members(self)

    def conditions(self, action: str) -> Iterator[tuple[str, Any]]:
        """Those of the members, and that a multi-Region key that is created is a primary one."""
        yield from super().conditions(action)
        if self.multi_region:
            yield "kms:MultiRegionKeyType", "PRIMARY"


class CreateKeyResponse(Response):
    """What CreateKey answers."""

    key_metadata = Structure(KeyMetadata)


@operation(logs="response", lengthy="key_spec")
def create_key(call: Call, request: CreateKeyRequest) -> CreateKeyResponse:
    """Create a KMS key.

    Without options it is a symmetric encryption key, which encrypts and decrypts up to 4,096 bytes and makes data
    keys. Any other needs --key-spec and --key-usage: RSA keys encrypt or sign, those of NIST's curves sign or agree on
    secrets, HMAC keys make MACs, ML-DSA keys sign and ML-KEM keys encapsulate secrets, both safe from quantum
    computers. The key has no name: give it one with create-alias. With --origin EXTERNAL it waits for key material of
    yours: see import-key. With --multi-region, replicate-key makes copies of it in other Regions.
    """
    if request.custom_key_store_id is not None:
        from kmscli.operations.keys_in_stores import refuse_key

        refuse_key(call, request.custom_key_store_id, request.origin)
    check_made_here(request, call.caller.region)
    if request.multi_region:
        from kmscli.operations.dependent_actions import MULTI_REGION, authorize_service_linked_role

        authorize_service_linked_role(call, MULTI_REGION)
    caller, transaction = call.caller, call.transaction
    check_new_key(transaction, call.scope, request.policy, request.tags)
    key = Key(
        account=caller.account,
        region=caller.region,
        key_id=new_multi_region_id() if request.multi_region else new_uuid(),
        spec=request.key_spec,
        usage=request.key_usage,
        origin=request.origin,
        manager="CUSTOMER",
        created=call.now,
        state=ENABLED if request.origin == "AWS_KMS" else PENDING_IMPORT,
        description=request.description,
        material_id="",
        multi_region={"primary": caller.region, "replicas": []} if request.multi_region else None,
    )
    if request.origin == "AWS_KMS":
        made = call.once("material", lambda: make_material(key.spec))
        key = key.changed(material_id=add_material(transaction, key, made, order=0))
    save_key(transaction, key)
    furnish(transaction, key, request.policy, request.tags)
    check_furnished(call, request, key)
    call.made.append(key)
    return CreateKeyResponse(key_metadata=metadata_of(key))


def check_made_here(request: CreateKeyRequest, region: str) -> None:
    """Raises UnsupportedOperationException: keys of this spec are made in other Regions only (2.1)."""
    if request.key_spec in CHINA_ONLY:
        raise UnsupportedOperationException(f"KeySpec {request.key_spec} is not supported in Region {region}.")
