"""List the principals that may do an action on a key, and by what: key policy, grant or identity policy."""

from typing import Annotated, Any

import typer

from kmscli.cli.call import standard_input
from kmscli.cli.local._call_session import CALLER, CallSession
from kmscli.cli.local._now_denied import denied_calls, show_denied
from kmscli.cli.local._principals_shown import show_principals
from kmscli.cli.local._vault_session import VaultSession, chosen_output, command
from kmscli.cli.parameters import read
from kmscli.engine import find_operation
from kmscli.errors import UsageError
from kmscli.operations.call import Call
from kmscli.operations.index import KMS
from kmscli.operations.operation import Operation, Target
from kmscli.operations.request_context import ENCRYPTION_CONTEXT
from kmscli.operations.shapes import Request
from kmscli.operations.who_can import Told, who_can
from kmscli.vault.transaction import Transaction

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

NOT_ITS_OPERATION = {"ReEncryptFrom": "re-encrypt", "ReEncryptTo": "re-encrypt"}
"""The operations of actions that are not named after theirs."""

OPTIONS = ("profile", "region", "via_endpoint", "via_service")
"""Those of a caller that are the same for everybody who is decided on."""


@command(app, "who-can", session=CallSession, also={name: CALLER[name] for name in OPTIONS})
def list_principals(
    session: CallSession,
    action: Annotated[
        str, typer.Argument(metavar="ACTION", help="kms:Decrypt, say; Decrypt and decrypt are the same.")
    ] = "",
    *,
    key_id: Annotated[str, typer.Option(metavar="KEY", help="The key, by id, key ARN, alias name or alias ARN.")] = "",
    encryption_context: Annotated[
        str, typer.Option(metavar="NAME=VALUE,...", help="The request's encryption context; JSON as well.")
    ] = "",
    changed: Annotated[
        bool, typer.Option("--changed", help="List the calls of the trail that would be denied now, instead.")
    ] = False,
) -> None:
    """List the principals that may do an action on a key, and by what: key policy, grant or identity policy.

    Each is decided on as a call of his would be, with the request's defaults and what the options say; nothing is
    called, nothing changes, no event is left. A statement or a grant that only fails for its condition is shown with
    what it depends on: it allows, or denies no more, in another request.

    Those who are decided on: the users and roles of the vault, whomever the key policy and the grants name, and the
    root users of all their accounts. A role is any session of it without policies of its own. A name with a * is
    everybody of whom the vault knows nothing: any other user of the key's account, the root user of any other account.

    Of an action that needs a permission on an alias too, this is the one on the key.

    With --changed, and no ACTION and no key: which calls were answered once and would be denied now, with the reason,
    how many there were and when the last was. Those are the calls that the vault's own log tells of, each decided on
    anew as far as the log says what it was. It does not say by which alias a key was named, whether a default was
    given, which grant tokens or attestation document were, and what tags and policies a session had: all that is taken
    to be absent. Calls about what is gone by now are left out, and so are those of services by themselves, and the
    permission to tag a key in making it.

    The exit code is 0 whatever is found.
    """
    output = chosen_output(session.options)
    if changed:
        refuse_together(session, ACTION=action, key_id=key_id, encryption_context=encryption_context)
        show_denied(denied_calls(VaultSession(session.options)), output)
    else:
        show_principals(principals(session, action, key_id, encryption_context), output)


def principals(session: CallSession, action: str, key_id: str, context: str) -> Told:
    """Who may do an action on a key. Raises UsageError, ServiceError: there is no such action, or key."""
    missing = [name for name, given in {"ACTION": action, "--key-id": key_id}.items() if not given]
    if missing:
        raise UsageError(f"the following arguments are required: {', '.join(missing)}")
    operation, target = action_on_key(action)
    request = default_request(operation, target, key_id, context)
    engine = session.engine()

    def look(transaction: Transaction, now: float, held: float) -> Told:
        call = Call(session.caller, operation.name, now, held, transaction, engine.vault.keyring, remembered={})
        return who_can(call, target, request)

    try:
        return engine.look(session.caller, look)
    finally:
        session.settle()


def refuse_together(session: CallSession, **given: str) -> None:
    """Raises UsageError: something is given that --changed does not take."""
    named = {**given, **{name: session.options.get(name) for name in ("via_endpoint", "via_service")}}
    used = [name if name.isupper() else f"--{name.replace('_', '-')}" for name, value in named.items() if value]
    if used:
        raise UsageError(f"argument --changed: not allowed with argument {used[0]}")


def action_on_key(text: str) -> tuple[Operation, Target]:
    """The operation of an action, and the key that it is on. Raises UsageError: there is none."""
    known = {folded(name): (name, command) for command, (name, _) in KMS.items()}
    known |= {folded(name): (name, command) for name, command in NOT_ITS_OPERATION.items()}
    name, command = known.get(folded(text), ("", ""))
    if not name:
        raise UsageError(f"argument ACTION: Found invalid choice {text!r}: it is no action of KMS.")
    operation = find_operation(KMS[command][0])
    for target in operation.targets:
        if target.kind == "key" and not target.optional and target.action == f"kms:{name}":
            return operation, target
    raise UsageError(f"argument ACTION: kms:{name} is no action on a key that the key's policy could allow.")


def folded(action: str) -> str:
    """An action without regard to how it is spelled."""
    return action.replace("-", "").lower().removeprefix("kms:")


def default_request(operation: Operation, target: Target, key: str, context: str) -> Request:
    """A request with its defaults. Raises UsageError: the action has no encryption context, or this is none."""
    members: dict[str, Any] = {target.member: key}
    if context:
        action = target.action.partition(":")[2]
        fields = (one for one in operation.request.fields.values() if one.condition == ENCRYPTION_CONTEXT)
        field = next((one for one in fields if one.condition_action in ("", action)), None)
        if field is None:
            raise UsageError(f"argument --encryption-context: {target.action} has no encryption context.")
        members[field.name] = read(field, "--encryption-context", context, standard_input)
        faults = list(field.faults(members[field.name], field.wire))
        if faults:
            raise UsageError("\n".join(["Parameter validation failed:", *faults]))
    return operation.request(**members)
