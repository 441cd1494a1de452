"""Units of work on this machine's processors or a Dask cluster's: units in, what was found out.

A unit is a table, or a stretch of a big one. The same function does a bundle wherever it runs. Each worker opens its own read-only
connections; a cluster's workers take the database's URL from their own environment, so that no
credentials pass through its scheduler. Reads only.
"""

import itertools
import logging
import multiprocessing
import os
import pickle
import signal
import threading
import warnings
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

from sqlalchemy import Engine

from scanner import __version__
from scanner.database import connect, identify, reading, reflect
from scanner.errors import EffaceError, Misconfigured, Refused
from scanner.model import Database
from scanner.scanning.examiner import Examined, Outcome, Unit, Work, examine
from scanner.scanning.joiner import Joiner

VARIABLE = "EFFACE_DB"
"""Where a cluster's worker finds the URL of the database."""

BUNDLE = 100
"""So many columns, or one table, are given to a worker at a time."""

WORTH, MOST = 2000, 4
"""From so many columns on several processes pay; and so many are enough unless told otherwise."""

LONG = 10_000_000
"""So many cells that are all to be read are as much work as so many columns."""

KNOWN = 10
"""So many columns that an earlier scan knows are as much work as a new one."""

ATTEMPTS = 3
"""So often processes may die before that is said to be no accident."""

DIED = (
    f"worker processes ended {ATTEMPTS} times, perhaps for want of memory: take fewer of them, or a "
    "smaller --sample"
)

PATIENCE = 30
"""Seconds to wait for a cluster's first worker."""

Bundle = tuple[Unit, ...]


def sensible(work: Work, units: Sequence[Unit]) -> int:
    """Choose how many processes to use here: starting one takes a second."""
    columns, cells = 0.0, 0
    for unit in units:
        columns += len(unit.table.columns) * (
            1 if work.memory.stale or not unit.past else 1 / KNOWN
        )
        cells += len(unit.table.columns) * (unit.estimate or 0) if work.full else 0
    worth = columns >= WORTH or cells >= LONG
    return min(MOST, len(os.sched_getaffinity(0))) if worth else 1


def spread(
    engine: Engine,
    work: Work,
    units: Sequence[Unit],
    *,
    database: Database,
    jobs: int | None,
    dask: str,
) -> Generator[Examined | str]:
    """Examine the units in any order: in ``jobs`` processes, or on the cluster at ``dask``.

    Where ``jobs`` is None, in as many processes as pay.

    Yields:
        What was found in a table, or how far a big one is.

    Raises:
        Misconfigured: there is no such cluster, or a worker lacks what it needs.
        Refused: a worker's environment names another database.

    """
    joiner = Joiner(engine, work)
    jobs = jobs or sensible(work, units)
    if not dask and (jobs == 1 or _in_memory(engine)):
        todo = list(reversed(units))
        while todo:
            # alone: what SQLAlchemy remembers of a table goes with the unit
            unit = todo.pop().alone()
            yield from joiner.take(unit, examine(engine, work, unit))
            todo += reversed(joiner.next)
        return
    url = None if dask else engine.url.render_as_string(hide_password=False)
    parcel = zlib.compress(pickle.dumps((os.urandom(8), work, url, database)))
    queue = _Queue(units)
    start = (lambda: _cluster(dask)) if dask else (lambda: _pool(jobs))
    for bundle, found in _persist(start, parcel, queue):
        for unit, outcome in zip(
            bundle, found or (examine(engine, work, unit) for unit in bundle), strict=True
        ):
            yield from joiner.take(unit, outcome)
            queue.add(joiner.next)


class _Queue:
    """The bundles that are left to do, by number; more may come."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.left: dict[int, Bundle] = {}
        self._number = itertools.count()
        for bundle in _bundles(units):
            self._put(bundle)

    def add(self, units: Sequence[Unit]) -> None:
        """Put units in that came of others, each by itself: they are big."""
        for unit in units:
            self._put((unit,))

    def _put(self, bundle: Bundle) -> None:
        self.left[next(self._number)] = tuple(unit.alone() for unit in bundle)


def _in_memory(engine: Engine) -> bool:
    """Whether no other process can open the database."""
    name = engine.url.database
    return engine.dialect.name == "sqlite" and (not name or ":memory:" in name)


def _bundles(units: Sequence[Unit]) -> Iterator[Bundle]:
    bundle: list[Unit] = []
    for unit in units:
        bundle.append(unit)
        if sum(len(u.table.columns) for u in bundle) >= BUNDLE:
            yield tuple(bundle)
            bundle = []
    if bundle:
        yield tuple(bundle)


def _persist(
    start: Callable[[], AbstractContextManager[Executor]], parcel: bytes, queue: _Queue
) -> Iterator[tuple[Bundle, list[Outcome]]]:
    """Do what is left again when a process dies: that costs time, not results."""
    for _attempt in range(ATTEMPTS):
        try:
            with start() as executor:
                waiting: dict[Future[list[Outcome]], int] = {}
                while queue.left:
                    for number in queue.left.keys() - waiting.values():
                        bundle = queue.left[number]
                        waiting[executor.submit(do, parcel, __version__, bundle)] = number
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        found = future.result()
                        yield queue.left.pop(waiting.pop(future)), found
        except BrokenProcessPool:
            continue
        return
    raise Misconfigured(DIED)


@contextmanager
def _pool(jobs: int) -> Iterator[Executor]:
    """Run processes on this machine; when the block ends early, so do they."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")  # a fork would share our connections
    executor = ProcessPoolExecutor(jobs, spawn, initializer=_settle_in)
    try:
        yield executor
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _settle_in() -> None:
    """Leave Ctrl-C to the process that we work for, end with it, and use one processor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Use a running Dask cluster."""
    try:
        import dask

        dask.config.set({"logging": {"version": 1}})  # else it talks on our stderr
        from distributed import Client, KilledWorker
    except ModuleNotFoundError:
        raise Misconfigured("--dask needs an extra: pip install 'efface[dask]'") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, TypeError):
        raise Misconfigured(
            f"no Dask scheduler with workers answers at {address!r}: start them with "
            "`dask scheduler` and `dask worker`"
        ) from None
    try:
        with client:
            yield client.get_executor(pure=False)
    except KilledWorker:
        raise Misconfigured(DIED) from None
    except ModuleNotFoundError as error:
        raise Misconfigured(f"a Dask worker lacks {error.name!r}: install efface there") from None
    except (CancelledError, OSError):
        raise Misconfigured(
            f"the Dask scheduler at {address!r} went away: the same command goes on when it is back"
        ) from None


_ALONE = threading.Lock()
"""A Dask worker may have several threads; the language model is for one at a time."""

_SILENCE = logging.NullHandler()


def do(parcel: bytes, version: str, bundle: Bundle) -> list[Outcome]:
    """Examine a bundle of tables in a worker's process.

    Returns:
        What was found in each; nothing at all where something unexpected went wrong, whose text
        may hold a value and must not travel: the caller does the bundle again itself.

    Raises:
        EffaceError: the worker cannot do any table.

    """
    if version != __version__:
        raise Misconfigured(f"a worker has efface {__version__}, not {version}: install the same")
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote what they are about
        logging.getLogger().addHandler(_SILENCE)
        try:
            work, engine = _open(parcel)
            try:
                return [examine(engine, work, unit) for unit in bundle]
            finally:
                engine.dispose()
        except EffaceError as error:
            told = type(error)(str(error))  # without the driver's error, which it was made from
        except Exception:
            return []
    raise told


@lru_cache(maxsize=1)
def _open(parcel: bytes) -> tuple[Work, Engine]:
    """Unpack what is the same for all bundles, and make an engine, once a scan."""
    _, work, url, database = pickle.loads(zlib.decompress(parcel))  # noqa: S301  # our own
    if url:
        return work, connect(url)
    if not (url := os.environ.get(VARIABLE)):
        raise Misconfigured(
            f"a Dask worker has no {VARIABLE} in its environment: start it as "
            f"`{VARIABLE}=URL dask worker ADDRESS`"
        )
    engine = connect(url)
    with reading(engine) as connection:
        seen = identify(connection, reflect(connection))
    if seen != database:
        raise Refused(
            f"a Dask worker's {VARIABLE} names another database, or one with other tables"
        )
    return work, engine
