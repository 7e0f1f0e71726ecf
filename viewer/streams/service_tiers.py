"""The price of a service tier, which the list may know only from a day after the recording."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation, PriceVariant

STANDARD = "standard"
_STANDARD_NAMES = frozenset({"", "default", "standard", "auto", "on_demand"})
_CONTEXTS = ("service_tier", "processing", "speed")
"""Where genai-prices looks for a tier: OpenAI's and Google's tiers, batches, and Anthropic's fast mode."""


class TierPrice(NamedTuple):
    """How to price a tier."""

    name: str = ""
    context: Mapping[str, str] = {}
    """What selects the price of the tier; empty if the standard price is used."""
    day: datetime | None = None
    """A day on which the price of the tier is known."""
    caveat: str = ""


def tier_price(standard: "PriceCalculation", day: datetime, tier: str | None) -> TierPrice:
    """Return how to price a tier, given the standard price of the day.

    If the list knows the tier's price only from a later day on, that price is used, with a caveat. It is not if the standard
    price changed in between.
    """
    name = plain_tier(tier)
    if name == STANDARD:
        return TierPrice()
    model = standard.model
    # Of a model that the list has under another provider, it knows only the standard prices here.
    is_own = any(model is listed for listed in standard.provider.models)
    variants = [one for one in model.price_variants or () if is_own and _selects(one, name)]
    if not variants:
        return TierPrice(name, caveat=f"The list has no price for service tier {name}, so the standard price is used")
    context = dict.fromkeys(_CONTEXTS, name)
    known_from = min(map(_begin, variants))
    if known_from <= day:
        return TierPrice(name, context, day)
    if model.get_prices(known_from) != standard.model_price:
        caveat = f"The list has a price of service tier {name} only since {known_from:%Y-%m-%d}, when the model cost something else, so the standard price is used"
        return TierPrice(name, caveat=caveat)
    caveat = (
        f"The price of service tier {name} is that of {known_from:%Y-%m-%d}, the first day for which the list has one"
    )
    return TierPrice(name, context, known_from, caveat)


def plain_tier(tier: str | None) -> str:
    """Return the name of a tier without what Google writes before it, such as "flex" for ON_DEMAND_FLEX.

    The standard tier has many names, and none if it is the only one.
    """
    name = (tier or "").lower().removeprefix("service_tier_").removeprefix("on_demand_")
    return STANDARD if name in _STANDARD_NAMES or name.endswith("unspecified") else name


def _selects(variant: "PriceVariant", name: str) -> bool:
    return all(key in _CONTEXTS and value == name for key, value in variant.when.items())


def _begin(variant: "PriceVariant") -> datetime:
    """Return the first moment at which the list knows a price."""
    start = getattr(variant.constraint, "start_date", None)
    return datetime.combine(start, time(), UTC) if start else datetime.min.replace(tzinfo=UTC)
