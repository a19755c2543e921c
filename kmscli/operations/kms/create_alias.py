"""CreateAlias."""

from kmscli.errors import AlreadyExistsException
from kmscli.keys.aliases import Alias, add_alias
from kmscli.keys.key import Key
from kmscli.keys.states import NOT_DELETING
from kmscli.operations.alias_rules import check_changeable
from kmscli.operations.call import Call
from kmscli.operations.members import AliasName, TargetKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class CreateAliasRequest(Request):
    """What CreateAlias is asked."""

    alias_name = AliasName().required()
    target_key_id = TargetKeyId().required()

    def rules(self) -> None:
        """The name may be an alias's."""
        check_changeable(self.alias_name)


@operation(targets=[Target("alias_name", kind="new alias"), Target("target_key_id", states=NOT_DELETING)])
def create_alias(call: Call, request: CreateAliasRequest, alias: Alias | None, key: Key) -> None:
    """Give a KMS key a name of the form alias/NAME, by which it can be used."""
    if alias is not None:
        raise AlreadyExistsException(f"An alias with the name {alias.arn} already exists")
    made = Alias(
        request.alias_name,
        account=key.account,
        region=key.region,
        key_id=key.key_id,
        created=call.now,
        updated=call.now,
    )
    add_alias(call.transaction, made, key)
