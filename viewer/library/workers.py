"""Work on many recordings, in this process or in several, with the results in order.

A recording can kill its process by using all memory or through a fault in a library. It does not take the others with it: its
task is run again without it.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from viewer.files.entries import Member, Refused
from viewer.types.problems import CassetteError

R = TypeVar("R")
# Tasks submitted for each process: one that runs and one that waits, so that no process is idle.
_TASKS_PER_PROCESS = 2


class ShardFiles(NamedTuple):
    """The two Parquet files of a shard."""

    streams: bytes
    chunks: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Some recordings that one process reads one after another."""

    found: tuple[Member | Refused, ...] = ()
    earlier: tuple[ShardFiles, ...] = ()
    """The shards in which an earlier run wrote them."""


def in_order(function: Callable[[Task], R], tasks: Iterable[Task], processes: int) -> Iterator[R]:
    """Yield the result of each task, in the order of the tasks.

    Processes are spawned, because forking is not safe in a server with threads. So `function` must be importable, and the
    main program must be importable without side effects (`if __name__ == "__main__"`). Otherwise ask for one process.
    """
    if processes <= 1:
        yield from map(function, tasks)
        return
    remaining = iter(tasks)
    waiting: deque[tuple[Task, Future[R]]] = deque()
    pool = _pool(processes)
    has_run = False
    try:
        while True:
            while len(waiting) < processes * _TASKS_PER_PROCESS and (task := next(remaining, None)) is not None:
                waiting.append((task, _submit(pool, function, task)))
            if not waiting:
                return
            task, future = waiting.popleft()
            try:
                result = future.result()
                has_run = True
            except BrokenProcessPool:
                pool.shutdown(wait=True, cancel_futures=True)
                result = _run_without_fatal(function, task, has_run=has_run)
                pool = _pool(processes)
                waiting = deque((other, _submit(pool, function, other)) for other, _ in waiting)
            yield result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_executor(executor: Executor, function: Callable[[Task], R], tasks: Iterable[Task], ahead: int) -> Iterator[R]:
    """Run tasks in an executor and yield their results in order. At most `ahead` tasks are submitted at a time."""
    waiting: deque[Future[R]] = deque()
    for task in tasks:
        waiting.append(executor.submit(function, task))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class SharedPool:
    """Processes in which several threads run a function. `in_order` says what a main program must allow.

    Once it is closed, running a task raises `CassetteError`.
    """

    def __init__(self, function: Callable[[Task], Any], processes: int) -> None:
        self._function = function
        self._processes = processes
        self._lock = Lock()
        self._is_closed = False
        self._pool = _pool(processes)
        # The first process imports the function's module.
        self._first = _submit(self._pool, function, Task())

    @property
    def is_ready(self) -> bool:
        """Tell whether the first process is ready for tasks, which takes a second or two."""
        return self._first.done()

    def run(self, task: Task) -> Any:
        """Return the result of a task, in which recordings that kill a process are refused."""
        with self._lock:
            if self._is_closed:
                raise _program_ends()
            pool = self._pool
            future = _submit(pool, self._function, task)
        try:
            return future.result()
        except (BrokenProcessPool, CancelledError) as error:
            with self._lock:
                if self._is_closed:
                    raise _program_ends() from error
                # Every task of the pool fails; the first thread that sees it starts a new one for all.
                if self._pool is pool:
                    pool.shutdown(wait=False)
                    self._pool = _pool(self._processes)
            has_run = self._first.done() and self._first.exception() is None
            return _run_without_fatal(self._function, task, has_run=has_run)

    def close(self) -> None:
        """End the processes, once they have done what they are doing. What waits for them is not done any more."""
        with self._lock:
            self._is_closed = True
            self._pool.shutdown(wait=False, cancel_futures=True)


def _program_ends() -> CassetteError:
    return CassetteError("A recording", "is not read, because the program ends.")


def _pool(processes: int) -> ProcessPoolExecutor:
    # Ctrl-C also reaches the processes. This one decides what becomes of them.
    ignoring = (signal.SIGINT, signal.SIG_IGN)
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=signal.signal, initargs=ignoring)


def _submit(pool: Executor, function: Callable[[Task], R], task: Task) -> Future[R]:
    try:
        return pool.submit(function, task)
    except BrokenProcessPool as error:
        broken: Future[R] = Future()
        broken.set_exception(error)
        return broken


def _run_without_fatal(function: Callable[[Task], R], task: Task, *, has_run: bool) -> R:
    """Return the result of a task in which recordings that kill a process are refused. `has_run`: a process has run a task before."""
    complete = _run_alone(function, task)
    if complete:
        return complete[0]
    # Of two tries, because a machine without free memory can also kill a process that does nothing: here the task would kill this one.
    if not has_run and not any(_run_alone(function, Task()) for _ in range(2)):
        # Not even an empty task survives: no process can be started here at all.
        return function(task)
    return function(replace(task, found=tuple(_survivors(function, task))))


def _survivors(function: Callable[[Task], R], task: Task) -> Iterator[Member | Refused]:
    """Yield the recordings of a task, with those refused that kill a process. One process reads them until it dies."""
    pool = _pool(1)
    for one in task.found:
        try:
            if isinstance(one, Member):
                pool.submit(function, Task((one,))).result()
            yield one
        except BrokenProcessPool:
            pool.shutdown()
            pool = _pool(1)
            # It may have died of the recordings before this one.
            yield one if _run_alone(function, Task((one,))) else _fatal(one.name)
    pool.shutdown()


def _fatal(name: str) -> Refused:
    return Refused(name, "the process that read it died.", "It may need more memory than there is; open it on its own.")


def _run_alone(function: Callable[[Task], R], task: Task) -> tuple[R] | tuple[()]:
    """Run a task in a process of its own. Return its result in a tuple, or () if the process dies."""
    with _pool(1) as pool:
        try:
            return (pool.submit(function, task).result(),)
        except BrokenProcessPool:
            return ()
