"""Rounds: the requests that one turn of the event loop has brought are answered together, by one commit.

No answer leaves before that commit is durable. The log follows after the answers. What takes long is computed beside
the rounds, and while another process writes to the vault they stand back, so that the loop goes on.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from kmscli.clock import monotonic_time, system_time
from kmscli.engine import Engine
from kmscli.errors import KmscliError, KMSInternalException, ServiceError
from kmscli.operations.recording import Asked, Outcome
from kmscli.server.arrivals import Arrival, Doorkeeper
from kmscli.server.beside import Beside
from kmscli.server.throttle import Throttle, charges_of
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.rows import BUSY_SECONDS, BusyError
from kmscli.vault.transaction import Transaction

MOST_AT_ONCE = 256
LOG_FOLLOWS = 0.1
"""Seconds after which the log follows, at most: it costs a commit and a sync of its own."""
BRIEFLY = 0.02
"""Seconds that a round waits for another process's commit, which takes a few milliseconds."""
STANDS_BACK = 0.05
"""Seconds after which a round tries again that has found the vault busy for longer."""


class Waiting(NamedTuple):
    """A request that waits for a round, since when, and who waits for its answer."""

    arrival: Arrival
    since: float
    done: "asyncio.Future[None]"


class Rounds:
    """Answers arrivals on an engine. `settle`: lets the log follow. `throttle`: refuses calls that are too many."""

    def __init__(
        self, engine: Engine, doorkeeper: Doorkeeper, settle: Callable[[], None], throttle: Throttle | None = None
    ) -> None:
        self.engine = engine
        self.itself = doorkeeper.itself()
        self.doorkeeper = doorkeeper
        self.settle = settle
        self.throttle = throttle
        self.beside = Beside(engine, self.itself)
        self.committed: Callable[[int], None] | None = None
        """Told how many calls a commit has made durable, if anybody counts."""
        self._waiting: list[Waiting] = []
        self._is_called = False
        self._is_settling = False
        engine.wait_for_others(BRIEFLY)

    async def answer(self, arrival: Arrival) -> None:
        """Answer a request: then it has an outcome or an error."""
        await self._take_part(arrival)
        if arrival.asked and arrival.is_set_aside:
            await self.beside.prepare(arrival.asked)
            arrival.is_prepared = True
            await self._take_part(arrival)

    def close(self) -> None:
        """Wait for what is computed beside the rounds, and let the log follow."""
        self.beside.close()
        self.settle()

    async def _take_part(self, arrival: Arrival) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(arrival, monotonic_time(), done))
        self._call(0)
        await done

    def _call(self, delay: float) -> None:
        """Call for a round, unless one is called already."""
        if not self._is_called:
            self._is_called = True
            loop = asyncio.get_running_loop()
            loop.call_later(delay, self._go_round) if delay else loop.call_soon(self._go_round)

    def _go_round(self) -> None:
        self._is_called = False
        taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            self.answer_all([one.arrival for one in taken])
        except BusyError as busy:
            taken = self._stand_back(taken, busy)
        for one in taken:
            if not one.done.done():
                one.done.set_result(None)
        if self._waiting:
            self._call(0)
        self._settle_soon()

    def _stand_back(self, taken: list[Waiting], busy: BusyError) -> list[Waiting]:
        """Have those that can wait for longer take part in a later round; returns the others, which have failed."""
        patience = monotonic_time() - BUSY_SECONDS
        failed = [one for one in taken if one.since < patience]
        self._waiting = [one for one in taken if one.since >= patience] + self._waiting
        _fail([one.arrival for one in failed], busy)
        self._call(STANDS_BACK)
        return failed

    def _settle_soon(self) -> None:
        """Let the log follow in a while, with the events of all rounds until then: in the vault they are durable."""
        if not self._is_settling:
            self._is_settling = True
            asyncio.get_running_loop().call_later(LOG_FOLLOWS, self._settle)

    def _settle(self) -> None:
        self._is_settling = False
        self.settle()

    def answer_all(self, arrivals: list[Arrival]) -> None:
        """Answer requests with one commit, but those that are to be prepared first, which are set aside.

        What goes wrong with the vault is each one's internal error. Raises BusyError.
        """
        clock = system_time()
        new = [one for one in arrivals if one.asked is None and _is_readable(one, self.doorkeeper, clock)]
        part: list[Arrival] = []
        if not (new or any(one.asked for one in arrivals)):
            return

        def admitted(transaction: Transaction, now: float) -> list[Asked]:
            nonlocal part
            self._admit([one for one in new if one.asked is None and one.error is None], transaction, now)
            part = [one for one in arrivals if one.asked and not one.error and not one.is_set_aside]
            return [one.asked for one in part if one.asked]

        try:
            outcomes = self.engine.answer_admitted(self.itself, admitted)
            self._note(part, outcomes)
        except BusyError:
            raise
        except ServiceError as error:
            _fail(arrivals, error)
        except KmscliError:
            _fail(arrivals, KMSInternalException("The vault cannot be used."))
        except Exception:  # noqa: BLE001  a fault of ours must not show a traceback, which could hold a secret
            _fail(arrivals, KMSInternalException())

    def _note(self, part: list[Arrival], outcomes: list[Outcome]) -> None:
        for one, outcome in zip(part, outcomes, strict=True):
            one.outcome = outcome
        if self.committed and outcomes:
            self.committed(len(outcomes))

    def _admit(self, arrivals: list[Arrival], transaction: Transaction, now: float) -> None:
        """Find out who calls, and what; each once, whatever becomes of the round."""
        for one in arrivals:
            try:
                one.caller = self.doorkeeper.admit(one, transaction, self.engine.vault.keyring, now)
            except ServiceError as error:
                one.error = error
            except RekeyedError:
                raise
            except Exception:  # noqa: BLE001  the others are answered all the same
                one.error = KMSInternalException()
            else:
                one.ask()
        asked = [one.asked for one in arrivals if one.asked]
        if self.throttle and asked:
            self.throttle.count(asked, [charges_of(one, transaction) for one in asked], monotonic_time())


def _is_readable(arrival: Arrival, doorkeeper: Doorkeeper, clock: float) -> bool:
    if arrival.error:
        return False
    try:
        doorkeeper.look_at(arrival, clock)
    except ServiceError as error:
        arrival.error = error
    except Exception:  # noqa: BLE001  as above
        arrival.error = KMSInternalException()
    return arrival.error is None


def _fail(arrivals: list[Arrival], error: ServiceError) -> None:
    for arrival in arrivals:
        if arrival.error is None and arrival.outcome is None:
            arrival.error = error
