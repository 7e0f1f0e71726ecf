"""The token counts that Codex writes, in the names of its session files and in those of its app server."""

from collections.abc import Mapping
from typing import Any

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


def difference(total: Usage, before: Usage | None) -> Usage:
    """Return the counts that a thread had more than before."""
    if before is None:
        return total
    return Usage(
        input=_more(total.input, before.input),
        output=_more(total.output, before.output),
        reasoning=_more(total.reasoning, before.reasoning),
        cache_read=_more(total.cache_read, before.cache_read),
        cache_write=_more(total.cache_write, before.cache_write),
        total=_more(total.total, before.total),
    )


def _more(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None or now < before else now - before
