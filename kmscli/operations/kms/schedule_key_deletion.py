"""ScheduleKeyDeletion."""

from kmscli.clock import DAY
from kmscli.errors import ValidationException
from kmscli.keys.key import Key, save_key
from kmscli.keys.states import PENDING_DELETION, PENDING_REPLICA_DELETION, SCHEDULABLE
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, Integer, String, Timestamp
from kmscli.operations.members import KEY_STATES, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class ScheduleKeyDeletionRequest(Request):
    """What ScheduleKeyDeletion is asked."""

    key_id = OwnKeyId().required()
    pending_window_in_days = (
        Integer(1, 365, help="How long to wait: 7 to 30 days.")
        .feeds("kms:ScheduleKeyDeletionPendingWindowInDays")
        .default(30)
    )

    def rules(self) -> None:
        """7 to 30 days, although the API model lets more through (reference 3.5)."""
        if not 7 <= self.pending_window_in_days <= 30:
            raise ValidationException("PendingWindowInDays must be between 7 and 30 days.")


class ScheduleKeyDeletionResponse(Response):
    """What ScheduleKeyDeletion answers."""

    key_id = String(1, 2048)
    deletion_date = Timestamp()
    key_state = Enum(*KEY_STATES)
    pending_window_in_days = Integer(1, 365)


@operation(targets=[Target("key_id", states=SCHEDULABLE)], logs="response")
def schedule_key_deletion(call: Call, request: ScheduleKeyDeletionRequest, key: Key) -> ScheduleKeyDeletionResponse:
    """Schedule the deletion of a KMS key, and of everything that was encrypted under it.

    Until the waiting period is over, cancel-key-deletion keeps the key. After it, nobody can decrypt what the key
    encrypted. A multi-Region primary key waits first until all of its replicas are deleted, and only then so long.
    """
    days = request.pending_window_in_days
    if key.is_primary and key.regions != [key.region]:
        doomed = key.changed(state=PENDING_REPLICA_DELETION, deletion_window=days)
    else:
        doomed = key.changed(state=PENDING_DELETION, deletion=call.now + days * DAY)
    save_key(call.transaction, doomed)
    return ScheduleKeyDeletionResponse(
        key_id=key.arn, deletion_date=doomed.deletion, key_state=doomed.state, pending_window_in_days=days
    )
