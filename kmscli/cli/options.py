"""The options of the command line, as plain data: what the reader takes, and what help, man pages and completion show.

AWS's global options are in `GLOBAL` (reference 17.3), kmscli's own in `OWN`. The options of one operation follow from
its request's fields: `member_options`. Nothing here reads argv; `tokens` and `argv` do.
"""

from typing import Any

from kmscli.operations.fields import Field
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List


class Option:
    """One option.

    `kind`: `"string"`, `"choice"`, `"integer"` take one value, and so does `"number"`, an integer that `aws` refuses
    later and in other words; `"list"` takes the words up to the next option;
    `"flag"` takes none and means `value`; `"optional"` takes one or none, and none means `value`.
    `key`: the name under which the reader hands it on: a member's wire name, or the name without its dashes.
    `choices`: the words it takes; only checked for the kind `"choice"`, for AWS lets the service check a member's.
    `own`: kmscli's own, which must be given in full. `hidden`: accepted, but not shown. `ignored`: has no effect.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        help: str,
        *,
        key: str = "",
        value: Any = True,
        choices: tuple[str, ...] = (),
        own: bool = False,
        required: bool = False,
        hidden: bool = False,
        ignored: bool = False,
        answers: str = "",
    ) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.key = key or name.lstrip("-").replace("-", "_")
        self.value = value
        self.choices = choices
        self.own = own
        self.required = required
        self.hidden = hidden
        self.ignored = ignored
        self.answers = answers

    def applies(self, operation: Operation) -> bool:
        """Whether the operation has this option: one about a member of the answer needs that member."""
        return not self.answers or (operation.response is not None and self.answers in operation.response.fields)


OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
BINARY_FORMATS = ("base64", "raw-in-base64-out")
ERROR_FORMATS = ("enhanced", "legacy", "json", "yaml", "text", "table")

GLOBAL = (
    Option("--debug", "flag", "Show where an error comes from; never shows values."),
    Option("--endpoint-url", "string", "Send the call to this URL: https, on this machine also http and unix:PATH."),
    Option("--no-verify-ssl", "flag", "Take an endpoint's certificate unchecked."),
    Option("--no-paginate", "flag", "Make one call, and show its page as it is."),
    Option("--output", "choice", "How the answer is written.", choices=OUTPUTS),
    Option("--query", "string", "A JMESPath expression: what to show of the answer."),
    Option("--profile", "string", "The profile of the configuration to use."),
    Option("--region", "string", "The Region to call."),
    Option("--version", "flag", "Show the version."),
    Option("--color", "choice", "Whether to use colours.", choices=("on", "off", "auto")),
    Option("--no-sign-request", "flag", "Send the call to an endpoint without a signature."),
    Option("--ca-bundle", "string", "A file of certificates to check an endpoint's with."),
    Option("--cli-read-timeout", "number", "Seconds to wait for an endpoint's answer; 60 by default, 0: no end."),
    Option("--cli-connect-timeout", "number", "Seconds to wait for a connection; 60 by default, 0: no end."),
    Option("--cli-binary-format", "choice", "How blobs are given: base64, or as they are.", choices=BINARY_FORMATS),
    Option("--no-cli-pager", "flag", "Do not page the output."),
    Option("--cli-auto-prompt", "flag", "Accepted and ignored.", ignored=True),
    Option("--no-cli-auto-prompt", "flag", "Accepted and ignored.", ignored=True),
    Option("--cli-error-format", "choice", "How errors are written.", choices=ERROR_FORMATS),
)

OWN = (
    Option("--vault", "string", "The vault's file.", own=True),
    Option("--key-file", "string", "A file that holds the vault's key.", own=True),
    Option("--key-fd", "integer", "A descriptor to read the vault's key from.", own=True),
    Option("--passphrase-fd", "integer", "A descriptor to read the vault's passphrase from.", own=True),
    Option("--accept-rollback", "flag", "Go on with a vault that is older than the mark kept of it.", own=True),
    Option("--as", "string", "Who calls: an ARN, an account's id, or a service's name.", key="principal", own=True),
    Option("--source-arn", "string", "The resource on whose behalf a service calls, by ARN.", own=True),
    Option("--via-service", "string", "The service through which the call comes: s3, say.", own=True),
    Option("--via-endpoint", "string", "The VPC endpoint through which the call comes, by id.", own=True),
    Option("--explain", "flag", "Say on standard error what was decided, and why.", own=True),
    Option("--plaintext-out", "string", "Write the plaintext, raw, to a file or `-`.", own=True, answers="Plaintext"),
    Option(
        "--ciphertext-out", "string", "Write the ciphertext, raw, to a file or `-`.", own=True, answers="CiphertextBlob"
    ),
)

DOCUMENT = (
    Option("--cli-input-json", "string", "The request as JSON, or `file://` and a path; options override it."),
    Option("--cli-input-yaml", "string", "The request as YAML, or `file://` and a path; options override it."),
)

PAGING = (
    Option("--starting-token", "string", "Where to go on: the NextToken of an earlier, cut answer."),
    Option("--page-size", "integer", "How many to ask for in each call."),
    Option("--max-items", "integer", "How many to show at most; what is cut goes on from NextToken."),
)

_PAGING_NAMES = frozenset(option.name for option in PAGING)

SKELETON = Option(
    "--generate-cli-skeleton",
    "optional",
    "Show a request to fill in, or a sample answer, and call nothing.",
    value="input",
    choices=("input", "yaml-input", "output"),
)

NOTHING_CHOSEN: dict[str, Any] = dict.fromkeys(
    option.key for option in (*GLOBAL, *OWN, *DOCUMENT, *PAGING, SKELETON)
)  # fmt: skip
"""Every option that is not a member, as if none were given."""


def option_name(wire: str) -> str:
    """The option of a member: `XksProxyUriEndpoint` is `--xks-proxy-uri-endpoint`."""
    around = zip(f"a{wire}", wire, f"{wire[1:]}A", strict=False)
    words = "".join(
        f"-{letter.lower()}" if letter.isupper() and (not before.isupper() or after.islower()) else letter.lower()
        for before, letter, after in around
    )
    return f"--{words.removeprefix('-')}"


def member_options(operation: Operation) -> list[Option]:
    """The options of the operation's members, in the model's order; a paginated list's own paging members hidden."""
    options = []
    pages = operation.pages
    for wire, field in operation.request.fields.items():
        hidden = pages is not None and wire in {pages.limit, pages.marker}
        name = option_name(wire)
        if not (hidden and name in _PAGING_NAMES):
            options += _member(name, wire, field, hidden=hidden)
    return options


def operation_options(operation: Operation) -> list[Option]:
    """All options that `aws kms` has for this operation alone, in its order."""
    paging = PAGING if operation.pages else ()
    return [*member_options(operation), *DOCUMENT, *paging, SKELETON]


def global_options(operation: Operation) -> list[Option]:
    """The options that this operation shares with others: AWS's, and those of kmscli's own that apply to it."""
    return [*GLOBAL, *(option for option in OWN if option.applies(operation))]


def _member(name: str, wire: str, field: Field[Any], *, hidden: bool) -> list[Option]:
    if field.kind == "boolean":
        return [
            Option(name, "flag", field.help, key=wire, value=True, hidden=hidden),
            Option(f"--no-{name[2:]}", "flag", field.help, key=wire, value=False, hidden=hidden),
        ]
    kind = "list" if field.kind == "list" else "string"
    named = field.member if isinstance(field, List) else field
    choices = getattr(named, "choices", ())
    return [Option(name, kind, field.help, key=wire, choices=choices, required=field.is_required, hidden=hidden)]
