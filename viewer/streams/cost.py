"""What a stream cost: what the provider itself says, else an estimate by the prices of the day it was recorded.

Prices are those of genai-prices, which brings them along and asks no network. A price needs a day, since prices change and some
differ by the hour: without one nothing is priced. https://github.com/pydantic/genai-prices
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeGuard

from viewer.text.json import mapping
from viewer.types.usage import Usage

_TICKS_PER_USD = 1e10
_HIGHEST_USD = 1e6
# Models have been sold by the token since 2020; what is stamped otherwise was made up for a test.
_FIRST_PRICES_S, _LAST_PRICES_S = 1.577e9, 4.1e9

# Our names of providers, as told by their hosts, where genai-prices has others.
_PROVIDERS = {"xai": "x-ai", "google-vertex": "google", "aws-bedrock": "aws", "z.ai": "zai"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold what a stream cost in US dollars; None where it cannot be told, and `source` says why."""

    usd: float | None
    source: str
    """Who says so: the provider's own field, or the price list with its version and day."""
    is_estimate: bool = False
    input_usd: float | None = None
    output_usd: float | None = None


NO_ANSWER = Cost(None, "unpriced: the recording holds no answer")
"""The cost of an interaction that is neither a stream nor an answer."""


def price(usage: Usage | None, provider: str | None, model: str | None, recorded_at_s: float | None) -> Cost:
    """Return the cost of a stream, by its usage, who served which model, and when (epoch seconds)."""
    if usage is None:
        return _unpriced("the stream reports no usage")
    own = _own(usage.reported or {})
    if own is not None:
        return own
    if usage.input is None or usage.output is None:
        return _unpriced("the stream does not report both input and output tokens")
    if provider is None or model is None:
        return _unpriced("the recording does not say who served which model")
    if recorded_at_s is None or not _FIRST_PRICES_S < recorded_at_s < _LAST_PRICES_S:
        return _unpriced("the recording does not say when it was made, and prices change")
    return _listed(usage, _PROVIDERS.get(provider, provider), model, datetime.fromtimestamp(recorded_at_s, UTC))


def _unpriced(reason: str) -> Cost:
    return Cost(None, f"unpriced: {reason}")


def _own(reported: Mapping[str, Any]) -> Cost | None:
    """Return the cost that the provider puts beside its counts: OpenRouter and Perplexity in dollars, xAI in ticks of them."""
    held = reported.get("cost")
    usd = mapping(held).get("total_cost", mapping(held).get("usd")) if isinstance(held, dict) else held
    if _is_amount(usd) and usd < _HIGHEST_USD:
        return Cost(usd, "the provider's own, `usage.cost`")
    ticks = reported.get("cost_in_usd_ticks")
    ticks = int(ticks) if isinstance(ticks, str) and ticks.isdecimal() and len(ticks) < 20 else ticks
    if _is_amount(ticks) and ticks:
        return Cost(ticks / _TICKS_PER_USD, "the provider's own, `usage.cost_in_usd_ticks`")
    return None


def _is_amount(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _HIGHEST_USD * _TICKS_PER_USD


def _listed(usage: Usage, provider: str, model: str, day: datetime) -> Cost:
    """Return the estimate of the price list."""
    # A quarter of a second, which the first page need not wait for.
    import genai_prices  # noqa: PLC0415

    if provider not in _known_providers():
        return _unpriced(f"the price list does not know the provider {provider}")
    try:
        counts = genai_prices.Usage(
            input_tokens=usage.input,
            cache_read_tokens=usage.cache_read or 0,
            cache_write_tokens=usage.cache_write or 0,
            output_tokens=usage.output,
            input_audio_tokens=usage.audio_input or 0,
            output_audio_tokens=usage.audio_output or 0,
        )
        found = genai_prices.calc_price(counts, model, provider_id=provider, genai_request_timestamp=day)
    except LookupError:
        return _unpriced(f"the price list does not know {model} of {provider}")
    except ValueError as error:
        return _unpriced(f"the counts do not fit each other ({error})")
    listed = found.model_price
    if (usage.audio_input and listed.input_audio_mtok is None) or (
        usage.audio_output and listed.output_audio_mtok is None
    ):
        return _unpriced(f"the price list has no price of audio for {model}")
    source = f"estimate by genai-prices {genai_prices.__version__}, prices of {day:%Y-%m-%d} for {found.model.id} of {found.provider.name}"
    return Cost(
        float(found.total_price),
        source,
        is_estimate=True,
        input_usd=float(found.input_price),
        output_usd=float(found.output_price),
    )


@cache
def _known_providers() -> frozenset[str]:
    from genai_prices.data import providers  # noqa: PLC0415 - as above

    return frozenset(provider.id for provider in providers)
