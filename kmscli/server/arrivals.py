"""Requests that have arrived: who calls, and what, as far as the request itself tells."""

from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.engine import find_operation
from kmscli.errors import InvalidSignatureException, ServiceError, UnrecognizedClientException
from kmscli.keys.regions import REGIONS
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, is_account
from kmscli.operations.credentials import Claim, caller_with
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Outcome
from kmscli.sigv4 import HttpRequest, Signature, check, signature_of
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction


class Arrival:
    """A request that is to be answered. `operation` and `raw`: what is called. `outcome`, `error`: what came of it."""

    def __init__(self, request: HttpRequest, *, address: str, endpoint: tuple[str, str, str] | None) -> None:
        self.request = request
        self.address = address
        self.endpoint = endpoint
        self.operation: Operation | None = None
        self.raw: dict[str, Any] = {}
        self.signature: Signature | None = None
        self.caller: Caller | None = None
        self.malformed: ServiceError | None = None
        """Why the body cannot be read; told only once it is known who calls (reference, kms-semantics 16.5)."""
        self.outcome: Outcome | None = None
        self.error: ServiceError | None = None

    def name(self, action: str) -> Operation:
        """Find out what is called, by its action. Raises UnknownOperationException."""
        self.operation = find_operation(action)
        return self.operation


class Doorkeeper:
    """Tells who calls. `anyone`: nobody has to prove it, and the account is what the access key id says."""

    def __init__(self, *, anyone: bool, door: str, uid: int, user: str) -> None:
        self.anyone = anyone
        self.door = door
        self.uid = uid
        self.user = user

    def look_at(self, arrival: Arrival, now: float) -> None:
        """Read the signature of a request, if it has to have one. Raises as `signature_of` does."""
        if self.anyone:
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
            return self._unproven(arrival)
        request, signature = arrival.request, arrival.signature
        claim = Claim(signature.key_id, signature.token, lambda secret: check(request, signature, secret))
        caller = self._caller(arrival, DEFAULT_ACCOUNT, signature.region)
        found = caller_with(claim, caller, transaction, keyring, now)
        if found is None:
            raise UnrecognizedClientException(UnrecognizedClientException.UNKNOWN)
        return found

    def _caller(self, arrival: Arrival, account: str, region: str) -> Caller:
        agent = arrival.request.headers.get("user-agent", "")
        caller = Caller(account, region, agent=agent, door=self.door, uid=self.uid, user=self.user)
        caller.address = arrival.address
        return caller.through_endpoint(*arrival.endpoint) if arrival.endpoint else caller

    def _unproven(self, arrival: Arrival) -> Caller:
        """The root user of the account that an access key id of 12 digits names, in the Region of the scope."""
        _, _, credential = arrival.request.headers.get("authorization", "").partition("Credential=")
        account, _, scope = credential.partition("/")
        region = scope.split("/")[1] if scope.count("/") >= 2 else DEFAULT_REGION
        return self._caller(
            arrival,
            account if is_account(account) else DEFAULT_ACCOUNT,
            region if region in REGIONS else DEFAULT_REGION,
        )
