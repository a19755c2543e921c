"""UpdateAlias."""

from kmscli.errors import ValidationException
from kmscli.keys.aliases import Alias, move_alias
from kmscli.keys.key import Key
from kmscli.keys.states import NOT_DELETING
from kmscli.operations.alias_rules import check_changeable
from kmscli.operations.call import Call
from kmscli.operations.members import AliasName, TargetKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class UpdateAliasRequest(Request):
    """What UpdateAlias is asked."""

    alias_name = AliasName().required()
    target_key_id = TargetKeyId().required()

    def rules(self) -> None:
        """The name may be an alias's."""
        check_changeable(self.alias_name)


@operation(
    targets=[
        Target("alias_name", kind="alias"),
        Target("alias_name", aliases=True, listed=False),
        Target("target_key_id", states=NOT_DELETING),
    ]
)
def update_alias(call: Call, request: UpdateAliasRequest, alias: Alias, old: Key, key: Key) -> None:
    """Point an existing alias at another KMS key of the same kind and usage."""
    if (old.usage, kind_of(old.spec)) != (key.usage, kind_of(key.spec)):
        raise ValidationException(f"Alias {alias.arn} cannot change to a key of another type or key usage.")
    moved = Alias(**{**vars(alias), "key_id": key.key_id, "updated": call.now})
    move_alias(call.transaction, moved, old, key)


def kind_of(spec: str) -> str:
    """The kind of a spec, across which no alias moves: symmetric, HMAC or asymmetric (reference 4.1)."""
    return spec if spec == "SYMMETRIC_DEFAULT" else "HMAC" if spec.startswith("HMAC") else "asymmetric"
