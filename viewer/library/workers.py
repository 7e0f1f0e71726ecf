"""Work on many recordings, in this process or in several, with the results in order.

A recording that makes its process die, by taking all memory or by a fault in a library, takes none of the others with it: its
neighbours are done again without it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TypeVar

from viewer.files.entries import Member, Refused

R = TypeVar("R")
_AHEAD = 2


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Hold some recordings that are read one after another by one process."""

    found: tuple[Member | Refused, ...] = ()
    earlier: tuple[tuple[bytes, bytes], ...] = ()
    """What an earlier run wrote of them: tables of streams and of chunks."""


def in_order(function: Callable[[Task], R], tasks: Iterable[Task], processes: int) -> Iterator[R]:
    """Yield the result of each task, in the order of the tasks.

    Processes are started afresh, since forking is not safe in a server with threads: `function` must be importable, and so
    must the program that runs, without doing anything (`if __name__ == "__main__"`). Else ask for one process.
    """
    if processes <= 1:
        yield from map(function, tasks)
        return
    remaining = iter(tasks)
    waiting: deque[tuple[Task, Future[R]]] = deque()
    pool = _pool(processes)
    try:
        while True:
            while len(waiting) < processes * _AHEAD and (task := next(remaining, None)) is not None:
                waiting.append((task, _submitted(pool, function, task)))
            if not waiting:
                return
            task, future = waiting.popleft()
            try:
                result = future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=True, cancel_futures=True)
                result = _without_the_fatal(function, task)
                pool = _pool(processes)
                waiting = deque((other, _submitted(pool, function, other)) for other, _ in waiting)
            yield result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def through(executor: Executor, function: Callable[[Task], R], tasks: Iterable[Task], ahead: int) -> Iterator[R]:
    """Yield the result of each task, in the order of the tasks, of which some are sent ahead to an executor."""
    waiting: deque[Future[R]] = deque()
    for task in tasks:
        waiting.append(executor.submit(function, task))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))


def _submitted(pool: Executor, function: Callable[[Task], R], task: Task) -> Future[R]:
    try:
        return pool.submit(function, task)
    except BrokenProcessPool as error:
        broken: Future[R] = Future()
        broken.set_exception(error)
        return broken


def _without_the_fatal(function: Callable[[Task], R], task: Task) -> R:
    """Return the result of a task with what makes a process die refused."""
    whole = _alone(function, task)
    if whole:
        return whole[0]
    if not _alone(function, Task()):
        # No process can be started here at all.
        return function(task)
    return function(replace(task, found=tuple(_survivors(function, task))))


def _survivors(function: Callable[[Task], R], task: Task) -> Iterator[Member | Refused]:
    """Yield the recordings of a task, each that makes a process die refused; one process reads on until it dies."""
    pool = _pool(1)
    for one in task.found:
        try:
            if isinstance(one, Member):
                pool.submit(function, Task((one,))).result()
            yield one
        except BrokenProcessPool:
            pool.shutdown()
            pool = _pool(1)
            # It may have died of what it had read before.
            yield one if _alone(function, Task((one,))) else _fatal(one.name)
    pool.shutdown()


def _fatal(name: str) -> Refused:
    return Refused(name, "the process that read it died.", "It may take more memory than there is; open it by itself.")


def _alone(function: Callable[[Task], R], task: Task) -> tuple[R] | tuple[()]:
    """Return the result of a task in a process of its own; () where the process dies."""
    with _pool(1) as pool:
        try:
            return (pool.submit(function, task).result(),)
        except BrokenProcessPool:
            return ()
