"""Long work beside the rounds: what a call computes is computed in a thread, before the call takes part in a round.

A thread goes the road of the call up to the operation, on a snapshot and a connection of its own, and drops what comes
of it but what takes long, which the operation keeps by `Call.once`. So nothing is decided or written here: the round
goes the road again, as for any call, and finds the work done. OpenSSL lets go of Python's lock meanwhile.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from kmscli.engine import Caller, Engine
from kmscli.operations.performing import perform
from kmscli.operations.recording import Asked
from kmscli.vault.transaction import Transaction
from kmscli.vault.vault import Vault

THREADS = 16
"""More than there are processors: a signature, of a millisecond, is not to wait for keys, of seconds each."""


class Beside:
    """Prepares calls of an engine. `itself`: the server, as whom the vault is looked at."""

    def __init__(self, engine: Engine, itself: Caller) -> None:
        self.engine = engine
        self.itself = itself
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="beside")
        self._own = threading.local()

    async def prepare(self, asked: Asked) -> None:
        """Compute what takes long of a call."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._prepare, asked)

    def close(self) -> None:
        """Wait for what the threads are at."""
        self._threads.shutdown(cancel_futures=True)

    def _prepare(self, asked: Asked) -> None:
        with suppress(Exception):  # whatever it is, the round meets it too, and answers
            engine = self._own_engine()

            def look(transaction: Transaction, now: float, held: float) -> None:
                perform(asked, transaction, engine.vault.keyring, now, held)

            engine.look(self.itself, look)

    def _own_engine(self) -> Engine:
        """The thread's engine, on the vault as the rounds have it unlocked now."""
        own: Engine | None = getattr(self._own, "engine", None)
        if own is None or not own.vault.is_as(self.engine.vault):
            if own:
                own.vault.close()
            own = self._own.engine = Engine(self.engine.vault.beside(), self.engine.clock, _nothing_new)
        return own


def _nothing_new() -> Vault:
    """After a rekeying the rounds open the vault, then the threads follow. Raises RuntimeError."""
    raise RuntimeError
