"""The usage object of a chat completion, which many APIs beside OpenAI's chat completions send as well.

https://platform.openai.com/docs/api-reference/chat/object

Gateways add fields of their own: OpenRouter (https://openrouter.ai/docs/use-cases/usage-accounting), LiteLLM
(https://docs.litellm.ai/docs/completion/prompt_caching) and others that pass on what Anthropic reports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from viewer.protocols.usage_counts import largest_count, tier_of, tool_uses, written_for_1h
from viewer.types.usage import Check, Usage, count, part_check, sum_check

_DETAILS = "prompt_tokens_details"
_READ = (
    (_DETAILS, "cached_tokens"),
    ("prompt_cache_hit_tokens",),  # DeepSeek
    ("cached_tokens",),  # Moonshot
    ("cache_read_input_tokens",),  # LiteLLM
)
_WRITTEN = (
    (_DETAILS, "cache_write_tokens"),  # OpenRouter
    (_DETAILS, "cache_creation_tokens"),  # LiteLLM
    (_DETAILS, "cache_creation_input_tokens"),  # Alibaba
    ("cache_creation_input_tokens",),  # LiteLLM
)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The counts that may or may not include each other."""

    prompt: int | None
    completion: int | None
    total: int | None
    reasoning: int
    read: int
    written: int

    @property
    def cached(self) -> int:
        return self.read + self.written


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert the usage object of a chat completion.

    xAI does not include reasoning tokens in `completion_tokens` (total = prompt + completion + reasoning in all of its
    recordings). Neither does Vercel's gateway for Gemini, whose total leaves them out too. All others include them. The total
    decides which it is or, if it cannot, the provider. That there are more reasoning than completion tokens proves nothing,
    since some providers count the two with different tokenizers.

    Some gateways to Anthropic leave cached tokens out of `prompt_tokens`, as Anthropic does. Again the total shows it.
    """
    reasoning = count(reported, "completion_tokens_details", "reasoning_tokens")
    read = largest_count(*(count(reported, *path) for path in _READ))
    written = largest_count(*(count(reported, *path) for path in _WRITTEN))
    prompt, completion, total = (count(reported, f"{name}_tokens") for name in ("prompt", "completion", "total"))
    counts = _Counts(prompt, completion, total, reasoning or 0, read or 0, written or 0)
    adds_reasoning = _is_reasoning_separate(counts, provider)
    adds_cached = not adds_reasoning and _is_cache_separate(counts)
    return Usage(
        input=prompt if prompt is None else prompt + (counts.cached if adds_cached else 0),
        output=completion if completion is None else completion + (counts.reasoning if adds_reasoning else 0),
        reasoning=reasoning,
        cache_read=read,
        cache_write=written,
        audio_input=count(reported, _DETAILS, "audio_tokens"),
        audio_output=count(reported, "completion_tokens_details", "audio_tokens"),
        total=total,
        reported=reported,
        checks=tuple(_checks(counts, adds_reasoning=adds_reasoning, adds_cached=adds_cached)),
        cache_write_1h=largest_count(written_for_1h(reported), written_for_1h(reported, _DETAILS)),
        image_input=count(reported, _DETAILS, "image_tokens"),
        image_output=count(reported, "completion_tokens_details", "image_tokens"),
        video_input=count(reported, _DETAILS, "video_tokens"),
        service_tier=tier_of(reported),
        tool_uses=tool_uses(reported),
    )


def _is_reasoning_separate(counts: _Counts, provider: str | None) -> bool:
    """Tell whether the completion tokens do not include the reasoning tokens."""
    if counts.prompt is None or counts.completion is None or not counts.reasoning:
        return False
    if counts.total is not None and counts.total == counts.prompt + counts.completion + counts.reasoning:
        return True
    return (provider == "xai" and counts.total is None) or (
        provider == "vercel" and counts.reasoning > counts.completion
    )


def _is_cache_separate(counts: _Counts) -> bool:
    """Tell whether the prompt tokens do not include the tokens read from and written to the cache."""
    if counts.prompt is None or counts.completion is None or not counts.cached:
        return False
    return counts.total == counts.prompt + counts.completion + counts.cached


def _checks(counts: _Counts, *, adds_reasoning: bool, adds_cached: bool) -> Iterator[Check]:
    """Yield the checks that these counts allow."""
    prompt, completion = counts.prompt, counts.completion
    if prompt is not None and completion is not None and counts.total is not None:
        separate = {
            "reasoning": counts.reasoning if adds_reasoning else 0,
            "cache": counts.cached if adds_cached else 0,
        }
        added = {name: tokens for name, tokens in separate.items() if tokens}
        name = " + ".join(["total = prompt + completion", *added])
        yield sum_check(name, counts.total, prompt, completion, *added.values())
    if counts.reasoning and completion is not None and not adds_reasoning:
        yield part_check("reasoning ≤ completion", counts.reasoning, completion)
    if counts.cached and prompt is not None and not adds_cached:
        yield part_check("cached ≤ prompt", counts.cached, prompt)
