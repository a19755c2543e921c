"""Serve the vault over HTTP, to any KMS client."""

import os
import sys
from collections.abc import Sequence
from socket import AF_UNIX, socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmscli.cli.call import settled
from kmscli.cli.local._call_session import CallSession
from kmscli.cli.local._peers import mapped_peers
from kmscli.cli.local._vault_session import command
from kmscli.cli.session import warn
from kmscli.cli.settings import user_name
from kmscli.engine import Caller, Engine
from kmscli.errors import ConfigurationError, KmscliError, UsageError
from kmscli.limits.endpoints import find_endpoint

if TYPE_CHECKING:
    from kmscli.server.throttle import Throttle

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

DEFAULT = "127.0.0.1:4590"


@command(app, "serve", session=CallSession, without=("output",))
def serve(
    session: CallSession,
    *,
    listen: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS:PORT", help=f"Where to listen; {DEFAULT} by default.")
    ] = None,
    unix: Annotated[str | None, typer.Option(metavar="PATH", help="A Unix socket to listen on.")] = None,
    peer: Annotated[
        list[str] | None,
        typer.Option(metavar="USER=PRINCIPAL", help="As whom a user of this machine calls by the Unix socket."),
    ] = None,
    certificate: Annotated[str | None, typer.Option(metavar="FILE", help="A certificate, to serve TLS with.")] = None,
    private_key: Annotated[str | None, typer.Option(metavar="FILE", help="The certificate's private key.")] = None,
    vpc_endpoint: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=ADDRESS:PORT", help="Where calls come in through a VPC endpoint."),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="How many processes serve.")] = 1,
    throttle: Annotated[
        float | None,
        typer.Option(metavar="FACTOR", help="Refuse calls beyond AWS's rates times this: 1 for AWS's own."),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Take calls without a signature: a lab vault's, on loopback.")
    ] = False,
) -> None:
    """Serve the vault over HTTP, to any KMS client: aws kms --endpoint-url, boto3, every AWS SDK.

    The KMS operations are served by the JSON protocol, and those of STS that kmscli has by theirs. Calls are signed
    with access keys that kmscli iam create-access-key or kmscli sts assume-role have given, and decided as AWS decides.
    Beyond loopback TLS is asked for. Runs until SIGTERM or SIGINT, and finishes what it has begun.

    With --throttle each account may call as often as AWS KMS lets it, times the factor, for each quota and Region; what
    is more is refused with ThrottlingException. All workers count together.

    With --peer, a user of this machine, by uid or name, needs no signature on the Unix socket: what he does not sign he
    calls as that user, role or session, by its ARN, or as the root of that account, by its id.

    With --no-auth whoever reaches the socket is the root user of the account that his access key id names, if that is
    twelve digits, or of the default one. It is for lab vaults on loopback.
    """
    from kmscli.client.endpoint import is_loopback
    from kmscli.server.workers import Workers

    if workers > 1 and any(session.options.get(option) is not None for option in ("key_fd", "passphrase_fd")):
        raise UsageError("Each worker unlocks the vault, and a descriptor can be read only once.")
    principals = mapped_peers(peer or [], told=bool(unix) and not no_auth)
    engine = session.engine()
    if no_auth and not engine.vault.header.lab:
        raise ConfigurationError("Calls without a signature are for lab vaults: kmscli vault init --lab makes one.")
    tls = tls_options(certificate, private_key)
    places = [parsed_address(one) for one in listen or ([] if unix else [DEFAULT])]
    doors = endpoint_places(engine, session.caller, vpc_endpoint or [])
    for address, _ in [*places, *doors]:
        if not is_loopback(address) and (no_auth or not tls):
            raise ConfigurationError(f"{address} is not loopback: serve it with --certificate, and without --no-auth.")
    sockets = opened(places, unix, list(doors), shared=bool(peer))
    endpoints = {local[:2]: doors[place] for local, place in zip(_tcp(sockets)[len(places) :], doors, strict=True)}
    counting = None if throttle is None else counted(throttle)
    announce(sockets, secure=bool(tls), no_auth=no_auth)

    def serves() -> None:
        work(session, sockets, endpoints, tls, principals, throttle=counting, no_auth=no_auth)

    if workers == 1:
        return serves()
    session.close()
    code = Workers(workers, serves).run()
    if code:
        raise KmscliError(f"A worker left with {code}.")
    return None


def work(
    session: CallSession,
    sockets: Sequence[socket],
    endpoints: dict[tuple[Any, ...], tuple[str, str, str]],
    tls: dict[str, Any],
    principals: dict[int, tuple[str, str]],
    *,
    throttle: "Throttle | None",
    no_auth: bool,
) -> None:
    """Serve, in this process, until it is told to stop."""
    from kmscli.server.app import Application
    from kmscli.server.arrivals import Doorkeeper
    from kmscli.server.peers import Peers
    from kmscli.server.rounds import Rounds
    from kmscli.server.serving import run

    engine = session.engine()
    region, peers = session.caller.region, Peers(principals)
    doorkeeper = Doorkeeper(anyone=no_auth, peers=peers, uid=os.getuid(), user_name=user_name, region=region)
    said: set[str] = set()

    def settle() -> None:
        for warning in settled(engine, session.settings.environment):
            if warning not in said:
                said.add(warning)
                warn(warning)

    rounds = Rounds(engine, session.caller, doorkeeper, settle, throttle)
    run(Application(rounds, anyone=no_auth, endpoints=endpoints), sockets, tls, peers)
    settle()


def counted(factor: float) -> "Throttle":
    """What counts calls. Raises UsageError: no factor. ConfigurationError: it cannot be shared by processes."""
    from kmscli.server.throttle import Throttle

    if not 0 < factor < float("inf"):
        raise UsageError("argument --throttle: a number above 0, which AWS's rates are multiplied with.")
    try:
        return Throttle(factor)
    except OSError as error:
        raise ConfigurationError(f"No temporary file can be made, to count calls: {error.strerror}.") from None


def tls_options(certificate: str | None, private_key: str | None) -> dict[str, Any]:
    """What uvicorn is told of TLS. Raises UsageError: half of what it takes."""
    if bool(certificate) != bool(private_key):
        raise UsageError("--certificate and --private-key go together.")
    return {"ssl_certfile": certificate, "ssl_keyfile": private_key} if certificate else {}


def parsed_address(text: str) -> tuple[str, int]:
    """An address and a port. Raises UsageError."""
    address, _, port = text.rpartition(":")
    if not address or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"argument --listen: {text} is not ADDRESS:PORT.")
    return address.strip("[]"), int(port)


def endpoint_places(
    engine: Engine, caller: Caller, given: Sequence[str]
) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Where calls come in through which endpoints. Raises UsageError: there is no such endpoint."""
    found = {}
    for text in given:
        name, _, place = text.partition("=")
        found[parsed_address(place)] = (name, *home_of(engine, caller, name))
    return found


def home_of(engine: Engine, caller: Caller, name: str) -> tuple[str, str]:
    """An endpoint's VPC and account. Raises UsageError: there is no such endpoint."""
    endpoint = engine.look(caller, lambda transaction, _now, _held: find_endpoint(transaction, caller.region, name))
    if endpoint is None:
        raise UsageError(f"argument --vpc-endpoint: there is no VPC endpoint {name} in {caller.region}.")
    return endpoint.vpc, endpoint.account


def opened(
    places: Sequence[tuple[str, int]], unix: str | None, doors: Sequence[tuple[str, int]], *, shared: bool
) -> list[socket]:
    """The listening sockets. `shared`: others may use the Unix socket. Raises ConfigurationError: one cannot be had."""
    from kmscli.server.serving import listener, unix_listener

    try:
        sockets = [listener(*place) for place in [*places, *doors]]
        return [*sockets, unix_listener(unix, shared=shared)] if unix else sockets
    except OSError as error:
        raise ConfigurationError(f"kmscli cannot listen there: {error.strerror}.") from None


def announce(sockets: Sequence[socket], *, secure: bool, no_auth: bool) -> None:
    """Say where it serves, a line each, on standard output; and that nobody has to prove who he is."""
    for one in sockets:
        name = one.getsockname()
        where = (
            f"unix:{name}" if one.family == AF_UNIX else f"{'https' if secure else 'http'}://{_host(name)}:{name[1]}"
        )
        sys.stdout.write(f"serving {where}\n")
    sys.stdout.flush()
    if no_auth:
        warn("calls need no signature: whoever reaches this socket may do everything.")


def _host(name: tuple[Any, ...]) -> str:
    return f"[{name[0]}]" if ":" in str(name[0]) else str(name[0])


def _tcp(sockets: Sequence[socket]) -> list[tuple[Any, ...]]:
    return [tuple(one.getsockname()) for one in sockets if one.family != AF_UNIX]
