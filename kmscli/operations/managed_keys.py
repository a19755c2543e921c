"""AWS managed keys come to life when a predefined alias is first looked at (reference, kms-semantics 4.1, 13.1)."""

from kmscli.keys.aliases import find_alias
from kmscli.keys.key import Happened
from kmscli.keys.managed import make_managed_key
from kmscli.keys.managed_services import SERVICES
from kmscli.names import parse_key_name
from kmscli.operations.call import Call


def bring_to_life(call: Call, text: str) -> None:
    """Make the key of a predefined alias of the caller's own account, if that is what a name is and there is none yet.

    Raises NotFoundException: the name is none of this Region.
    """
    account, region = call.caller.account, call.caller.region
    name = parse_key_name(text, account, region, aliases=True)
    service = SERVICES.get(name.alias)
    if service and name.account == account and find_alias(call.transaction, account, region, name.alias) is None:
        key = make_managed_key(call.transaction, service, account, region, call.now)
        call.happened.append(Happened("CreateKey", key, call.now, None))
