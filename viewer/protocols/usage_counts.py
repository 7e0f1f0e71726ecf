"""What the usage objects of several protocols have in common."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.types.usage import Check, Usage, count, part_check, sum_check

_TOOL_COUNTS = (
    # Anthropic and OpenRouter: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
    (("server_tool_use", "web_search_requests"), "web_search"),
    (("server_tool_use", "code_execution_requests"), "code_execution"),
    # LiteLLM
    (("prompt_tokens_details", "web_search_requests"), "web_search"),
    # Perplexity
    (("num_search_queries",), "web_search"),
    # xAI: https://docs.x.ai/docs/guides/tools/overview
    (("num_sources_used",), "live_search"),
    (("server_side_tool_usage_details", "web_search_calls"), "web_search"),
    (("server_side_tool_usage_details", "x_search_calls"), "x_search"),
    (("server_side_tool_usage_details", "code_interpreter_calls"), "code_execution"),
    (("server_side_tool_usage_details", "file_search_calls"), "file_search"),
    (("server_side_tool_usage_details", "document_search_calls"), "file_search"),
)


def first_count(*counts: int | None) -> int | None:
    """Return the first count that is reported."""
    return next((count for count in counts if count is not None), None)


def largest_count(*counts: int | None) -> int | None:
    """Return the largest of the same count under several names. Gateways often report 0 under those that they do not fill."""
    return max((count for count in counts if count is not None), default=None)


def sum_counts(usages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sums of the counts in several usage objects, or a copy of the only one with all its fields."""
    reported = list(usages)
    if len(reported) == 1:
        return dict(reported[0])
    names = dict.fromkeys(name for one in reported for name in one if count(one, name) is not None)
    return {name: sum(count(one, name) or 0 for one in reported) for name in names}


def tool_uses(reported: Mapping[str, Any]) -> dict[str, int]:
    """Return how often the provider used its own tools, as far as a usage object says."""
    uses: dict[str, int] = {}
    for path, tool in _TOOL_COUNTS:
        if number := count(reported, *path):
            uses[tool] = max(number, uses.get(tool, 0))
    return uses


def written_for_1h(reported: Mapping[str, Any], *path: str) -> int | None:
    """Return the tokens written to the cache for an hour, from Anthropic's split of them or a copy of it at a path."""
    names = ("cache_creation", "cache_creation_token_details")
    return largest_count(*(count(reported, *path, name, "ephemeral_1h_input_tokens") for name in names))


def tier_of(reported: Mapping[str, Any]) -> str | None:
    """Return the service tier in a usage object. Anthropic's fast mode is a tier by another name."""
    tier = reported.get("service_tier")
    return "fast" if reported.get("speed") == "fast" else tier if isinstance(tier, str) and tier else None


def with_inclusive_checks(usage: Usage) -> Usage:
    """Add the checks of counts whose input includes cached tokens and whose output includes reasoning tokens."""
    return replace(usage, checks=tuple(_inclusive_checks(usage)))


def _inclusive_checks(usage: Usage) -> Iterator[Check]:
    if usage.input is not None and usage.output is not None and usage.total is not None:
        yield sum_check("total = input + output", usage.total, usage.input, usage.output)
    if usage.reasoning and usage.output is not None:
        yield part_check("reasoning ≤ output", usage.reasoning, usage.output)
    if usage.cache_read and usage.input is not None:
        yield part_check("cached ≤ input", usage.cache_read, usage.input)
