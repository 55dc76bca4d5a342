"""Group commit: whatever waits now becomes one batch, one transaction, one answer each.

A hot pot is one row, and every transaction that moves it waits for the one before. So the doors do not contribute by
themselves: they hand their requests over and wait, as threads or on an event loop.
"""

import atexit

from jackpots.combiner.batches import Combiner
from jackpots.combiner.waiting import Answer

__all__ = ["Answer", "Combiner", "combiner"]

combiner = Combiner()
atexit.register(combiner.stop)
