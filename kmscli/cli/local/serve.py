"""Serve the vault over HTTP, to any KMS client."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from kmscli.cli.local._call_session import CallSession
from kmscli.cli.local._peers import mapped_peers
from kmscli.cli.local._vault_session import command
from kmscli.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from kmscli.cli.local._serving import Serving
    from kmscli.server.certificates import Certificate
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
    log: Annotated[
        str, typer.Option(metavar="FORMAT", help="A line for each request on standard error: text or json.")
    ] = "",
    metrics: Annotated[
        str | None, typer.Option(metavar="ADDRESS:PORT", help="Where Prometheus may ask for metrics.")
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Take calls without a signature: a lab vault's, on loopback.")
    ] = False,
) -> int:
    """Serve the vault over HTTP, to any KMS client: aws kms --endpoint-url, boto3, every AWS SDK.

    The KMS operations are served by the JSON protocol, and those of STS that kmscli has by theirs. Calls are signed
    with access keys that kmscli iam create-access-key or kmscli sts assume-role have given, and decided as AWS decides.
    Beyond loopback TLS is asked for. Runs until SIGTERM or SIGINT, and finishes what it has begun; at SIGHUP reads the
    certificate again, and replaces its workers.

    With --throttle each account may call as often as AWS KMS lets it, times the factor, for each quota and Region; what
    is more is refused with ThrottlingException. All workers count together.

    With --peer, a user of this machine, by uid or name, needs no signature on the Unix socket: what he does not sign he
    calls as that user, role or session, by its ARN, or as the root of that account, by its id.

    With --no-auth whoever reaches the socket is the root user of the account that his access key id names, if that is
    twelve digits, or of the default one. It is for lab vaults on loopback.
    """
    from kmscli.cli.local._listeners import Listeners
    from kmscli.cli.local._serving import Serving
    from kmscli.server import logs
    from kmscli.server.metrics_folder import counted_together, forget
    from kmscli.server.peers import Peers

    if workers > 1 and any(session.options.get(option) is not None for option in ("key_fd", "passphrase_fd")):
        raise UsageError("Each worker unlocks the vault, and a descriptor can be read only once.")
    if log not in ("", *logs.FORMATS):
        raise UsageError(f"argument --log: Found invalid choice {log!r}: it is one of {', '.join(logs.FORMATS)}")
    logs.begin(log)
    peers = Peers(mapped_peers(peer or [], told=bool(unix) and not no_auth))
    if no_auth and not session.engine().vault.header.lab:
        raise ConfigurationError("Calls without a signature are for lab vaults: kmscli vault init --lab makes one.")
    tls = tls_of(certificate, private_key)
    listeners = Listeners(session, listen or ([] if unix else [DEFAULT]), unix, vpc_endpoint or [], metrics)
    listeners.check(secure=bool(tls), no_auth=no_auth)
    listeners.open(shared=bool(peer))
    serving = Serving(
        session,
        listeners.sockets,
        endpoints=listeners.endpoints,
        certificate=tls,
        peers=peers,
        throttle=None if throttle is None else counted(throttle),
        no_auth=no_auth,
        log=log,
        metrics=listeners.metrics,
    )
    listeners.announce(secure=bool(tls), no_auth=no_auth)
    with counted_together(workers if metrics else 1):
        return run_all(serving, workers, gone=forget if metrics else None)


def run_all(serving: "Serving", workers: int, gone: Callable[[int], None] | None) -> int:
    """Serve with as many processes; the exit code. `gone`: told of each that has ended."""
    from kmscli.cli.main import told
    from kmscli.server.service_manager import Attended
    from kmscli.server.workers import Started, Workers

    if workers == 1:
        serving.run(Attended())
        return 0
    serving.session.close()

    def work(started: Started) -> int:
        def run() -> int:
            serving.run(started)
            return 0

        return told(run, [], {"operation": "", "options": serving.session.options})

    return Workers(workers, work, serving.sockets, gone).run()


def tls_of(certificate: str | None, private_key: str | None) -> "Certificate | None":
    """What TLS is served with. Raises UsageError: half of what it takes. ConfigurationError: it cannot be used."""
    from kmscli.server.certificates import Certificate

    if bool(certificate) != bool(private_key):
        raise UsageError("--certificate and --private-key go together.")
    return Certificate(certificate, private_key) if certificate and private_key else None


def counted(factor: float) -> "Throttle":
    """What counts calls. Raises UsageError: no factor. ConfigurationError: it cannot be shared by processes."""
    from kmscli.server.throttle import Throttle

    if not 0 < factor < float("inf"):
        raise UsageError("argument --throttle: a number above 0, which AWS's rates are multiplied with.")
    try:
        return Throttle(factor)
    except OSError as error:
        raise ConfigurationError(f"No temporary file can be made, to count calls: {error.strerror}.") from None
