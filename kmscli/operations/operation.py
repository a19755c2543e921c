"""The declaration of an operation: everything that the house needs to know of it, stated where it is written.

An operation is one module in `operations/<service>/`, named after it: a `Request`, a `Response` and a function
under `@operation`, whose docstring is its help. The decorator turns the function into an `Operation`; nothing
registers anything, and importing one operation imports no other.
"""

from collections.abc import Callable, Collection
from typing import Any

from kmscli.operations.shapes import Request, Response


class Target:
    """A thing that a call acts on, found and decided on before the operation's function runs.

    `member`: the request's member (by its Python name) that names it. `kind`: `"key"` (by id or ARN; with `aliases`
    by alias too), `"alias"`, `"new alias"`, which need not be there, or `"grant"`, of the key or of a token.
    `ciphertext`: the member with the blob that names the key where `member` is absent. `optional`: without the member
    there is no target. `action`: the IAM action's name, if it is not the operation's own. `states`: the key states in
    which the call may go on; none: all. `usage`: the key usage that it needs. `suits`: raises for a key that can never
    do this. `logs_arn`: the trail shows the key's ARN instead of the name given. `listed`: the trail's `resources` list
    it. `predefined`: the AWS managed key of a predefined alias that has none yet is made.
    """

    def __init__(
        self,
        member: str,
        *,
        kind: str = "key",
        aliases: bool = False,
        ciphertext: str = "",
        optional: bool = False,
        action: str = "",
        states: frozenset[str] = frozenset(),
        usage: str = "",
        suits: Callable[[Any], None] | None = None,
        logs_arn: bool = False,
        listed: bool = True,
        predefined: bool = False,
    ) -> None:
        self.member = member
        self.kind = kind
        self.aliases = aliases
        self.ciphertext = ciphertext
        self.optional = optional
        self.action = action
        self.states = states
        self.usage = usage
        self.suits = suits
        self.logs_arn = logs_arn
        self.listed = listed
        self.predefined = predefined


class Pagination:
    """A list that comes in pages: its result member, and the page size by default and at most (reference 4.4).

    `limit` and `marker` are the request's members, `next_marker` and `more` the answer's, as KMS calls them. An answer
    without `more` has another page if it says where that is. `kept`: members of the answer that are the same on every
    page.
    """

    def __init__(
        self,
        result: str,
        *,
        default: int,
        most: int,
        limit: str = "Limit",
        marker: str = "Marker",
        next_marker: str = "NextMarker",
        more: str = "Truncated",
        kept: tuple[str, ...] = (),
    ) -> None:
        self.result = result
        self.default = default
        self.most = most
        self.limit = limit
        self.marker = marker
        self.next_marker = next_marker
        self.more = more
        self.kept = kept


GLOBAL = ("iam", "organizations")
"""The services that have one Region in each partition."""


class Operation:
    """A declared operation. `name` is the wire name; calling it runs the function alone, without the road.

    `action`: its IAM action, by which the engine finds it: `kms:Encrypt`. `command`: the words that call it, those of
    another service than KMS with the service's name before them.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        targets: Collection[Target],
        read_only: bool,
        pages: Pagination | None,
        logs: str,
        open_to_all: bool,
        lengthy: str,
    ) -> None:
        self.function = function
        self.name = "".join(part.capitalize() for part in function.__name__.split("_"))
        self.service = function.__module__.split(".")[-2]
        self.action = f"{self.service}:{self.name}"
        self.is_global = self.service in GLOBAL
        command = function.__name__.replace("_", "-")
        self.command = command if self.service == "kms" else f"{self.service} {command}"
        self.help = function.__doc__ or ""
        self.request: type[Request] = function.__annotations__["request"]
        response = function.__annotations__["return"]
        self.response: type[Response] | None = response
        self.targets = tuple(targets)
        for target in self.targets:
            target.action = f"{self.service}:{target.action or self.name}"
        self.read_only = read_only
        self.pages = pages
        self.logs = logs
        self.open_to_all = open_to_all
        self.lengthy = lengthy

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)


def operation(
    *,
    targets: Collection[Target] = (),
    read_only: bool = False,
    pages: Pagination | None = None,
    logs: str = "",
    open_to_all: bool = False,
    lengthy: str = "",
) -> Callable[[Callable[..., Any]], Operation]:
    """Declare an operation.

    `read_only`: as CloudTrail says (reference 14.2). `pages`: how its list is paginated. `logs`: what the
    trail shows in `responseElements` (14.2): nothing, the `"response"`, the `"key"`, although the answer is empty, or
    the `"response and key"`. `open_to_all`: no policy can keep anybody from it. `lengthy`: the member of the request
    (by its Python name) by whose value a call may be long work; what takes long is done through `Call.once`.
    """

    def declare(function: Callable[..., Any]) -> Operation:
        return Operation(
            function,
            targets=targets,
            read_only=read_only,
            pages=pages,
            logs=logs,
            open_to_all=open_to_all,
            lengthy=lengthy,
        )

    return declare
