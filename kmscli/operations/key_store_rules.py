"""What the operations on custom key stores ask of their members and of names (reference, kms-semantics 12)."""

from collections.abc import Iterable

from kmscli.errors import (
    CustomKeyStoreNameInUseException,
    CustomKeyStoreNotFoundException,
    ValidationException,
)
from kmscli.keys.key_stores import CLOUD_HSM, EXTERNAL, KeyStore, find_store
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

NEEDED = {
    CLOUD_HSM: ("cloud_hsm_cluster_id", "trust_anchor_certificate", "key_store_password"),
    EXTERNAL: (
        "xks_proxy_uri_endpoint",
        "xks_proxy_uri_path",
        "xks_proxy_authentication_credential",
        "xks_proxy_connectivity",
    ),
}
"""The members that a key store of each type cannot be made without."""
SERVICE_NAME = "xks_proxy_vpc_endpoint_service_name"
SERVICE = (SERVICE_NAME, "xks_proxy_vpc_endpoint_service_owner")
"""The members that say through which VPC endpoint service a proxy is reached."""
FOREIGN = {CLOUD_HSM: (*NEEDED[EXTERNAL], *SERVICE), EXTERNAL: NEEDED[CLOUD_HSM]}
"""The members that are not for a key store of each type."""
_MEND = "See which there are: kmscli describe-custom-key-stores"


def store_named(call: Call, store_id: str) -> KeyStore:
    """The key store of the caller's account and Region that a call names; the event names it too.

    Raises CustomKeyStoreNotFoundException.
    """
    store = find_store(call.transaction, call.scope, store_id)
    if store is None:
        raise CustomKeyStoreNotFoundException(mend=_MEND)
    call.additional["customKeyStoreName"] = store.name
    return store


def check_members(request: Request, type: str) -> None:
    """Raises ValidationException: a member is given that is of the other type of key store, or one is not given that
    a key store of this type cannot be made without.
    """
    refuse_members(request, FOREIGN[type], f"a custom key store of type {type}")
    ask_for(request, NEEDED[type], f"a custom key store of type {type}")


def refuse_members(request: Request, members: Iterable[str], kind: str) -> None:
    """Raises ValidationException: one of the members is given, which is not for this kind."""
    for name in members:
        if name in vars(request):
            raise ValidationException(f"{wire_name(request, name)} cannot be specified for {kind}.")


def ask_for(request: Request, members: Iterable[str], kind: str) -> None:
    """Raises ValidationException: one of the members is not given, which this kind needs."""
    for name in members:
        if name not in vars(request):
            raise ValidationException(f"{wire_name(request, name)} must be specified for {kind}.")


def wire_name(request: Request, member: str) -> str:
    """A member's name in the API."""
    return str(getattr(type(request), member).wire)


def check_name(name: str, others: list[KeyStore]) -> None:
    """Raises CustomKeyStoreNameInUseException: another key store of the account has this name in the Region."""
    if any(other.name == name for other in others):
        raise CustomKeyStoreNameInUseException(f"The custom key store name {name} is already in use.")
