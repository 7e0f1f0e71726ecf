"""What a reply cost: the provider's own figure, else an estimate from the user's prices or the list prices of its day.

A price needs a day, because prices change and some differ by the hour. Without a day there is no list price. docs/cost.md says
what is counted and what is not.
"""

from collections.abc import Mapping
from typing import Any

from viewer.streams.list_prices import list_price
from viewer.streams.own_prices import own_price
from viewer.text.json import mapping, number
from viewer.types.cost import Cost, unpriced, with_caveats
from viewer.types.usage import Usage

__all__ = ["NO_ANSWER", "Cost", "price"]

_TICKS_PER_USD = 1e10
# A larger cost is a recording error.
_MAX_USD = 1e6
_MAX_TICKS_DIGITS = 19
# Models have been sold by the token since 2020 (1.577e9 s). Other stamps were made up for a test.
_FIRST_PRICES_S, _LAST_PRICES_S = 1.577e9, 4.1e9

# What tracing libraries and their servers work out, by the name that their recorder or attribute has.
_OF_TRACES = {
    "langsmith.total_cost": "LangSmith",
    "langfuse.total_cost": "Langfuse",
    "inspect.total_cost": "Inspect",
    "operation.cost": "Logfire",
    "llm.cost.total": "the trace",
    "gen_ai.usage.cost": "the trace",
}

NO_ANSWER = unpriced("the recording has no answer")
"""The cost of an interaction that is neither a stream nor an answer."""


def price(usage: Usage | None, provider: str | None, model: str | None, recorded_at_s: float | None) -> Cost:
    """Return the cost of a stream or an answer. `recorded_at_s` is in epoch seconds."""
    if usage is None:
        return unpriced("no usage is reported")
    reported = _reported_cost(usage.reported or {})
    if reported is not None:
        return reported
    if usage.audio_input_s is None and (usage.input is None or usage.output is None):
        return unpriced("input and output tokens are not both reported")
    if usage.input == 0 and usage.audio_input_s is None:
        return unpriced("0 input tokens are reported, which no request has")
    if recorded_at_s is not None and not _FIRST_PRICES_S < recorded_at_s < _LAST_PRICES_S:
        recorded_at_s = None
    own = own_price(usage, provider, model, recorded_at_s)
    if own.cost is not None:
        return own.cost
    caveats = (own.problem,) if own.problem else ()
    if provider is None or model is None:
        return unpriced("the recording does not name both provider and model", *caveats)
    if recorded_at_s is None:
        return unpriced("the recording does not say when it was made, and prices change", *caveats)
    return list_price(usage, provider, model, recorded_at_s, caveats)


def _reported_cost(reported: Mapping[str, Any]) -> Cost | None:
    """Return the cost that the provider reports with its counts: OpenRouter and Perplexity in dollars, xAI in ticks."""
    # Coding agents add up what their calls cost. opencode has its counts under `tokens`.
    if (usd := number(reported.get("total_cost_usd"), 0, _MAX_USD)) is not None:
        return Cost(usd, "as Claude Code states it in `total_cost_usd`")
    if "tokens" in reported and (usd := number(reported.get("cost"), 0, _MAX_USD)) is not None:
        # Cline names its input "prompt".
        program = "Cline" if "prompt" in mapping(reported["tokens"]) else "opencode"
        return Cost(usd, f"as {program} states it in `cost`")
    if "tokensIn" in reported and (usd := number(reported.get("cost"), 0, _MAX_USD)) is not None:
        return Cost(usd, "as Cline states it in `cost`")
    for name, who in _OF_TRACES.items():
        if (usd := number(reported.get(name), 0, _MAX_USD)) is not None:
            return Cost(usd, f"as {who} states it in `{name.removeprefix(f'{who.lower()}.')}`")
    cost = reported.get("cost")
    usd = number(cost.get("total_cost", cost.get("usd")) if isinstance(cost, dict) else cost, 0, _MAX_USD)
    if usd is not None:
        return _with_own_key(usd, reported)
    ticks = reported.get("cost_in_usd_ticks")
    # The JSON of protocol buffers writes 64-bit integers as strings.
    if isinstance(ticks, str) and ticks.isdecimal() and len(ticks) <= _MAX_TICKS_DIGITS:
        ticks = int(ticks)
    amount = number(ticks, 0, _MAX_USD * _TICKS_PER_USD)
    return Cost(amount / _TICKS_PER_USD, "reported by the provider in `usage.cost_in_usd_ticks`") if amount else None


def _with_own_key(usd: float, reported: Mapping[str, Any]) -> Cost:
    """Add what the provider behind OpenRouter charges if the caller uses a key of their own (BYOK).

    Then `cost` is only OpenRouter's fee. Without such a key `cost` is everything, and the charge of the provider is part of it.
    https://openrouter.ai/docs/use-cases/byok
    """
    source = "reported by the provider in `usage.cost`"
    if reported.get("is_byok") is not True:
        return Cost(usd, source)
    upstream = number(mapping(reported.get("cost_details")).get("upstream_inference_cost"), 0, _MAX_USD)
    if upstream is not None:
        source += " (the fee) plus `usage.cost_details.upstream_inference_cost` (charged to the caller's own key)"
        return Cost(usd + upstream, source)
    caveats = (
        "This is only the gateway's fee. What the model's provider charged to the caller's own key is not reported",
    )
    return Cost(usd, with_caveats(source, caveats), caveats=caveats)
