"""The usage object of an OpenAI response, which Realtime, transcriptions and images send as well.

https://platform.openai.com/docs/api-reference/responses/object
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols.usage_counts import first_count, tier_of, tool_uses, with_inclusive_checks
from viewer.text.json import number
from viewer.types.usage import Usage, count

_MAX_S = 7 * 86_400.0
"""A week. A longer recording is not plausible."""


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object. Its counts include cached and reasoning tokens. Some transcriptions count seconds instead."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "input_tokens"),
            output=count(reported, "output_tokens"),
            reasoning=_detail(reported, "output", "reasoning_tokens"),
            cache_read=_detail(reported, "input", "cached_tokens"),
            cache_write=_detail(reported, "input", "cache_write_tokens"),
            audio_input=_detail(reported, "input", "audio_tokens"),
            audio_output=_detail(reported, "output", "audio_tokens"),
            total=count(reported, "total_tokens"),
            reported=reported,
            audio_cache_read=_detail(reported, "input", "cached_tokens_details", "audio_tokens"),
            image_cache_read=_detail(reported, "input", "cached_tokens_details", "image_tokens"),
            image_input=_detail(reported, "input", "image_tokens"),
            image_output=_detail(reported, "output", "image_tokens"),
            audio_input_s=number(reported.get("seconds"), 0, _MAX_S),
            service_tier=tier_of(reported),
            tool_uses=tool_uses(reported),
        )
    )


def _detail(reported: Mapping[str, Any], side: str, *path: str) -> int | None:
    """Return a count in the details of the input or output. Realtime writes `token`, the others write `tokens`."""
    return first_count(*(count(reported, f"{side}_{noun}_details", *path) for noun in ("tokens", "token")))
