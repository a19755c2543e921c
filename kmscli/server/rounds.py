"""Rounds: the requests that one turn of the event loop has brought are answered together, by one commit.

No answer leaves before that commit is durable. The log follows after the answers.
"""

import asyncio
from collections.abc import Callable

from kmscli.clock import monotonic_time, system_time
from kmscli.engine import Caller, Engine
from kmscli.errors import KmscliError, KMSInternalException, ServiceError
from kmscli.operations.recording import Asked
from kmscli.server.arrivals import Arrival, Doorkeeper
from kmscli.server.throttle import Charges, Throttle, charges_of
from kmscli.vault.transaction import Transaction

MOST_AT_ONCE = 256
LOG_FOLLOWS = 0.1
"""Seconds after which the log follows, at most: it costs a commit and a sync of its own."""


class Rounds:
    """Answers arrivals on an engine. `itself`: the server, as whom the vault is looked at.

    `settle`: lets the log follow. `throttle`: refuses calls that are too many, if any are.
    """

    def __init__(
        self,
        engine: Engine,
        itself: Caller,
        doorkeeper: Doorkeeper,
        settle: Callable[[], None],
        throttle: Throttle | None = None,
    ) -> None:
        self.engine = engine
        self.itself = itself
        self.doorkeeper = doorkeeper
        self.settle = settle
        self.throttle = throttle
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._is_settling = False

    async def answer(self, arrival: Arrival) -> None:
        """Answer a request: then it has an outcome or an error."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((arrival, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._go_round)
        await done

    def _go_round(self) -> None:
        taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        loop = asyncio.get_running_loop()
        if self._waiting:
            loop.call_soon(self._go_round)
        try:
            self.answer_all([arrival for arrival, _ in taken])
        finally:
            for _, done in taken:
                if not done.done():
                    done.set_result(None)
        self._settle_soon(loop)

    def _settle_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the log follow in a while, with the events of all rounds until then: in the vault they are durable."""
        if not self._is_settling:
            self._is_settling = True
            loop.call_later(LOG_FOLLOWS, self._settle)

    def _settle(self) -> None:
        self._is_settling = False
        self.settle()

    def answer_all(self, arrivals: list[Arrival]) -> None:
        """Answer requests with one commit. What goes wrong with the vault is each one's internal error."""
        try:
            self._admit_all([one for one in arrivals if one.error is None])
            for one in arrivals:
                one.error = one.error or one.malformed
            admitted = [one for one in arrivals if one.caller and one.operation and one.error is None]
            asked = [Asked(one.caller, one.operation, one.raw) for one in admitted if one.caller and one.operation]
            self._count(asked)
            for one, outcome in zip(admitted, self.engine.answer(asked), strict=True):
                one.outcome = outcome
        except ServiceError as error:
            _fail(arrivals, error)
        except KmscliError:
            _fail(arrivals, KMSInternalException("The vault cannot be used."))
        except Exception:  # noqa: BLE001  a fault of ours must not show a traceback, which could hold a secret
            _fail(arrivals, KMSInternalException())

    def _count(self, asked: list[Asked]) -> None:
        """Let the throttle count calls, if there is one."""
        if not (self.throttle and asked):
            return

        def look(transaction: Transaction, _now: float, _held: float) -> list[Charges]:
            return [charges_of(one, transaction) for one in asked]

        self.throttle.count(asked, self.engine.look(self.itself, look), monotonic_time())

    def _admit_all(self, arrivals: list[Arrival]) -> None:
        if not arrivals:
            return
        clock = system_time()
        readable = [one for one in arrivals if _readable(one, self.doorkeeper, clock)]

        def look(transaction: Transaction, now: float, _held: float) -> None:
            for one in readable:
                try:
                    one.caller = self.doorkeeper.admit(one, transaction, self.engine.vault.keyring, now)
                except ServiceError as error:
                    one.error = error

        if readable:
            self.engine.look(self.itself, look)


def _readable(arrival: Arrival, doorkeeper: Doorkeeper, clock: float) -> bool:
    try:
        doorkeeper.look_at(arrival, clock)
    except ServiceError as error:
        arrival.error = error
        return False
    return True


def _fail(arrivals: list[Arrival], error: ServiceError) -> None:
    for arrival in arrivals:
        if arrival.error is None and arrival.outcome is None:
            arrival.error = error
