"""Costs, against the price lists that providers published: https://docs.x.ai/docs/models and https://openai.com/api/pricing."""

from datetime import UTC, datetime

import pytest

from viewer.streams.cost import price
from viewer.types.usage import Usage

DAY = datetime(2025, 10, 23, 12, tzinfo=UTC).timestamp()
COUNTS = Usage(input=1_000_000, output=1_000_000)


def test_grok_code_fast_costs_20_cents_in_and_1_50_dollars_out_a_million():
    cost = price(COUNTS, "xai", "grok-code-fast-1", DAY)
    assert cost.usd == pytest.approx(0.20 + 1.50)
    assert (cost.input_usd, cost.is_estimate) == (pytest.approx(0.20), True)
    assert "prices of 2025-10-23" in cost.source
    assert "genai-prices" in cost.source


def test_cached_input_is_cheaper_and_reasoning_is_output():
    """xAI charges 2 cents per million cached tokens. 300,000 output tokens are reasoning."""
    usage = Usage(input=1_000_000, cache_read=900_000, output=1_000_000, reasoning=300_000)
    assert price(usage, "xai", "grok-code-fast-1", DAY).usd == pytest.approx(0.1 * 0.20 + 0.9 * 0.02 + 1.50)


def test_the_price_is_that_of_the_recorded_hour_not_of_now():
    """DeepSeek charged a quarter of R1's price outside Chinese office hours: https://api-docs.deepseek.com/quick_start/pricing."""
    dear = price(COUNTS, "deepseek", "deepseek-reasoner", datetime(2025, 6, 1, 12, tzinfo=UTC).timestamp())
    cheap = price(COUNTS, "deepseek", "deepseek-reasoner", datetime(2025, 6, 1, 18, tzinfo=UTC).timestamp())
    assert dear.usd == pytest.approx(4 * cheap.usd)


@pytest.mark.parametrize(
    ("reported", "usd"),
    [
        ({"cost": 0.0000054}, 0.0000054),
        ({"cost": {"total_cost": 0.00522}}, 0.00522),
        ({"cost_in_usd_ticks": "4680000"}, 0.000468),
        ({"cost_in_usd_ticks": 955600}, 0.00009556),
    ],
)
def test_the_provider_s_own_cost_comes_first_and_is_not_an_estimate(reported, usd):
    cost = price(Usage(input=1, output=1, reported=reported), "openrouter", "any", None)
    assert cost.usd == pytest.approx(usd)
    assert not cost.is_estimate
    assert "reported by the provider" in cost.source


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("langsmith.total_cost", "LangSmith states it in `total_cost`"),
        ("langfuse.total_cost", "Langfuse states it in `total_cost`"),
        ("inspect.total_cost", "Inspect states it in `total_cost`"),
        ("operation.cost", "Logfire states it in `operation.cost`"),
        ("gen_ai.usage.cost", "the trace states it in `gen_ai.usage.cost`"),
    ],
)
def test_the_cost_in_a_trace_comes_before_an_estimate_and_says_who_states_it(name, who):
    cost = price(Usage(input=5, output=5, reported={name: 0.25}), "xai", "grok-code-fast-1", DAY)
    assert (cost.usd, cost.is_estimate, cost.source) == (0.25, False, f"as {who}")
    assert price(Usage(input=5, output=5, reported={name: "x"}), "xai", "grok-code-fast-1", DAY).is_estimate


@pytest.mark.parametrize(
    ("usage", "provider", "model", "day", "reason"),
    [
        (None, "xai", "grok-code-fast-1", DAY, "no usage is reported"),
        (Usage(input=5), "xai", "grok-code-fast-1", DAY, "are not both reported"),
        (COUNTS, None, "grok-code-fast-1", DAY, "does not name both provider and model"),
        (COUNTS, "xai", "grok-code-fast-1", None, "does not say when it was made"),
        (COUNTS, "localhost", "gemma-3-270m", DAY, "has no provider localhost"),
        (COUNTS, "openai", "no-such-model", DAY, "has no model no-such-model of openai"),
        (Usage(input=5, cache_read=9, output=1), "openai", "gpt-4o", DAY, "contradict each other"),
        (Usage(input=5, audio_input=4, output=1), "openai", "gpt-4o-audio-preview", DAY, "no audio price"),
    ],
)
def test_a_reply_without_a_price_says_why(usage, provider, model, day, reason):
    cost = price(usage, provider, model, day)
    assert cost.usd is None
    assert cost.source.startswith("unpriced: ")
    assert reason in cost.source


@pytest.mark.parametrize("odd", [None, "x", [], {"a": 1}, -1, 1e300, True, "9" * 400])
def test_a_cost_of_the_wrong_type_is_ignored(odd):
    usage = Usage(input=1, output=1, reported={"cost": odd, "cost_in_usd_ticks": odd})
    assert price(usage, None, None, None).usd is None


def test_the_seed_costs_a_fiftieth_of_a_cent_by_the_prices_of_its_day(seed_stream):
    """213 in, 192 of them cached, 27 + 133 out."""
    assert seed_stream.cost.usd == pytest.approx((21 * 0.20 + 192 * 0.02 + 160 * 1.50) / 1e6)
    assert "prices of 2025-10-23" in seed_stream.cost.source


@pytest.mark.parametrize(
    ("reported", "usd", "said"),
    [
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, 0.21, "own key"),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, 0.2, "own key"),
        # Without such a key the cost is everything, and the charge of the provider is part of it.
        ({"cost": 0.2, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.2}}, 0.2, "`usage.cost`"),
        ({"cost": 0.2, "cost_details": {"upstream_inference_cost": 0.2}}, 0.2, "`usage.cost`"),
        ({"cost": 0.01, "is_byok": "yes", "cost_details": {"upstream_inference_cost": 0.2}}, 0.01, "`usage.cost`"),
        ({"cost": 0.01, "is_byok": True}, 0.01, "only the gateway's fee"),
        ({"cost": 0.01, "is_byok": True, "cost_details": 5}, 0.01, "only the gateway's fee"),
        (
            {"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": "x"}},
            0.01,
            "only the gateway's fee",
        ),
    ],
)
def test_a_gateway_s_fee_is_completed_by_what_the_caller_s_own_key_was_charged(reported, usd, said):
    cost = price(Usage(input=1, output=1, reported=reported), "openrouter", "openai/gpt-4o", DAY)
    assert cost.usd == pytest.approx(usd)
    assert said in cost.source
    assert bool(cost.caveats) == ("only" in said)
