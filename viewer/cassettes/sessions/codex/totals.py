"""The token counts that Codex writes, in the names of its session files and in those of its app server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes.sessions.usage_sums import more_than, sum_of
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage, count

_IN_FILES = (
    *("input_tokens", "output_tokens", "reasoning_output_tokens", "cached_input_tokens"),
    *("cache_write_input_tokens", "total_tokens"),
)
_IN_APP_SERVER = (
    *("inputTokens", "outputTokens", "reasoningOutputTokens", "cachedInputTokens"),
    *("cacheWriteInputTokens", "totalTokens"),
)


def codex_usage(reported: Mapping[str, Any]) -> Usage | None:
    """Convert a usage object. Its input includes cached tokens, and its output those of reasoning. Return None if it has no counts."""
    names = _IN_APP_SERVER if "inputTokens" in reported else _IN_FILES
    given, output, reasoning, read, written, total = (count(reported, name) for name in names)
    if given is None and output is None:
        return None
    return Usage(given, output, reasoning, read, written, total=total)


def note_before(before: Usage | None) -> Iterator[Problem]:
    """Yield a note if a thread had counted anything before its first call in the file, as a fork has."""
    if before and (before.input or 0) > 0:
        what = f"{before.input:,} input tokens that the thread counts are of calls before those in the file."
        yield Problem("note", what, "If the thread was made from another one, the file of that one has them.")


@dataclass(slots=True)
class ThreadTotals:
    """The counts that threads had so far, by thread, as each turn reports them at its end."""

    _so_far: dict[str, Usage] = field(default_factory=dict)
    _before: list[Usage] = field(default_factory=list)
    """The counts of threads that began to count again, up to then."""

    def add(self, thread: str, reported: Mapping[str, Any]) -> Usage | None:
        """Add the counts of a thread and return those of its last turn; None if there are no counts."""
        usage = codex_usage(reported)
        if usage is None:
            return None
        before = self._so_far.get(thread)
        of_turn = more_than(usage, before)
        if before and min(of_turn.input or 0, of_turn.output or 0) < 0:
            self._before.append(before)
            of_turn = usage
        self._so_far[thread] = usage
        return of_turn

    def of_session(self) -> Totals | None:
        """Return the sum of the counts of all threads; None if there are no counts."""
        usage = sum_of([*self._so_far.values(), *self._before])
        return Totals(usage, with_subagents=False) if usage else None
