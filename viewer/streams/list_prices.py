"""An estimate of the cost of a reply from the list prices of the day it was recorded.

The prices come with genai-prices, which needs no network. It prices tokens of every kind, searches and some other tools, and
knows the prices of other service tiers from the day on which somebody wrote them down. https://github.com/pydantic/genai-prices
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from viewer.protocols.provider import price_names
from viewer.streams.deferred_modules import deferred
from viewer.streams.service_tiers import TierPrice, tier_price
from viewer.types.cost import Cost, unpriced, with_caveats
from viewer.types.usage import Usage, count

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice, PriceCalculation

# Our provider names, if genai-prices uses different ones.
_GENAI_PRICES_NAMES = {"xai": "x-ai", "google-vertex": "google", "aws-bedrock": "aws", "z.ai": "zai"}
_TOOLS = {
    "web_search": ("web_searches", "web_searches_kcount"),
    "x_search": ("social_searches", "social_searches_kcount"),
    "file_search": ("storage_searches", "storage_searches_kcount"),
    "code_execution": ("code_executions", "code_executions_kcount"),
}
"""By tool, the count and the price of its uses in genai-prices."""
_SEARCHING_MODELS = ("-search-preview", "-search-api")
"""OpenAI's chat models that search the web before each answer, and do not report it."""
_GROUNDED_BY_REQUEST = re.compile(r"gemini-[12]\b")
"""Up to Gemini 2.5, Google charges for a request that searches. Since Gemini 3, it charges for each search."""
_LOCAL = re.compile(r"localhost|\d{1,3}(?:\.\d{1,3}){3}")
"""Hosts of models on a machine of one's own, which no list has a price for."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A model in the price list, and what it costs on the day of a recording."""

    calculation: "PriceCalculation"
    tier: TierPrice

    @property
    def prices(self) -> "ModelPrice":
        return self.calculation.model_price


def list_price(usage: Usage, provider: str, model: str, recorded_at_s: float, caveats: tuple[str, ...] = ()) -> Cost:
    """Return the cost by the list prices of the day, with what they leave out, after the caveats that are already known."""
    if _LOCAL.fullmatch(provider):
        return unpriced(f"the price list has no provider {provider}", *caveats)
    # Importing it takes longer than opening a recording.
    with deferred("asyncio", "httpx2"):
        import genai_prices  # noqa: PLC0415

    listed_provider = _listed_provider(provider)
    if listed_provider is None:
        return unpriced(f"the price list has no provider {provider}", *caveats)
    day = datetime.fromtimestamp(recorded_at_s, UTC)
    counts = genai_prices.Usage(**_counts(usage, model))
    for name in price_names(model, provider, listed_provider):
        try:
            found = _find(counts, name, listed_provider, day, usage.service_tier)
        except LookupError:
            continue
        except ValueError as error:
            return unpriced(f"the token counts contradict each other ({error})", *caveats)
        return _cost(usage, model, found, day, caveats)
    return unpriced(f"the price list has no model {model} of {listed_provider}", *caveats)


def is_deprecated(provider: str, model: str) -> bool:
    """Tell whether the price list marks a model as deprecated, so that its provider may no longer offer it."""
    listed_provider = None if _LOCAL.fullmatch(provider) else _listed_provider(provider)
    if listed_provider is None:
        return False
    from genai_prices.data import providers  # noqa: PLC0415 - as above

    models = next(one for one in providers if one.id == listed_provider)
    found = (models.find_model(name) for name in price_names(model, provider, listed_provider))
    return any(one is not None and bool(one.deprecated) for one in found)


def _find(counts: Any, model: str, provider: str, day: datetime, tier: str | None) -> _Found:
    """Look up a model, and price the counts. Raise `LookupError` if there is no such model, and `ValueError` for bad counts."""
    import genai_prices  # noqa: PLC0415 - as above

    standard = genai_prices.calc_price(counts, model, provider_id=provider, genai_request_timestamp=day)
    tiered = tier_price(standard, day, tier)
    if not tiered.context:
        return _Found(standard, tiered)
    calculation = genai_prices.calc_price(
        counts, model, provider_id=provider, genai_request_timestamp=tiered.day, price_context=tiered.context
    )
    return _Found(calculation, tiered)


def _cost(usage: Usage, model: str, found: _Found, day: datetime, caveats: tuple[str, ...]) -> Cost:
    import genai_prices  # noqa: PLC0415 - as above

    if missing := _missing_price(usage, found.prices):
        return unpriced(f"the price list has no {missing} price for {model}", *caveats)
    calculation = found.calculation
    caveats += tuple(_caveats(usage, model, found))
    source = f"estimate by genai-prices {genai_prices.__version__}, prices of {day:%Y-%m-%d} for {calculation.model.id} of {calculation.provider.name}"
    source += f", service tier {found.tier.name}" if found.tier.context else ""
    return Cost(
        float(calculation.total_price),
        with_caveats(source, caveats),
        is_estimate=True,
        input_usd=float(calculation.input_price),
        caveats=caveats,
        prices="list prices",
    )


def _counts(usage: Usage, model: str) -> dict[str, int | float | None]:
    """Return everything that is counted, under the names of genai-prices."""
    tools: dict[str, int | float | None] = {
        unit: usage.tool_uses[tool] for tool, (unit, _) in _TOOLS.items() if tool in usage.tool_uses
    }
    if "web_searches" in tools and _GROUNDED_BY_REQUEST.search(model):
        tools["web_searches"] = 1
    return {
        "input_tokens": usage.input or 0,
        "output_tokens": usage.output or 0,
        "output_reasoning_tokens": usage.reasoning,
        "cache_read_tokens": usage.cache_read or 0,
        "cache_write_tokens": usage.cache_write or 0,
        "cache_write_1h_tokens": usage.cache_write_1h,
        "input_audio_tokens": usage.audio_input or 0,
        "output_audio_tokens": usage.audio_output or 0,
        "cache_audio_read_tokens": usage.audio_cache_read or 0,
        "input_image_tokens": usage.image_input or 0,
        "output_image_tokens": usage.image_output or 0,
        "cache_image_read_tokens": usage.image_cache_read or 0,
        "input_video_tokens": usage.video_input or 0,
        "audio_seconds": usage.audio_input_s,
        "input_audio_seconds": usage.audio_input_s,
        **tools,
    }


def _missing_price(usage: Usage, prices: "ModelPrice") -> str:
    """Return what the model was used for but has no price, so that the total would be far off."""
    needed = {
        "audio": (usage.audio_input and prices.input_audio_mtok is None)
        or (usage.audio_output and prices.output_audio_mtok is None)
        or (usage.audio_input_s and not usage.input and prices.audio_hours is None),
        "image": usage.image_output and prices.output_image_mtok is None,
    }
    return next((kind for kind, is_missing in needed.items() if is_missing), "")


def _caveats(usage: Usage, model: str, found: _Found) -> Iterator[str]:
    """Yield what the price leaves out or is not sure of."""
    if found.tier.caveat:
        yield found.tier.caveat
    yield from _cache_caveats(usage, found.prices)
    yield from _tool_caveats(usage, found)
    if any(part in model for part in _SEARCHING_MODELS):
        yield "Left out: the model's web search, which is not reported"
    reported = usage.reported or {}
    if count(reported, "citation_tokens"):
        yield "Left out: citation tokens, and the reasoning tokens beside them"
    if reported.get("inference_geo") == "us":
        yield "Left out: the surcharge for inference in the US, which newer models have"
    if any(not check.passed for check in usage.checks):
        yield "The reported counts do not add up"
    if usage.fallen:
        yield "The last reported counts are smaller than earlier ones"


def _cache_caveats(usage: Usage, prices: "ModelPrice") -> Iterator[str]:
    if usage.cache_read and prices.cache_read_mtok is None:
        yield "The list has no price for cached input, so it is priced as input"
    if usage.cache_read and usage.audio_input and usage.audio_cache_read is None:
        yield "The recording does not say how much of the cached input is audio, so it is priced as text"
    if not usage.cache_write:
        return
    if prices.cache_write_mtok is None:
        yield "The list has no price for cache writes, so they are priced as input"
    elif prices.cache_write_1h_mtok is None and usage.cache_write_1h:
        yield "The list has no price for 1-hour cache writes, so they are priced at the 5-minute rate"
    elif prices.cache_write_1h_mtok is not None and usage.cache_write_1h is None:
        yield "The recording does not say how long cache writes stay, so they are priced at the 5-minute rate"


def _tool_caveats(usage: Usage, found: _Found) -> Iterator[str]:
    for tool, uses in usage.tool_uses.items():
        _, price_key = _TOOLS.get(tool, ("", ""))
        if not price_key or getattr(found.prices, price_key) is None:
            yield f"Left out: {uses:,} × {tool}, which the list has no price for"
        elif tool == "web_search" and found.calculation.provider.id == "google":
            yield "Includes searches at their list price, without Google's free ones deducted"


@cache
def _listed_provider(provider: str) -> str | None:
    """Return the id of a provider in the price list. A provider that has no name here is a host, whose address the list may know."""
    from genai_prices.data import providers  # noqa: PLC0415 - as above

    name = _GENAI_PRICES_NAMES.get(provider, provider)
    if any(listed.id == name for listed in providers):
        return name
    url = f"https://{provider}/"
    return next((listed.id for listed in providers if "." in provider and re.match(listed.api_pattern, url)), None)
