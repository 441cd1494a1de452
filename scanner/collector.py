"""How often Python's garbage collector looks through the heap. Reads nothing.

Rows, texts and imported modules make no cycles: what looks for some passes over all that stays,
again and again, which was a third of an erasure's time and a quarter of an import's.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 500_000
"""How many objects more than were let go of make the collector look again."""


@contextmanager
def seldom() -> Iterator[None]:
    """Let the collector pass over what is there now, and come seldom, within the block."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
