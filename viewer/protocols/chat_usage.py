"""The usage object of a chat completion, which many APIs beside OpenAI's chat completions send as well.

https://platform.openai.com/docs/api-reference/chat/object
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols.usage_counts import first_count
from viewer.types.usage import Check, Usage, count, part_check, sum_check


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert the usage object of a chat completion.

    xAI does not include reasoning tokens in `completion_tokens` (total = prompt + completion + reasoning in all of its
    recordings). Neither does Vercel's gateway for Gemini, whose total leaves them out too. All others include them. The total
    decides which it is or, if it cannot, the provider. That there are more reasoning than completion tokens proves nothing,
    since some providers count the two with different tokenizers.
    """
    prompt = count(reported, "prompt_tokens")
    completion = count(reported, "completion_tokens")
    total = count(reported, "total_tokens")
    reasoning = count(reported, "completion_tokens_details", "reasoning_tokens")
    cached = first_count(
        count(reported, "prompt_tokens_details", "cached_tokens"),
        count(reported, "prompt_cache_hit_tokens"),  # DeepSeek
        count(reported, "cached_tokens"),  # Moonshot
    )
    is_separate = _is_reasoning_separate(prompt, completion, total, reasoning, provider)
    return Usage(
        input=prompt,
        output=completion + reasoning
        if is_separate and completion is not None and reasoning is not None
        else completion,
        reasoning=reasoning,
        cache_read=cached,
        audio_input=count(reported, "prompt_tokens_details", "audio_tokens"),
        audio_output=count(reported, "completion_tokens_details", "audio_tokens"),
        total=total,
        reported=reported,
        checks=tuple(_checks(prompt, completion, total, reasoning, cached, is_separate=is_separate)),
    )


def _is_reasoning_separate(
    prompt: int | None, completion: int | None, total: int | None, reasoning: int | None, provider: str | None
) -> bool:
    """Tell whether the completion tokens do not include the reasoning tokens."""
    if prompt is None or completion is None or not reasoning:
        return False
    if total is not None and total == prompt + completion + reasoning:
        return True
    return (provider == "xai" and total is None) or (provider == "vercel" and reasoning > completion)


def _checks(
    prompt: int | None,
    completion: int | None,
    total: int | None,
    reasoning: int | None,
    cached: int | None,
    *,
    is_separate: bool,
) -> Iterator[Check]:
    """Yield the checks that these counts allow."""
    if prompt is not None and completion is not None and total is not None:
        if is_separate and reasoning:
            yield sum_check("total = prompt + completion + reasoning", total, prompt, completion, reasoning)
        else:
            yield sum_check("total = prompt + completion", total, prompt, completion)
    if reasoning and completion is not None and not is_separate:
        yield part_check("reasoning ≤ completion", reasoning, completion)
    if cached and prompt is not None:
        yield part_check("cached ≤ prompt", cached, prompt)
