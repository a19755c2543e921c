"""Requests that have arrived: who calls, and what, as far as the request and its connection tell."""

from collections.abc import Callable
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.engine import find_operation
from kmscli.errors import InvalidSignatureException, ServiceError, UnrecognizedClientException
from kmscli.keys.regions import REGIONS
from kmscli.names import DEFAULT_ACCOUNT, is_account
from kmscli.operations.credentials import Claim, caller_with
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Asked, Outcome
from kmscli.server.peers import Peers
from kmscli.sigv4 import HttpRequest, Signature, check, signature_of
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction

WITHOUT_AUTHENTICATION = " without authentication"


class Arrival:
    """A request that is to be answered. `operation` and `raw`: what is called. `outcome`, `error`: what came of it.

    `peer`: the uid of whoever has connected, if by a Unix socket.
    """

    def __init__(
        self, request: HttpRequest, *, address: str, peer: int | None, endpoint: tuple[str, str, str] | None
    ) -> None:
        self.request = request
        self.address = address
        self.peer = peer
        self.endpoint = endpoint
        self.operation: Operation | None = None
        self.raw: dict[str, Any] = {}
        self.signature: Signature | None = None
        self.caller: Caller | None = None
        self.malformed: ServiceError | None = None
        """Why the body cannot be read; told only once it is known who calls (reference, kms-semantics 16.5)."""
        self.asked: Asked | None = None
        self.is_prepared = False
        """Whether what takes long of the call is computed."""
        self.outcome: Outcome | None = None
        self.error: ServiceError | None = None

    def name(self, action: str) -> Operation:
        """Find out what is called, by its action. Raises UnknownOperationException."""
        self.operation = find_operation(action)
        return self.operation

    def ask(self) -> None:
        """Make it a call, now that it is known who calls."""
        self.error = self.error or self.malformed
        if self.caller and self.operation and not self.error:
            self.asked = Asked(self.caller, self.operation, self.raw)

    @property
    def is_set_aside(self) -> bool:
        """Whether the call is to be prepared before it takes part in a round."""
        return not self.is_prepared and self.error is None and self.asked is not None and self.asked.takes_long


class Doorkeeper:
    """Tells who calls. `anyone`: nobody has to prove it, and the account is what the access key id says.

    `uid`: the server's own user. `user_name`: the name of a user. `region`: of requests that tell none.
    """

    def __init__(self, *, anyone: bool, peers: Peers, uid: int, user_name: Callable[[int], str], region: str) -> None:
        self.anyone = anyone
        self.peers = peers
        self.uid = uid
        self.user_name = user_name
        self.region = region

    def itself(self) -> Caller:
        """The server, as whom it looks at the vault and brings it up to date."""
        door = f"http{WITHOUT_AUTHENTICATION if self.anyone else ''}"
        return Caller(DEFAULT_ACCOUNT, self.region, agent="", door=door, uid=self.uid, user=self.user_name(self.uid))

    def look_at(self, arrival: Arrival, now: float) -> None:
        """Read the signature of a request, if it has to have one. Raises as `signature_of` does."""
        if self.anyone or self._mapped(arrival):
            return
        action = arrival.operation.action if arrival.operation else ""
        arrival.signature = signature_of(arrival.request, now, action.partition(":")[0])
        if arrival.signature.region not in REGIONS:
            raise InvalidSignatureException("Credential should be scoped to a valid region. ")

    def admit(self, arrival: Arrival, transaction: Transaction, keyring: Keyring, now: float) -> Caller:
        """Who calls. `now`: the vault's time, by which sessions end.

        Raises InvalidSignatureException, UnrecognizedClientException, ExpiredTokenException.
        """
        if arrival.signature is None:
            return self._unproven(arrival) if self.anyone else self._peer(arrival)
        request, signature = arrival.request, arrival.signature
        claim = Claim(signature.key_id, signature.token, lambda secret: check(request, signature, secret))
        caller = self._caller(arrival, DEFAULT_ACCOUNT, signature.region)
        found = caller_with(claim, caller, transaction, keyring, now)
        if found is None:
            raise UnrecognizedClientException(UnrecognizedClientException.UNKNOWN)
        return found

    def _caller(self, arrival: Arrival, account: str, region: str, arn: str = "") -> Caller:
        agent = arrival.request.headers.get("user-agent", "")
        uid = self.uid if arrival.peer is None else arrival.peer
        door = "http" if arrival.peer is None else "socket"
        door = f"{door}{WITHOUT_AUTHENTICATION if self.anyone else ''}"
        caller = Caller(account, region, arn=arn, agent=agent, door=door, uid=uid, user=self.user_name(uid))
        caller.address = arrival.address
        return caller.through_endpoint(*arrival.endpoint) if arrival.endpoint else caller

    def _mapped(self, arrival: Arrival) -> tuple[str, str] | None:
        """Whom the peer's uid stands for. A signature, if there is one, says it instead."""
        if arrival.peer is None or "authorization" in arrival.request.headers:
            return None
        return self.peers.principals.get(arrival.peer)

    def _peer(self, arrival: Arrival) -> Caller:
        """The principal that the peer's uid stands for, in the Region whose endpoint the request is for."""
        account, arn = self._mapped(arrival) or ("", "")
        return self._caller(arrival, account, self._known(region_in(arrival.request.headers.get("host", ""))), arn)

    def _known(self, region: str) -> str:
        return region if region in REGIONS else self.region

    def _unproven(self, arrival: Arrival) -> Caller:
        """The root user of the account that an access key id of 12 digits names, in the Region of the scope."""
        _, _, credential = arrival.request.headers.get("authorization", "").partition("Credential=")
        account, _, scope = credential.partition("/")
        region = scope.split("/")[1] if scope.count("/") >= 2 else region_in(arrival.request.headers.get("host", ""))
        return self._caller(arrival, account if is_account(account) else DEFAULT_ACCOUNT, self._known(region))


def region_in(host: str) -> str:
    """The Region in AWS's own name of an endpoint, as kms.eu-west-1.amazonaws.com; empty if it is none."""
    service, _, rest = host.partition(".")
    region, _, domain = rest.partition(".")
    return region if service in ("kms", "sts") and domain in ("amazonaws.com", "amazonaws.com.cn") else ""
