"""The states of a key, and what is said when one forbids a call (reference, kms-semantics 3).

A target names the states in which its call may go on; in any other, the state's own refusal is the answer.
"""

from typing import NoReturn

from kmscli.errors import DisabledException, KMSInvalidStateException, ServiceError

ENABLED = "Enabled"
DISABLED = "Disabled"
PENDING_IMPORT = "PendingImport"
PENDING_DELETION = "PendingDeletion"
PENDING_REPLICA_DELETION = "PendingReplicaDeletion"
UNAVAILABLE = "Unavailable"
CREATING = "Creating"
UPDATING = "Updating"

EVERY = frozenset(
    (ENABLED, DISABLED, PENDING_IMPORT, PENDING_DELETION, PENDING_REPLICA_DELETION, UNAVAILABLE, CREATING, UPDATING)
)
DELETING = frozenset((PENDING_DELETION, PENDING_REPLICA_DELETION))

USABLE = frozenset((ENABLED, UPDATING))
"""For cryptographic operations."""
NOT_DELETING = EVERY - DELETING
"""For tags, descriptions and aliases."""
REPLICABLE = frozenset((ENABLED,))
"""For ReplicateKey."""
PUBLISHABLE = NOT_DELETING - {CREATING}
"""For GetPublicKey."""
SWITCHABLE = frozenset((ENABLED, DISABLED, UNAVAILABLE))
"""For EnableKey and DisableKey."""
SCHEDULABLE = NOT_DELETING - {UPDATING}
"""For ScheduleKeyDeletion."""
IMPORTABLE = frozenset((ENABLED, DISABLED, PENDING_IMPORT))
"""For GetParametersForImport; and, pending deletion too, DeleteImportedKeyMaterial."""
RESTORABLE = IMPORTABLE | {UPDATING}
"""For ImportKeyMaterial."""

_REFUSALS: dict[str, tuple[type[ServiceError], str]] = {
    DISABLED: (DisabledException, "is disabled."),
    PENDING_DELETION: (KMSInvalidStateException, "is pending deletion."),
    PENDING_REPLICA_DELETION: (KMSInvalidStateException, "is pending replica deletion."),
    PENDING_IMPORT: (KMSInvalidStateException, "is pending import."),
    UNAVAILABLE: (KMSInvalidStateException, "is unavailable."),
    CREATING: (KMSInvalidStateException, "is creating."),
    UPDATING: (KMSInvalidStateException, "is updating."),
}


def refuse_state(arn: str, state: str, allowed: frozenset[str]) -> NoReturn:
    """Raises DisabledException or KMSInvalidStateException: the key's state is none of the allowed ones."""
    if allowed == DELETING:
        raise KMSInvalidStateException(f"{arn} is not pending deletion.")
    refusal, message = _REFUSALS[state]
    raise refusal(f"{arn} {message}", mend=_MENDS.get(state, ""))


_MENDS = {
    PENDING_IMPORT: "Import its key material: kmscli import-key --key-id … FILE",
    DISABLED: "Enable it: kmscli enable-key --key-id …",
    PENDING_DELETION: "Keep it: kmscli cancel-key-deletion --key-id …, then kmscli enable-key --key-id …",
}
