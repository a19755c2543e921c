"""DeleteAlias."""

from kmscli.keys.aliases import Alias, remove_alias
from kmscli.keys.key import Key
from kmscli.operations.alias_rules import check_changeable
from kmscli.operations.call import Call
from kmscli.operations.members import AliasName
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class DeleteAliasRequest(Request):
    """What DeleteAlias is asked."""

    alias_name = AliasName().required()

    def rules(self) -> None:
        """The name may be an alias's."""
        check_changeable(self.alias_name)


@operation(targets=[Target("alias_name", kind="alias"), Target("alias_name", aliases=True)])
def delete_alias(call: Call, request: DeleteAliasRequest, alias: Alias, key: Key) -> None:
    """Delete an alias. The KMS key that it names stays as it is."""
    remove_alias(call.transaction, alias, key)
