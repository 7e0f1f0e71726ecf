"""What a reply cost: the provider's own figure, else an estimate from the list prices of the day it was recorded.

The prices come with genai-prices, which needs no network. A price needs a day, because prices change and some differ by the
hour. Without a day there is no price. https://github.com/pydantic/genai-prices
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from viewer.text.json import number
from viewer.types.usage import Usage

_TICKS_PER_USD = 1e10
# A larger cost is a recording error.
_MAX_USD = 1e6
_MAX_TICKS_DIGITS = 19
# Models have been sold by the token since 2020 (1.577e9 s). Other stamps were made up for a test.
_FIRST_PRICES_S, _LAST_PRICES_S = 1.577e9, 4.1e9

# Our provider names, if genai-prices uses different ones.
_GENAI_PRICES_NAMES = {"xai": "x-ai", "google-vertex": "google", "aws-bedrock": "aws", "z.ai": "zai"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reply cost in US dollars. If it is not known, `usd` is None and `source` says why."""

    usd: float | None
    source: str
    """The provider's field, or the price list with its version and day, or why the cost is not known."""
    is_estimate: bool = False
    input_usd: float | None = None


NO_ANSWER = Cost(None, "unpriced: the recording has no answer")
"""The cost of an interaction that is neither a stream nor an answer."""


def price(usage: Usage | None, provider: str | None, model: str | None, recorded_at_s: float | None) -> Cost:
    """Return the cost of a stream or an answer. `recorded_at_s` is in epoch seconds."""
    if usage is None:
        return _unpriced("no usage is reported")
    reported = _reported_cost(usage.reported or {})
    if reported is not None:
        return reported
    if usage.input is None or usage.output is None:
        return _unpriced("input and output tokens are not both reported")
    if provider is None or model is None:
        return _unpriced("the recording does not name both provider and model")
    if recorded_at_s is None or not _FIRST_PRICES_S < recorded_at_s < _LAST_PRICES_S:
        return _unpriced("the recording does not say when it was made, and prices change")
    return _list_price(
        usage, _GENAI_PRICES_NAMES.get(provider, provider), model, datetime.fromtimestamp(recorded_at_s, UTC)
    )


def _unpriced(reason: str) -> Cost:
    return Cost(None, f"unpriced: {reason}")


def _reported_cost(reported: Mapping[str, Any]) -> Cost | None:
    """Return the cost that the provider reports with its counts: OpenRouter and Perplexity in dollars, xAI in ticks."""
    # Coding agents add up what their calls cost. opencode has its counts under `tokens`.
    if (usd := number(reported.get("total_cost_usd"), 0, _MAX_USD)) is not None:
        return Cost(usd, "as Claude Code states it in `total_cost_usd`")
    if "tokens" in reported and (usd := number(reported.get("cost"), 0, _MAX_USD)) is not None:
        return Cost(usd, "as opencode states it in `cost`")
    cost = reported.get("cost")
    usd = number(cost.get("total_cost", cost.get("usd")) if isinstance(cost, dict) else cost, 0, _MAX_USD)
    if usd is not None:
        return Cost(usd, "reported by the provider in `usage.cost`")
    ticks = reported.get("cost_in_usd_ticks")
    # The JSON of protocol buffers writes 64-bit integers as strings.
    if isinstance(ticks, str) and ticks.isdecimal() and len(ticks) <= _MAX_TICKS_DIGITS:
        ticks = int(ticks)
    amount = number(ticks, 0, _MAX_USD * _TICKS_PER_USD)
    return Cost(amount / _TICKS_PER_USD, "reported by the provider in `usage.cost_in_usd_ticks`") if amount else None


def _list_price(usage: Usage, provider: str, model: str, day: datetime) -> Cost:
    # The import takes a quarter of a second, and the first page does not need it.
    import genai_prices  # noqa: PLC0415

    if provider not in _known_providers():
        return _unpriced(f"the price list has no provider {provider}")
    try:
        counts = genai_prices.Usage(
            input_tokens=usage.input,
            cache_read_tokens=usage.cache_read or 0,
            cache_write_tokens=usage.cache_write or 0,
            output_tokens=usage.output,
            input_audio_tokens=usage.audio_input or 0,
            output_audio_tokens=usage.audio_output or 0,
        )
        calculation = genai_prices.calc_price(counts, model, provider_id=provider, genai_request_timestamp=day)
    except LookupError:
        return _unpriced(f"the price list has no model {model} of {provider}")
    except ValueError as error:
        return _unpriced(f"the token counts contradict each other ({error})")
    listed = calculation.model_price
    if (usage.audio_input and listed.input_audio_mtok is None) or (
        usage.audio_output and listed.output_audio_mtok is None
    ):
        return _unpriced(f"the price list has no audio price for {model}")
    source = f"estimate by genai-prices {genai_prices.__version__}, prices of {day:%Y-%m-%d} for {calculation.model.id} of {calculation.provider.name}"
    return Cost(
        float(calculation.total_price),
        source,
        is_estimate=True,
        input_usd=float(calculation.input_price),
    )


@cache
def _known_providers() -> frozenset[str]:
    from genai_prices.data import providers  # noqa: PLC0415 - as above

    return frozenset(provider.id for provider in providers)
